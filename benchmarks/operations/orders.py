"""Operations of the order ledger, each measured as one real transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.action import COUNT_MAX, Action, agreement_record, list_record, pack_actions
from ledger.contracts import encode_submit, encode_submit_intents
from ledger.intent import Batch, Intent
from ledger.lifecycle import row_named, state_number
from ledger.role import Role

from .stage import (
    DEADLINE_S,
    DOCUMENT,
    MANIFEST,
    NONCES_IN_A_WORD,
    Measure,
    OperationFailed,
    Stage,
)

EVENTS: Final = 1000
SLOT: Final = 64
LONG_RUN: Final = 4096
SIGNERS: Final = 4
"""Suppliers, each with an agreement of its own, who sign single intents."""

Measures = dict[str, Measure]


@dataclass
class Desk:
    """A brand and a supplier under one agreement; batches of theirs come with root and manifest."""

    stage: Stage
    brand: int
    supplier: int
    agreement: int

    @classmethod
    async def open(cls, stage: Stage) -> "Desk":
        """Admit both and conclude the agreement."""
        brand, supplier = await stage.admit(Role.BRAND), await stage.admit(Role.SUPPLIER)
        return cls(stage, brand, supplier, await stage.conclude(brand, supplier))

    def actor(self, machine: str, action: str) -> int:
        """Tell which of the two takes an action."""
        return self.brand if "buyer" in row_named(machine, action).by else self.supplier

    def packed(self, machine: str, action: str, numbers: Sequence[int], *, is_run: bool) -> bytes:
        """Pack actions as runs, or as lists that name each number."""
        row = row_named(machine, action)
        actions = [Action(self.agreement, row.id, n, n if row.opens else 0) for n in numbers]
        if is_run:
            return pack_actions(actions)
        parts = range(0, len(actions), COUNT_MAX)
        lists = [list_record(actions[start : start + COUNT_MAX]) for start in parts]
        return agreement_record(self.agreement) + b"".join(lists)

    def call(self, organisation: int, actions: bytes, *, is_direct: bool = False) -> bytes:
        """Encode a batch, signed unless the organisation's key is to send it itself."""
        domain = self.stage.deployment.order_domain
        batch = Batch(
            organisation,
            DEADLINE_S,
            self.stage.nonce(domain, organisation),
            DOCUMENT,
            MANIFEST,
            actions,
        )
        return encode_submit([batch], [b"" if is_direct else self.stage.sign(domain, batch)])

    async def take(
        self,
        action: str,
        numbers: Sequence[int],
        *,
        machine: str = "order",
        is_run: bool = True,
    ) -> Measure:
        """Take an action on all of these under one signature, and see that all have taken it."""
        actions = self.packed(machine, action, numbers, is_run=is_run)
        ledger = self.stage.deployment.order_ledger
        data = self.call(self.actor(machine, action), actions)
        measure = await self.stage.measure(ledger, data, len(numbers))
        await self.require(machine, numbers, row_named(machine, action).to)
        return measure

    async def require(self, machine: str, numbers: Sequence[int], state: str) -> None:
        """See that all of these stand in a state."""
        await require_states(self.stage, machine, [(self.agreement, n) for n in numbers], state)


async def require_states(
    stage: Stage, machine: str, subjects: Sequence[tuple[int, ...]], state: str
) -> None:
    """See that orders or deliveries stand in a state.

    Raises
    ------
    OperationFailed
        When one does not.
    """
    ledger, view = stage.deployment.order_ledger, f"{machine}State(uint64,uint32)"
    found = await stage.view(ledger, view, subjects)
    wrong = [n for n, at in zip(subjects, found, strict=True) if at != state_number(machine, state)]
    if wrong:
        raise OperationFailed(f"{len(wrong)} of {len(subjects)} {machine} states are not {state}")


