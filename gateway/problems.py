"""The one place where what went wrong becomes an answer: RFC 9457 problem bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gateway.connectors.message import ConnectorRefused
from gateway.errors import (
    Finding,
    GatewayError,
    InternalError,
    MethodNotAllowed,
    PathUnknown,
    RequestInvalid,
)
from ledger.asker import SCHEME
from ledger.attachment.errors import (
    AttachmentAwaited,
    AttachmentRefused,
    AttachmentTooLarge,
    AttachmentUnknown,
)
from ledger.catalogue import LedgerError
from ledger.document.errors import (
    CommitmentError,
    DocumentError,
    DocumentInvalid,
    KeyBundleMissing,
)
from ledger.errors import RpcRefused, Unreachable
from ledger.vault import (
    AskerUnproven,
    BlockCorrupt,
    BlockMissing,
    BlockTooLarge,
    CidInvalid,
    VaultError,
)

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "/docs/errors#"
RETRY_AFTER_S: Final = 2

_STATUS_OF: Final[dict[type[Exception], int]] = {
    ConnectorRefused: 422,
    DocumentInvalid: 422,
    CommitmentError: 422,
    AttachmentRefused: 422,
    AttachmentTooLarge: 413,
    AttachmentUnknown: 404,
    AttachmentAwaited: 503,
    KeyBundleMissing: 503,
    DocumentError: 409,
    CidInvalid: 422,
    BlockTooLarge: 413,
    BlockMissing: 404,
    BlockCorrupt: 409,
    AskerUnproven: 401,
    VaultError: 500,
}
"""Statuses of errors that do not carry one, by the nearest class; what is not here is a bug."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a caller is told when something is refused.

    Parameters
    ----------
    findings : tuple of mapping
        Everything wrong with what was sent, where that is the matter.
    """

    status: int
    error: str
    detail: str
    remedy: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """Spell it as RFC 9457 wants it."""
        members: dict[str, Any] = {
            "type": TYPE_PREFIX + self.error,
            "title": title_of(self.error),
            "status": self.status,
            "detail": self.detail,
            "error": self.error,
            "context": self.context,
        }
        if self.remedy:
            members["remedy"] = self.remedy
        if self.findings:
            members["findings"] = self.findings
        return json.dumps(members, ensure_ascii=False, default=str).encode()

    def response(self) -> Response:
        """Make the answer."""
        return Response(self.body(), self.status, dict(self.headers), MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """Say what a caller is told about an error."""
    if isinstance(error, GatewayError):
        return _of_gateway(error)
    if isinstance(error, LedgerError):
        return _of_ledger(error)
    if isinstance(error, RequestValidationError):
        return _of_gateway(_of_validation(error))
    if isinstance(error, HTTPException):
        return _of_gateway(_of_http(error))
    status = _status_of(type(error))
    return _of_gateway(InternalError()) if status is None else _of_named(error, status)


def statuses() -> dict[type[Exception], int]:
    """Give every error that does not carry its status itself, with the one it is answered with."""
    found: dict[type[Exception], int] = {}
    waiting = list(_STATUS_OF)
    while waiting:
        kind = waiting.pop()
        status = _status_of(kind)
        assert status is not None
        found[kind] = status
        waiting += kind.__subclasses__()
    return found


def install(app: FastAPI) -> None:
    """Have every error of an application answered by `problem_of`."""

    async def answer(request: Request, error: Exception) -> Response:
        return problem_of(error).response()

    for kind in (
        GatewayError,
        LedgerError,
        RequestValidationError,
        HTTPException,
        *_STATUS_OF,
        Exception,
    ):
        app.add_exception_handler(kind, answer)


def _status_of(kind: type[Exception]) -> int | None:
    return next((_STATUS_OF[each] for each in kind.__mro__ if each in _STATUS_OF), None)


def title_of(name: str) -> str:
    """Read an error's name as words: ``OrderUnknown`` is ``Order unknown``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _of_gateway(error: GatewayError) -> Problem:
    return Problem(
        status=error.status,
        error=error.name,
        detail=error.detail,
        remedy=error.remedy,
        context=error.context,
        findings=tuple(finding.as_json() for finding in error.findings),
        headers=error.headers,
    )


def _of_ledger(error: LedgerError) -> Problem:
    can_retry = isinstance(error, Unreachable | RpcRefused) or error.status in (429, 503)
    context = dict(error.context)
    retry_after_s = context.get("retry_after_s", RETRY_AFTER_S)
    if "url" in context:
        context["url"] = _origin(context["url"])
    return Problem(
        status=error.status,
        error=error.name,
        detail=error.entry.say(context),
        remedy=error.remedy,
        context=context,
        headers={"Retry-After": str(retry_after_s)} if can_retry else {},
    )


def _origin(url: str) -> str:
    """Cut an address down to its host: what follows may hold a provider's key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else "its address"


def _of_named(error: Any, status: int) -> Problem:
    """Take an error that brings name, sentence and context, and perhaps findings."""
    context = dict(error.context)
    findings = tuple(context.pop("findings", None) or context.pop("problems", ()))
    headers = {"WWW-Authenticate": SCHEME} if status == HTTPStatus.UNAUTHORIZED else {}
    return Problem(status, error.name, error.detail, None, context, findings, headers)


def _of_validation(error: RequestValidationError) -> RequestInvalid:
    findings = tuple(
        Finding("/" + "/".join(str(step) for step in found["loc"]), str(found["msg"]))
        for found in error.errors()
    )
    return RequestInvalid("The request does not have the shape that this path takes.", findings)


def _of_http(error: HTTPException) -> GatewayError:
    """Name what the framework refuses before any route runs."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return PathUnknown("here")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed("The path does not take this method.")
    assert error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    return RequestInvalid("The request cannot be read.")
