"""When: promised, announced, shipped, received, answered and inspected, by the calendar's days.

A promise is of arrival. Where the dates of a line are split, the part counts that was next to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from gateway.checks.case import Case, differing, later
from gateway.errors import Finding
from gateway.orders.line import ZERO, Line
from ledger.document.delivery_schedule import DeliverySchedule
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.order import Order
from ledger.document.order_response import OrderResponse
from ledger.document.receipt_advice import ReceiptAdvice

_DAY_S: Final = 86_400
_PERIODS: Final = ("promised_delivery_period", "requested_delivery_period")


def date_findings(case: Case) -> Iterator[Finding]:
    """List the days of a document that the order or its agreement do not bear."""
    check = _CHECKS.get(case.step.action)
    if check is not None:
        yield from check(case)


def _issue(case: Case) -> Iterator[Finding]:
    terms, order = case.terms.content, case.document
    period = terms.validity_period if terms else None
    if period is None or not isinstance(order, Order):
        return
    start, end = period.start_date or order.issue_date, period.end_date or order.issue_date
    if not start <= order.issue_date <= end:
        message = "must be a day on which the agreement is in force"
        expected, found = f"{start}/{end}", order.issue_date
        yield differing("OrderedOutOfForce", "/issue_date", message, None, expected, found)


def _answer(case: Case) -> Iterator[Finding]:
    yield from _within_days(case, "response_days", case.agreed.issued_at, "AnsweredLate")


def _confirmation(case: Case) -> Iterator[Finding]:
    yield from _answer(case)
    if not isinstance(case.document, OrderResponse):
        return
    for path, each, line in case.lines:
        asked = line.terms.get("requested_delivery_period", {}).get("end_date")
        period = each.promised_delivery_period
        promised = period.end_date if period else None
        if asked is not None and promised is not None and promised > _later(asked, case):
            place = f"{path}/promised_delivery_period/end_date"
            message = "must not be later than asked for; another day is to be proposed"
            yield differing("PromisedLate", place, message, line, asked, promised)


def _announcement(case: Case) -> Iterator[Finding]:
    if isinstance(case.document, DespatchAdvice):
        yield from _estimate(case, case.document)
    if not isinstance(case.document, DeliverySchedule):
        return
    for path, each, line in case.lines:
        planned = each.promised_delivery_period.end_date
        promised = _promised(case, line)[1]
        if planned and promised and planned > _later(promised, case):
            place = f"{path}/promised_delivery_period/end_date"
            message = "must not be later than promised"
            yield differing("AnnouncedLate", place, message, line, promised, planned)


def _despatch(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, DespatchAdvice):
        return
    yield from _estimate(case, case.document)
    delivery = case.document.shipment.delivery if case.document.shipment else None
    left = delivery.despatch.actual_despatch_date if delivery and delivery.despatch else None
    path = "/shipment/delivery/despatch/actual_despatch_date" if left else "/issue_date"
    day = left or case.document.issue_date
    message = "leaves after the day on which the goods were promised to arrive"
    yield from _late(case, "ShippedLate", path, message, day)


def _estimate(case: Case, advice: DespatchAdvice) -> Iterator[Finding]:
    delivery = advice.shipment.delivery if advice.shipment else None
    period = delivery.estimated_delivery_period if delivery else None
    if period is not None and period.end_date is not None:
        path = "/shipment/delivery/estimated_delivery_period/end_date"
        message = "must not be later than promised"
        yield from _late(case, "AnnouncedLate", path, message, period.end_date)


def _late(case: Case, name: str, path: str, message: str, day: str) -> Iterator[Finding]:
    """Compare one day of the whole document with what was promised of each of its lines."""
    for _, _, line in case.lines:
        promised = _promised(case, line)[1]
        if promised is not None and day > _later(promised, case):
            yield differing(name, path, message, line, promised, day)


def _receipt(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, ReceiptAdvice):
        return
    for path, each, line in case.lines:
        day = each.received_date or case.document.actual_delivery_date
        if day is None:
            continue
        place = f"{path}/received_date" if each.received_date else "/actual_delivery_date"
        start, end = _promised(case, line)
        if end is not None and day > _later(end, case):
            yield differing("ReceivedLate", place, "is later than promised", line, end, day)
        if start is not None and _later(day, case) < start:
            yield differing("ReceivedEarly", place, "is earlier than promised", line, start, day)


def _inspection(case: Case) -> Iterator[Finding]:
    received_at = case.progress.received_at if case.progress else None
    yield from _within_days(case, "inspection_days", received_at, "InspectedLate")


def _within_days(case: Case, term: str, since: int | None, name: str) -> Iterator[Finding]:
    """Hold the chain's own times against a number of days: nobody can date them back."""
    days, time = case.terms.days(term), case.step.time
    if days is None or since is None or time is None or time - since <= days * _DAY_S:
        return
    expected, found = _day(since + days * _DAY_S), _day(time)
    yield differing(name, "", "was recorded after the days agreed on", None, expected, found)


def _promised(case: Case, line: Line) -> tuple[str | None, str | None]:
    """Give the first and the last day on which goods of a line were to arrive."""
    parts = _parts(line)
    if parts:
        here = case.own(line)
        before = line.handled.shipped - (here.despatched or here.announced)
        return _part_after(before, parts)
    response = case.agreed.response
    head = response.promised_delivery_period if isinstance(response, OrderResponse) else None
    promised = line.terms.get(_PERIODS[0])
    if promised is None and head is not None:
        return head.start_date, head.end_date
    period = promised or line.terms.get(_PERIODS[1]) or {}
    return period.get("start_date"), period.get("end_date")


def _parts(line: Line) -> list[tuple[dict[str, Any], Decimal]]:
    """Give the parts in which a line is to come, the earliest first."""
    parts = []
    for each in line.terms.get("delivery", ()):
        period = each.get(_PERIODS[0]) or each.get(_PERIODS[1])
        if period and each.get("quantity"):
            parts.append((period, Decimal(each["quantity"]["value"])))
    return sorted(parts, key=lambda part: part[0].get("end_date") or "")


def _part_after(
    before: Decimal, parts: list[tuple[dict[str, Any], Decimal]]
) -> tuple[str | None, str | None]:
    due = ZERO
    for period, number in parts:
        due += number
        if due > before:
            return period.get("start_date"), period.get("end_date")
    period = parts[-1][0]
    return period.get("start_date"), period.get("end_date")


def _later(day: str, case: Case) -> str:
    return later(day, case.terms.days("tolerance_days") or 0)


def _day(time_s: int) -> str:
    return (date(1970, 1, 1) + timedelta(seconds=time_s)).isoformat()


_CHECKS: Final[dict[str, Callable[[Case], Iterator[Finding]]]] = {
    "issue": _issue,
    "revise": _issue,
    "confirm": _confirmation,
    "reject": _answer,
    "counter_propose": _answer,
    "announce": _announcement,
    "despatch": _despatch,
    "receive": _receipt,
    "receive_partially": _receipt,
    "pass": _inspection,
    "fail": _inspection,
    "pass_conditionally": _inspection,
}
