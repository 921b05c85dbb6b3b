"""What the chain would say to wishes, once everything accepted is recorded.

The same rules in the same order as the contracts, raising the same errors. All that a set of wishes
touches is loaded in a handful of statements; then they are judged in memory, one after the other,
and each that is taken changes what the next one finds. The chain has the last word: it may have
moved on meanwhile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from ledger import lifecycle
from ledger.database import portions
from ledger.errors import (
    AgreementNoticed,
    AgreementUnexpectedState,
    AgreementUnknown,
    DeliveryOrderDiffers,
    DeliveryOrderUnexpectedState,
    DeliveryUnexpectedState,
    LedgerSeatMissing,
    OrderUnexpectedState,
)
from ledger.lifecycle import Row
from ledger.model import Agreement, Delivery, Order, PendingAction
from ledger.model.sending import UNDECIDED
from ledger.model.table import table_of
from ledger.prediction import IN_FORCE, chain_time, seats_held, states

LOOKUPS_MAX: Final = 4_000
"""Most pairs of agreement and number that one statement looks for."""

NONE: Final = "None"

Subject = tuple[int, int]
"""An order or a delivery: its agreement, and its number in it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """An action on an order or delivery that is to be judged.

    Parameters
    ----------
    number : int, optional
        Order or delivery; none for a new one.
    order : int, optional
        The order that a new delivery belongs to.
    """

    row: Row
    agreement: int
    number: int | None
    order: int | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """An agreement: who sits where, its state, and when it ends (0: not at all)."""

    seats: tuple[int, ...]
    state: str
    ends_at: int


