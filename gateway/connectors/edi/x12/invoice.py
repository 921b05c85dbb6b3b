"""X12 810, Invoice, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi import bill
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing, compact_date
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part, price
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.invoice import Invoice, InvoiceLine
from ledger.document.money import EXACT, total
from ledger.document.scalar import exact

_LOOP: Final = loop_map(
    "BIG! NTE* CUR REF* YNQ* PER* "
    f"{part.N1_LOOP} ITD* DTM* FOB* PID* MEA* PWK* PKG* L7* BAL* INC PAM* (LM LQ*)* (N9 MSG*)* "
    "(V1 R4* DTM*)* (FA1 FA2*)* "
    "(IT1 CRC* QTY* CUR IT3* TXI* CTP* PAM* MEA* (PID MEA*)* PWK* PKG* PO4* ITD* REF* YNQ* PER* "
    f"SDQ* DTM* CAD* L7* SR* (SAC TXI*)* (SLN DTM* REF* PID* (SAC TXI*)* TC2* TXI*)* "
    f"{part.N1_LOOP} (LM LQ*)* (V1 R4* DTM*)* (FA1 FA2*)*)*! "
    "(ISS PID*)* TDS! TXI* CAD* AMT* (SAC TXI*)* (ISS PID*)* (CTT)"
)

_TYPES: Final = {"DI": "380", "DR": "383", "PB": "326", "PP": "386"}
_CREDITS: Final = ("CR", "CN", "CM", "CA")
_CANCELLED: Final = ("01", "03")
_SCHEMES: Final = {"VA": "VAT", "GS": "GST", "ST": "STT"}
_ORDER_LINE: Final = "PL"
_DELIVERED: Final = "035"
_SHIPPED: Final = "011"


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    big = tree.need("BIG")
    _check_kind(reading, big)
    currency = _currency(reading)
    charges = price.allowances(reading, tree, currency or None)
    taxes = _taxes(reading, tree)
    groups = enumerate(tree.groups("IT1"), start=1)
    lines = [_line(reading, group, number, currency, taxes) for number, group in groups]
    part.check_lines(reading, len(lines))
    for each in charges if len(taxes) == 1 else ():
        each["tax_category"] = taxes[0][0]
    order = part.held({"id": reading.identifier(big, 4), "issue_date": reading.date(big, 3)})
    remit = tree.group("N1", "RI", "RE")
    place = _delivery(reading)
    itd = tree.need("ITD")
    note = reading.text(itd, 12)
    fields: dict[str, Any] = {
        "id": reading.identifier(big, 2),
        "issue_date": reading.date(big, 1),
        "invoice_type_code": _TYPES.get(reading.code(big, 7), "380"),
        "due_date": reading.date(itd, 6),
        "document_currency_code": currency,
        "buyer_reference": part.reference(reading, tree, "CR"),
        "order_reference": order if "id" in order else None,
        "accounting_supplier_party": part.party(
            reading, tree.group("N1", "SE", "SU", "VN", "II"), envelope.sender
        ),
        "accounting_customer_party": part.party(
            reading, tree.group("N1", "BT") or tree.group("N1", "BY"), envelope.receiver
        ),
        "payee_party": part.party(reading, remit) or None,
        "delivery": [place] if place else None,
        "payment_terms": [{"note": [note]}] if note else None,
        "allowance_charge": charges,
        "invoice_line": lines,
    }
    if not reading.report.findings:
        tax = bill.tax_total(taxes, lines, charges, currency)
        fields["tax_total"] = tax
        fields["legal_monetary_total"] = bill.sums(lines, charges, tax, currency)
        _check_total(reading, fields["legal_monetary_total"])
    return {name: value for name, value in fields.items() if value is not None}


def _check_kind(reading: Reading, big: Segment) -> None:
    if reading.code(big, 7) in _CREDITS:
        rule = "BIG07 says that this is an invoice: what is credited is not read from 810."
        reading.refuse_value(big, 7, rule, "Send the credit note in UBL or another format.")
    if reading.code(big, 8) in _CANCELLED:
        rule = "BIG08 says that this is an invoice, no cancellation of one."
        reading.refuse_value(big, 8, rule, "Correct the invoice with a new one.")


def _currency(reading: Reading) -> str:
    cur = reading.tree.need("CUR")
    currency = reading.currency(cur, 2) or reading.profile.currency
    if not currency:
        rule = "An invoice has a currency, in CUR02 or in the partner's profile."
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


def _taxes(reading: Reading, tree: Group) -> list[tuple[dict[str, Any], str]]:
    """Read the taxes on the whole: one for each rate that lines name, or else one of all."""
    found = [each for each in tree.all("TXI") if each[2]]
    read = [(reading.decimal(txi, 3), reading.decimal(txi, 2), txi) for txi in found]
    if not any(amount and amount != "0" for _, amount, _ in read):
        return []
    for rate, _, txi in read:
        if rate is None:
            reading.missing(txi, 3, "A tax has its rate in percent.")
    rates = [(rate or "0", amount or "0") for rate, amount, _ in read]
    if any(txi[3] for group in tree.groups("IT1") for txi in group.all("TXI")):
        schemes = [_SCHEMES.get(reading.code(txi, 1)) for _, _, txi in read]
        return [
            (bill.category(rate, scheme=scheme), amount)
            for (rate, amount), scheme in zip(rates, schemes, strict=True)
        ]
    whole = exact(total(Decimal(rate) for rate, _ in rates))
    scheme = _SCHEMES.get(reading.code(found[0], 1)) if len(found) == 1 else None
    amount = exact(total(Decimal(each) for _, each in rates))
    return [(bill.category(whole, scheme=scheme), amount)]


def _line(
    reading: Reading,
    group: Group,
    number: int,
    currency: str,
    taxes: list[tuple[dict[str, Any], str]],
) -> dict[str, Any]:
    it1 = group.head
    charges = price.allowances(reading, group, currency or None)
    quantity = part.quantity(reading, it1, 2)
    paid = price.price(reading, it1, 4, currency or None)
    for element in (2, 3, 4):
        if not it1[element]:
            reading.missing(it1, element, "A line of an invoice has quantity, unit and price.")
    item = part.item(reading, group, 6)
    category = _category(reading, group, taxes)
    if category is not None:
        item["classified_tax_category"] = [category]
    order_line = _order_line(reading, it1)
    fields = {
        "id": reading.identifier(it1, 1) or str(number),
        "order_line_reference": {"line_id": order_line} if order_line else None,
        "invoiced_quantity": quantity,
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


def _category(
    reading: Reading, group: Group, taxes: list[tuple[dict[str, Any], str]]
) -> dict[str, Any] | None:
    """Find the tax of a line: that of its own rate, or the one there is."""
    rates = [reading.decimal(txi, 3) for txi in group.all("TXI") if txi[3]]
    if len(rates) == 1:
        return next((each for each, _ in taxes if each["percent"] == rates[0]), None)
    return taxes[0][0] if len(taxes) == 1 else None


def _check_total(reading: Reading, sums: dict[str, Any]) -> None:
    """Hold the total of TDS, whose two decimals are not written, against that of the parts."""
    tds = reading.tree.need("TDS")
    stated = reading.decimal(tds, 1, is_signed=True)
    due = sums["payable_amount"]["value"]
    if stated is not None and EXACT.scaleb(Decimal(stated), -2) != Decimal(due):
        rule = f"TDS01 is the sum of lines, charges and taxes, in hundredths: {due}."
        reading.refuse_value(tds, 1, rule, "Send an invoice that adds up.")


def _write(invoice: Invoice, writing: Writing) -> None:
    types = {code: own for own, code in _TYPES.items()}
    order = invoice.order_reference
    ordered = compact_date(order.issue_date) if order is not None and order.issue_date else None
    number = order.id if order is not None else None
    issued = compact_date(invoice.issue_date)
    kind = types.get(invoice.invoice_type_code)
    writing.add("BIG", issued, invoice.id, ordered, number, None, None, kind)
    writing.add("CUR", "SE", invoice.document_currency_code)
    if invoice.buyer_reference:
        writing.add("REF", "CR", invoice.buyer_reference)
    part.write_party(writing, "SE", invoice.accounting_supplier_party)
    part.write_party(writing, "BT", invoice.accounting_customer_party)
    part.write_party(writing, "RI", invoice.payee_party)
    place = invoice.delivery[0] if invoice.delivery else None
    if place is not None:
        part.write_delivery(writing, "ST", place)
    notes = [text for each in invoice.payment_terms for text in each.note]
    due = compact_date(invoice.due_date) if invoice.due_date else None
    if due or notes:
        writing.add("ITD", *[None] * 5, due, *[None] * 5, notes[0] if notes else None)
    if place is not None and place.actual_delivery_date:
        writing.add("DTM", _DELIVERED, compact_date(place.actual_delivery_date))
    if place is not None and place.despatch is not None and place.despatch.actual_despatch_date:
        writing.add("DTM", _SHIPPED, compact_date(place.despatch.actual_despatch_date))
    taxes = invoice.tax_total.tax_subtotal if invoice.tax_total is not None else ()
    for line in invoice.invoice_line:
        with writing.line():
            _write_line(line, writing, len(taxes) > 1)
    payable = invoice.legal_monetary_total.payable_amount.number
    writing.add("TDS", exact(EXACT.scaleb(payable, 2)))
    schemes = {scheme: own for own, scheme in _SCHEMES.items()}
    for tax in taxes:
        scheme = schemes.get(tax.tax_category.tax_scheme or "", "TX")
        writing.add("TXI", scheme, tax.tax_amount.value, tax.tax_category.percent or "0")
    price.write_allowances(writing, invoice.allowance_charge)
    writing.add("CTT", str(len(invoice.invoice_line)))


def _write_line(line: InvoiceLine, writing: Writing, has_own_rate: bool) -> None:
    quantity = line.invoiced_quantity
    amount, basis = price.price_elements(line.price, quantity.unit_code)
    refers = line.order_line_reference
    numbers = part.item_elements(line.item)
    if refers is not None:
        numbers += [_ORDER_LINE, refers.line_id]
    unit = writing.unit(quantity.unit_code)
    writing.add("IT1", line.id, quantity.value, unit, amount, basis, *numbers)
    categories = line.item.classified_tax_category
    if has_own_rate and categories:
        writing.add("TXI", "TX", None, categories[0].percent or "0")
    part.write_item(writing, line.item)
    price.write_allowances(writing, line.allowance_charge)


INVOICE: Final = MessageType(
    X12,
    "810",
    Invoice,
    _LOOP,
    _read,
    _write,
    line="IT1",
    parties=("accounting_supplier_party", "accounting_customer_party"),
)
"""Invoice.

Notes
-----
Source: ASC X12 810, releases 003040 to 008030. 810 has no net amount of a line: it is quantity
times price plus charges less allowances, half a minor unit rounded up, and all lines, charges and
taxes must add up to TDS. Several taxes of the whole, as of state and city, are one of their summed
rate unless lines name a rate each. What is credited (BIG07) is refused by name.
"""
