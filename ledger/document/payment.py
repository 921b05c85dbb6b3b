"""Payment: how, to which account and until when an invoice is to be paid."""

from __future__ import annotations

from ledger.document.money import Amount
from ledger.document.part import Many, Part
from ledger.document.party import Identification
from ledger.document.period import Period
from ledger.document.scalar import Code, Date, Identifier, NonNegativeDecimalText, Text


class FinancialAccount(Part):
    """An account money is paid into."""

    id: Identification
    """For example an IBAN, with scheme ``IBAN``."""
    name: Text | None = None
    financial_institution_branch: Identification | None = None
    """For example a BIC."""


class PaymentMeans(Part):
    """One way to pay."""

    payment_means_code: Code
    """Of UNCL4461: 30 credit transfer, 58 SEPA credit transfer, 59 SEPA direct debit …"""
    payment_id: Many[Identifier] = ()
    """What the payment is to name, so that it is recognised."""
    payee_financial_account: FinancialAccount | None = None
    mandate_id: Identifier | None = None
    """Of the direct debit."""


class PaymentTerms(Part):
    """Until when to pay, what an early payment saves and a late one costs."""

    note: Many[Text] = ()
    payment_due_date: Date | None = None
    amount: Amount | None = None
    """The part that these terms are about; all of it, when absent."""
    settlement_period: Period | None = None
    """When a payment counts as early."""
    settlement_discount_percent: NonNegativeDecimalText | None = None
    penalty_surcharge_percent: NonNegativeDecimalText | None = None
