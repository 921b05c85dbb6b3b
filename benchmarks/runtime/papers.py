"""Orders and responses whose documents travel sealed between two gateways."""

import asyncio
import itertools
import json
import random
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from benchmarks.runtime.documents import order_document, response_document
from benchmarks.runtime.ear import Ear, Key
from benchmarks.runtime.load import PATIENCE_S, PAUSE_S, send
from benchmarks.runtime.town import Town
from benchmarks.runtime.traffic import Call
from ledger.vault import cid_from_digest

PER_CALL = 100
NUMBERS_PER_STREAM = 10_000_000


def opened_of(notice: dict[str, Any]) -> Key | None:
    """Pick documents that were opened."""
    if notice["type"] != "document" or notice.get("status") != "opened":
        return None
    return f"O{notice['number']}", "opened"


@dataclass
class Papers:
    """Documents on their way.

    Parameters
    ----------
    beside : float
        Share of orders beyond those that count.
    is_withheld : bool
        Whether nobody can fetch the documents of those.
    """

    place: Town
    at_buyer: Ear
    at_seller: Ear
    beside: float = 0.0
    is_withheld: bool = False
    intended: dict[tuple[Ear, Key], float] = field(default_factory=dict)
    end_s: float = 0.0

    async def flow(self, seconds: float) -> None:
        """Let every agreement's parties send orders and responses, one after another."""
        self.end_s = time.monotonic() + seconds
        firsts = itertools.count(1, NUMBERS_PER_STREAM)
        # Two streams for each agreement: while one waits for the other side, its twin has work.
        agreements = [each for each in self.place.agreements for _ in range(2)]
        await asyncio.gather(*(self._trade(each, next(firsts)) for each in agreements))

    def opened(self) -> int:
        """Count documents that count and that the other side has opened."""
        return sum(key in ear.heard for ear, key in self.intended)

    def latencies(self) -> list[float]:
        """Give the seconds from the call to the moment the other side had opened, sorted."""
        found = self.intended.items()
        return sorted(ear.heard[key] - at for (ear, key), at in found if key in ear.heard)

    def lost(self) -> int:
        """Count documents that were not opened."""
        return sum(key not in ear.heard for ear, key in self.intended)

    async def _trade(self, agreement: str, first: int) -> None:
        chance = random.Random(first)
        owed = 0.0
        for start in itertools.count(first, PER_CALL):
            numbers = range(start, start + PER_CALL)
            owed += self.beside * PER_CALL
            beside = range(start + 5_000_000, start + 5_000_000 + int(owed))
            others = [self._beside(agreement, number, chance) for number in beside]
            owed -= len(others)
            orders = [_order(agreement, number) for number in numbers]
            if not await self._exchange(self.place.buyer, self.at_seller, numbers, orders, others):
                return
            responses = [_response(agreement, number) for number in numbers]
            if not await self._exchange(self.place.seller, self.at_buyer, numbers, responses, []):
                return

    def _beside(self, agreement: str, number: int, chance: random.Random) -> str:
        return _absent(agreement, number, chance) if self.is_withheld else _order(agreement, number)

    async def _exchange(
        self, sender: Any, ear: Ear, numbers: range, lines: list[str], others: list[str]
    ) -> bool:
        """Send documents and wait until the other side has opened them; false when time is up."""
        now = time.monotonic()
        if now >= self.end_s:
            return False
        keys: list[Key] = [(f"O{number}", "opened") for number in numbers]
        body = "".join(line + "\n" for line in [*lines, *others]).encode()
        await send(Call(sender, "/v1/actions", body, keys, len(others)))
        self.intended.update({(ear, key): now for key in keys})
        while not all(key in ear.heard for key in keys):
            if time.monotonic() - now > PATIENCE_S:
                return False
            await asyncio.sleep(PAUSE_S)
        return True


def _order(agreement: str, number: int) -> str:
    line = {"agreement": agreement, "action": "issue", "number": number}
    return json.dumps(line | {"document": order_document(f"PO-{number}")})


def _response(agreement: str, number: int) -> str:
    line = {"agreement": agreement, "action": "confirm", "number": number}
    document = response_document(f"PO-{number}", f"{agreement}-O{number}")
    return json.dumps(line | {"document": document})


def _absent(agreement: str, number: int, chance: random.Random) -> str:
    line = {"agreement": agreement, "action": "issue", "number": number}
    cid = cid_from_digest(sha256(chance.randbytes(32)).digest())
    return json.dumps(line | {"commitment": "0x" + chance.randbytes(32).hex(), "cid": cid})
