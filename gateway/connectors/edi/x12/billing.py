"""What invoices and credit memos of X12 810 share, in and out.

Notes
-----
Source: ASC X12 810, releases 003040 to 008030. 810 has no net amount of a line: it is quantity
times price plus charges less allowances, half a minor unit rounded up, and all lines, charges and
taxes must add up to TDS. Several taxes of the whole, as of state and city, are one of their summed
rate unless lines name a rate each.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi import bill
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part, price, tax
from ledger.document.billing import Bill, BillLine
from ledger.document.delivery import Delivery
from ledger.document.money import EXACT
from ledger.document.scalar import exact

_N1_LOOP: Final = "(N1 N2* N3* N4* REF* PER* DMG*)*"
"""What else stands in the loops of parties elsewhere, as days, is of the whole here."""

LOOP: Final = loop_map(
    "BIG! NTE* CUR REF* YNQ* PER* "
    f"{_N1_LOOP} ITD* DTM* FOB* PID* MEA* PWK* PKG* L7* BAL* INC PAM* (LM LQ*)* (N9 MSG*)* "
    "(V1 R4* DTM*)* (FA1 FA2*)* "
    "(IT1 CRC* QTY* CUR IT3* TXI* CTP* PAM* MEA* (PID MEA*)* PWK* PKG* PO4* ITD* REF* YNQ* PER* "
    f"SDQ* DTM* CAD* L7* SR* (SAC TXI*)* (SLN DTM* REF* PID* (SAC TXI*)* TC2* TXI*)* "
    f"{_N1_LOOP} (LM LQ*)* (V1 R4* DTM*)* (FA1 FA2*)*)*! "
    "(ISS PID*)* TDS! TXI* CAD* AMT* (SAC TXI*)* (ISS PID*)* (CTT)"
)

CREDITS: Final = frozenset({"CR", "CN", "CC", "CE", "CG", "MC"})
"""Transaction types (element 640) that credit."""

_CANCELLED: Final = ("01", "03")
_ORDER_LINE: Final = "PL"
_DELIVERED: Final = "035"
_SHIPPED: Final = "011"
_EARLIER: Final = "IV"
_PERIOD: Final = {"start_date": "186", "end_date": "187"}


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a document are called, and what they charge or credit."""

    lines: str
    quantity: str


def read(reading: Reading, names: Lines) -> dict[str, Any]:
    """Read all that is not the kind of the document."""
    tree, envelope = reading.tree, reading.message.envelope
    big = tree.need("BIG")
    if reading.code(big, 8) in _CANCELLED:
        rule = "BIG08 says that this is a document, no cancellation of one."
        reading.refuse_value(big, 8, rule, "Correct it with a new one.")
    currency = _currency(reading)
    taxes = tax.read(reading, tree)
    charges = tax.charges(reading, tree, currency, taxes)
    groups = enumerate(tree.groups("IT1"), start=1)
    lines = [_line(reading, group, number, currency, taxes, names) for number, group in groups]
    part.check_lines(reading, len(lines))
    order = part.held({"id": reading.identifier(big, 4), "issue_date": reading.date(big, 3)})
    note = reading.text(tree.need("ITD"), 12)
    place = _delivery(reading)
    fields: dict[str, Any] = {
        "id": reading.identifier(big, 2),
        "issue_date": reading.date(big, 1),
        "document_currency_code": currency,
        "invoice_period": _period(reading) or None,
        "buyer_reference": part.reference(reading, tree, "CR"),
        "order_reference": order if "id" in order else None,
        "billing_reference": _earlier(reading),
        "accounting_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN", "II"), envelope.sender
        ),
        "accounting_customer_party": part.party(
            reading, tree.group("N1", "BT") or tree.group("N1", "BY"), envelope.receiver
        ),
        "payee_party": part.party(reading, tree.group("N1", "RI", "RE")) or None,
        "delivery": [place] if place else None,
        "payment_terms": [{"note": [note]}] if note else None,
        "allowance_charge": charges,
        names.lines: lines,
    }
    if not reading.report.findings:
        whole = bill.tax_total(taxes, lines, charges, currency)
        fields["tax_total"] = whole
        fields["legal_monetary_total"] = bill.sums(lines, charges, whole, currency)
        _check_total(reading, fields["legal_monetary_total"])
    return {name: value for name, value in fields.items() if value is not None}


def _earlier(reading: Reading) -> list[dict[str, Any]]:
    """Read the invoices that are credited or corrected."""
    found = [ref for ref in reading.tree.all("REF") if reading.code(ref, 1) == _EARLIER]
    return [{"id": number} for ref in found if (number := reading.identifier(ref, 2))]


def _period(reading: Reading) -> dict[str, Any]:
    days = {name: reading.tree.first("DTM", code) for name, code in _PERIOD.items()}
    return {name: reading.date(dtm, 2) for name, dtm in days.items() if dtm is not None}


def _currency(reading: Reading) -> str:
    cur = reading.tree.need("CUR")
    currency = reading.currency(cur, 2) or reading.profile.currency
    if not currency:
        rule = "A bill has a currency, in CUR02 or in the partner's profile."
        reading.missing(reading.tree.need("BIG"), 0, rule)
    return currency


