"""What an invoice and a credit note share, and the sums that both must get right.

Sums are exact: totals are what their parts add up to, to the last digit. A product (quantity and
price, base and tax rate) is rounded to the minor unit of the currency, up or down as law and custom
of the sender have it, so it must be less than one minor unit away from the exact product; tax that
is computed line by line, less than one for each line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, Self

from pydantic import model_validator

from ledger.document.delivery import Delivery, DeliveryTerms
from ledger.document.item import Item
from ledger.document.money import EXACT, AllowanceCharge, Amount, Price, Quantity, minor_unit, total
from ledger.document.part import Document, Extra, Many, Part, require_distinct
from ledger.document.party import Party
from ledger.document.payment import PaymentMeans, PaymentTerms
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import CurrencyId, Date, DecimalText, Identifier, Text
from ledger.document.tax import TaxBreakdown, TaxKey, tax_key

_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)


class LegalMonetaryTotal(Part):
    """The sums of an invoice or a credit note."""

    line_extension_amount: Amount
    """The net amounts of all lines."""
    allowance_total_amount: Amount | None = None
    charge_total_amount: Amount | None = None
    tax_exclusive_amount: Amount
    tax_inclusive_amount: Amount
    prepaid_amount: Amount | None = None
    payable_rounding_amount: Amount | None = None
    payable_amount: Amount

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        net = total(
            (
                self.line_extension_amount.number,
                _number(self.allowance_total_amount).copy_negate(),
                _number(self.charge_total_amount),
            )
        )
        if self.tax_exclusive_amount.number != net:
            raise ValueError(
                "tax_exclusive_amount must be line_extension_amount less allowances plus charges"
            )
        due = total(
            (
                self.tax_inclusive_amount.number,
                _number(self.prepaid_amount).copy_negate(),
                _number(self.payable_rounding_amount),
            )
        )
        if self.payable_amount.number != due:
            raise ValueError(
                "payable_amount must be tax_inclusive_amount less what is prepaid plus rounding"
            )
        return self


class BilledQuantity(Quantity):
    """How much of something is billed, less than nothing where a line takes back."""

    value: DecimalText

    @model_validator(mode="before")
    @classmethod
    def _of_any_quantity(cls, fields: object) -> object:
        return dict(fields) if type(fields) is Quantity else fields


class BillLine(Part):
    """What the lines of an invoice and of a credit note share."""

    id: Identifier
    order_line_reference: LineReference | None = None
    despatch_line_reference: LineReference | None = None
    receipt_line_reference: LineReference | None = None
    billing_reference: LineReference | None = None
    """The line of an earlier invoice that this one credits or corrects."""
    item: Item
    price: Price
    line_extension_amount: Amount
    """Quantity times price, less allowances, plus charges."""
    allowance_charge: Many[AllowanceCharge] = ()
    invoice_period: Period | None = None
    accounting_cost: Text | None = None
    document_reference: Many[DocumentReference] = ()
    note: Many[Text] = ()
    extras: Many[Extra] = ()

    @property
    def quantity(self) -> BilledQuantity:
        """What is charged or credited, whatever its field is called."""
        raise NotImplementedError

    @property
    def billed(self) -> Decimal:
        """How much is charged or credited."""
        return self.quantity.number

    @model_validator(mode="after")
    def _amount_is_quantity_times_price(self) -> Self:
        price, base_quantity = self.price.price_amount.number, self.price.base_quantity
        base = _ONE if base_quantity is None else base_quantity.number
        if price < 0:
            raise ValueError("a price cannot be negative; an allowance can")
        if base == 0:
            raise ValueError("base_quantity of a price cannot be zero")
        if base_quantity is not None and base_quantity.unit_code != self.quantity.unit_code:
            raise ValueError("base_quantity of a price must have the unit of the line")
        amount = EXACT.subtract(self.line_extension_amount.number, balance(self.allowance_charge))
        # Multiplied by the base instead of divided by it, which would not be exact.
        error = EXACT.subtract(EXACT.multiply(amount, base), EXACT.multiply(self.billed, price))
        unit = minor_unit(self.line_extension_amount.currency_id)
        if error.copy_abs() >= EXACT.multiply(unit, base):
            raise ValueError(
                "line_extension_amount must be quantity times price less allowances plus charges"
            )
        return self


class Bill(Document):
    """What an invoice and a credit note share: head, parties, tax and totals."""

    document_currency_code: CurrencyId
    tax_point_date: Date | None = None
    invoice_period: Period | None = None
    buyer_reference: Text | None = None
    accounting_cost: Text | None = None
    order_reference: DocumentReference | None = None
    billing_reference: Many[DocumentReference] = ()
    """Earlier invoices that this document credits or corrects."""
    despatch_document_reference: Many[DocumentReference] = ()
    receipt_document_reference: Many[DocumentReference] = ()
    contract_document_reference: Many[DocumentReference] = ()
    additional_document_reference: Many[DocumentReference] = ()
    accounting_supplier_party: Party
    accounting_customer_party: Party
    payee_party: Party | None = None
    tax_representative_party: Party | None = None
    delivery: Many[Delivery] = ()
    delivery_terms: DeliveryTerms | None = None
    payment_means: Many[PaymentMeans] = ()
    payment_terms: Many[PaymentTerms] = ()
    allowance_charge: Many[AllowanceCharge] = ()
    tax_total: TaxBreakdown | None = None
    """The tax charged; absent where none is, as from a seller that is not liable to tax."""
    legal_monetary_total: LegalMonetaryTotal

    @property
    def lines(self) -> Sequence[BillLine]:
        """The lines, whatever their field is called."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        require_distinct("line", [line.id for line in self.lines])
        _require_currency(self)
        _require_totals(self)
        _require_taxes(self)
        return self


