"""Agreement terms: what two or more organisations co-sign before the first order."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ledger.document.delivery import DeliveryTerms
from ledger.document.part import Document, Many, Part
from ledger.document.party import Identification, Party
from ledger.document.period import Period
from ledger.document.reference import DocumentReference
from ledger.document.scalar import (
    Code,
    Count,
    CurrencyId,
    NonNegativeDecimalText,
    Text,
    UnitCode,
)

AcceptancePolicy = Literal["accept", "hold", "dispute"]
"""What a gateway does with a finding: take it, hold it for a person, or open a dispute."""

Days = Annotated[int, Field(ge=0, le=3650)]


class AgreementParty(Part):
    """One organisation that signs, and as what."""

    organisation_id: Count
    role: Literal["buyer", "seller", "carrier", "pool_operator", "auditor", "other"]
    party: Party


class ItemTerms(Part):
    """Terms for one item that differ from those of the agreement."""

    item_identification: Identification
    tolerance_over_percent: NonNegativeDecimalText | None = None
    tolerance_under_percent: NonNegativeDecimalText | None = None
    unit_code: UnitCode | None = None
    aql: NonNegativeDecimalText | None = None
    """Acceptance quality limit of ISO 2859-1."""


class AgreementTerms(Document):
    """What two or more organisations co-sign before the first order.

    Percentages are of the confirmed quantity: 5 means five percent. An absent tolerance is zero,
    an absent policy is ``hold``.
    """

    document_type: Literal["AgreementTerms"] = "AgreementTerms"
    agreement_party: Many[AgreementParty] = Field(min_length=2, max_length=32)
    document_currency_code: CurrencyId
    validity_period: Period | None = None
    tolerance_over_percent: NonNegativeDecimalText | None = None
    tolerance_under_percent: NonNegativeDecimalText | None = None
    tolerance_price_percent: NonNegativeDecimalText | None = None
    quantity_policy: AcceptancePolicy | None = None
    date_policy: AcceptancePolicy | None = None
    price_policy: AcceptancePolicy | None = None
    quality_policy: AcceptancePolicy | None = None
    reference_policy: AcceptancePolicy | None = None
    """For units, items, parties, currencies and references that are not those agreed on."""
    tolerance_days: Days | None = None
    """Days by which goods may come before or after the day promised."""
    response_days: Days | None = None
    """Days within which an order is to be answered."""
    inspection_days: Days | None = None
    payment_days: Days | None = None
    notice_days: Days | None = None
    """Days between the notice that ends the agreement and its end."""
    delivery_terms: DeliveryTerms | None = None
    item_terms: Many[ItemTerms] = ()
    governing_law: Code | None = None
    terms: Many[Text] = ()
    """Free terms, one paragraph each."""
    document_reference: Many[DocumentReference] = ()
