"""Kubo's RPC, as far as a vault needs it: blocks in and out, pins with a name.

A block of ours is a raw block there under the same CID. Whatever comes back is hashed here before
it is believed. Only the daemon's own node is asked to change anything; what it fetches from its
peers is bounded by a time.

Notes
-----
Source: Kubo RPC API /api/v0 (docs.ipfs.tech/reference/kubo/rpc); seen to hold with Kubo 0.43.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import aiohttp

from ledger.vault.cid import Cid, cid_of, digest_of
from ledger.vault.errors import CidInvalid, VaultError

ANSWER_S: Final = 30.0
"""How long the daemon may take for what it does by itself."""
PEERS_S: Final = 5.0
"""How long it may look for a block among its peers."""
AT_ONCE: Final = 16
"""Blocks that it looks for at the same time."""
TOGETHER: Final = 100
"""Blocks that are named in one call; more would not fit into its address."""
BLOCK_BYTES_MAX: Final = 32 * 1024 * 1024
_READ_BYTES: Final = 256 * 1024


class IpfsUnreachable(VaultError):
    """The IPFS daemon does not answer."""


class IpfsRefused(VaultError):
    """The IPFS daemon answered with an error, or with something else than was asked for."""


class Kubo:
    """One Kubo daemon.

    Parameters
    ----------
    url : str
        Where its RPC listens, for example ``http://127.0.0.1:5001``. It is open to whoever reaches
        it: let it listen on loopback only.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http: aiohttp.ClientSession | None = None

    async def version(self) -> str:
        """Name the daemon's version."""
        return str((await self._lines("version"))[0]["Version"])

    async def put_all(self, blocks: Sequence[bytes]) -> list[Cid]:
        """Store blocks, not pinned yet, and return their CIDs.

        Raises
        ------
        IpfsRefused
            If the daemon names a block otherwise than we do.
        """
        form = aiohttp.FormData()
        for block in blocks:
            form.add_field("file", block, filename="block")
        options = {"cid-codec": "raw", "mhtype": "sha2-256", "allow-big-block": "true"}
        answers = await self._lines("block/put", options, data=form)
        named = [answer.get("Key") for answer in answers]
        expected = [cid_of(block) for block in blocks]
        if named != expected:
            raise IpfsRefused("The IPFS daemon names blocks otherwise.", named=named)
        return expected

    async def fetch(self, cids: Sequence[str]) -> dict[str, bytes]:
        """Fetch blocks from the daemon or its peers; what cannot be had is left out."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(cid: str) -> tuple[str, bytes | None]:
            async with places:
                return cid, await self.get(cid)

        found = await asyncio.gather(*(one(cid) for cid in cids))
        return {cid: block for cid, block in found if block is not None}

    async def get(self, cid: str) -> bytes | None:
        """Fetch one block; None when neither the daemon nor its peers give it in time."""
        digest = digest_of(cid)
        options = {"arg": cid, "timeout": f"{PEERS_S:g}s"}
        try:
            block = await self._content("block/get", options)
        except IpfsRefused:
            return None
        return block if sha256(block).digest() == digest else None

    async def pin_all(self, cids: Sequence[str], name: str) -> None:
        """Keep blocks that the daemon has, under a name."""
        await self._for_all("pin/add", cids, {"name": name, "recursive": "true"})

    async def unpin_all(self, cids: Sequence[str]) -> None:
        """Stop keeping blocks that are pinned."""
        await self._for_all("pin/rm", cids, {})

    async def delete_all(self, cids: Sequence[str]) -> None:
        """Forget blocks that are pinned no more; those that are, and those not held, stay so."""
        await self._for_all("block/rm", cids, {"force": "true", "quiet": "true"})

    async def pinned(self, name: str) -> AsyncIterator[Cid]:
        """List the blocks pinned under exactly this name."""
        options = {"type": "recursive", "names": "true", "name": name, "stream": "true"}
        async for answer in self._stream("pin/ls", options):
            if answer.get("Name") == name:
                try:
                    digest_of(answer["Cid"])
                except CidInvalid:
                    continue
                yield Cid(answer["Cid"])

    async def close(self) -> None:
        """End what is under way."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def __aenter__(self) -> Kubo:
        """Begin a conversation."""
        return self

    async def __aexit__(self, *problem: object) -> None:
        """End it."""
        await self.close()

    async def _for_all(self, call: str, cids: Sequence[str], options: Mapping[str, str]) -> None:
        for start in range(0, len(cids), TOGETHER):
            named = [("arg", cid) for cid in cids[start : start + TOGETHER]]
            await self._lines(call, [*named, *options.items()])

    async def _lines(self, call: str, options: Any = (), data: Any = None) -> list[dict[str, Any]]:
        return [answer async for answer in self._stream(call, options, data)]

    async def _stream(
        self, call: str, options: Any = (), data: Any = None
    ) -> AsyncIterator[dict[str, Any]]:
        try:
            async with self._asked(call, options, data) as answer:
                await _require_good(answer)
                async for line in answer.content:
                    if line.strip():
                        yield _fields(line)
        except (aiohttp.ClientError, OSError, TimeoutError) as problem:
            raise self._unreachable(problem) from None

    async def _content(self, call: str, options: Mapping[str, str]) -> bytes:
        content = bytearray()
        try:
            async with self._asked(call, options) as answer:
                await _require_good(answer)
                while part := await answer.content.read(_READ_BYTES):
                    content += part
                    if len(content) > BLOCK_BYTES_MAX:
                        raise IpfsRefused("The IPFS daemon answered with more than a block.")
        except (aiohttp.ClientError, OSError, TimeoutError) as problem:
            raise self._unreachable(problem) from None
        return bytes(content)

    def _asked(self, call: str, options: Any, data: Any = None) -> Any:
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S))
        params = options if isinstance(options, list) else dict(options)
        return self._http.post(f"{self.url}/api/v0/{call}", params=params, data=data)

    def _unreachable(self, problem: Exception) -> IpfsUnreachable:
        name = type(problem).__name__
        return IpfsUnreachable(f"The IPFS daemon at {self.url} does not answer: {name}.")


async def _require_good(answer: aiohttp.ClientResponse) -> None:
    if answer.status == 200:
        return
    said = (await answer.content.read(_READ_BYTES)).decode(errors="replace")
    raise IpfsRefused("The IPFS daemon refused.", status=answer.status, said=said[:500])


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise IpfsRefused("The IPFS daemon answered with something that is no object.")
    if fields.get("Type") == "error":
        raise IpfsRefused("The IPFS daemon refused.", said=str(fields.get("Message"))[:500])
    return fields
