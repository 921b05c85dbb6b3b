"""What an inspection says, against its own measurements and against the action it comes with."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from gateway.checks.case import Case, differing
from gateway.deliveries.decision import action_of
from gateway.errors import Finding
from gateway.orders.line import Line
from ledger.document.quality_report import Characteristic, QualityReport

_DECIDED: Final = ("pass", "fail", "pass_conditionally")


def quality_findings(case: Case) -> Iterator[Finding]:
    """List where the decisions of a report contradict what it measured, or the action."""
    report = case.document
    if not isinstance(report, QualityReport):
        return
    action = action_of(report)
    if case.step.action in _DECIDED and action != case.step.action:
        message = "the usage decisions say otherwise than the action"
        yield differing("DecisionOther", "", message, None, case.step.action, action)
    for path, each, line in case.lines:
        for index, characteristic in enumerate(each.characteristic):
            place = f"{path}/characteristic/{index}"
            if not characteristic.conforms and each.usage_decision == "pass":
                message = "does not conform, and its line passes"
                yield Finding(f"{place}/conforms", message, "PassedNotConforming", line.id)
            yield from _measured(place, characteristic, line)


def _measured(path: str, characteristic: Characteristic, line: Line) -> Iterator[Finding]:
    if not characteristic.conforms:
        return
    lower, upper = characteristic.lower_limit, characteristic.upper_limit
    for index, each in enumerate(characteristic.measured_value):
        value, place = Decimal(each.value), f"{path}/measured_value/{index}/value"
        is_low = lower is not None and value < Decimal(lower)
        is_high = upper is not None and value > Decimal(upper)
        if is_low or is_high:
            message = "is outside the limits of what is said to conform"
            expected = f"{lower or ''}..{upper or ''}"
            yield differing("MeasurementOutsideLimits", place, message, line, expected, each.value)
