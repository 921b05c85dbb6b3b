"""An order as both sides agree on it now: its document, and every answer and change since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from gateway.deliveries.progress import Progress, progress_of
from gateway.errors import Finding
from gateway.orders.line import ZERO, Line
from gateway.orders.reference import Known, findings_of, order_line_of
from gateway.orders.step import Step, Unopened
from ledger.document.order import Order
from ledger.document.order_change import OrderChange
from ledger.document.order_response import LINE_ADDED, LINE_REJECTED, OrderResponse
from ledger.document.part import Document

_PROMISE: Final = "promised_delivery_period"
_TERMS: Final = (
    "item",
    "price",
    "line_extension_amount",
    "requested_delivery_period",
    _PROMISE,
    "delivery",
)
"""What a line carries beside quantities, as documents name it."""


@dataclass(slots=True)
class Agreed:
    """An order read off its facts.

    Parameters
    ----------
    order : Document, optional
        The last content issued.
    response, change : Document, optional
        The last answer of the seller and the last change of the buyer that are in force.
    proposal : Document, optional
        What is on the table and not accepted yet.
    deliveries, steps : dict
        What each delivery of the order did with its lines, and the facts that tell so.
    unopened : list of Unopened
        Documents that are not opened here; the picture lacks them.
    """

    order: Document | None = None
    response: Document | None = None
    change: Document | None = None
    proposal: Document | None = None
    lines: dict[str, Line] = field(default_factory=dict)
    deliveries: dict[int, Progress] = field(default_factory=dict)
    steps: dict[int, list[Step]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unopened: list[Unopened] = field(default_factory=list)

    def known(self, names: frozenset[str] = frozenset()) -> Known:
        """Give what a document about the order may refer to."""
        return Known(self.lines, names)

    def take(self, step: Step) -> None:
        """Count one fact about the order in."""
        document = step.document
        if document is not None:
            self.findings += findings_of(document, self.known())
        settle = _SETTLED.get(step.action)
        if settle is not None:
            settle(self, document)

    def _issue(self, document: Document | None) -> None:
        self.order = document
        self.response = self.change = self.proposal = None
        lines = document.order_line if isinstance(document, Order) else ()
        self.lines = {
            line.id: Line(
                line.id, line.quantity.unit_code, line.quantity.number, terms=_terms_of(line)
            )
            for line in lines
        }

    def _propose(self, document: Document | None) -> None:
        self.proposal = document

    def _drop(self, document: Document | None) -> None:
        self.proposal = None

    def _answer(self, document: Document | None) -> None:
        # The seller answers without proposing: nothing of the order changes by it.
        if isinstance(document, OrderResponse):
            self.response = document

    def _confirm(self, document: Document | None) -> None:
        if document is not None:
            self.response = document
        for line in self.lines.values():
            line.confirmed = line.ordered
        # Confirming promises dates; what is ordered is not the seller's to change by it.
        for each in document.order_line if isinstance(document, OrderResponse) else ():
            line_id = order_line_of(each, self.known())
            promise = _terms_of(each).get(_PROMISE)
            if line_id in self.lines and promise is not None:
                self.lines[line_id].terms[_PROMISE] = promise

    def _accept_offer(self, document: Document | None) -> None:
        offer, self.proposal = self.proposal, None
        for line in self.lines.values():
            if line.confirmed is None:
                line.confirmed = line.ordered
        if isinstance(offer, OrderResponse):
            self.response = offer
            self._apply(offer)

    def _accept_change(self, document: Document | None) -> None:
        change, self.proposal = self.proposal, None
        self._answer(document)
        if isinstance(change, OrderChange):
            self.change = change
            self._apply(change)

    def _apply(self, document: OrderResponse | OrderChange) -> None:
        """Bring the lines to what an accepted answer or change says of them."""
        is_change = isinstance(document, OrderChange)
        for each in document.order_line:
            id = order_line_of(each, self.known())
            if each.line_status_code == LINE_ADDED and id is not None and each.quantity:
                self.lines.setdefault(id, Line(id, each.quantity.unit_code, ZERO))
            line = self.lines.get(id) if id is not None else None
            if line is None:
                continue
            line.terms |= _terms_of(each)
            number = _number_for(line, each)
            if number is not None:
                line.confirmed = number
                line.ordered = number if is_change else line.ordered

    def handled(self) -> None:
        """Add up what all deliveries did with each line."""
        for progress in self.deliveries.values():
            self.findings += progress.findings
            for id, handled in progress.handled.items():
                self.lines[id].handled.add(handled)


_SETTLED: Final[dict[str, Callable[[Agreed, Document | None], None]]] = {
    "issue": Agreed._issue,
    "revise": Agreed._issue,
    "acknowledge": Agreed._answer,
    "confirm": Agreed._confirm,
    "reject": Agreed._answer,
    "counter_propose": Agreed._propose,
    "drop_counter": Agreed._drop,
    "accept_offer": Agreed._accept_offer,
    "request_change": Agreed._propose,
    "offer_change": Agreed._propose,
    "accept_change": Agreed._accept_change,
    "drop_proposal": Agreed._drop,
    "request_cancel": Agreed._propose,
    "offer_cancel": Agreed._propose,
}


def agreed_of(steps: Sequence[Step]) -> Agreed:
    """Read an order off its facts and those of its deliveries.

    Parameters
    ----------
    steps : sequence of Step
        In the order in which the chain recorded them.
    """
    agreed = Agreed()
    for step in steps:
        if step.unopened is not None:
            agreed.unopened.append(step.unopened)
        if step.machine == "order":
            agreed.take(step)
        else:
            agreed.steps.setdefault(step.number, []).append(step)
    for number, taken in agreed.steps.items():
        agreed.deliveries[number] = progress_of(taken, agreed.lines, frozenset())
    agreed.handled()
    return agreed


def _terms_of(line: Any) -> dict[str, Any]:
    spelled: dict[str, Any] = line.model_dump(mode="json", exclude_defaults=True)
    return {name: spelled[name] for name in _TERMS if name in spelled}


def _number_for(line: Line, answer: Any) -> Decimal | None:
    """Give the quantity that an answer binds the line to; None when it leaves it as it is."""
    if answer.line_status_code == LINE_REJECTED:
        return ZERO
    if answer.quantity is None or answer.quantity.unit_code != line.unit_code:
        return None
    number: Decimal = answer.quantity.number
    return number
