"""Documents of any type, drawn at random; every total of a bill adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from ledger.document.billing import Bill, LegalMonetaryTotal
from ledger.document.credit_note import CreditNote
from ledger.document.invoice import Invoice
from ledger.document.item import Item
from ledger.document.money import AllowanceCharge, Amount, Price, Quantity, TaxCategory
from ledger.document.part import Document
from ledger.document.tax import TaxBreakdown, TaxSubtotal
from tests.property.connectors.parts import CURRENCY, fields, name_what_standards_ask, parts


def documents(model: type[Document]) -> st.SearchStrategy[Any]:
    """Draw documents of a type."""
    return _bills(model) if issubclass(model, Bill) else parts(model)


def _amount(value: Decimal | int) -> Amount:
    return Amount(value=str(value), currency_id=CURRENCY)


@st.composite
def _bills(draw: st.DrawFn, model: type[Document]) -> Document:
    """Draw a bill whose lines, taxes and totals add up."""
    assert issubclass(model, Bill) and model.lines_field is not None
    computed = ("allowance_charge", "tax_total", "legal_monetary_total", "payment_terms")
    head = draw(fields(model, (*computed, model.lines_field)))
    name_what_standards_ask(model, head)
    category = TaxCategory(id="S", percent="20", tax_scheme="VAT")
    line_model = get_args(get_type_hints(model)[model.lines_field])[0]
    quantity_field = "invoiced_quantity" if model is Invoice else "credited_quantity"
    lines = []
    for nth in range(draw(st.integers(1, 3))):
        own = ("item", "price", "line_extension_amount", "allowance_charge", quantity_field)
        line = draw(fields(line_model, own))
        quantity, price = draw(st.integers(1, 999)), draw(st.integers(0, 10**6))
        item = draw(parts(Item)).model_copy(update={"classified_tax_category": (category,)})
        line |= {
            "id": str(nth + 1),
            "item": item,
            "price": Price(price_amount=_amount(price)),
            "line_extension_amount": _amount(quantity * price),
            quantity_field: Quantity(value=str(quantity), unit_code="C62"),
        }
        lines.append(line_model.model_validate(line))
    net = sum(line.line_extension_amount.number for line in lines)
    charge = draw(st.integers(0, 500))
    if charge:
        head["allowance_charge"] = (
            AllowanceCharge(
                charge_indicator=True,
                amount=_amount(charge),
                allowance_charge_reason="Freight",
                tax_category=category,
            ),
        )
    return model.model_validate(_totals(model, head, lines, net, charge, category))


def _totals(
    model: type[Bill],
    head: dict[str, Any],
    lines: list[Any],
    net: Decimal | int,
    charge: int,
    category: TaxCategory,
) -> dict[str, Any]:
    base = net + charge
    tax = Decimal(base) / 5
    subtotal = TaxSubtotal(
        taxable_amount=_amount(base), tax_amount=_amount(tax), tax_category=category
    )
    sums = LegalMonetaryTotal(
        line_extension_amount=_amount(net),
        charge_total_amount=_amount(charge) if charge else None,
        tax_exclusive_amount=_amount(base),
        tax_inclusive_amount=_amount(base + tax),
        payable_amount=_amount(base + tax),
    )
    head |= {
        str(model.lines_field): tuple(lines),
        "tax_total": TaxBreakdown(tax_amount=_amount(tax), tax_subtotal=(subtotal,)),
        "legal_monetary_total": sums,
        "billing_reference": ({"id": "INV-1"},),
    }
    if model is CreditNote:
        head.pop("invoice_period", None)
    return head
