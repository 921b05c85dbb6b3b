"""The quality report: what was inspected, measured and decided."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.item import Item
from ledger.document.money import Quantity, total
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Identification, Party
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, Count, Date, DecimalText, Identifier, Text, UnitCode

QualityReportTypeCode = Literal["1", "2", "3", "4"]
"""Of UNCL1001: certificate of analysis (1), of conformity (2), of quality (3), test report (4)."""

CERTIFICATE_OF_ANALYSIS: QualityReportTypeCode = "1"

UsageDecision = Literal["pass", "fail", "conditional"]


class Measurement(Part):
    """One value measured on one sample."""

    value: DecimalText
    sample_id: Identifier | None = None


class Characteristic(Part):
    """One thing inspected: its limits, what was measured or observed, and whether it conforms."""

    id: Identifier
    name: Text
    method: Text | None = None
    unit_code: UnitCode | None = None
    target_value: DecimalText | None = None
    lower_limit: DecimalText | None = None
    upper_limit: DecimalText | None = None
    measured_value: Many[Measurement] = ()
    observed: Text | None = None
    """The result of an inspection that measures nothing: colour, marking, smell."""
    conforms: bool
    defect_code: Code | None = None
    defect_count: Count | None = None
    note: Many[Text] = ()


class InspectionLine(Part):
    """The inspection of one line and the decision on how its goods may be used.

    `inspected_quantity` is the size of the inspection lot. Where the decision differs within the
    lot, `accepted_quantity` and `rejected_quantity` say how; they add up to at most the lot.
    """

    id: Identifier
    order_line_reference: LineReference | None = None
    despatch_line_reference: LineReference | None = None
    receipt_line_reference: LineReference | None = None
    item: Item | None = None
    inspection_lot_id: Identifier | None = None
    inspected_quantity: Quantity
    sample_quantity: Quantity | None = None
    sampling_plan: Text | None = None
    """For example ``ISO 2859-1 level II, AQL 1.0``."""
    characteristic: Many[Characteristic] = ()
    usage_decision: UsageDecision
    usage_decision_code: Code | None = None
    accepted_quantity: Quantity | None = None
    rejected_quantity: Quantity | None = None
    condition: Many[Text] = ()
    """What must happen before goods passed conditionally may be used."""
    note: Many[Text] = ()
    extras: Many[Extra] = ()

    @model_validator(mode="after")
    def _decision_is_complete(self) -> Self:
        require_distinct("characteristic", [each.id for each in self.characteristic])
        if self.usage_decision == "conditional" and not (self.condition or self.note):
            raise ValueError("a conditional decision must name its condition")
        parts = [q for q in (self.accepted_quantity, self.rejected_quantity) if q is not None]
        if any(part.unit_code != self.inspected_quantity.unit_code for part in parts):
            raise ValueError("accepted and rejected quantities must have the unit inspected")
        if total(part.number for part in parts) > self.inspected_quantity.number:
            raise ValueError("accepted and rejected quantities exceed the quantity inspected")
        return self


class QualityReport(Document):
    """What was inspected, measured and decided.

    Notes
    -----
    UBL 2.4 has no quality report; words follow ISO 2859-1 (lot, sample), ISO 3534-2
    (characteristic) and EDIFACT QALITY.
    """

    lines_field: ClassVar[str | None] = "inspection_line"

    document_type: Literal["QualityReport"] = "QualityReport"
    quality_report_type_code: QualityReportTypeCode | None = None
    order_reference: DocumentReference | None = None
    despatch_document_reference: DocumentReference | None = None
    receipt_document_reference: DocumentReference | None = None
    inspector_party: Party | None = None
    certificate: Many[DocumentReference] = ()
    accreditation: Many[Identification] = ()
    inspection_date: Date | None = None
    inspection_line: Many[InspectionLine] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        require_distinct("inspection line", [line.id for line in self.inspection_line])
        return self

    @model_validator(mode="after")
    def _certificate_is_complete(self) -> Self:
        if self.quality_report_type_code != CERTIFICATE_OF_ANALYSIS:
            return self
        for index, line in enumerate(self.inspection_line):
            if not _lot_of(line):
                raise ValueError(f"inspection_line/{index} of a certificate must name its lot")
            found = [each.measured_value or each.observed for each in line.characteristic]
            if not found or not all(found):
                raise ValueError(f"inspection_line/{index} of a certificate must say what it found")
        return self


def _lot_of(line: InspectionLine) -> str | None:
    instances = line.item.item_instance if line.item else ()
    lots = [each.lot_number_id for each in instances if each.lot_number_id]
    return line.inspection_lot_id or (lots[0] if lots else None)
