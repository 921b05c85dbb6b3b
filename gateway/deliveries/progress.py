"""What one delivery did with the lines of its order, read off its documents in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gateway.errors import Finding
from gateway.orders.line import ZERO, Handled, Line
from gateway.orders.reference import Known, findings_of, lines_of, order_line_of
from gateway.orders.step import Step
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.money import Quantity
from ledger.document.part import Document
from ledger.document.quality_report import InspectionLine, QualityReport
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.document.return_instruction import ReturnInstruction
from ledger.document.scalar import exact

_OUTCOMES = ("passed", "conditional", "failed")


@dataclass(slots=True)
class Progress:
    """A delivery as its documents tell it so far.

    Parameters
    ----------
    known : Known
        What the next document of this delivery may refer to.
    handled : dict
        Quantities by order line.
    findings : list
        Where documents contradict the order; what they say there is not counted.
    """

    known: Known
    handled: dict[str, Handled] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Count one fact in."""
        document = step.document
        if document is not None:
            self.findings += findings_of(document, self.known)
        match step.action:
            case "announce" | "despatch":
                self._ship(step)
            case "withdraw_announcement":
                self._clear("announced")
            case "receive" | "receive_partially":
                self._receive(document)
            case "refuse":
                self._move("despatched", "refused")
            case "pass" | "resolve_pass":
                self._inspect(document, "passed")
            case "fail" | "resolve_fail":
                self._inspect(document, "failed")
            case "pass_conditionally":
                self._inspect(document, "conditional")
            case "return":
                self._return(document)

    def _ship(self, step: Step) -> None:
        name = "announced" if step.action == "announce" else "despatched"
        self._clear(name)
        if step.document is None:
            return
        for line in lines_of(step.document):
            id = self._line(line)
            amount = line.delivered_quantity if name == "despatched" else _announced(line)
            self._count(id, name, amount)
            if isinstance(step.document, DespatchAdvice) and id is not None:
                self.known.despatched[line.id] = id

    def _receive(self, document: Document | None) -> None:
        if not isinstance(document, ReceiptAdvice):
            self._move("despatched", "received")
            return
        for line in document.receipt_line:
            id = self._line(line)
            self._count(id, "received", line.received_quantity)
            self._count(id, "short", line.short_quantity)
            self._count(id, "rejected", line.rejected_quantity)
            if id is not None:
                self.known.receipted[line.id] = id

    def _inspect(self, document: Document | None, outcome: str) -> None:
        for name in _OUTCOMES:
            self._clear(name)
        if not isinstance(document, QualityReport):
            for handled in self.handled.values():
                setattr(handled, outcome, handled.received - handled.rejected)
            return
        for line in document.inspection_line:
            id = self._line(line)
            for name, number in _decided(line).items():
                self._count(id, name, _like(line.inspected_quantity, number))

    def _return(self, document: Document | None) -> None:
        if isinstance(document, ReturnInstruction):
            for line in document.return_line:
                self._count(self._line(line), "returned", line.returned_quantity)
            return
        for handled in self.handled.values():
            handled.returned = handled.failed + handled.refused

    def _line(self, line: Any) -> str | None:
        id = order_line_of(line, self.known)
        return id if id in self.known.lines else None

    def _count(self, id: str | None, name: str, amount: Quantity | None) -> None:
        # What names no line, or another unit, stands among the findings.
        if id is None or amount is None or amount.unit_code != self.known.lines[id].unit_code:
            return
        handled = self.handled.setdefault(id, Handled())
        setattr(handled, name, getattr(handled, name) + amount.number)

    def _clear(self, name: str) -> None:
        for handled in self.handled.values():
            setattr(handled, name, ZERO)

    def _move(self, source: str, target: str) -> None:
        for handled in self.handled.values():
            setattr(handled, target, getattr(handled, source))


def progress_of(steps: list[Step], lines: Mapping[str, Line], names: frozenset[str]) -> Progress:
    """Read a delivery off its facts, against the lines of its order."""
    progress = Progress(Known(lines, names))
    for step in steps:
        progress.take(step)
    return progress


def action_of(report: QualityReport) -> str:
    """Name the action that follows from the usage decisions of a report."""
    decisions = {line.usage_decision for line in report.inspection_line}
    if decisions == {"pass"}:
        return "pass"
    return "fail" if decisions == {"fail"} else "pass_conditionally"


def _announced(line: Any) -> Quantity:
    amount: Quantity = getattr(line, "delivered_quantity", None) or line.quantity
    return amount


def _decided(line: InspectionLine) -> dict[str, Decimal]:
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


def _like(amount: Quantity, number: Decimal) -> Quantity:
    return Quantity(value=exact(number), unit_code=amount.unit_code)
