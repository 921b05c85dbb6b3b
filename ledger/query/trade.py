"""Reading agreements, orders and deliveries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import or_, tuple_
from sqlmodel import Session, col, select

from ledger import lifecycle
from ledger.model import Agreement, Delivery, Order
from ledger.model.trade import OPEN_ORDERS
from ledger.pair import is_among
from ledger.prediction import IN_FORCE, chain_time, seats_of

OrderKey = tuple[int, int, int]
"""Where a page of orders ends: block of the last change, agreement, number."""

_NO_SEAT: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement as it stands, with what the asking organisation may do."""

    row: Agreement
    state: str
    own_seats: frozenset[str]
    allowed_actions: list[str]


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it stands.

    Parameters
    ----------
    state, ledger_state : str
        As people see it, derived states included; as the chain stores it.
    allowed_actions : list of str
        What the asking organisation may do now.
    """

    agreement: int
    number: int
    buyer: int
    seller: int
    state: str
    ledger_state: str
    allowed_actions: list[str]
    issued_at: int
    changed_at: int
    changed_block: int

    @property
    def key(self) -> OrderKey:
        """Its place in a list."""
        return (self.changed_block, self.agreement, self.number)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery as it stands, with what the asking organisation may do."""

    agreement: int
    number: int
    order_number: int
    state: str
    allowed_actions: list[str]
    opened_at: int
    changed_at: int
    changed_block: int


def agreements(
    session: Session, organisation: int, after: int | None, limit: int
) -> list[AgreementView]:
    """List the agreements in which an organisation has a seat, the highest number first."""
    found = select(Agreement).where(is_seated(organisation)).order_by(col(Agreement.number).desc())
    if after is not None:
        found = found.where(Agreement.number < after)
    rows = session.exec(found.limit(limit)).all()
    return [_agreement_view(session, row, organisation) for row in rows]


def agreement(session: Session, organisation: int, number: int) -> AgreementView | None:
    """Read an agreement in which an organisation has a seat."""
    row = session.get(Agreement, number)
    if row is None or organisation not in row.seats:
        return None
    return _agreement_view(session, row, organisation)


def orders(
    session: Session,
    organisation: int,
    *,
    agreement: int | None = None,
    is_open: bool = False,
    after: OrderKey | None = None,
    limit: int = 50,
) -> list[OrderView]:
    """List the orders of an organisation, last changed first.

    Parameters
    ----------
    is_open : bool
        Only orders that something can still happen to.
    """
    rows: dict[OrderKey, Order] = {}
    for belongs in _belongings(session, organisation, agreement):
        found = (
            select(Order)
            .where(belongs)
            .order_by(
                col(Order.changed_block).desc(),
                col(Order.agreement).desc(),
                col(Order.number).desc(),
            )
            .limit(limit)
        )
        if is_open:
            found = found.where(OPEN_ORDERS)
        if after is not None:
            place = tuple_(col(Order.changed_block), col(Order.agreement), col(Order.number))
            # The first part alone lets the database walk its index from there.
            found = found.where(Order.changed_block <= after[0], place < tuple_(*after))
        for row in session.exec(found):
            rows[row.changed_block, row.agreement, row.number] = row
    newest = sorted(rows.items(), reverse=True)[:limit]
    return _order_views(session, [row for _, row in newest], organisation)


def order(session: Session, organisation: int, agreement: int, number: int) -> OrderView | None:
    """Read an order of an agreement in which an organisation has a seat."""
    row = session.get(Order, (agreement, number))
    if row is None or not _may_see(session, organisation, agreement):
        return None
    return _order_views(session, [row], organisation)[0]


def has_order(session: Session, organisation: int, agreement: int, number: int) -> bool:
    """Whether there is an order of an agreement in which an organisation has a seat."""
    exists = session.get(Order, (agreement, number)) is not None
    return exists and _may_see(session, organisation, agreement)


def worklist(
    session: Session, organisation: int, after: OrderKey | None, limit: int
) -> list[OrderView]:
    """List the orders on which an organisation can act now, last changed first."""
    found: list[OrderView] = []
    while len(found) < limit:
        page = orders(session, organisation, is_open=True, after=after, limit=limit)
        found += [each for each in page if each.allowed_actions]
        if len(page) < limit:
            break
        after = page[-1].key
    return found[:limit]


def deliveries(
    session: Session, organisation: int, agreement: int, order_number: int
) -> list[DeliveryView]:
    """List the deliveries of an order, in the order of their numbers."""
    if not _may_see(session, organisation, agreement):
        return []
    found = (
        select(Delivery)
        .where(Delivery.agreement == agreement, Delivery.order_number == order_number)
        .order_by(col(Delivery.number))
    )
    return [_delivery_view(session, row, organisation) for row in session.exec(found)]