def _delivery(reading: Reading) -> dict[str, Any]:
    tree = reading.tree
    found = part.delivery(reading, tree.group("N1", "ST"))
    delivered, shipped = tree.first("DTM", _DELIVERED), tree.first("DTM", _SHIPPED)
    if delivered is not None:
        found["actual_delivery_date"] = reading.date(delivered, 2)
    if shipped is not None:
        found["despatch"] = {"actual_despatch_date": reading.date(shipped, 2)}
    return part.held(found)


def _line(
    reading: Reading,
    group: Group,
    number: int,
    currency: str,
    taxes: list[tax.Tax],
    names: Lines,
) -> dict[str, Any]:
    it1 = group.head
    charges = price.allowances(reading, group, currency or None)
    quantity = part.quantity(reading, it1, 2, is_signed=True)
    paid = price.price(reading, it1, 4, currency or None)
    for element in (2, 3, 4):
        if not it1[element]:
            reading.missing(it1, element, "A line of a bill has quantity, unit and price.")
    item = part.item(reading, group, 6)
    category = tax.category(reading, group, taxes)
    if category is not None:
        item["classified_tax_category"] = [category]
    order_line = _order_line(reading, it1)
    fields = {
        "id": reading.identifier(it1, 1) or str(number),
        "order_line_reference": {"line_id": order_line} if order_line else None,
        names.quantity: quantity,
        "price": paid,
        "item": item,
        "allowance_charge": charges,
    }
    if quantity is not None and paid is not None:
        fields["line_extension_amount"] = bill.line_amount(quantity, paid, charges)
    held = {name: value for name, value in fields.items() if value is not None}
    return reading.came_from(held, it1)


def _order_line(reading: Reading, it1: Segment) -> str | None:
    for at in range(6, len(it1.elements), 2):
        if it1[at] == _ORDER_LINE:
            return reading.identifier(it1, at + 1)
    return None


def _check_total(reading: Reading, sums: dict[str, Any]) -> None:
    """Hold the total of TDS, whose two decimals are not written, against that of the parts."""
    tds = reading.tree.need("TDS")
    stated = reading.decimal(tds, 1, is_signed=True)
    due = sums["payable_amount"]["value"]
    if stated is not None and EXACT.scaleb(Decimal(stated), -2) != Decimal(due):
        rule = f"TDS01 is the sum of lines, charges and taxes, in hundredths: {due}."
        reading.refuse_value(tds, 1, rule, "Send one that adds up.")


def write(bill: Bill, kind: str | None, writing: Writing, due: str | None = None) -> None:
    """Write a document, of a kind."""
    order = bill.order_reference
    ordered = writing.day(order.issue_date) if order is not None and order.issue_date else None
    number = order.id if order is not None else None
    issued = writing.day(bill.issue_date)
    writing.add("BIG", issued, bill.id, ordered, number, None, None, kind)
    writing.add("CUR", "SE", bill.document_currency_code)
    if bill.buyer_reference:
        writing.add("REF", "CR", bill.buyer_reference)
    for each in bill.billing_reference:
        writing.add("REF", _EARLIER, each.id)
    part.write_party(writing, "SE", bill.accounting_supplier_party)
    part.write_party(writing, "BT", bill.accounting_customer_party)
    part.write_party(writing, "RI", bill.payee_party)
    place = bill.delivery[0] if bill.delivery else None
    if place is not None:
        part.write_delivery(writing, "ST", place)
    notes = [text for each in bill.payment_terms for text in each.note]
    if due or notes:
        day = writing.day(due) if due else None
        writing.add("ITD", *[None] * 5, day, *[None] * 5, notes[0] if notes else None)
    _write_days(bill, place, writing)
    taxes = bill.tax_total.tax_subtotal if bill.tax_total is not None else ()
    for line in bill.lines:
        with writing.line():
            _write_line(line, writing, len(taxes) > 1)
    whole = bill.legal_monetary_total.tax_inclusive_amount.number
    writing.add("TDS", exact(EXACT.scaleb(whole, 2)))
    tax.write(writing, taxes)
    tax.write_charges(writing, bill.allowance_charge, len(taxes) > 1)
    writing.add("CTT", str(len(bill.lines)))


def _write_days(bill: Bill, place: Delivery | None, writing: Writing) -> None:
    despatch = place.despatch if place is not None else None
    period = bill.invoice_period
    days = {
        _DELIVERED: place.actual_delivery_date if place is not None else None,
        _SHIPPED: despatch.actual_despatch_date if despatch is not None else None,
        _PERIOD["start_date"]: period.start_date if period is not None else None,
        _PERIOD["end_date"]: period.end_date if period is not None else None,
    }
    for qualifier, day in days.items():
        if day:
            writing.add("DTM", qualifier, writing.day(day))


def _write_line(line: BillLine, writing: Writing, has_own_rate: bool) -> None:
    quantity = line.quantity
    amount, basis = price.price_elements(line.price, quantity.unit_code)
    refers = line.order_line_reference
    numbers = part.item_elements(line.item)
    if refers is not None:
        numbers += [_ORDER_LINE, refers.line_id]
    unit = writing.unit(quantity.unit_code)
    writing.add("IT1", line.id, quantity.value, unit, amount, basis, *numbers)
    categories = line.item.classified_tax_category
    if has_own_rate and categories:
        tax.write_rate(writing, categories[0])
    part.write_item(writing, line.item)
    price.write_allowances(writing, line.allowance_charge)