def balance(allowance_charge: Sequence[AllowanceCharge]) -> Decimal:
    """Give what charges add, less what allowances take off."""
    return total(
        each.amount.number if each.charge_indicator else each.amount.number.copy_negate()
        for each in allowance_charge
    )


def _number(amount: Amount | None) -> Decimal:
    return Decimal(0) if amount is None else amount.number


def _require_currency(bill: Bill) -> None:
    currency = bill.document_currency_code
    unit = minor_unit(currency)
    for index, line in enumerate(bill.lines):
        place = f"the amounts of line {index}"
        # Only prices may have more decimals than the currency.
        for price in (line.price.price_amount, *_charged(line.price.allowance_charge)):
            if price.currency_id != currency:
                raise ValueError(f"{place} must have the currency of the document")
        _require_rounded(
            place, (line.line_extension_amount, *_charged(line.allowance_charge)), currency, unit
        )
    _require_rounded("allowances and charges", _charged(bill.allowance_charge), currency, unit)
    terms = (each.amount for each in bill.payment_terms if each.amount is not None)
    _require_rounded("payment_terms", terms, currency, unit)
    sums = [each for _, each in bill.legal_monetary_total if each is not None]
    _require_rounded("legal_monetary_total", sums, currency, unit)
    if bill.tax_total is not None:
        _require_rounded("tax_total", _taxed(bill.tax_total), currency, unit)


def _require_rounded(place: str, amounts: Iterable[Amount], currency: str, unit: Decimal) -> None:
    for each in amounts:
        if each.currency_id != currency:
            raise ValueError(f"{place} must have the currency of the document")
        if EXACT.remainder(each.number, unit) != 0:
            raise ValueError(f"{place} must have no more decimals than the currency")


def _charged(allowance_charge: Sequence[AllowanceCharge]) -> Iterator[Amount]:
    for each in allowance_charge:
        yield each.amount
        if each.base_amount is not None:
            yield each.base_amount


def _taxed(tax: TaxBreakdown) -> Iterator[Amount]:
    yield tax.tax_amount
    for each in tax.tax_subtotal:
        yield each.taxable_amount
        yield each.tax_amount


def _require_totals(bill: Bill) -> None:
    sums = bill.legal_monetary_total
    if total(line.line_extension_amount.number for line in bill.lines) != (
        sums.line_extension_amount.number
    ):
        raise ValueError("line_extension_amount must be the sum of the lines")
    charges = [each for each in bill.allowance_charge if each.charge_indicator]
    allowances = [each for each in bill.allowance_charge if not each.charge_indicator]
    if balance(charges) != _number(sums.charge_total_amount):
        raise ValueError("charge_total_amount must be the sum of the charges")
    if balance(allowances).copy_negate() != _number(sums.allowance_total_amount):
        raise ValueError("allowance_total_amount must be the sum of the allowances")
    tax = bill.tax_total.tax_amount.number if bill.tax_total else Decimal(0)
    if sums.tax_inclusive_amount.number != EXACT.add(sums.tax_exclusive_amount.number, tax):
        raise ValueError("tax_inclusive_amount must be tax_exclusive_amount plus tax")


def _require_taxes(bill: Bill) -> None:
    if bill.tax_total is None:
        return
    bases = _bases_of(bill)
    subtotals = bill.tax_total.tax_subtotal
    if {tax_key(each.tax_category) for each in subtotals} != set(bases):
        raise ValueError("tax_subtotal must name each category and rate of the lines, and no other")
    unit = minor_unit(bill.document_currency_code)
    for index, each in enumerate(subtotals):
        category, rate = tax_key(each.tax_category)
        base = bases[category, rate]
        if total(base) != each.taxable_amount.number:
            raise ValueError(f"tax_subtotal/{index}/taxable_amount must be the sum of its lines")
        # Times a hundred instead of divided by it.
        exact = EXACT.multiply(each.taxable_amount.number, Decimal(rate))
        error = EXACT.subtract(EXACT.multiply(each.tax_amount.number, _HUNDRED), exact)
        if error.copy_abs() >= unit * len(base) * 100:
            raise ValueError(f"tax_subtotal/{index}/tax_amount must be its rate of what it taxes")


def _bases_of(bill: Bill) -> dict[TaxKey, list[Decimal]]:
    """Give what is taxed in each way, amount by amount."""
    bases: dict[TaxKey, list[Decimal]] = defaultdict(list)
    for index, line in enumerate(bill.lines):
        categories = line.item.classified_tax_category
        if len(categories) != 1:
            raise ValueError(f"item of line {index} must have one classified_tax_category")
        bases[tax_key(categories[0])].append(line.line_extension_amount.number)
    for each in bill.allowance_charge:
        if each.tax_category is None:
            raise ValueError("each allowance and charge must have a tax_category")
        bases[tax_key(each.tax_category)].append(balance((each,)))
    return bases
