"""Orders and deliveries: where each stands, and the one core that takes them on.

The rules are those of `Book.sol`, kept in lists of bytes, one for each state, so that a run of
orders is judged and moved as one piece. Nothing here makes an object for an event.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from struct import unpack
from typing import Final, NamedTuple

from ledger import lifecycle
from ledger.action import COUNT_MAX, RUN
from ledger.archive.partnership import Agreement, Partnerships
from ledger.archive.words import problem

PAGE: Final = 256
"""Numbers whose states are kept together; a multiple of what the contract keeps in a slot."""

_SLOT: Final = 64
_NUMBERS: Final = 1 << 32
_FIRST_DELIVERY_ACTION: Final = min(row.id for row in lifecycle.rows("delivery"))

Refusal = tuple[int, int, bytes]
"""Position and count of events that were refused, and the encoded error."""


class Rule(NamedTuple):
    """One row of the lifecycle table, as the core needs it.

    Parameters
    ----------
    allowed, order_states, by : int
        Bitmaps of states, of states of a delivery's order, and of seats.
    states : bytes
        The same states as `allowed`, a byte each.
    """

    to: int
    by: int
    allowed: int
    states: bytes
    order_states: int
    opens: bool
    is_issue: bool


@dataclass(slots=True)
class _Numbers:
    """What an agreement's numbers stand for; pages by their upper bits."""

    orders: defaultdict[int, bytearray] = field(
        default_factory=lambda: defaultdict(lambda: bytearray(PAGE))
    )
    deliveries: defaultdict[int, bytearray] = field(
        default_factory=lambda: defaultdict(lambda: bytearray(PAGE))
    )
    links: defaultdict[int, array[int]] = field(
        default_factory=lambda: defaultdict(lambda: array("I", bytes(4 * PAGE)))
    )


class _Seat(NamedTuple):
    """An organisation in an agreement."""

    organisation: int
    number: int
    agreement: Agreement | None
    seats: int
    is_open: bool
    numbers: _Numbers


class Trade:
    """The states of orders and deliveries."""

    def __init__(self, partnerships: Partnerships) -> None:
        self._partnerships = partnerships
        self._numbers: dict[int, _Numbers] = {}

    def take(self, organisation: int, actions: bytes, time_s: int) -> tuple[int, list[Refusal]]:
        """Work through a batch's actions; gives how many there are, and what is refused.

        What cannot be read ends it, and is refused as one event more.
        """
        refused: list[Refusal] = []
        seat = self._seat(organisation, 0, time_s)
        offset = position = 0
        while offset < len(actions):
            head = actions[offset]
            if head == 0:
                end = offset + 9
                if end > len(actions):
                    break
                agreement = int.from_bytes(actions[offset + 1 : end])
                seat = self._seat(organisation, agreement, time_s)
            else:
                end = _end_of(actions, offset)
                if not end:
                    break
                record = actions[offset:end]
                _take_record(seat, record, position, refused)
                position += int.from_bytes(record[1:3])
            offset = end
        if offset < len(actions):
            refused.append((position, 1, problem("LedgerActionsMalformed", offset)))
        return position, refused

    def act(
        self, organisation: int, agreement: int, action: int, number: int, order: int, time_s: int
    ) -> bytes:
        """Take one action; gives the contract's error when it may not be taken, else nothing."""
        seat = self._seat(organisation, agreement, time_s)
        rule = RULES.get(action)
        if rule is None or not _is_seated(seat, rule):
            return _seat_problem(seat, rule, action)
        if order and not rule.opens:
            return problem("LedgerOrderUnexpected", agreement, number, order)
        refused: list[Refusal] = []
        if action >= _FIRST_DELIVERY_ACTION:
            _take_deliveries(seat, rule, ((number, order),), 0, refused)
        else:
            _take_orders(seat, rule, (number,), 0, refused)
        return refused[0][2] if refused else b""

    def _seat(self, organisation: int, number: int, time_s: int) -> _Seat:
        agreement = self._partnerships.get(number)
        numbers = self._numbers.get(number)
        if agreement is None:
            return _Seat(organisation, number, None, 0, False, _Numbers())
        if numbers is None:
            numbers = self._numbers[number] = _Numbers()
        seats, is_open = agreement.seats_of(organisation), agreement.is_open(time_s)
        return _Seat(organisation, number, agreement, seats, is_open, numbers)


def _end_of(actions: bytes, offset: int) -> int:
    """Tell where the record of an action ends; zero when it cannot be read."""
    head = actions[offset]
    rule = RULES.get(head & ~RUN)
    count = int.from_bytes(actions[offset + 1 : offset + 3])
    size = 8 if rule is not None and rule.opens else 4
    end = offset + 3 + (1 if head & RUN else count) * size
    if end > len(actions) or not 0 < count <= COUNT_MAX:
        return 0
    if head & RUN and max(unpack(f">{size // 4}I", actions[offset + 3 : end])) + count > _NUMBERS:
        return 0
    return end


