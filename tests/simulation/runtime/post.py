"""How one gateway's courier reaches the blocks of others; stands in for an HTTP session."""

import random
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

from ledger.vault import Cid, parse_cid
from tests.simulation.runtime.memory_vault import MemoryVault
from tests.simulation.runtime.tally import Tally

HERE, ABSENT = b"\0", b"\1"


@dataclass
class _Content:
    body: bytes

    async def read(self, size: int = -1) -> bytes:
        part = self.body if size < 0 else self.body[:size]
        self.body = self.body[len(part) :]
        return part

    def at_eof(self) -> bool:
        return not self.body


@dataclass
class _Answer:
    status: int
    content: _Content

    async def __aenter__(self) -> Self:
        if self.status == 0:
            raise aiohttp.ServerDisconnectedError
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def read(self) -> bytes:
        return await self.content.read()


@dataclass
class Post:
    """Serves vaults by their owners' addresses, and can withhold or spoil blocks."""

    rng: random.Random
    vaults: dict[str, MemoryVault]
    tally: Tally
    chance: float
    is_calm: bool = False
    has_bulk: bool = True
    closed: bool = field(default=False)

    def get(self, url: str, **options: Any) -> _Answer:
        """Answer for one block."""
        endpoint, _, cid = url.partition("/v1/blocks/")
        fault = self._fault()
        if fault == "unreachable":
            return _Answer(0, _Content(b""))
        block = self.vaults[endpoint].blocks.get(parse_cid(cid))
        if block is None or fault == "withheld":
            return _Answer(404, _Content(b""))
        return _Answer(200, _Content(_spoiled(block) if fault == "spoiled" else block))

    def post(self, url: str, *, json: dict[str, Any], **options: Any) -> _Answer:
        """Answer for many blocks."""
        endpoint, _, rest = url.partition("/v1/blocks")
        assert rest == "/fetch", url
        fault = self._fault()
        if fault == "unreachable":
            return _Answer(0, _Content(b""))
        if not self.has_bulk:
            return _Answer(404, _Content(b""))
        body = b"".join(self._framed(endpoint, parse_cid(cid)) for cid in json["cids"])
        if fault == "cut short":
            body = body[: self.rng.randrange(len(body))]
        return _Answer(200, _Content(body))

    def _framed(self, endpoint: str, cid: Cid) -> bytes:
        fault = self._fault()
        block = self.vaults[endpoint].blocks.get(cid)
        if block is None or fault == "withheld":
            return ABSENT + bytes(4)
        block = _spoiled(block) if fault == "spoiled" else block
        return HERE + len(block).to_bytes(4) + block

    def _fault(self) -> str | None:
        if self.is_calm or self.rng.random() >= self.chance:
            return None
        kind = self.rng.choice(("unreachable", "withheld", "spoiled", "cut short"))
        self.tally[f"blocks: {kind}"] += 1
        return kind


def _spoiled(block: bytes) -> bytes:
    return block[:-1] + bytes([block[-1] ^ 1])
