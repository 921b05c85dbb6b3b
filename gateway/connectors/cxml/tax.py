"""Tax of cXML invoices: rates and amounts, as categories of UNCL5305.

A rate above zero is the standard one (S); what is taxed at zero or has no rate is zero-rated (Z).
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from gateway.connectors.cxml.item import read_money, write_money
from gateway.connectors.cxml.reading import Reading
from gateway.connectors.cxml.writing import add
from gateway.connectors.ubl.scalar import CODE, UNSIGNED
from ledger.document.money import Amount, TaxCategory
from ledger.document.tax import TaxBreakdown

STANDARD: Final = "S"
ZERO: Final = "Z"


def read_category(reading: Reading, detail: etree._Element) -> dict[str, Any]:
    """Read the category of a ``TaxDetail``."""
    rate = reading.attribute(detail, "percentageRate", UNSIGNED)
    scheme = reading.attribute(detail, "category", CODE, is_required=True)
    return reading.own(
        detail,
        id=ZERO if rate in (None, "0") else STANDARD,
        percent=rate,
        tax_scheme=scheme.upper() if scheme is not None else None,
    )


def read_tax(reading: Reading, summary: etree._Element) -> dict[str, Any]:
    """Read the tax of the whole invoice; none where there is no detail."""
    tax = summary.find("Tax")
    details = list(tax.iterfind("TaxDetail")) if tax is not None else []
    if tax is None or not details:
        return {}
    taxed = read_money(reading, summary.find("SubtotalAmount"))
    subtotals = [
        reading.own(
            each,
            taxable_amount=read_money(reading, each.find("TaxableAmount")) or taxed,
            tax_amount=read_money(reading, each.find("TaxAmount")),
            tax_category=read_category(reading, each),
        )
        for each in details
    ]
    return reading.own(tax, tax_amount=read_money(reading, tax), tax_subtotal=subtotals)


def write_tax(summary: etree._Element, tax: TaxBreakdown | None, currency: str) -> None:
    """Write the tax of the whole invoice."""
    total = tax.tax_amount if tax is not None else Amount(value="0", currency_id=currency)
    write_money(summary, "Tax", total)
    element = summary.find("Tax")
    assert element is not None
    add(element, "Description", "Tax", lang="en")
    for each in tax.tax_subtotal if tax is not None else ():
        detail = write_category(element, each.tax_category)
        write_money(detail, "TaxableAmount", each.taxable_amount)
        write_money(detail, "TaxAmount", each.tax_amount)


def write_category(tax: etree._Element, category: TaxCategory) -> etree._Element:
    """Write a category as a ``TaxDetail``, whose amounts are still missing."""
    scheme = (category.tax_scheme or "other").lower()
    return add(tax, "TaxDetail", category=scheme, percentageRate=category.percent)
