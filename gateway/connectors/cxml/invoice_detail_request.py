"""cXML InvoiceDetailRequest of purpose ``standard``, in and out.

The seller is the sender with the name of the partner ``from``, the buyer the receiver with that of
the partner ``billTo``. Lines without a tax of their own have that of the invoice, where it is one.

Notes
-----
Source: cXML 1.2, InvoiceDetailRequest.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from lxml import etree

from gateway.connectors.cxml.confirmation_request import read_order
from gateway.connectors.cxml.item import (
    read_item,
    read_money,
    read_price,
    read_quantity,
    write_descriptions,
    write_item_id,
    write_money,
)
from gateway.connectors.cxml.message_type import MessageType
from gateway.connectors.cxml.party import name_of, read_postal, read_side, write_postal, write_root
from gateway.connectors.cxml.reading import Reading, read_comments
from gateway.connectors.cxml.tax import read_category, read_tax, write_category, write_tax
from gateway.connectors.cxml.writing import add, end_of, moment, required
from gateway.connectors.ubl.scalar import IDENTIFIER, TEXT
from ledger.document.billing import BillLine
from ledger.document.invoice import Invoice, InvoiceLine
from ledger.document.party import Party
from ledger.document.reference import DocumentReference

_STANDARD: Final = "standard"
_COMMERCIAL: Final = "380"
_SELLER: Final = "from"
_BUYER: Final = "billTo"


def _read(reading: Reading, root: etree._Element) -> dict[str, Any]:
    request = root.find("Request/InvoiceDetailRequest")
    assert request is not None
    header = reading.need(request, "InvoiceDetailRequestHeader")
    summary = reading.need(request, "InvoiceDetailSummary")
    if header is None or summary is None:
        return {}
    if header.get("purpose", _STANDARD) != _STANDARD:
        rule, advice = "This invoice is of purpose standard.", "Send the memo by another way."
        reading.report.add(header, rule, header.get("purpose", ""), advice)
    day, time = reading.moment(header, "invoiceDate", is_required=True)
    orders = [
        (order, _read_reference(reading, order)) for order in request.iterfind("InvoiceDetailOrder")
    ]
    total = read_money(reading, summary.find("SubtotalAmount"))
    return reading.own(
        root,
        id=reading.attribute(header, "invoiceID", IDENTIFIER, is_required=True),
        issue_date=day,
        issue_time=time,
        note=read_comments(reading, header),
        invoice_type_code=_COMMERCIAL,
        document_currency_code=total.get("currency_id"),
        invoice_period=_read_period(reading, header.find("Period")),
        order_reference=orders[0][1] if len(orders) == 1 else {},
        accounting_supplier_party=_read_party(reading, root, header, "From", _SELLER),
        accounting_customer_party=_read_party(reading, root, header, "To", _BUYER),
        tax_total=read_tax(reading, summary),
        legal_monetary_total=_read_totals(reading, summary),
        invoice_line=[
            _read_line(reading, item, reference, summary)
            for order, reference in orders
            for item in order.iterfind("InvoiceDetailItem")
        ],
    )


def _read_period(reading: Reading, period: etree._Element | None) -> dict[str, Any]:
    if period is None:
        return {}
    start, start_time = reading.moment(period, "startDate", is_required=True)
    end, end_time = reading.moment(period, "endDate", is_required=True)
    return reading.own(
        period, start_date=start, start_time=start_time, end_date=end, end_time=end_time
    )


def _read_reference(reading: Reading, order: etree._Element) -> dict[str, Any]:
    reference = order.find("InvoiceDetailOrderInfo/OrderReference")
    if reference is None:
        reference = order.find("InvoiceDetailOrderInfo/OrderIDInfo")
    if reference is None:
        rule = "An invoice names the order of its lines, by OrderReference or OrderIDInfo."
        reading.report.add(order, rule, "", "Add to InvoiceDetailOrderInfo which order it is.")
        return {}
    return read_order(reading, reference)


def _read_party(
    reading: Reading, root: etree._Element, header: etree._Element, side: str, role: str
) -> dict[str, Any]:
    party = read_side(reading, root, side)
    contact = header.find(f"InvoicePartner/Contact[@role='{role}']")
    if contact is not None:
        party |= reading.own(
            contact,
            name=reading.text(contact, "Name", TEXT),
            postal_address=read_postal(reading, contact.find("PostalAddress")),
        )
    return reading.own(header if contact is None else contact, **party)


def _read_totals(reading: Reading, summary: etree._Element) -> dict[str, Any]:
    total = read_money(reading, summary.find("SubtotalAmount"))
    net = read_money(reading, summary.find("NetAmount"))
    return reading.own(
        summary,
        line_extension_amount=total,
        tax_exclusive_amount=total,
        tax_inclusive_amount=net,
        prepaid_amount=read_money(reading, summary.find("DepositAmount")),
        payable_amount=read_money(reading, summary.find("DueAmount")) or net,
    )


def _read_line(
    reading: Reading, item: etree._Element, order: dict[str, Any], summary: etree._Element
) -> dict[str, Any]:
    reference = reading.need(item, "InvoiceDetailItemReference")
    number = reading.attribute(reference, "lineNumber", IDENTIFIER, is_required=True)
    what = read_item(
        reading, reference.find("ItemID") if reference is not None else None, reference
    )
    details = item.findall("Tax/TaxDetail") or summary.findall("Tax/TaxDetail")
    if len(details) == 1:
        what["classified_tax_category"] = [read_category(reading, details[0])]
    line = reading.own(item, line_id=number, document_reference=order)
    reading.need(item, "SubtotalAmount")
    return reading.own(
        item,
        id=reading.attribute(item, "invoiceLineNumber", IDENTIFIER, is_required=True),
        order_line_reference=line,
        invoiced_quantity=read_quantity(reading, item),
        price=read_price(reading, item),
        item=what or None,
        line_extension_amount=read_money(reading, item.find("SubtotalAmount")),
        note=read_comments(reading, item),
    )


def _write(invoice: Invoice) -> etree._Element:
    seller, buyer = invoice.accounting_supplier_party, invoice.accounting_customer_party
    root = write_root(invoice, seller, buyer)
    request = add(root.find("Request"), "InvoiceDetailRequest")
    _write_header(request, invoice)
    for order, lines in groupby(invoice.invoice_line, key=lambda line: _order_of(invoice, line)):
        number = required(order.id if order is not None else None, "/order_reference")
        assert order is not None
        detail = add(request, "InvoiceDetailOrder")
        info = add(detail, "InvoiceDetailOrderInfo")
        reference = add(info, "OrderReference", orderID=number, orderDate=order.issue_date)
        add(reference, "DocumentReference", payloadID=number)
        for line in lines:
            _write_line(detail, line)
    _write_summary(request, invoice)
    return root


def _write_header(request: etree._Element, invoice: Invoice) -> None:
    header = add(
        request,
        "InvoiceDetailRequestHeader",
        invoiceID=invoice.id,
        purpose=_STANDARD,
        invoiceDate=moment(invoice.issue_date, invoice.issue_time),
    )
    add(header, "InvoiceDetailHeaderIndicator")
    add(header, "InvoiceDetailLineIndicator", isTaxInLine="yes")
    _write_partner(header, _SELLER, invoice.accounting_supplier_party)
    _write_partner(header, _BUYER, invoice.accounting_customer_party)
    period = invoice.invoice_period
    if period is not None and period.start_date is not None and period.end_date is not None:
        start = moment(period.start_date, period.start_time)
        add(header, "Period", startDate=start, endDate=end_of(period))
    for note in invoice.note:
        add(header, "Comments", note)


def _write_partner(header: etree._Element, role: str, party: Party) -> None:
    contact = add(add(header, "InvoicePartner"), "Contact", role=role)
    add(contact, "Name", name_of(party), lang="en")
    if party.postal_address is not None:
        write_postal(contact, party.postal_address)


def _order_of(invoice: Invoice, line: BillLine) -> DocumentReference | None:
    reference = line.order_line_reference
    own = reference.document_reference if reference is not None else None
    return own or invoice.order_reference


def _write_line(detail: etree._Element, line: InvoiceLine) -> None:
    item = add(
        detail,
        "InvoiceDetailItem",
        invoiceLineNumber=line.id,
        quantity=line.invoiced_quantity.value,
    )
    add(item, "UnitOfMeasure", line.invoiced_quantity.unit_code)
    write_money(item, "UnitPrice", line.price.price_amount)
    base = line.price.base_quantity
    if base is not None:
        basis = add(item, "PriceBasisQuantity", quantity=base.value, conversionFactor="1")
        add(basis, "UnitOfMeasure", base.unit_code)
    ordered = line.order_line_reference
    reference = add(
        item,
        "InvoiceDetailItemReference",
        lineNumber=ordered.line_id if ordered is not None else line.id,
    )
    write_item_id(reference, line.item)
    write_descriptions(reference, line.item)
    write_money(item, "SubtotalAmount", line.line_extension_amount)
    for category in line.item.classified_tax_category[:1]:
        tax = add(item, "Tax")
        add(tax, "Description", "Tax", lang="en")
        write_category(tax, category)
    for note in line.note:
        add(item, "Comments", note)


def _write_summary(request: etree._Element, invoice: Invoice) -> None:
    summary = add(request, "InvoiceDetailSummary")
    totals = invoice.legal_monetary_total
    write_money(summary, "SubtotalAmount", totals.line_extension_amount)
    write_tax(summary, invoice.tax_total, invoice.document_currency_code)
    write_money(summary, "NetAmount", totals.tax_inclusive_amount)
    if totals.prepaid_amount is not None:
        write_money(summary, "DepositAmount", totals.prepaid_amount)
    write_money(summary, "DueAmount", totals.payable_amount)


INVOICE_DETAIL_REQUEST: Final = MessageType(
    "InvoiceDetailRequest", "InvoiceDetail", Invoice, _read, _write
)
parse, render, unheld = (
    INVOICE_DETAIL_REQUEST.parse,
    INVOICE_DETAIL_REQUEST.render,
    INVOICE_DETAIL_REQUEST.unheld,
)