def _take_record(seat: _Seat, record: bytes, position: int, refused: list[Refusal]) -> None:
    action = record[0] & ~RUN
    count = int.from_bytes(record[1:3])
    rule = RULES.get(action)
    if rule is None or not _is_seated(seat, rule):
        refused.append((position, count, _seat_problem(seat, rule, action)))
        return
    numbers = unpack(f">{len(record) // 4}I", record[3:])
    if action >= _FIRST_DELIVERY_ACTION:
        entries = _entries(rule, numbers, count if record[0] & RUN else 0)
        _take_deliveries(seat, rule, entries, position, refused)
    elif record[0] & RUN:
        _take_run(seat, rule, numbers[0], count, position, refused)
    else:
        _take_orders(seat, rule, numbers, position, refused)


def _entries(rule: Rule, numbers: Sequence[int], run: int) -> Sequence[tuple[int, int]]:
    """Pair deliveries with the orders they are opened for; `run` is a run's length."""
    if run:
        first = numbers[0]
        order = numbers[1] if rule.opens else 0
        return [(first + i, order + i) for i in range(run)]
    if rule.opens:
        return list(zip(numbers[::2], numbers[1::2], strict=True))
    return [(number, 0) for number in numbers]


def _take_orders(
    seat: _Seat, rule: Rule, numbers: Sequence[int], position: int, refused: list[Refusal]
) -> None:
    pages, allowed, to = seat.numbers.orders, rule.allowed, rule.to
    for number in numbers:
        page, place = pages[number // PAGE], number % PAGE
        if allowed >> page[place] & 1:
            page[place] = to
        else:
            refused.append((position, 1, _order_problem(seat, rule, number, page[place])))
        position += 1


def _take_run(
    seat: _Seat, rule: Rule, first: int, count: int, position: int, refused: list[Refusal]
) -> None:
    """Take a run page by page; neighbours in one slot and state share their fate."""
    last = first + count
    while first < last:
        page, place = seat.numbers.orders[first // PAGE], first % PAGE
        length = min(last - first, PAGE - place)
        if page[place : place + length].translate(None, rule.states):
            length = _stretch(page, place, length)
        if rule.allowed >> page[place] & 1:
            page[place : place + length] = bytes([rule.to]) * length
        else:
            refused.append((position, length, _order_problem(seat, rule, first, page[place])))
        position += length
        first += length


def _stretch(page: bytearray, place: int, limit: int) -> int:
    """Count how many from a place on are in the same slot and state."""
    limit = min(limit, _SLOT - place % _SLOT)
    part = bytes(page[place : place + limit])
    return limit - len(part.lstrip(part[:1]))


def _take_deliveries(
    seat: _Seat,
    rule: Rule,
    entries: Sequence[tuple[int, int]],
    position: int,
    refused: list[Refusal],
) -> None:
    agreement, numbers = seat.number, seat.numbers
    pages, links, orders = numbers.deliveries, numbers.links, numbers.orders
    for number, named in entries:
        page, place = pages[number // PAGE], number % PAGE
        state = page[place]
        order = links[number // PAGE][place] if state else named
        order_state = orders[order // PAGE][order % PAGE]
        if not rule.allowed >> state & 1:
            fields = (agreement, number, state, rule.allowed)
            refused.append((position, 1, problem("DeliveryUnexpectedState", *fields)))
        elif rule.opens and order != named:
            fields = (agreement, number, order, named)
            refused.append((position, 1, problem("DeliveryOrderDiffers", *fields)))
        elif not rule.order_states >> order_state & 1:
            fields = (agreement, order, order_state, rule.order_states)
            refused.append((position, 1, problem("DeliveryOrderUnexpectedState", *fields)))
        else:
            if not state:
                links[number // PAGE][place] = order
            page[place] = rule.to
        position += 1


def _order_problem(seat: _Seat, rule: Rule, number: int, state: int) -> bytes:
    return problem("OrderUnexpectedState", seat.number, number, state, rule.allowed)


def _is_seated(seat: _Seat, rule: Rule) -> bool:
    return bool(rule.by & seat.seats) and (seat.is_open or not rule.is_issue)


def _seat_problem(seat: _Seat, rule: Rule | None, action: int) -> bytes:
    if rule is None:
        return problem("LedgerActionUnknown", action)
    if seat.agreement is None:
        return problem("AgreementUnknown", seat.number)
    if rule.by & seat.seats:
        return seat.agreement.issue_problem(seat.number)
    return problem("LedgerSeatMissing", seat.number, seat.organisation, action)


def _rule(row: lifecycle.Row) -> Rule:
    allowed = [lifecycle.state_number(row.machine, name) for name in row.from_states]
    orders = [lifecycle.state_number("order", name) for name in row.order_states or ()]
    return Rule(
        to=lifecycle.state_number(row.machine, row.to),
        by=sum(1 << place for place, seat in enumerate(lifecycle.SEATS) if seat in row.by),
        allowed=sum(1 << state for state in allowed),
        states=bytes(allowed),
        order_states=sum(1 << state for state in orders),
        opens=row.opens,
        is_issue=row.action == "issue",
    )


RULES: Final[dict[int, Rule]] = {
    row.id: _rule(row) for machine in ("order", "delivery") for row in lifecycle.rows(machine)
}
