"""What stands before every route: the size of bodies, and headers that browsers obey."""

from __future__ import annotations

import contextlib
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import BodyTooLarge
from gateway.lines import LINES_TYPE
from gateway.problems import problem_of

UPLOAD_PATH: Final = "/v1/attachments"
MESSAGE_PATHS: Final = ("/v1/inbox/", "/v1/channels/")
_SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


class _Cut(Exception):
    """The body passed the limit while it was being read."""


class Guard:
    """Refuses large bodies while they arrive, and marks every answer.

    Parameters
    ----------
    app : ASGIApp
        What is guarded.
    body_bytes_max : int
        Largest body that is taken.
    lines_bytes_max : int, optional
        The same for newline-delimited JSON.
    attachment_bytes_max : int, optional
        The same for files that go with documents.
    message_bytes_max : int, optional
        The same for messages of partners.
    """

    def __init__(
        self,
        app: ASGIApp,
        body_bytes_max: int,
        lines_bytes_max: int | None = None,
        attachment_bytes_max: int | None = None,
        message_bytes_max: int | None = None,
    ) -> None:
        self._app = app
        self._body_bytes_max = body_bytes_max
        self._lines_bytes_max = lines_bytes_max or body_bytes_max
        self._attachment_bytes_max = attachment_bytes_max or body_bytes_max
        self._message_bytes_max = message_bytes_max or body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, within the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        await _Exchange(self._app, self._most(scope, headers), receive, send).run(scope, headers)

    def _most(self, scope: Scope, headers: dict[bytes, bytes]) -> int:
        if scope["path"] == UPLOAD_PATH:
            return self._attachment_bytes_max
        if f"{scope['path']}/".startswith(MESSAGE_PATHS):
            return self._message_bytes_max
        is_lines = headers.get(b"content-type", b"").lower().startswith(LINES_TYPE.encode())
        return self._lines_bytes_max if is_lines else self._body_bytes_max


class _Exchange:
    def __init__(self, app: ASGIApp, body_bytes_max: int, receive: Receive, send: Send) -> None:
        self._app = app
        self._left = body_bytes_max
        self._limit = body_bytes_max
        self._receive = receive
        self._send = send
        self._is_cut = False
        self._has_started = False

    async def run(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._limit:
            self._is_cut = True
        else:
            with contextlib.suppress(_Cut):
                await self._app(scope, self._read, self._write)
        if self._is_cut and not self._has_started:
            await self._refuse(scope)

    async def _read(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self._is_cut = True
                raise _Cut
        return message

    async def _write(self, message: Message) -> None:
        # What the application makes of a body cut short is not for the caller.
        if self._is_cut and not self._has_started:
            return
        if message["type"] == "http.response.start":
            self._has_started = True
            named = {name for name, _ in message.get("headers", ())}
            fresh = [pair for pair in _SECURITY_HEADERS if pair[0] not in named]
            message = {**message, "headers": [*message.get("headers", ()), *fresh]}
        await self._send(message)

    async def _refuse(self, scope: Scope) -> None:
        error = BodyTooLarge(f"The body has more than {self._limit} bytes.", bytes_max=self._limit)
        await problem_of(error).response()(scope, self._receive, self._send)
