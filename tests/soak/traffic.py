"""Two members who trade: orders issued singly and in bulk, and moved on at random by both."""

from __future__ import annotations

import asyncio
import random
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.lifecycle import Row, rows
from tests.soak.careful import Careful
from tests.unit.gateway import papers

BULK_MAX: Final = 25
PAUSE_S: Final = 0.25
NEEDS_A_DOCUMENT: Final = {"counter_propose", "request_change", "offer_change"}
OPEN_MAX: Final = 5_000


@dataclass
class Trade:
    """What buyer and seller believe about their orders; the chain has the last word.

    Parameters
    ----------
    agreement : str
        In force between them.
    """

    agreement: str
    buyer: Careful
    seller: Careful
    random: random.Random
    states: dict[str, str] = field(default_factory=dict)
    is_over: bool = False

    async def run(self) -> None:
        """Trade until it is over; what was begun is brought to its answer."""
        moves = (self._move, self._move_many, self._clash)
        work = (self._issue, self._issue_many, *moves)
        await asyncio.gather(*(self._repeat(each) for each in work))

    async def _repeat(self, work: Any) -> None:
        while not self.is_over:
            await work()
            await asyncio.sleep(PAUSE_S * 2 * self.random.random())

    async def _issue(self) -> None:
        body = {"agreement": self.agreement, "document": papers.order(id=f"PO-{self._tag()}")}
        told = await self.buyer.post("/v1/orders", body, "issue")
        if told is not None:
            self.states[told["order"]] = "Issued"

    async def _issue_many(self) -> None:
        lines = [self._line("issue") for _ in range(self.random.randint(1, BULK_MAX))]
        for told in await self.buyer.post_all(lines):
            if told is not None:
                self.states[told["order"]] = "Issued"

    async def _move(self) -> None:
        chosen = self._choice()
        if chosen is not None:
            await self._act(*chosen)

    async def _clash(self) -> None:
        """Let both act on one order at the same moment: the chain decides who was first."""
        chosen = self._choice()
        if chosen is None:
            return
        _, order, _ = chosen
        both = {id(who): (who, row) for who, row in self._could(self.states[order])}
        await asyncio.gather(*(self._act(who, order, row) for who, row in both.values()))

    async def _act(self, who: Careful, order: str, row: Row) -> None:
        path = f"/v1/orders/{order}/{row.action.replace('_', '-')}"
        told = await who.post(path, {}, row.action)
        if told is not None:
            self.states[order] = row.to

    async def _move_many(self) -> None:
        found = [self._choice() for _ in range(self.random.randint(1, BULK_MAX))]
        for who in (self.buyer, self.seller):
            # One action for each order: what fails in the middle must not mislead what follows.
            chosen = {each[1]: each[2] for each in found if each is not None and each[0] is who}
            if not chosen:
                continue
            lines = [
                self._line(row.action, order=int(order.rpartition("-O")[2]))
                for order, row in chosen.items()
            ]
            answers = await who.post_all(lines)
            for (order, row), told in zip(chosen.items(), answers, strict=True):
                if told is not None:
                    self.states[order] = row.to

    def _choice(self) -> tuple[Careful, str, Row] | None:
        """Choose an order, and what one of the two could do to it."""
        if not self.states:
            return None
        recent = list(self.states)[-OPEN_MAX:]
        order = self.random.choice(recent)
        could = self._could(self.states[order])
        if not could:
            return None
        who, row = self.random.choice(could)
        return who, order, row

    def _could(self, state: str) -> list[tuple[Careful, Row]]:
        """What buyer and seller may do to an order in a state, without saying more."""
        return [
            (who, row)
            for row in rows("order")
            if state in row.from_states and row.action not in NEEDS_A_DOCUMENT
            for who, seat in ((self.buyer, "buyer"), (self.seller, "seller"))
            if seat in row.by
        ]

    def _line(self, action: str, **more: Any) -> dict[str, Any]:
        commitment = "0x" + secrets.token_hex(32)
        return {"agreement": self.agreement, "action": action, "commitment": commitment, **more}

    def _tag(self) -> str:
        return f"{self.random.getrandbits(40):010x}"
