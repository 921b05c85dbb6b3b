"""The totals of an invoice or a credit note, in and out.

Source: UNCL 5025 (amounts).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.edifact import amount, charge, note
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.billing import Bill

_PREPAID: Final = "113"
_EXEMPT: Final = "TXD"
"""Free text (4451) about tax."""

_TOTALS: Final = (
    ("79", "line_extension_amount"),
    ("77", "tax_inclusive_amount"),
    ("9", "payable_amount"),
)
"""Sums that are held against what the parts of the message add up to."""


def prepaid(reading: Reading, currency: str) -> str | None:
    """Read what is paid already."""
    found = amount.money(reading, reading.tree, currency, _PREPAID)
    return found["value"] if found is not None else None


def exempted(reading: Reading, tax: dict[str, Any] | None) -> dict[str, Any] | None:
    """Add to the taxes why some goods are not taxed."""
    texts = note.notes(reading, reading.tree, _EXEMPT)
    for each in tax["tax_subtotal"] if tax is not None and texts else ():
        category = each["tax_category"]
        if category["id"] in charge.UNTAXED:
            each["tax_category"] = category | {"tax_exemption_reason": "\n".join(texts)}
    return tax


def write_exemption(writing: Writing, bill: Bill) -> None:
    """Write why some goods are not taxed."""
    taxes = bill.tax_total.tax_subtotal if bill.tax_total is not None else ()
    reasons = (each.tax_category.tax_exemption_reason for each in taxes)
    note.write_notes(writing, tuple(dict.fromkeys(each for each in reasons if each)), _EXEMPT)


def check(reading: Reading, sums: dict[str, Any]) -> None:
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
        reading.refuse_value(moa, 1, rule, "Send one that adds up.")


def write(writing: Writing, bill: Bill) -> None:
    """Write what stands after the lines."""
    writing.add("UNS", "S")
    writing.add("CNT", ("2", str(len(bill.lines))))
    sums = bill.legal_monetary_total
    writing.add("MOA", ("79", sums.line_extension_amount.value))
    writing.add("MOA", ("77", sums.tax_inclusive_amount.value))
    if sums.prepaid_amount is not None:
        writing.add("MOA", (_PREPAID, sums.prepaid_amount.value))
    writing.add("MOA", ("9", sums.payable_amount.value))
    for tax in bill.tax_total.tax_subtotal if bill.tax_total is not None else ():
        charge.write_tax(writing, tax.tax_category)
        charge.write_taxed(writing, tax.tax_amount.value, tax.taxable_amount.value)