def delivery(
    session: Session, organisation: int, agreement: int, number: int
) -> DeliveryView | None:
    """Read a delivery of an agreement in which an organisation has a seat."""
    row = session.get(Delivery, (agreement, number))
    if row is None or not _may_see(session, organisation, agreement):
        return None
    return _delivery_view(session, row, organisation)


def is_seated(organisation: int) -> Any:
    """The condition that an organisation has a seat in an agreement."""
    return or_(*(col(getattr(Agreement, seat)) == organisation for seat in lifecycle.SEATS))


def _may_see(session: Session, organisation: int, number: int) -> bool:
    row = session.get(Agreement, number)
    return row is not None and organisation in row.seats


def _belongings(session: Session, organisation: int, agreement: int | None) -> list[Any]:
    """Conditions that together hold an organisation's orders, each with an index of its own."""
    if agreement is not None:
        is_its = _may_see(session, organisation, agreement)
        return [col(Order.agreement) == agreement] if is_its else []
    others = select(Agreement.number).where(
        or_(*(col(getattr(Agreement, seat)) == organisation for seat in lifecycle.SEATS[2:]))
    )
    found: list[Any] = [Order.buyer == organisation, Order.seller == organisation]
    return [*found, *(col(Order.agreement) == number for number in session.exec(others))]


def _agreement_view(session: Session, row: Agreement, organisation: int) -> AgreementView:
    seats = seats_of(row, organisation)
    state = lifecycle.state_name("agreement", row.state)
    allowed = lifecycle.allowed_actions("agreement", state, seats)
    held = sum(1 << i for i, seat in enumerate(row.seats) if seat == organisation)
    if not row.unsigned & held:
        allowed = [each for each in allowed if each not in ("sign", "sign_end")]
    if row.ends_at:
        allowed = [each for each in allowed if each != "give_notice"]
    is_open = state in IN_FORCE and (not row.ends_at or chain_time(session) < row.ends_at)
    if is_open and "buyer" in seats:
        allowed.append("issue")
    session.expunge(row)
    return AgreementView(row, state, seats, allowed)


def _order_views(session: Session, rows: Sequence[Order], organisation: int) -> list[OrderView]:
    received = _delivery_states(session, [(row.agreement, row.number) for row in rows])
    parties = _agreements(session, {row.agreement for row in rows})
    views = []
    for row in rows:
        state = lifecycle.state_name("order", row.state)
        seats = seats_of(parties[row.agreement], organisation)
        shown = lifecycle.shown_order_state(state, received.get((row.agreement, row.number), []))
        views.append(
            OrderView(
                agreement=row.agreement,
                number=row.number,
                buyer=row.buyer,
                seller=row.seller,
                state=shown,
                ledger_state=state,
                allowed_actions=[*_order_actions(state, seats)],
                issued_at=row.issued_at,
                changed_at=row.changed_at,
                changed_block=row.changed_block,
            )
        )
    return views


@cache
def _order_actions(state: str, seats: frozenset[str]) -> tuple[str, ...]:
    """Actions on an order, and on deliveries of it that do not exist yet."""
    opening = lifecycle.allowed_actions("delivery", "None", seats, state)
    return (*lifecycle.allowed_actions("order", state, seats), *opening)


def _delivery_states(
    session: Session, keys: list[tuple[int, int]]
) -> dict[tuple[int, int], list[str]]:
    found: dict[tuple[int, int], list[str]] = {}
    if not keys:
        return found
    rows = session.exec(
        select(Delivery.agreement, Delivery.order_number, Delivery.state).where(
            is_among(col(Delivery.agreement), col(Delivery.order_number), keys)
        )
    )
    for agreement_number, order_number, state in rows:
        states = found.setdefault((agreement_number, order_number), [])
        states.append(lifecycle.state_name("delivery", state))
    return found


def _agreements(session: Session, numbers: Collection[int]) -> dict[int, Agreement]:
    found = session.exec(select(Agreement).where(col(Agreement.number).in_(numbers)))
    return {row.number: row for row in found}


def _delivery_view(session: Session, row: Delivery, organisation: int) -> DeliveryView:
    parties = session.get_one(Agreement, row.agreement)
    parent = session.get_one(Order, (row.agreement, row.order_number))
    state = lifecycle.state_name("delivery", row.state)
    seats = seats_of(parties, organisation)
    order_state = lifecycle.state_name("order", parent.state)
    return DeliveryView(
        agreement=row.agreement,
        number=row.number,
        order_number=row.order_number,
        state=state,
        allowed_actions=lifecycle.allowed_actions("delivery", state, seats, order_state),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        changed_block=row.changed_block,
    )
