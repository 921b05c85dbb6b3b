"""Every rule that a document can break, and the policy of the agreement that covers it."""

from __future__ import annotations

from typing import Final, Literal

from gateway.errors import Finding

Area = Literal["reference", "quantity", "date", "price", "quality"]
"""What a rule is about: `AgreementTerms` has one policy for each, by this name."""

RULES: Final[dict[str, tuple[Area, str]]] = {
    "OrderOther": ("reference", "The document refers to another order."),
    "DocumentOther": ("reference", "The document refers to another document than the delivery's."),
    "DocumentTaken": ("reference", "An invoice or credit note has the number of an earlier one."),
    "DocumentRequired": ("reference", "The action needs a document and came without."),
    "DocumentTypeOther": ("reference", "The document is of a type that the action does not take."),
    "ResponseCodeOther": ("reference", "The response says otherwise than the action."),
    "LineNotAccepted": ("reference", "A confirmation holds a line that is not accepted."),
    "LineUnknown": ("reference", "A line refers to no line of the order."),
    "LineTaken": ("reference", "An added line has the number of another line."),
    "LineIncomplete": ("reference", "An added line lacks its item or quantity."),
    "UnitOther": ("reference", "A quantity is in another unit than its line, or the agreement."),
    "ItemOther": ("reference", "A line names another item than the order."),
    "PartyOther": ("reference", "A party has another number than in the agreement."),
    "CurrencyOther": ("reference", "An amount is in another currency than the agreement."),
    "QuantityOther": ("quantity", "A confirmation states another quantity than was ordered."),
    "ChangedUnderShipped": ("quantity", "A change asks for less than is on its way already."),
    "AnnouncedOverConfirmed": ("quantity", "More is announced than confirmed, with tolerance."),
    "ShippedOverConfirmed": ("quantity", "More is shipped than confirmed, with tolerance."),
    "OutstandingOverConfirmed": ("quantity", "More is said to follow than is left to ship."),
    "PackedOther": ("quantity", "The packages of a line do not hold what the line ships."),
    "ReceivedOverShipped": ("quantity", "More is received than shipped, beyond tolerance."),
    "ReceivedShort": ("quantity", "Less is received than shipped, beyond tolerance."),
    "ShortOther": ("quantity", "Received and short do not add up to what was shipped."),
    "RejectedOverReceived": ("quantity", "More is rejected on receipt than was received."),
    "InspectedOverReceived": ("quantity", "More is inspected than was received."),
    "ReturnedOverRejected": ("quantity", "More goes back than was refused, rejected or failed."),
    "InvoicedOverAccepted": ("quantity", "More is invoiced than was accepted."),
    "InvoicedUnderAccepted": ("quantity", "Less is invoiced than was accepted."),
    "CreditedOther": ("quantity", "More is credited than went back or was invoiced wrongly."),
    "OrderedOutOfForce": ("date", "The order is dated outside the agreement's validity."),
    "AnsweredLate": ("date", "The order was answered after the days that the agreement gives."),
    "PromisedLate": ("date", "A confirmation promises a later day than was asked for."),
    "AnnouncedLate": ("date", "Goods are announced for a later day than was promised."),
    "ShippedLate": ("date", "Goods left after the day on which they were promised to arrive."),
    "ReceivedLate": ("date", "Goods arrived after the promised day."),
    "ReceivedEarly": ("date", "Goods arrived before the promised period."),
    "InspectedLate": ("date", "The inspection came after the days that the agreement gives."),
    "DueEarly": ("date", "An invoice is due before the days that the agreement gives."),
    "PriceOther": ("price", "A price differs from the agreed one, beyond tolerance."),
    "TaxOther": ("price", "A line is taxed otherwise than its item in the order."),
    "ChargeOther": ("price", "More is charged than the order has of this charge."),
    "MeasurementOutsideLimits": ("quality", "A value outside its limits is said to conform."),
    "PassedNotConforming": ("quality", "A line passes although a characteristic does not."),
    "DecisionOther": ("quality", "The usage decisions say otherwise than the action."),
}
"""Area and meaning of each rule, by its name."""


_REFUSED: Final = frozenset(
    {"LineUnknown", "LineTaken", "LineIncomplete", "UnitOther", "OrderOther"}
)
"""What says nothing that could be counted: no agreement makes sense of it."""


def is_refused(finding: Finding) -> bool:
    """Whether a document with this finding is not even sent."""
    return finding.policy == "dispute" or finding.name in _REFUSED


def area_of(name: str | None) -> Area:
    """Say which policy covers a finding."""
    return RULES[name][0] if name in RULES else "reference"