async def measure_orders(stage: Stage) -> Measures:
    """Measure what orders cost, by how they lie in storage and how they are signed."""
    desk = await Desk.open(stage)
    contiguous = range(SLOT, SLOT + EVENTS)
    eight = [(1 << 16) + i // 8 * SLOT + i % 8 * 8 for i in range(EVENTS)]
    scattered = [(1 << 20) + i * SLOT for i in range(EVENTS)]
    again = range(1 << 24, (1 << 24) + EVENTS)
    singles, long_run = range(1 << 25, (1 << 25) + EVENTS), range(1 << 26, (1 << 26) + LONG_RUN)
    measures = {
        "gas_new": await desk.take("issue", contiguous),
        "new_long_run": await desk.take("issue", long_run),
        "new_singles": await desk.take("issue", singles, is_run=False),
    }
    for part in (
        eight[:500],
        eight[500:],
        *(scattered[i : i + 250] for i in range(0, EVENTS, 250)),
    ):
        await desk.take("issue", part)
    await desk.take("issue", again)
    measures["gas_contiguous"] = await desk.take("acknowledge", contiguous, is_run=False)
    measures["gas_8_per_slot"] = await desk.take("acknowledge", eight, is_run=False)
    measures["gas_scattered"] = await desk.take("acknowledge", scattered, is_run=False)
    measures["gas_run"] = await desk.take("acknowledge", again)
    measures |= await _measure_single_actions(desk, scattered)
    measures |= await _measure_refusals(desk, contiguous)
    measures |= await _measure_deliveries(desk, contiguous)
    await desk.take("confirm", again)
    measures["delivery_run"] = await desk.take("announce", again, machine="delivery")
    return measures


async def _measure_single_actions(desk: Desk, orders: Sequence[int]) -> Measures:
    """One action in one transaction: by direct call, and carried by a relay."""
    ledger = desk.stage.deployment.order_ledger
    direct, carried = orders[0], orders[1]
    actions = desk.packed("order", "confirm", [direct], is_run=False)
    data = desk.call(desk.supplier, actions, is_direct=True)
    key = desk.stage.keys[desk.supplier]
    measures = {"direct_call": await desk.stage.measure(ledger, data, sender=key)}
    measures["batch_of_one"] = await desk.take("confirm", [carried], is_run=False)
    await desk.require("order", [direct, carried], "Confirmed")
    return measures


async def _measure_refusals(desk: Desk, orders: Sequence[int]) -> Measures:
    """Acknowledge orders that may not be: as a list, as a run, and as a run of mixed states.

    Leaves the orders confirmed.
    """
    measures = {
        "refused_single": await _refuse(desk, orders[:1], is_run=False),
        "refused_singles": await _refuse(desk, orders, is_run=False),
        "refused_run": await _refuse(desk, orders, is_run=True),
    }
    await desk.require("order", orders, "Acknowledged")
    await desk.take("confirm", orders[::2])
    measures["refused_mixed_run"] = await _refuse(desk, orders, is_run=True)
    await desk.take("confirm", orders[1::2])
    return measures


async def _refuse(desk: Desk, orders: Sequence[int], *, is_run: bool) -> Measure:
    actions = desk.packed("order", "acknowledge", orders, is_run=is_run)
    data = desk.call(desk.supplier, actions)
    return await desk.stage.measure(desk.stage.deployment.order_ledger, data, len(orders))


async def _measure_deliveries(desk: Desk, orders: Sequence[int]) -> Measures:
    """Take one delivery of each order through its life, each named by its number."""
    measures: Measures = {}
    for action in ("announce", "despatch", "receive", "pass", "settle"):
        measures[f"delivery_{action}"] = await desk.take(
            action, orders, machine="delivery", is_run=False
        )
    return measures


async def measure_individual(stage: Stage) -> Measures:
    """Acknowledge orders by intents that are signed one by one, by four suppliers.

    Each supplier has an agreement with one brand, and its intents are on consecutive orders. The
    relayer puts those of one signer side by side; the other figure is for signers in turn.
    """
    return {
        "gas_individual": await _measure_intents(stage, is_grouped=True),
        "individual_in_turn": await _measure_intents(stage, is_grouped=False),
    }


async def _measure_intents(stage: Stage, *, is_grouped: bool) -> Measure:
    brand = await stage.admit(Role.BRAND)
    desks = []
    for _ in range(SIGNERS):
        supplier = await stage.admit(Role.SUPPLIER)
        desk = Desk(stage, brand, supplier, await stage.conclude(brand, supplier))
        await desk.take("issue", range(SLOT, SLOT + EVENTS // SIGNERS))
        desks.append(desk)
    intents = list(_intents(desks))
    if is_grouped:
        intents.sort(key=lambda intent: intent.organisation)
    signatures = [stage.sign(stage.deployment.order_domain, intent) for intent in intents]
    ledger = stage.deployment.order_ledger
    measure = await stage.measure(ledger, encode_submit_intents(intents, signatures), EVENTS)
    subjects = [(intent.agreement, intent.number) for intent in intents]
    await require_states(stage, "order", subjects, "Acknowledged")
    return measure


def _intents(desks: Sequence[Desk]) -> Iterator[Intent]:
    """Yield acknowledgements of desks in turn; all nonces lie in words that were used before."""
    acknowledge = row_named("order", "acknowledge").id
    for i in range(EVENTS):
        desk = desks[i % len(desks)]
        nonce = desk.stage.nonce(desk.stage.deployment.order_domain, desk.supplier)
        assert 0 < nonce < NONCES_IN_A_WORD
        number = SLOT + i // len(desks)
        yield Intent(
            desk.supplier,
            desk.agreement,
            acknowledge,
            number,
            0,
            DEADLINE_S,
            nonce,
            DOCUMENT,
            MANIFEST,
        )
