"""Answers that every noun gives: what was recorded, pages, and problems as OpenAPI has them."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gateway.problems import MEDIA_TYPE, TYPE_PREFIX, title_of

T = TypeVar("T")

IntentStatus = Literal["accepted", "sent", "recorded", "refused"]


class View(BaseModel):
    """What callers are shown."""

    model_config = ConfigDict(frozen=True)


class Page(View, Generic[T]):
    """A part of a list, and where the next part begins."""

    items: list[T]
    next: str | None = Field(
        default=None, description="Send it as `cursor` for the next page; absent on the last."
    )


class RecordedView(View):
    """What became of a wish so far."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [{"intent": "12", "status": "recorded", "order": "A1-7-O12"}]
        },
    )

    intent: str = Field(description="Ask /v1/intents/{intent} what became of it.")
    status: IntentStatus
    agreement: str | None = None
    order: str | None = None
    delivery: str | None = None
    auction: str | None = None
    lot: str | None = None
    bid: str | None = None


class ProblemView(View):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    error: str = Field(description="Name of the error in the catalogue.")
    context: dict[str, Any] = Field(description="The offending values, by name.")
    remedy: str | None = Field(default=None, description="What the caller should do.")
    findings: list[dict[str, Any]] | None = Field(
        default=None, description="Everything wrong with what was sent, each with its place."
    )


def problems(**named: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of a path for OpenAPI.

    Parameters
    ----------
    **named : int
        Status of each error that the path may answer with, by its name.
    """
    by_status: dict[int | str, dict[str, Any]] = {}
    for name, status in named.items():
        entry = by_status.setdefault(status, _entry())
        entry["content"][MEDIA_TYPE]["examples"][name] = {"value": _example(name, status)}
        entry["description"] = ", ".join(entry["content"][MEDIA_TYPE]["examples"])
    return by_status


def _entry() -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ProblemView.__name__}"}
    return {"content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(name: str, status: int) -> dict[str, Any]:
    return {
        "type": TYPE_PREFIX + name,
        "title": title_of(name),
        "status": status,
        "detail": f"{title_of(name)}.",
        "error": name,
        "context": {},
    }


ACTION_PROBLEMS = problems(
    AuthenticationMissing=401,
    ApiKeyUnknown=401,
    LedgerSeatMissing=403,
    IntentUnauthorised=403,
    OrderUnknown=404,
    DeliveryUnknown=404,
    AgreementUnknown=404,
    ActionUnknown=404,
    OrderUnexpectedState=409,
    DeliveryUnexpectedState=409,
    DeliveryOrderUnexpectedState=409,
    IdempotencyKeyReused=409,
    DocumentHeld=409,
    VersionStale=412,
    BodyTooLarge=413,
    DocumentInvalid=422,
    DocumentUnfit=422,
    RequestInvalid=422,
    TooManyWaiting=429,
    Unreachable=503,
    DatabaseUnreachable=503,
)
"""What any recording request may be answered with."""

READ_PROBLEMS = problems(
    AuthenticationMissing=401, ApiKeyUnknown=401, RequestInvalid=422, IdentifierMalformed=422
)
"""What any reading request may be answered with."""