class Forecast:
    """Judges actions on orders and deliveries.

    Parameters
    ----------
    asks : iterable of Ask
        All that will be judged; nothing else is loaded.
    """

    def __init__(self, session: Session, asks: Iterable[Ask]) -> None:
        self._session = session
        self._seats: dict[Subject, frozenset[str]] = {}
        self._time: int | None = None
        self._undo: list[tuple[dict[Any, Any], Subject, Any]] = []
        asks = list(asks)
        self._highest: dict[tuple[str, int], int] = {}
        self._agreements = self._load_agreements({ask.agreement for ask in asks})
        deliveries = {
            (ask.agreement, ask.number)
            for ask in asks
            if ask.row.machine == "delivery" and ask.number is not None
        }
        self._deliveries = _load_deliveries(session, deliveries)
        named = {
            (ask.agreement, ask.number if ask.row.machine == "order" else ask.order) for ask in asks
        }
        named |= {(each[0], order) for each, (_, order) in self._deliveries.items()}
        orders = {(agreement, order) for agreement, order in named if order is not None}
        self._orders = _load_orders(session, orders)

    def require_action(self, organisation: int, ask: Ask) -> int | None:
        """Refuse an action on an order or delivery that the chain would refuse.

        Returns
        -------
        int or None
            The order that the action is about; none for a new one.

        Raises
        ------
        Refused
            The error that the contract would give.
        """
        row, agreement = ask.row, ask.agreement
        found = self._agreements.get(agreement)
        if found is None:
            raise AgreementUnknown(agreement)
        if not row.is_open_to(self._seats_of(found, agreement, organisation)):
            raise LedgerSeatMissing(agreement, organisation, row.id)
        if row.machine == "delivery":
            return self._require_delivery(ask)
        if row.action == "issue":
            self._require_open(found, agreement)
        state = self.order_state(agreement, ask.number)
        if state not in row.from_states:
            raise OrderUnexpectedState(
                agreement, ask.number or 0, *states("order", state, row.from_states)
            )
        return ask.number

    def take(self, ask: Ask, number: int, order: int) -> None:
        """Count an action as done, for those that are judged after it."""
        subject = (ask.agreement, number)
        if ask.row.machine == "order":
            self._set(self._orders, subject, ask.row.to)
        else:
            self._set(self._deliveries, subject, (ask.row.to, order))
        series = (ask.row.machine, ask.agreement)
        self._highest[series] = max(self._highest.get(series, 0), number)

    def free_number(self, machine: str, agreement: int) -> int:
        """Give a number above all that are known or accepted."""
        return self._highest.get((machine, agreement), 0) + 1

    def parties(self, agreement: int) -> tuple[int, ...]:
        """Give the organisations of an agreement that exists, by seat; zero is empty."""
        return self._agreements[agreement].seats

    def order_state(self, agreement: int, number: int | None) -> str:
        """Name the state of an order; ``None`` for one that does not exist yet."""
        return NONE if number is None else self._orders.get((agreement, number), NONE)

    def delivery_state(self, agreement: int, number: int | None) -> tuple[str, int | None]:
        """Name the state of a delivery, and its order."""
        return self._deliveries.get((agreement, number or 0), (NONE, None))

    def order_of(self, ask: Ask) -> int | None:
        """Name the order that an action is about, if that exists."""
        if ask.row.machine == "order":
            return ask.number
        return self.delivery_state(ask.agreement, ask.number)[1] or ask.order

    def keep(self) -> None:
        """Let what was taken stand."""
        self._undo.clear()

    def undo(self) -> None:
        """Take back what was taken since `keep`."""
        while self._undo:
            table, subject, before = self._undo.pop()
            if before is None:
                del table[subject]
            else:
                table[subject] = before

    def _require_delivery(self, ask: Ask) -> int:
        row, agreement, number = ask.row, ask.agreement, ask.number or 0
        state, order = self.delivery_state(agreement, ask.number)
        if state not in row.from_states:
            raise DeliveryUnexpectedState(
                agreement, number, *states("delivery", state, row.from_states)
            )
        if state == NONE:
            order = ask.order or 0
        assert order is not None
        assert row.order_states is not None
        if row.opens and ask.order is not None and order != ask.order:
            raise DeliveryOrderDiffers(agreement, number, order, ask.order)
        state_of_order = self.order_state(agreement, order)
        if state_of_order not in row.order_states:
            allowed = tuple(row.order_states)
            raise DeliveryOrderUnexpectedState(
                agreement, order, *states("order", state_of_order, allowed)
            )
        return order

    def _require_open(self, found: _Standing, agreement: int) -> None:
        if found.state not in IN_FORCE:
            raise AgreementUnexpectedState(agreement, *states("agreement", found.state, IN_FORCE))
        if found.ends_at and self._now() >= found.ends_at:
            raise AgreementNoticed(agreement, found.ends_at)

    def _now(self) -> int:
        if self._time is None:
            self._time = chain_time(self._session)
        return self._time

    def _seats_of(self, found: _Standing, agreement: int, organisation: int) -> frozenset[str]:
        held = self._seats.get((agreement, organisation))
        if held is None:
            held = self._seats[agreement, organisation] = seats_held(found.seats, organisation)
        return held

    def _set(self, table: dict[Any, Any], subject: Subject, value: Any) -> None:
        self._undo.append((table, subject, table.get(subject)))
        table[subject] = value

    def _load_agreements(self, numbers: set[int]) -> dict[int, _Standing]:
        """Load agreements, and the highest numbers of their orders and deliveries."""
        found = {}
        connection = self._session.connection()
        for wanted in portions(sorted(numbers)):
            for row in connection.execute(_AGREEMENTS, {"agreements": wanted}):
                number, *seats = row[:6]
                state = lifecycle.state_name("agreement", row.state)
                found[number] = _Standing(tuple(seats), state, row.ends_at)
                orders, waiting, deliveries, arriving = (highest or 0 for highest in row[8:])
                self._highest["order", number] = max(orders, waiting)
                self._highest["delivery", number] = max(deliveries, arriving)
        return found


