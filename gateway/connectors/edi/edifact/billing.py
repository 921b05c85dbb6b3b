"""What invoices and credit notes of EDIFACT INVOIC share, in and out.

Notes
-----
Source: UN/EDIFACT INVOIC, D.93A to D.21B; EANCOM. Taxes are those of the summary, and a line that
names none has the only one there is. All parts must add up to the totals that the message names;
net amounts of lines that it leaves out are quantity times price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from gateway.connectors.edi import bill
from gateway.connectors.edi.edifact import (
    amount,
    charge,
    moment,
    note,
    part,
    party,
    payment,
    product,
    reference,
    summary,
)
from gateway.connectors.edi.edifact.order_loop import HEAD, LINE
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.billing import Bill, BillLine
from ledger.document.money import Quantity
from ledger.document.period import Period
from ledger.document.reference import DocumentReference

LOOP: Final = loop_map(
    f"{HEAD} (INP FTX*)* ({LINE})*! UNS! CNT* (MOA (RFF DTM*)*)* (TAX MOA*)* (ALC ALI* MOA* FTX*)*"
)

_FUNCTIONS: Final = ("7", "9", "31", "43", "46")
_TAX_POINT: Final = "131"
_PERIOD: Final = "263"
_BEGINS: Final = "155"
_ENDS: Final = "156"

_DOCUMENTS: Final = {
    "despatch_document_reference": ("AAK",),
    "receipt_document_reference": ("ALO",),
    "billing_reference": ("IV", "OI"),
    "contract_document_reference": ("CT",),
}
"""Documents that a bill names, by their references (1153); of several, the first is written."""

_LINES: Final = {
    "order_line_reference": ("order_reference", "ON", "CO"),
    "despatch_line_reference": ("despatch_document_reference", "AAK"),
    "receipt_line_reference": ("receipt_document_reference", "ALO"),
    "billing_reference": ("billing_reference", "IV", "OI"),
}
"""Lines that a line names: in which document of the head, by which references."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the kind, the lines and their quantities of a document are called.

    Parameters
    ----------
    what : str
        The document, in words.
    kind, lines, quantity : str
        Fields of the document and of its lines.
    kinds : tuple of str
        Documents of UNCL1001 that it may be.
    """

    what: str
    kind: str
    lines: str
    quantity: str
    kinds: tuple[str, ...]


def read(reading: Reading, names: Names) -> dict[str, Any]:
    """Read an invoice or a credit note."""
    part.check_function(reading, _FUNCTIONS, names.what)
    tree = reading.tree
    currency = _currency(reading)
    taxes = charge.taxes(reading, currency)
    charges = charge.charges(reading, tree, currency or None, taxes)
    groups = enumerate(tree.groups("LIN"), start=1)
    heads = {
        field: reference.number_of(reading, tree, *qualifiers)
        for field, (_, *qualifiers) in _LINES.items()
    }
    lines = [
        _line(reading, group, number, currency, taxes, heads, names.quantity)
        for number, group in groups
    ]
    part.check_lines(reading, len(lines))
    fields: dict[str, Any] = _head(reading) | {
        names.kind: _kind(reading, names),
        "document_currency_code": currency,
        "allowance_charge": charges,
        names.lines: lines,
    }
    if not reading.report.findings:
        tax = bill.tax_total(taxes, lines, charges, currency) if _is_taxed(charges) else None
        paid = summary.prepaid(reading, currency)
        sums = bill.sums(lines, charges, tax, currency, paid)
        fields |= {"tax_total": summary.exempted(reading, tax), "legal_monetary_total": sums}
        summary.check(reading, sums)
    return {name: value for name, value in fields.items() if value is not None}


def _is_taxed(charges: list[dict[str, Any]]) -> bool:
    return all("tax_category" in each for each in charges)


def _kind(reading: Reading, names: Names) -> str | None:
    bgm = reading.tree.need("BGM")
    kind = reading.code(bgm, 1)
    if bgm.elements and kind not in names.kinds:
        rule = f"BGM01 says that this is an invoice or a credit note; {names.what.lower()} "
        rule += f"is one of {', '.join(names.kinds)}."
        reading.refuse_value(bgm, 1, rule, "Send a document of one of these kinds.")
    return kind or None


def _currency(reading: Reading) -> str:
    currency = amount.currency(reading)
    if not currency:
        rule = "A bill has a currency, in CUX or in the partner's profile."
        reading.missing(reading.tree.need("BGM"), 0, rule)
    return currency or ""


def _head(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    place = party.delivery(reading, party.find(reading, "DP", "ST"))
    arrived = tree.first("DTM", "35")
    place |= moment.fields(reading, arrived, "actual_delivery_date", "actual_delivery_time")
    documents = {
        field: reference.documents(reading, tree, *qualifiers) or None
        for field, qualifiers in _DOCUMENTS.items()
    }
    return documents | {
        "id": part.number(reading),
        "tax_point_date": moment.date(reading, tree.first("DTM", _TAX_POINT)),
        "payment_means": payment.means(reading),
        "payment_terms": payment.terms(reading),
        **moment.issued(reading, "137", "3"),
        "note": note.notes(reading, tree),
        "buyer_reference": reference.number_of(reading, tree, "CR"),
        "order_reference": reference.document(reading, tree, "ON", "CO"),
        "invoice_period": _period(reading, tree),
        "accounting_supplier_party": party.party(
            reading, party.find(reading, "SU", "SE"), envelope.sender
        ),
        "accounting_customer_party": party.party(
            reading, party.find(reading, "IV", "BT", "BY"), envelope.receiver
        ),
        "payee_party": party.optional(reading, "PE"),
        "delivery": [place] if place else None,
        "delivery_terms": part.terms(reading),
    }


def _period(reading: Reading, tree: Group) -> dict[str, Any] | None:
    """Read which time it is for, in one segment or in two."""
    whole = moment.span(reading, tree.first("DTM", _PERIOD))
    if whole:
        return whole
    first = moment.fields(reading, tree.first("DTM", _BEGINS), "start_date", "start_time")
    last = moment.fields(reading, tree.first("DTM", _ENDS), "end_date", "end_time")
    return (first | last) or None


def _line(
    reading: Reading,
    group: Group,
    number: int,
    currency: str,
    taxes: charge.Taxes,
    heads: dict[str, str | None],
    quantity_field: str,
) -> dict[str, Any]:
    quantity = amount.quantity(reading, group, "47", "12", "21")
    paid = amount.price(reading, group, currency or None)
    if quantity is None and not any(group.all("QTY")):
        reading.missing(group.head, 0, "A line of a bill has its quantity, QTY+47.")
    if paid is None and currency:
        reading.missing(group.head, 0, "A line of a bill has its net price, PRI+AAA.")
    charges = charge.charges(reading, group, currency or None, taxes)
    item = product.item(reading, group)
    category = charge.line_category(reading, group, taxes)
    if category is not None:
        item["classified_tax_category"] = [category]
    net = amount.money(reading, group, currency or None, "203", "66")
    if net is None and quantity is not None and paid is not None:
        net = bill.line_amount(quantity, paid, charges)
    fields = {
        "id": reading.identifier(group.head, 1) or str(number),
        quantity_field: quantity,
        "price": paid,
        "item": item,
        "allowance_charge": charges,
        "line_extension_amount": net,
        "note": note.notes(reading, group),
    }
    for field, (_, *qualifiers) in _LINES.items():
        fields[field] = reference.line(reading, group, heads[field], *qualifiers)
    held = {name: value for name, value in fields.items() if value is not None}
    return reading.came_from(held, group.head)


def write(
    bill: Bill, kind: str, quantities: Iterable[Quantity], writing: Writing, due: str | None = None
) -> None:
    """Write an invoice or a credit note.

    Parameters
    ----------
    bill : Bill
        What to write.
    kind : str
        Of UNCL1001.
    quantities : iterable of Quantity
        What each line charges or credits.
    writing : Writing
        Where to.
    due : str, optional
        The day it is to be paid.
    """
    writing.add("BGM", kind, bill.id, "9")
    moment.write_date(writing, "137", bill.issue_date, bill.issue_time)
    place = part.first_delivery(bill.delivery)
    if place is not None:
        arrived = place.actual_delivery_date, place.actual_delivery_time
        moment.write_date(writing, "35", *arrived)
    moment.write_date(writing, _TAX_POINT, bill.tax_point_date)
    _write_period(bill.invoice_period, writing)
    note.write_notes(writing, bill.note)
    for each in bill.payment_terms:
        note.write_notes(writing, each.note, payment.TEXT)
    summary.write_exemption(writing, bill)
    reference.write_document(writing, "ON", bill.order_reference)
    for field, qualifiers in _DOCUMENTS.items():
        for document in getattr(bill, field):
            reference.write_document(writing, qualifiers[0], document)
    if bill.buyer_reference:
        writing.add("RFF", ("CR", bill.buyer_reference))
    party.write_party(writing, "SU", bill.accounting_supplier_party)
    party.write_party(writing, "IV", bill.accounting_customer_party)
    party.write_party(writing, "PE", bill.payee_party)
    party.write_delivery(writing, "DP", place)
    amount.write_currency(writing, bill.document_currency_code, "4")
    payment.write(writing, bill.payment_means, due)
    part.write_terms(writing, bill.delivery_terms)
    charge.write_charges(writing, bill.allowance_charge)
    heads = {name: _first(getattr(bill, name)) for name, *_ in _LINES.values()}
    for line, quantity in zip(bill.lines, quantities, strict=True):
        with writing.line():
            _write_line(line, quantity, heads, writing)
    summary.write(writing, bill)


def _write_period(period: Period | None, writing: Writing) -> None:
    if period is None:
        return
    if period.start_date and period.end_date:
        moment.write_last(writing, _PERIOD, period)
        return
    moment.write_date(writing, _BEGINS, period.start_date, period.start_time)
    moment.write_date(writing, _ENDS, period.end_date, period.end_time)


def _first(found: DocumentReference | tuple[DocumentReference, ...] | None) -> str | None:
    """Give the number of the document that lines refer to, unless they name another."""
    documents = found if isinstance(found, tuple) else (found,)
    return next((each.id for each in documents if each is not None), None)


def _write_line(
    line: BillLine, quantity: Quantity, heads: dict[str, str | None], writing: Writing
) -> None:
    product.write_lin(writing, line.id, None, line.item)
    amount.write_quantity(writing, "47", quantity)
    note.write_notes(writing, line.note)
    writing.add("MOA", ("203", line.line_extension_amount.value))
    amount.write_price(writing, line.price)
    for field, (head, qualifier, *_) in _LINES.items():
        reference.write_line(writing, qualifier, getattr(line, field), heads[head])
    for category in line.item.classified_tax_category:
        charge.write_tax(writing, category)
    charge.write_charges(writing, line.allowance_charge)
