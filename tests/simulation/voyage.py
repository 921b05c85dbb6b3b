"""A seeded voyage of one gateway: wishes, crashes, lost tails and reorgs, as a seed decides.

Every part is moved step by step, so that the seed alone decides what happens between two writes.
"""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ledger.catalogue import LedgerError
from ledger.database import reading
from ledger.desk import Wish
from ledger.errors import RpcRefused
from ledger.indexer import ChainMoved
from ledger.model import PROJECTED
from ledger.model.table import table_of
from ledger.runtime import LedgerRuntime
from tests.gateways import TERMS, Gateway, purchase

BOUNDARIES = ("signed", "storing", "stored", "sent")
BUYER, SELLER = 1, 2


class Crash(Exception):
    """The process dies here."""


@dataclass
class Voyage:
    """One gateway that hosts a buyer and a seller, moved by a seed."""

    gateway: Gateway
    seed: int
    agreement: int = 0
    accepted: list[int] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self._dies_at: str | None = None
        self._floor = 0
        self.runtime = self.gateway.runtime(self._interrupt)

    def _interrupt(self, boundary: str) -> None:
        if boundary == self._dies_at:
            self._dies_at = None
            raise Crash(boundary)

    async def sail(self, steps: int) -> None:
        """Agree, then take some steps that the seed decides."""
        await self._agree()
        moves = [self._issue, self._answer, self._relay, self._relay, self._crash, self._mine]
        moves += [self._mine, self._index, self._index, self._lose_tail, self._reorganise]
        for _ in range(steps):
            move = self.chance.choice(moves)
            self.log.append(move.__name__)
            await move()

    async def come_home(self) -> None:
        """Go on without mishap until everything is decided and taken in."""
        for _ in range(400):
            await self._relay()
            await self._mine()
            await self._index()
            views = [self.runtime.queries.intent(each) for each in self.accepted]
            if all(view is not None and view.is_decided for view in views):
                return
        undecided = [view for view in views if view is not None and not view.is_decided]
        raise AssertionError(f"seed {self.seed} never came home: {undecided} after {self.log}")

    async def close(self) -> None:
        """End the gateway."""
        await self.runtime.stop()

    async def _agree(self) -> None:
        desk = self.runtime.desk
        await self._index()
        self._floor = await self.runtime.client.block_number()
        proposal = await desk.propose(
            BUYER, seats=(BUYER, SELLER, 0, 0, 0), notice_days=30, terms=TERMS
        )
        self.agreement = proposal.agreement or 0
        self.accepted.append(proposal.intent)
        await self.come_home()
        self.accepted.append((await desk.step(SELLER, self.agreement, "sign")).intent)
        await self.come_home()

    async def _issue(self) -> None:
        document = purchase(f"PO-{len(self.accepted)}") if self.chance.random() < 0.5 else None
        await self._accept(BUYER, Wish(agreement=self.agreement, action="issue", document=document))

    async def _answer(self) -> None:
        orders = self.runtime.queries.orders(SELLER, is_open=True)
        if not orders:
            return
        order = self.chance.choice(orders)
        by = self.chance.choice([BUYER, SELLER])
        view = self.runtime.queries.order(by, self.agreement, order.number)
        if view is None:
            return
        # A revision leads back to where it began, so that taking one twice would go unnoticed.
        allowed = [each for each in view.allowed_actions if each not in ("revise", "announce")]
        if allowed:
            action = self.chance.choice(allowed)
            is_new = action == "despatch"
            wish = Wish(
                agreement=self.agreement,
                action=action,
                number=None if is_new else order.number,
                order=order.number if is_new else None,
            )
            await self._accept(by, wish)

    async def _accept(self, organisation: int, wish: Wish) -> None:
        # The projection may be behind: then the desk predicts a refusal, which is an answer too.
        with suppress(LedgerError):
            self.accepted.append((await self.runtime.desk.record(organisation, wish)).intent)

    async def _relay(self) -> None:
        with suppress(RpcRefused):
            await self.runtime.relayer.advance()

    async def _crash(self) -> None:
        """Die at a write boundary, if the round gets that far, and start again."""
        self._dies_at = self.chance.choice(BOUNDARIES)
        with suppress(Crash, RpcRefused):
            await self.runtime.relayer.advance()
        self._dies_at = None
        await self.runtime.stop()
        self.runtime = self.gateway.runtime(self._interrupt)

    async def _index(self) -> None:
        for _ in range(50):
            with suppress(ChainMoved):
                if not await self.runtime.indexer.advance():
                    return

    async def _lose_tail(self) -> None:
        await self._bend("anvil_rollback", self.chance.randint(1, 6))

    async def _reorganise(self) -> None:
        # An empty block of the same second would be the same block.
        await self.runtime.client.call("evm_increaseTime", 1)
        await self._bend("anvil_reorg", self.chance.randint(1, 6), [])

    async def _bend(self, method: str, depth: int, *more: Any) -> None:
        head = await self.runtime.client.block_number()
        # Contracts and members are nobody's to send again.
        if head - depth >= self._floor:
            await self.runtime.client.call(method, depth, *more)

    async def _mine(self) -> None:
        await self.runtime.client.call("evm_mine")


def projected(runtime: LedgerRuntime) -> dict[str, list[tuple[Any, ...]]]:
    """Give every projected row, to be compared."""
    tables = [table_of(each) for each in PROJECTED]
    with reading(runtime.engine) as session:
        return {
            table.name: [
                tuple(row)
                for row in session.connection().execute(
                    table.select().order_by(*table.primary_key.columns)
                )
            ]
            for table in tables
        }
