"""What a gateway refuses by itself, before the ledger is asked.

::

    GatewayError
    ├── AuthenticationMissing, ApiKeyUnknown                          401
    ├── ResourceUnknown                                               404
    │   └── OrganisationUnknown, OrderUnknown, DeliveryUnknown, DocumentUnknown,
    │       BlockUnknown, SchemaUnknown, IntentUnknown, ActionUnknown, PathUnknown,
    │       FindingUnknown
    ├── MethodNotAllowed                                              405
    ├── IdempotencyKeyReused, DocumentHeld, FindingDecided            409
    ├── VersionStale                                                  412
    ├── BodyTooLarge                                                  413
    ├── MediaTypeUnsupported                                          415
    ├── RequestInvalid                                                422
    │   └── DocumentUnfit
    ├── GatewayBusy                                                   503
    └── InternalError                                                 500

Refusals of the chain keep the names of `ledger.errors`; both are turned into answers by
`gateway.problems`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with what was sent.

    Parameters
    ----------
    path : str
        JSON pointer of the offending field, or where in a message it stands.
    message : str
        What is wrong, without the value itself.
    name : str, optional
        Name of the rule that is broken.
    line : str, optional
        Number of the order line that it is about.
    expected, found : str, optional
        Both values, where the two were compared.
    policy : str, optional
        What the agreement says is to become of it: ``accept``, ``hold`` or ``dispute``.
    """

    path: str
    message: str
    name: str | None = None
    line: str | None = None
    expected: str | None = None
    found: str | None = None
    policy: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the finding as problem bodies carry it."""
        named = {"name": self.name} if self.name else {}
        more = {name: getattr(self, name) for name in _COMPARED if getattr(self, name) is not None}
        return {**named, "path": self.path, "message": self.message, **more}


_COMPARED: Final = ("line", "expected", "found", "policy")


class GatewayError(Exception):
    """Anything that the gateway refuses by itself.

    Parameters
    ----------
    detail : str
        A sentence for people.
    findings : sequence of Finding
        Everything that is wrong with what was sent, where that is the matter.
    **context : Any
        The offending names and numbers, for programs.
    """

    status: ClassVar[int]
    remedy: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str, findings: tuple[Finding, ...] = (), **context: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.findings = findings
        self.context = context

    @property
    def name(self) -> str:
        """Name of the error, the same everywhere."""
        return type(self).__name__


class AuthenticationMissing(GatewayError):
    """The request carries no API key."""

    status = 401
    remedy = "Send `Authorization: Bearer <api key>`."
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}

    def __init__(self) -> None:
        super().__init__("The request carries no API key.")


class ApiKeyUnknown(GatewayError):
    """The API key was never made, was revoked, or is of an organisation hosted elsewhere."""

    status = 401
    remedy = "Use a key that this gateway made and that was not revoked."
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    def __init__(self) -> None:
        super().__init__("The API key is not known here.")


class ResourceUnknown(GatewayError):
    """There is nothing of this name that the caller may see."""

    status = 404
    remedy = "Check the identifier; what belongs to others looks as if it did not exist."
    noun: ClassVar[str] = "resource"

    def __init__(self, identifier: object) -> None:
        super().__init__(f"There is no {self.noun} {identifier}.", id=str(identifier))


class OrganisationUnknown(ResourceUnknown):
    """There is no such organisation."""

    noun = "organisation"


class OrderUnknown(ResourceUnknown):
    """There is no such order that the caller may see."""

    noun = "order"


class DeliveryUnknown(ResourceUnknown):
    """There is no such delivery that the caller may see."""

    noun = "delivery"


class DocumentUnknown(ResourceUnknown):
    """There is no such document that the caller may see."""

    noun = "document"


class SchemaUnknown(ResourceUnknown):
    """No such schema version or document type was published."""

    noun = "document schema"
    remedy = "Ask /v1/schemas which versions and types there are."


class BlockUnknown(ResourceUnknown):
    """The vault of this gateway does not hold the block."""

    noun = "block"
    remedy = "Ask the gateway of the organisation that sealed it."


class IntentUnknown(ResourceUnknown):
    """There is no such intent of the caller."""

    noun = "intent"


class ActionUnknown(ResourceUnknown):
    """The lifecycle table has no such action."""

    noun = "action"
    remedy = "Choose one of the `allowed_actions`, spelled with hyphens."


class FindingUnknown(ResourceUnknown):
    """There is no document with findings of this number that the caller may decide about."""

    noun = "finding"


class PathUnknown(ResourceUnknown):
    """Nothing is served at this path."""

    noun = "path"
    remedy = "See /openapi.json for what is served."


class MethodNotAllowed(GatewayError):
    """The path does not take this method."""

    status = 405
    remedy = "See /openapi.json for the methods of the path."


class IdempotencyKeyReused(GatewayError):
    """The idempotency key belongs to another request."""

    status = 409
    remedy = "Send a fresh Idempotency-Key for a new wish; repeat the old request for its answer."

    def __init__(self) -> None:
        super().__init__("The Idempotency-Key was used before with another request.")


class DocumentHeld(GatewayError):
    """A document that the action leans on contradicts what was agreed, and nobody decided yet."""

    status = 409
    remedy = "Read /v1/findings?status=held, then accept or dispute what is held."

    def __init__(self, findings: list[str]) -> None:
        detail = f"Findings {', '.join(findings[:10])} are to be decided first."
        super().__init__(detail, documents=findings[:100])


class FindingDecided(GatewayError):
    """Somebody has decided about the document before."""

    status = 409
    remedy = "Read the finding for the decision, who made it and why."

    def __init__(self, id: str, decision: str) -> None:
        super().__init__(f"Finding {id} was decided: {decision}.", id=id, decision=decision)


class VersionStale(GatewayError):
    """The resource has moved on since the caller read it."""

    status = 412
    remedy = "Read it again, decide again, and send its new ETag as If-Match."


class BodyTooLarge(GatewayError):
    """The body is larger than this gateway takes."""

    status = 413
    remedy = "Send less at once."


class MediaTypeUnsupported(GatewayError):
    """The body is of a type that this path does not take."""

    status = 415
    remedy = "Send application/json; for orders application/xml, for lines application/x-ndjson."


class RequestInvalid(GatewayError):
    """The request does not have the shape that the path takes."""

    status = 422
    remedy = "Mend every finding and send it again."


class DocumentUnfit(RequestInvalid):
    """The document is valid by itself but does not fit the action or the order it is for."""


class GatewayBusy(GatewayError):
    """The gateway cannot take the request now."""

    status = 503
    remedy = "Try again after a moment."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1"}


class InternalError(GatewayError):
    """Something broke on this side: a bug."""

    status = 500
    remedy = "Report it with the time and the path."

    def __init__(self) -> None:
        super().__init__("Something broke on this side; nothing of the request was kept.")
