"""One order taken through the lifecycle table once more, act by act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger import lifecycle
from ledger.action import Action, unpack_actions
from ledger.errors import ActionsMalformed
from ledger.event import (
    ActionRefused,
    AgreementProposed,
    AgreementStepped,
    BatchRecorded,
    Event,
    IntentRecorded,
)
from ledger.identifier import OrderId
from ledger.intent import ZERO
from ledger.lifecycle import Row


@dataclass(frozen=True, slots=True)
class Act:
    """One step that the chain recorded for the order, its deliveries or its agreement.

    Parameters
    ----------
    machine : str
        ``agreement``, ``order`` or ``delivery``.
    number : int
        Order or delivery inside the agreement; 0 for the agreement itself.
    event : Event
        The log that carries it.
    statement : bytes
        Digest of what was signed for it.
    position : int
        Place in its batch; 0 for what was signed on its own.
    document, manifest : bytes
        Commitment (of batches: zero, it stands in the manifest) and manifest digest.
    """

    machine: str
    number: int
    row: Row
    organisation: int
    event: Event
    statement: bytes
    position: int
    document: bytes
    manifest: bytes


@dataclass(slots=True)
class Replay:
    """What the table makes of an order's acts.

    Parameters
    ----------
    seats : dict
        Organisation in each taken seat of the agreement, by the seat's name.
    order_state : str
        State of the order in the end.
    deliveries : dict
        State of each of its deliveries in the end, by number.
    acts : list of Act
        Every act, in chain order.
    breaches : list of (Act, str)
        Acts that the table does not allow, and why.
    """

    order: OrderId
    seats: dict[str, int] = field(default_factory=dict)
    order_state: str = "None"
    deliveries: dict[int, str] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    breaches: list[tuple[Act, str]] = field(default_factory=list)

    def take(self, act: Act) -> None:
        """Take one act, noting what the table has against it."""
        self.acts.append(act)
        if not act.row.is_open_to(self._seats_of(act.organisation)):
            self.breaches.append((act, f"organisation {act.organisation} has no seat that may"))
        if act.machine == "agreement":
            return
        state = self._state_of(act)
        if state not in act.row.from_states:
            self.breaches.append((act, f"the {act.machine} was {state}"))
        if act.row.order_states is not None and self.order_state not in act.row.order_states:
            self.breaches.append((act, f"its order was {self.order_state}"))
        if act.machine == "order":
            self.order_state = act.row.to
        else:
            self.deliveries[act.number] = act.row.to

    def _state_of(self, act: Act) -> str:
        if act.machine == "order":
            return self.order_state
        return self.deliveries.get(act.number, "None")

    def _seats_of(self, organisation: int) -> frozenset[str]:
        return frozenset(seat for seat, holder in self.seats.items() if holder == organisation)


def replay_order(events: tuple[Event, ...], order: OrderId) -> Replay:
    """Take everything recorded for an order through the lifecycle table.

    Parameters
    ----------
    events : tuple of Event
        Events of the ledger, in chain order.
    """
    replay = Replay(order)
    refused: dict[bytes, set[int]] = {}
    for event in events:
        if isinstance(event, ActionRefused):
            positions = range(event.position, event.position + event.count)
            refused.setdefault(event.batch, set()).update(positions)
        elif isinstance(event, AgreementProposed) and event.agreement == order.agreement:
            names = zip(lifecycle.SEATS, event.seats, strict=True)
            replay.seats = {seat: holder for seat, holder in names if holder}
        for act in _acts_of(event, order, replay.deliveries, refused):
            replay.take(act)
    return replay


def _acts_of(
    event: Event, order: OrderId, deliveries: dict[int, str], refused: dict[bytes, set[int]]
) -> Iterator[Act]:
    """List what an event says about the order; `deliveries` are the order's, known so far."""
    if isinstance(event, AgreementStepped) and event.agreement == order.agreement:
        row = lifecycle.step_row(event.action)
        yield Act(
            "agreement", 0, row, event.organisation, event, event.intent, 0,
            event.terms, event.manifest,
        )  # fmt: skip
    elif isinstance(event, IntentRecorded):
        if _is_about(event.action, order, deliveries):
            yield _act(event.action, event, event.intent, 0, event.document, event.manifest)
    elif isinstance(event, BatchRecorded):
        skipped = refused.get(event.batch, set())
        for position, action in enumerate(_unpacked(event.actions)):
            if position not in skipped and _is_about(action, order, deliveries):
                yield _act(action, event, event.batch, position, ZERO, event.manifest)


def _act(
    action: Action,
    event: BatchRecorded | IntentRecorded,
    statement: bytes,
    position: int,
    document: bytes,
    manifest: bytes,
) -> Act:
    row = lifecycle.row_of(action.action)
    return Act(
        row.machine, action.number, row, event.organisation, event, statement, position,
        document, manifest,
    )  # fmt: skip


def _unpacked(data: bytes) -> list[Action]:
    """Unpack a batch; of one that cannot be read to its end, what the ledger took of it."""
    try:
        return unpack_actions(data)
    except ActionsMalformed as malformed:
        return list(malformed.readable)


def _is_about(action: Action, order: OrderId, deliveries: dict[int, str]) -> bool:
    if action.agreement != order.agreement or not lifecycle.is_action(action.action):
        return False
    if lifecycle.row_of(action.action).machine == "order":
        return action.number == order.number
    is_opening = lifecycle.is_opening(action.action) and action.order == order.number
    return action.number in deliveries or is_opening
