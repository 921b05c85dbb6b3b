"""What one delivery did with the lines of its order, read off its documents in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from gateway.checks.billing import COUNTED
from gateway.deliveries.decision import decided
from gateway.errors import Finding
from gateway.orders.line import ZERO, Handled
from gateway.orders.reference import Known, lines_of, order_line_of
from gateway.orders.step import Step
from ledger.document.billing import Bill
from ledger.document.credit_note import CreditNote
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.invoice import Invoice
from ledger.document.money import Quantity
from ledger.document.part import Document
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.document.return_instruction import ReturnInstruction

_OUTCOMES: Final = ("passed", "conditional", "failed")
_FORGONE: Final = ("credit", "scrap")
"""What becomes of goods that go back and are not shipped again."""


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
        Where documents contradict the order; what they say of unknown lines is not counted.
    papers : dict
        Number of the last document of each type.
    has_shipped, has_arrived : bool
        Whether goods have left, and have been received.
    received_at : int, optional
        Chain time of the receipt.
    """

    known: Known
    handled: dict[str, Handled] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    papers: dict[str, str] = field(default_factory=dict)
    has_shipped: bool = False
    has_arrived: bool = False
    received_at: int | None = None

    def take(self, step: Step) -> None:
        """Count one fact in."""
        document = step.document
        if document is not None:
            self.papers[type(document).__name__] = document.id
        self.has_shipped |= step.action == "despatch"
        if step.action in ("receive", "receive_partially"):
            self.has_arrived, self.received_at = True, step.time
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
            case "settle":
                self._settle(document)

    def _ship(self, step: Step) -> None:
        name = "announced" if step.action == "announce" else "despatched"
        self._clear(name)
        for line in () if step.document is None else lines_of(step.document):
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
            for id, handled in self.handled.items():
                self._set(id, outcome, handled.received - handled.rejected)
            return
        for line in document.inspection_line:
            target = self._line(line)
            for name, number in decided(line).items():
                self._add(target, name, line.inspected_quantity.unit_code, number)

    def _return(self, document: Document | None) -> None:
        if not isinstance(document, ReturnInstruction):
            for id, handled in self.handled.items():
                self._set(id, "returned", handled.failed + handled.refused)
            return
        for line in document.return_line:
            self._count(self._line(line), "returned", line.returned_quantity)
            if document.return_action_code in _FORGONE:
                self._count(self._line(line), "forgone", line.returned_quantity)

    def _settle(self, document: Document | None) -> None:
        if isinstance(document, Bill):
            for id, name, amount in billed_of(document, self.known):
                self._count(id, name, amount)

    def _line(self, line: Any) -> str | None:
        id = order_line_of(line, self.known)
        return id if id in self.known.lines else None

    def _count(self, id: str | None, name: str, amount: Quantity | None) -> None:
        if amount is not None:
            self._add(id, name, amount.unit_code, amount.number)

    def _add(self, id: str | None, name: str, unit_code: str, number: Decimal) -> None:
        line = self.known.lines.get(id or "")
        # What names no line, or another unit, stands among the findings.
        if line is None or unit_code != line.unit_code:
            return
        handled = self.handled.setdefault(line.id, Handled())
        self._set(line.id, name, getattr(handled, name) + number)

    def _set(self, id: str, name: str, number: Decimal) -> None:
        """Write a quantity of a line, here and in the sum of all deliveries."""
        handled, whole = self.handled[id], self.known.lines[id].handled
        setattr(whole, name, getattr(whole, name) + number - getattr(handled, name))
        setattr(handled, name, number)

    def _clear(self, name: str) -> None:
        for id in self.handled:
            self._set(id, name, ZERO)

    def _move(self, source: str, target: str) -> None:
        for id, handled in self.handled.items():
            self._set(id, target, getattr(handled, source))


def billed_of(bill: Bill, known: Known) -> list[tuple[str | None, str, Quantity]]:
    """Give the order line, the name and the amount of each quantity that a bill counts."""
    if isinstance(bill, CreditNote):
        return [
            (order_line_of(line, known), "credited", line.credited_quantity)
            for line in bill.credit_note_line
        ]
    if not isinstance(bill, Invoice) or bill.invoice_type_code not in COUNTED:
        return []
    found: list[tuple[str | None, str, Quantity]] = []
    for line in bill.invoice_line:
        id = order_line_of(line, known)
        found.append((id, "invoiced", line.invoiced_quantity))
        if id is not None:
            known.billed[line.id] = id
    return found


def _announced(line: Any) -> Quantity:
    amount: Quantity = getattr(line, "delivered_quantity", None) or line.quantity
    return amount
