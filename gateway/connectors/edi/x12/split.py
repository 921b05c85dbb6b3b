"""Lines that are delivered in parts, on several days (SCH) or to several places (SDQ), in and out.

Source: ASC X12 segments SCH and SDQ, which names up to ten places and goes on in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part
from ledger.document.delivery import Delivery
from ledger.document.money import total

_REQUESTED: Final = "002"
_PLACES_MAX: Final = 10


def read(reading: Reading, group: Group, whole: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Read the parts of a line, whose places share all of it."""
    days = [_on_day(reading, each.head) for each in group.groups("SCH")]
    places = [each for sdq in group.all("SDQ") for each in _at_places(reading, sdq)]
    quantities = [each["quantity"] for each in places]
    if whole is not None and {each["unit_code"] for each in quantities} == {whole["unit_code"]}:
        shared = total(Decimal(each["value"]) for each in quantities)
        if shared != Decimal(whole["value"]):
            rule = f"The quantities of all places are that of the line: {whole['value']}."
            reading.warn(group.need("SDQ"), 0, rule, "Send quantities that add up.")
    return [each for each in days if each] + places


def _on_day(reading: Reading, sch: Segment) -> dict[str, Any] | None:
    quantity, day = part.quantity(reading, sch, 1), reading.date(sch, 6)
    if quantity is None or day is None or sch[5] != _REQUESTED:
        return None
    return {"quantity": quantity, "requested_delivery_period": {"end_date": day}}


def _at_places(reading: Reading, sdq: Segment) -> Iterator[dict[str, Any]]:
    unit, scheme = reading.unit(sdq, 1), part.SCHEMES.get(reading.code(sdq, 2))
    for at in range(3, 3 + 2 * _PLACES_MAX, 2):
        place, value = reading.identifier(sdq, at), reading.decimal(sdq, at + 1)
        if place and value and unit and scheme:
            yield {
                "quantity": {"value": value, "unit_code": unit},
                "delivery_location": {"id": {"id": place, "scheme_id": scheme}},
            }


def write_places(writing: Writing, deliveries: Iterable[Delivery]) -> None:
    """Write the parts that go to places of their own."""
    placed = [each for each in deliveries if _place(each) is not None]
    for (scheme, unit), run in groupby(placed, key=_kind):
        pairs = list(run)
        for start in range(0, len(pairs), _PLACES_MAX):
            some = pairs[start : start + _PLACES_MAX]
            texts = [text for each in some for text in _texts(each)]
            writing.add("SDQ", writing.unit(unit), part.QUALIFIERS[scheme], *texts)


def _place(delivery: Delivery) -> tuple[str, str] | None:
    """Find the number of a place, and its scheme, where a part of a line has no day."""
    location = delivery.delivery_location
    number = location.id if location is not None else None
    has_day = delivery.requested_delivery_period is not None
    if delivery.quantity is None or has_day or number is None:
        return None
    return (number.id, number.scheme_id) if number.scheme_id in part.QUALIFIERS else None


def _kind(delivery: Delivery) -> tuple[str, str]:
    place = _place(delivery)
    assert place is not None and delivery.quantity is not None
    return place[1], delivery.quantity.unit_code


def _texts(delivery: Delivery) -> tuple[str, str]:
    place = _place(delivery)
    assert place is not None and delivery.quantity is not None
    return place[0], delivery.quantity.value


def write_days(writing: Writing, deliveries: Iterable[Delivery]) -> None:
    """Write the parts that are due on days of their own."""
    for each in deliveries:
        due = each.requested_delivery_period
        day = due.end_date or due.start_date if due is not None else None
        if each.quantity is not None and day:
            unit = writing.unit(each.quantity.unit_code)
            size = (each.quantity.value, unit)
            writing.add("SCH", *size, None, None, _REQUESTED, writing.day(day))
