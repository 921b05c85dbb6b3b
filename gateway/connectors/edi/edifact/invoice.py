"""EDIFACT INVOIC, invoice, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi import bill
from gateway.connectors.edi.edifact import (
    amount,
    charge,
    moment,
    note,
    part,
    party,
    product,
    reference,
)
from gateway.connectors.edi.edifact.order_loop import HEAD, LINE
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.invoice import Invoice, InvoiceLine

_LOOP: Final = loop_map(
    f"{HEAD} (INP FTX*)* ({LINE})*! UNS! CNT* (MOA (RFF DTM*)*)* (TAX MOA*)* (ALC ALI* MOA* FTX*)*"
)

_TYPES: Final = ("326", "380", "383", "384", "386")
_FUNCTIONS: Final = ("7", "9", "31", "43", "46")
_PREPAID: Final = "113"
_DUE: Final = "13"

_TOTALS: Final = (
    ("79", "line_extension_amount"),
    ("77", "tax_inclusive_amount"),
    ("9", "payable_amount"),
)
"""Sums that are held against what the parts of the message add up to."""


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "An invoice")
    tree = reading.tree
    kind = _kind(reading)
    currency = _currency(reading)
    taxes = charge.taxes(reading, currency)
    charges = charge.charges(reading, tree, currency or None, taxes)
    order = reference.number_of(reading, tree, "ON")
    groups = enumerate(tree.groups("LIN"), start=1)
    lines = [_line(reading, group, number, currency, taxes, order) for number, group in groups]
    part.check_lines(reading, len(lines))
    fields: dict[str, Any] = _head(reading) | {
        "invoice_type_code": kind,
        "document_currency_code": currency,
        "allowance_charge": charges,
        "invoice_line": lines,
    }
    if not reading.report.findings:
        prepaid = amount.money(reading, tree, currency, _PREPAID)
        tax = bill.tax_total(taxes, lines, charges, currency) if _is_taxed(charges) else None
        paid = prepaid["value"] if prepaid is not None else None
        sums = bill.sums(lines, charges, tax, currency, paid)
        fields |= {"tax_total": tax, "legal_monetary_total": sums}
        _check_totals(reading, sums)
    return {name: value for name, value in fields.items() if value is not None}


def _is_taxed(charges: list[dict[str, Any]]) -> bool:
    return all("tax_category" in each for each in charges)


def _kind(reading: Reading) -> str | None:
    bgm = reading.tree.need("BGM")
    kind = reading.code(bgm, 1)
    if bgm.elements and kind not in _TYPES:
        rule = f"BGM01 says that this is an invoice, with one of {', '.join(_TYPES)}."
        advice = "Send what is credited in UBL or another format."
        reading.refuse_value(bgm, 1, rule, advice)
    return kind or None


def _currency(reading: Reading) -> str:
    currency = amount.currency(reading)
    if not currency:
        rule = "An invoice has a currency, in CUX or in the partner's profile."
        reading.missing(reading.tree.need("BGM"), 0, rule)
    return currency or ""


def _head(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    place = party.delivery(reading, party.find(reading, "DP", "ST"))
    delivered = moment.date(reading, tree.first("DTM", "35"))
    if delivered:
        place["actual_delivery_date"] = delivered
    sent, billed = (reference.document(reading, tree, each) for each in ("AAK", "IV"))
    contract = reference.document(reading, tree, "CT")
    pats = [pat.first("DTM", _DUE) for pat in tree.groups("PAT")]
    return {
        "id": part.number(reading),
        "issue_date": moment.issued(reading, "137", "3"),
        "due_date": next((moment.date(reading, dtm) for dtm in pats if dtm is not None), None),
        "note": note.notes(reading, tree),
        "buyer_reference": reference.number_of(reading, tree, "CR"),
        "order_reference": reference.document(reading, tree, "ON"),
        "despatch_document_reference": [sent] if sent else None,
        "billing_reference": [billed] if billed else None,
        "contract_document_reference": [contract] if contract else None,
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


def _line(
    reading: Reading,
    group: Group,
    number: int,
    currency: str,
    taxes: charge.Taxes,
    order: str | None,
) -> dict[str, Any]:
    quantity = amount.quantity(reading, group, "47", "12", "21")
    paid = amount.price(reading, group, currency or None)
    if quantity is None and not any(group.all("QTY")):
        reading.missing(group.head, 0, "A line of an invoice has its quantity, QTY+47.")
    if paid is None and currency:
        reading.missing(group.head, 0, "A line of an invoice has its net price, PRI+AAA.")
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
        "order_line_reference": reference.line(reading, group, order, "ON"),
        "invoiced_quantity": quantity,
        "price": paid,
        "item": item,
        "allowance_charge": charges,
        "line_extension_amount": net,
        "note": note.notes(reading, group),
    }
    held = {name: value for name, value in fields.items() if value is not None}
    return reading.came_from(held, group.head)


def _check_totals(reading: Reading, sums: dict[str, Any]) -> None:
    """Hold the totals that the message names against those of its parts."""
    named = list(_TOTALS)
    currency = sums["payable_amount"]["currency_id"]
    if not any(amount.money(reading, reading.tree, currency, code) for code, _ in _TOTALS[1:]):
        named.append(("86", "payable_amount"))
    for code, field in named:
        stated = amount.money(reading, reading.tree, currency, code)
        if stated is None or Decimal(stated["value"]) == Decimal(sums[field]["value"]):
            continue
        parents = (reading.tree, *reading.tree.groups("MOA"))
        moa = next(found for each in parents if (found := each.first("MOA", code)) is not None)
        rule = f"MOA+{code} is what lines, charges and taxes add up to: {sums[field]['value']}."
        reading.refuse_value(moa, 1, rule, "Send an invoice that adds up.")


def _write(invoice: Invoice, writing: Writing) -> None:
    writing.add("BGM", invoice.invoice_type_code, invoice.id, "9")
    moment.write_date(writing, "137", invoice.issue_date)
    place = part.first_delivery(invoice.delivery)
    moment.write_date(writing, "35", place.actual_delivery_date if place is not None else None)
    note.write_notes(writing, invoice.note)
    reference.write_document(writing, "ON", invoice.order_reference)
    for qualifier, documents in (
        ("AAK", invoice.despatch_document_reference),
        ("IV", invoice.billing_reference),
        ("CT", invoice.contract_document_reference),
    ):
        reference.write_document(writing, qualifier, documents[0] if documents else None)
    if invoice.buyer_reference:
        writing.add("RFF", ("CR", invoice.buyer_reference))
    party.write_party(writing, "SU", invoice.accounting_supplier_party)
    party.write_party(writing, "IV", invoice.accounting_customer_party)
    party.write_party(writing, "PE", invoice.payee_party)
    party.write_delivery(writing, "DP", place)
    amount.write_currency(writing, invoice.document_currency_code, "4")
    if invoice.due_date:
        writing.add("PAT", "1")
        moment.write_date(writing, _DUE, invoice.due_date)
    part.write_terms(writing, invoice.delivery_terms)
    charge.write_charges(writing, invoice.allowance_charge)
    order = invoice.order_reference.id if invoice.order_reference is not None else None
    for line in invoice.invoice_line:
        with writing.line():
            _write_line(line, order, writing)
    _write_summary(invoice, writing)


def _write_line(line: InvoiceLine, order: str | None, writing: Writing) -> None:
    product.write_lin(writing, line.id, None, line.item)
    amount.write_quantity(writing, "47", line.invoiced_quantity)
    note.write_notes(writing, line.note)
    writing.add("MOA", ("203", line.line_extension_amount.value))
    amount.write_price(writing, line.price)
    reference.write_line(writing, "ON", line.order_line_reference, order)
    for category in line.item.classified_tax_category:
        charge.write_tax(writing, category)
    charge.write_charges(writing, line.allowance_charge)


def _write_summary(invoice: Invoice, writing: Writing) -> None:
    writing.add("UNS", "S")
    writing.add("CNT", ("2", str(len(invoice.invoice_line))))
    sums = invoice.legal_monetary_total
    writing.add("MOA", ("79", sums.line_extension_amount.value))
    writing.add("MOA", ("77", sums.tax_inclusive_amount.value))
    if sums.prepaid_amount is not None:
        writing.add("MOA", (_PREPAID, sums.prepaid_amount.value))
    writing.add("MOA", ("9", sums.payable_amount.value))
    for tax in invoice.tax_total.tax_subtotal if invoice.tax_total is not None else ():
        charge.write_tax(writing, tax.tax_category)
        charge.write_taxed(writing, tax.tax_amount.value, tax.taxable_amount.value)


INVOICE: Final = MessageType(
    EDIFACT,
    "INVOIC",
    Invoice,
    _LOOP,
    _read,
    _write,
    line="LIN",
    parties=("accounting_supplier_party", "accounting_customer_party"),
)
"""Invoice.

Notes
-----
Source: UN/EDIFACT INVOIC, D.93A to D.21B; EANCOM. Taxes are those of the summary, and a line that
names none has the only one there is. All parts must add up to the totals that the message names;
net amounts of lines that it leaves out are quantity times price. Credit notes are refused by name.
"""
