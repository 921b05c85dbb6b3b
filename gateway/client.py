"""A small client of a gateway, as a member's own system would have one."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

WAIT_S = 20
POLL_S = 0.05
HTTP_COME_BACK = (429, 503)


class GatewayRefused(RuntimeError):
    """A gateway answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.error = str(problem.get("error", "Unnamed"))
        self.problem = problem
        super().__init__(f"{status} {self.error}: {problem.get('detail', '')}")


class WaitedTooLong(RuntimeError):
    """Something that should have happened did not happen in time."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One organisation's desk at its gateway.

    Parameters
    ----------
    session : aiohttp.ClientSession
        Connections, shared between desks.
    url : str
        Base address of the gateway.
    api_key : str
        Secret of the organisation at this gateway.
    organisation : int
        Number of the organisation.
    name : str
        Its public name.
    """

    session: aiohttp.ClientSession
    url: str
    api_key: str
    organisation: int
    name: str

    async def get(self, path: str) -> Any:
        """Read a resource.

        Raises
        ------
        GatewayRefused
            If the gateway answers with a problem.
        """
        async with self.session.get(self.url + path, headers=self.headers()) as answer:
            return await _content(answer)

    async def all_of(self, path: str) -> list[dict[str, Any]]:
        """Read a list to its last page."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = await self.get(f"{path}?limit=100{cursor}")
            items += page["items"]
            if not page.get("next"):
                return items
            cursor = f"&cursor={page['next']}"

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        xml: bytes | None = None,
        idempotency_key: str | None = None,
        wait_s: int = WAIT_S,
        patience_s: float = WAIT_S,
    ) -> Any:
        """Record something and wait until it stands on the ledger.

        Parameters
        ----------
        xml : bytes, optional
            A UBL document, instead of a JSON body.
        idempotency_key : str, optional
            The same key gives the same answer, however often it is sent; a fresh one by default.
        wait_s : int
            How long to wait; 0 takes the gateway's word that it has accepted.
        patience_s : float
            How long to come back after a gateway that says that it cannot do it yet.

        Raises
        ------
        GatewayRefused
            If the gateway or the ledger refuses it.
        """
        headers = self.headers() | {
            "Idempotency-Key": idempotency_key or str(uuid.uuid4()),
            "Prefer": f"wait={wait_s}",
        }
        content = json.dumps(body or {}).encode() if xml is None else xml
        headers["Content-Type"] = "application/json" if xml is None else "application/xml"
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience_s
        while True:
            async with self.session.post(self.url + path, data=content, headers=headers) as answer:
                # These say that nothing was accepted and when to come back, for example because
                # the other side's document is still on its way, or too much waits.
                if answer.status not in HTTP_COME_BACK or loop.time() >= deadline:
                    return await _content(answer)
            await asyncio.sleep(POLL_S)

    async def until(self, path: str, is_ready: Callable[[Any], bool], what: str) -> Any:
        """Read a resource again and again until it is as expected.

        Raises
        ------
        WaitedTooLong
            If it is not within `WAIT_S` seconds.
        """

        async def read() -> Any:
            try:
                return await self.get(path)
            except GatewayRefused as refused:
                if refused.status == 404:
                    return None
                raise

        return await until(read, lambda found: found is not None and is_ready(found), what)

    def headers(self) -> dict[str, str]:
        """What shows a gateway who asks."""
        return {"Authorization": f"Bearer {self.api_key}"}


async def until(
    read: Callable[[], Awaitable[Any]], is_ready: Callable[[Any], bool], what: str
) -> Any:
    """Call `read` until its result is as expected.

    Raises
    ------
    WaitedTooLong
        If it is not within `WAIT_S` seconds.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_S
    while loop.time() < deadline:
        found = await read()
        if is_ready(found):
            return found
        await asyncio.sleep(POLL_S)
    raise WaitedTooLong(f"after {WAIT_S} s still waiting for {what}")


async def _content(answer: aiohttp.ClientResponse) -> Any:
    content = await answer.json(content_type=None)
    if answer.status >= 400:
        raise GatewayRefused(answer.status, content)
    return content