def looked_up(
    session: Session, statement: Select[Any], subjects: Iterable[Subject]
) -> Iterator[Any]:
    """Run a statement that asks for `agreements` and `numbers`, in chunks.

    It also gives rows of other pairs of them: as true as the rest, and too few to matter.
    """
    agreements: set[int] = set()
    numbers: set[int] = set()
    for agreement, number in sorted(subjects):
        agreements.add(agreement)
        numbers.add(number)
        if len(agreements) * len(numbers) >= LOOKUPS_MAX:
            yield from _execute(session, statement, agreements, numbers)
            agreements, numbers = set(), set()
    if numbers:
        yield from _execute(session, statement, agreements, numbers)


def _execute(
    session: Session, statement: Select[Any], agreements: set[int], numbers: set[int]
) -> Any:
    wanted = {"agreements": list(agreements), "numbers": list(numbers)}
    return session.connection().execute(statement, wanted)


def _load_orders(session: Session, subjects: set[Subject]) -> dict[Subject, str]:
    names = lifecycle.states("order")
    found = {
        (agreement, number): names[state]
        for agreement, number, state in looked_up(session, _ORDERS, subjects)
    }
    waiting = looked_up(session, _WAITING["order"], subjects)
    for _, agreement, number, action, _ in sorted(waiting):
        found[agreement, number] = lifecycle.row_named("order", action).to
    return found


def _load_deliveries(
    session: Session, subjects: set[Subject]
) -> dict[Subject, tuple[str, int | None]]:
    names = lifecycle.states("delivery")
    found: dict[Subject, tuple[str, int | None]] = {
        (agreement, number): (names[state], order)
        for agreement, number, state, order in looked_up(session, _DELIVERIES, subjects)
    }
    waiting = looked_up(session, _WAITING["delivery"], subjects)
    for _, agreement, number, action, order in sorted(waiting):
        _, known = found.get((agreement, number), (NONE, None))
        to = lifecycle.row_named("delivery", action).to
        found[agreement, number] = (to, order if known is None else known)
    return found


def _about(table: Any) -> tuple[Any, Any]:
    return (
        table.c.agreement.in_(bindparam("agreements", expanding=True)),
        table.c.number.in_(bindparam("numbers", expanding=True)),
    )


def _highest(table: Any, *conditions: Any) -> Any:
    # One look at the end of an index for each agreement, however many numbers it has.
    is_of = table.c.agreement == _AGREEMENT.c.number
    return select(func.max(table.c.number)).where(is_of, *conditions).scalar_subquery()


_AGREEMENT: Final = table_of(Agreement)
_ORDER: Final = table_of(Order)
_DELIVERY: Final = table_of(Delivery)
_PENDING: Final = table_of(PendingAction)

_ORDERS: Final = select(_ORDER.c.agreement, _ORDER.c.number, _ORDER.c.state).where(*_about(_ORDER))
_DELIVERIES: Final = select(
    _DELIVERY.c.agreement, _DELIVERY.c.number, _DELIVERY.c.state, _DELIVERY.c.order_number
).where(*_about(_DELIVERY))
_WAITING: Final = {
    machine: select(
        _PENDING.c.id,
        _PENDING.c.agreement,
        _PENDING.c.number,
        _PENDING.c.action,
        _PENDING.c.order_number,
    ).where(_PENDING.c.machine == machine, *_about(_PENDING), UNDECIDED)
    for machine in ("order", "delivery")
}
_AGREEMENTS: Final = select(
    _AGREEMENT.c.number,
    *(_AGREEMENT.c[seat] for seat in lifecycle.SEATS),
    _AGREEMENT.c.state,
    _AGREEMENT.c.ends_at,
    _highest(_ORDER),
    _highest(_PENDING, _PENDING.c.machine == "order", UNDECIDED),
    _highest(_DELIVERY),
    _highest(_PENDING, _PENDING.c.machine == "delivery", UNDECIDED),
).where(_AGREEMENT.c.number.in_(bindparam("agreements", expanding=True)))
