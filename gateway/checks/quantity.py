"""How much: confirmed, shipped, received, inspected and returned, each against what was before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from gateway.checks.case import Case, differing
from gateway.errors import Finding
from gateway.orders.line import ZERO, Line
from ledger.document.delivery import Package
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.order_change import OrderChange
from ledger.document.order_response import LINE_REJECTED, OrderResponse
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.document.return_instruction import ReturnInstruction


def quantity_findings(case: Case) -> Iterator[Finding]:
    """List the quantities of a document that the order does not bear."""
    check = _CHECKS.get(case.step.action)
    if check is not None:
        yield from check(case)


def _confirmation(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, OrderResponse):
        return
    for path, each, line in case.lines:
        if each.quantity is not None and each.quantity.number != line.ordered:
            message = "must be what was ordered; another quantity is to be proposed"
            place = f"{path}/quantity"
            yield differing(
                "QuantityOther", place, message, line, line.ordered, each.quantity.number
            )


def _change(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, OrderChange | OrderResponse):
        return
    for path, each, line in case.lines:
        shipped = line.handled.shipped
        is_removed = each.line_status_code == LINE_REJECTED
        asked = ZERO if is_removed else each.quantity.number if each.quantity else None
        if asked is not None and asked + case.terms.over(line) < shipped:
            message = "must be at least what is on its way already"
            place = f"{path}/line_status_code" if is_removed else f"{path}/quantity"
            yield differing("ChangedUnderShipped", place, message, line, shipped, asked)


def _announcement(case: Case) -> Iterator[Finding]:
    for path, _, line in _once(case):
        waiting = [each for each in case.agreed.deliveries.values() if not each.has_shipped]
        planned = line.handled.shipped + sum(
            (each.handled[line.id].announced for each in waiting if line.id in each.handled), ZERO
        )
        limit = _limit(case, line)
        if limit is not None and planned > limit:
            message = "announces more in all than is confirmed, with its tolerance"
            yield differing("AnnouncedOverConfirmed", path, message, line, limit, planned)


def _despatch(case: Case) -> Iterator[Finding]:
    for path, _, line in _once(case):
        limit = _limit(case, line)
        if limit is not None and line.handled.shipped > limit:
            message = "ships more in all than is confirmed, with its tolerance"
            place, shipped = f"{path}/delivered_quantity", line.handled.shipped
            yield differing("ShippedOverConfirmed", place, message, line, limit, shipped)
    if isinstance(case.document, DespatchAdvice):
        yield from _outstanding(case)
        yield from _packed(case, case.document)


def _outstanding(case: Case) -> Iterator[Finding]:
    for path, each, line in case.lines:
        limit = _limit(case, line)
        if limit is None or each.outstanding_quantity is None:
            continue
        left = max(limit - line.handled.shipped, ZERO)
        if each.outstanding_quantity.number > left:
            message = "must be at most what is left to be shipped"
            place, found = f"{path}/outstanding_quantity", each.outstanding_quantity.number
            yield differing("OutstandingOverConfirmed", place, message, line, left, found)


def _packed(case: Case, advice: DespatchAdvice) -> Iterator[Finding]:
    """Compare what lies in packages with what their lines ship, where packages tell at all."""
    packages = advice.shipment.package if advice.shipment else ()
    packed = _contents(packages)
    known = {line.id for line in advice.despatch_line}
    for index, package in enumerate(packages):
        for position, item in enumerate(package.contents):
            if item.line_reference.line_id not in known:
                path = f"/shipment/package/{index}/contents/{position}/line_reference/line_id"
                yield Finding(path, "names no line of the despatch advice", "LineUnknown")
    for path, each, line in case.lines:
        content = packed.get(each.id, each.delivered_quantity.number)
        if content != each.delivered_quantity.number:
            message = "must be what the packages hold of the line"
            place, shipped = f"{path}/delivered_quantity", each.delivered_quantity.number
            yield differing("PackedOther", place, message, line, content, shipped)


def _contents(packages: tuple[Package, ...]) -> dict[str, Decimal]:
    packed: dict[str, Decimal] = {}
    for package in packages:
        for item in package.contents:
            id = item.line_reference.line_id
            packed[id] = packed.get(id, ZERO) + item.quantity.number
    return packed


def _receipt(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, ReceiptAdvice) or case.progress is None:
        return
    named = set()
    for path, _, line in _once(case):
        named.add(line.id)
        yield from _received(case, f"{path}/received_quantity", line)
        yield from _split(case, path, line)
    for id, handled in case.progress.handled.items():
        if id not in named and handled.despatched:
            yield from _received(case, "/receipt_line", case.agreed.lines[id])


def _received(case: Case, path: str, line: Line) -> Iterator[Finding]:
    """Compare all that arrived of a line with all that was shipped in the same deliveries."""
    here = case.own(line)
    if here.received == here.despatched:
        return
    arrived = [
        each.handled[line.id]
        for each in case.agreed.deliveries.values()
        if each.has_arrived and line.id in each.handled
    ]
    shipped = sum((each.despatched for each in arrived), ZERO)
    received = sum((each.received for each in arrived), ZERO)
    if received > shipped + case.terms.over(line):
        message = "receives more in all than was shipped, beyond tolerance"
        yield differing("ReceivedOverShipped", path, message, line, shipped, received)
    if received < shipped - case.terms.under(line):
        message = "receives less in all than was shipped, beyond tolerance"
        yield differing("ReceivedShort", path, message, line, shipped, received)


def _split(case: Case, path: str, line: Line) -> Iterator[Finding]:
    """Check that what is said of a receipt adds up."""
    here = case.own(line)
    if here.short and here.received + here.short != here.despatched:
        missing = max(here.despatched - here.received, ZERO)
        message = "must be what was shipped less what was received"
        place = f"{path}/short_quantity"
        yield differing("ShortOther", place, message, line, missing, here.short)
    if here.rejected > here.received:
        message = "must be a part of what was received"
        place, rejected = f"{path}/rejected_quantity", here.rejected
        yield differing("RejectedOverReceived", place, message, line, here.received, rejected)


def _inspection(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, QualityReport):
        return
    inspected: dict[str, Decimal] = {}
    for path, each, line in case.lines:
        if each.inspected_quantity.unit_code != line.unit_code:
            continue
        inspected[line.id] = inspected.get(line.id, ZERO) + each.inspected_quantity.number
        received, found = case.own(line).received, inspected[line.id]
        if found > received:
            message = "inspects more than was received"
            place = f"{path}/inspected_quantity"
            yield differing("InspectedOverReceived", place, message, line, received, found)


def _return(case: Case) -> Iterator[Finding]:
    if not isinstance(case.document, ReturnInstruction):
        return
    for path, _, line in _once(case):
        here = case.own(line)
        limit = here.refused + here.rejected + here.failed + here.conditional
        if here.returned > limit:
            message = "returns more than was refused, rejected or failed"
            place = f"{path}/returned_quantity"
            yield differing("ReturnedOverRejected", place, message, line, limit, here.returned)


def _limit(case: Case, line: Line) -> Decimal | None:
    return None if line.confirmed is None else line.confirmed + case.terms.over(line)


def _once(case: Case) -> Iterator[tuple[str, object, Line]]:
    """Give each order line where it is named first, so that a sum is judged once."""
    seen = set()
    for path, each, line in case.lines:
        if line.id not in seen:
            seen.add(line.id)
            yield path, each, line


_CHECKS: Final[dict[str, Callable[[Case], Iterator[Finding]]]] = {
    "confirm": _confirmation,
    "request_change": _change,
    "offer_change": _change,
    "announce": _announcement,
    "despatch": _despatch,
    "receive": _receipt,
    "receive_partially": _receipt,
    "pass": _inspection,
    "fail": _inspection,
    "pass_conditionally": _inspection,
    "return": _return,
}
