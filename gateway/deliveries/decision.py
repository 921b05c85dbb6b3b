"""What the usage decisions of a quality report come to."""

from __future__ import annotations

from decimal import Decimal

from gateway.orders.line import ZERO
from ledger.document.quality_report import InspectionLine, QualityReport


def action_of(report: QualityReport) -> str:
    """Name the action that follows from the usage decisions of a report."""
    decisions = {line.usage_decision for line in report.inspection_line}
    if decisions == {"pass"}:
        return "pass"
    return "fail" if decisions == {"fail"} else "pass_conditionally"


def decided(line: InspectionLine) -> dict[str, Decimal]:
    """Split a line's lot as its decision says; what is left open follows the decision."""
    lot = line.inspected_quantity.number
    accepted = line.accepted_quantity.number if line.accepted_quantity else None
    rejected = line.rejected_quantity.number if line.rejected_quantity else None
    if line.usage_decision == "fail":
        accepted = accepted if accepted is not None else ZERO
        rejected = rejected if rejected is not None else lot - accepted
        return {"passed": accepted, "failed": rejected}
    rejected = rejected if rejected is not None else ZERO
    accepted = accepted if accepted is not None else lot - rejected
    kept = "passed" if line.usage_decision == "pass" else "conditional"
    return {kept: accepted, "failed": rejected}
