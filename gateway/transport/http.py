"""A partner's addresses: one is asked for messages, one is given some."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aiohttp

from gateway.transport.channel import ChannelFault, Limits, Mark, Parcel, Taken
from gateway.transport.declaration import HttpDeclaration
from ledger.outward import Network, connector

_NOTHING: Final = frozenset({204, 304})
_CHUNK: Final = 256 * 1024
_ANSWER_BYTES_MAX: Final = 64 * 1024


class HttpChannel:
    """Addresses that are asked and posted to.

    Parameters
    ----------
    allowed : sequence of networks
        Where this gateway may connect to beside the public internet.
    """

    def __init__(
        self, declared: HttpDeclaration, limits: Limits, allowed: Sequence[Network]
    ) -> None:
        self._declared = declared
        self._limits = limits
        self._allowed = allowed

    @asynccontextmanager
    async def visit(self, mark: Mark) -> AsyncIterator[HttpVisit]:
        """Make a client; no address is followed elsewhere, nor remembered by cookies."""
        session = aiohttp.ClientSession(
            connector=connector(self._allowed),
            timeout=aiohttp.ClientTimeout(total=self._limits.timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={"User-Agent": "Consign", "Accept-Encoding": "identity", **self._token()},
        )
        try:
            async with session:
                yield HttpVisit(session, self._declared, self._limits, mark)
        except (OSError, aiohttp.ClientError) as error:
            raise _fault(error) from error

    def _token(self) -> dict[str, str]:
        path = self._declared.token_file
        if path is None:
            return {}
        return {"Authorization": f"Bearer {path.read_text(encoding='utf-8').strip()}"}


class HttpVisit:
    """One round of questions."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        declared: HttpDeclaration,
        limits: Limits,
        mark: Mark,
    ) -> None:
        self._session = session
        self._declared = declared
        self._limits = limits
        self.mark = mark
        self.complaints: list[str] = []

    async def collect(self) -> AsyncGenerator[Parcel, None]:
        """Ask for what is newer than what was given last."""
        url = self._declared.collect
        if url is None:
            return
        conditions = {"If-None-Match": "etag", "If-Modified-Since": "last_modified"}
        headers = {name: self.mark[key] for name, key in conditions.items() if self.mark.get(key)}
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status in _NOTHING:
                return
            if answer.status != 200:
                raise ChannelFault(f"Status{answer.status}", "the address gives no message")
            content = await self._read(answer)
            stamp = {
                "etag": answer.headers.get("ETag", ""),
                "last_modified": answer.headers.get("Last-Modified", ""),
                "digest": hashlib.sha256(content).hexdigest(),
            }
            media_type = answer.headers.get("Content-Type", "")
        # Who says nothing of versions gives the same again and again.
        if content and stamp["digest"] != self.mark.get("digest"):
            yield Parcel("", content, media_type, stamp)
        self.mark = stamp

    async def let_go(self, parcel: Parcel, taken: Taken) -> None:
        """Remember what was taken."""
        self.mark = parcel.stamp

    async def bring(self, name: str, content: bytes, media_type: str) -> None:
        """Post a message; its name tells the partner when it comes again."""
        assert self._declared.bring is not None, "only who brings is asked to"
        headers = {
            "Content-Type": media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Idempotency-Key": name,
        }
        try:
            async with self._session.post(
                self._declared.bring, data=content, headers=headers, allow_redirects=False
            ) as answer:
                if not 200 <= answer.status < 300:
                    raise ChannelFault(f"Status{answer.status}", "the address takes it not")
                if "xml" in answer.content_type:
                    _require_taken(await answer.content.read(_ANSWER_BYTES_MAX))
        except (OSError, aiohttp.ClientError) as error:
            raise _fault(error) from error

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            content += chunk
            if len(content) > self._limits.bytes_max:
                limit = f"it has more than {self._limits.bytes_max} bytes"
                raise ChannelFault("MessageTooLarge", limit)
        return bytes(content)


def _require_taken(answer: bytes) -> None:
    """Hold an answer of cXML to what it says itself: refusals come with HTTP's `200`."""
    from gateway.connectors.cxml.response import read_status

    status = read_status(answer)
    if status is not None and not status.is_accepted:
        raise ChannelFault(f"Status{status.code}", status.text)


def _fault(error: Exception) -> ChannelFault:
    """Say what is wrong; an address that is refused here is named by that error."""
    cause = getattr(error, "os_error", None) or error
    return ChannelFault(type(cause).__name__, str(cause) or "no answer in time", is_away=True)
