"""An order as both sides agree on it now: its document, and every answer and change since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any, Final

from gateway.checks.terms import Terms
from gateway.deliveries.progress import Progress, billed_of
from gateway.errors import Finding
from gateway.orders.line import ZERO, Line
from gateway.orders.reference import Known, order_line_of
from gateway.orders.step import Step, Unopened
from ledger.document.billing import Bill
from ledger.document.money import EXACT
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
    names : set of str
        The numbers under which documents may name the order.
    terms : Terms
        The agreement's terms in force.
    deliveries, steps : dict
        What each delivery of the order did with its lines, and the facts that tell so.
    bills : list
        Type and number of each invoice and credit note.
    billed : dict
        Lines of invoices, by number, and their order lines.
    issued_at : int, optional
        Chain time of the last content issued.
    unopened : list of Unopened
        Documents that are not opened here; the picture lacks them.
    """

    order: Document | None = None
    response: Document | None = None
    change: Document | None = None
    proposal: Document | None = None
    names: set[str] = field(default_factory=set)
    terms: Terms = field(default_factory=Terms)
    lines: dict[str, Line] = field(default_factory=dict)
    deliveries: dict[int, Progress] = field(default_factory=dict)
    steps: dict[int, list[Step]] = field(default_factory=dict)
    bills: list[tuple[str, str]] = field(default_factory=list)
    billed: dict[str, str] = field(default_factory=dict)
    issued_at: int | None = None
    findings: list[Finding] = field(default_factory=list)
    unopened: list[Unopened] = field(default_factory=list)

    def known(self) -> Known:
        """Give what a document about the order may refer to."""
        return Known(self.lines, self.names, billed=self.billed)

    def take(self, step: Step) -> Progress | None:
        """Count one fact in; gives the delivery that it is about."""
        if step.unopened is not None:
            self.unopened.append(step.unopened)
        # Not the usual 28 digits: what was agreed on is not rounded.
        with localcontext(EXACT):
            if isinstance(step.document, Bill):
                self.bills.append((type(step.document).__name__, step.document.id))
            if step.machine == "agreement":
                self.terms = Terms.of(step.document)
            elif step.machine == "delivery":
                self.steps.setdefault(step.number, []).append(step)
                progress = self.delivery(step.number)
                progress.take(step)
                return progress
            elif step.action in _SETTLED:
                _SETTLED[step.action](self, step)
        return None

    def delivery(self, number: int) -> Progress:
        """Give a delivery as it stands; one that nothing is known of begins."""
        if number not in self.deliveries:
            self.deliveries[number] = Progress(self.known())
        return self.deliveries[number]

    def _issue(self, step: Step) -> None:
        self.order, self.issued_at = step.document, step.time
        self.response = self.change = self.proposal = None
        self.lines.clear()
        if not isinstance(step.document, Order):
            return
        self._name(step.document.id, step.document.sales_order_id)
        for line in step.document.order_line:
            amount = line.quantity
            self.lines[line.id] = Line(
                line.id, amount.unit_code, amount.number, terms=_terms_of(line)
            )

    def _name(self, *names: str | None) -> None:
        self.names.update(name for name in names if name is not None)

    def _propose(self, step: Step) -> None:
        self.proposal = step.document

    def _drop(self, step: Step) -> None:
        self.proposal = None

    def _answer(self, step: Step) -> None:
        # The seller answers without proposing: nothing of the order changes by it.
        if isinstance(step.document, OrderResponse):
            self.response = step.document
            self._name(step.document.sales_order_id)

    def _confirm(self, step: Step) -> None:
        document = step.document
        self._answer(step)
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

    def _accept_offer(self, step: Step) -> None:
        offer, self.proposal = self.proposal, None
        for line in self.lines.values():
            if line.confirmed is None:
                line.confirmed = line.ordered
        if isinstance(offer, OrderResponse):
            self.response = offer
            self._name(offer.sales_order_id)
            self._apply(offer)

    def _accept_change(self, step: Step) -> None:
        change, self.proposal = self.proposal, None
        self._answer(step)
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

    def _close(self, step: Step) -> None:
        """Count a bill over the whole order in."""
        found = billed_of(step.document, self.known()) if isinstance(step.document, Bill) else ()
        for id, name, amount in found:
            line = self.lines.get(id or "")
            if line is not None and line.unit_code == amount.unit_code:
                setattr(line.handled, name, getattr(line.handled, name) + amount.number)


_SETTLED: Final[dict[str, Callable[[Agreed, Step], None]]] = {
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
    "close": Agreed._close,
}


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
