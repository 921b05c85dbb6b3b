"""Acts in plain words: who committed to what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ledger.document.agreement_terms import AgreementTerms
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.money import Quantity
from ledger.document.order import Order
from ledger.document.order_response import OrderResponse, OrderResponseLine
from ledger.document.part import Document
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice, ReceiptLine
from ledger.document.return_instruction import ReturnInstruction
from ledger.verification.evidence import Evidence, EvidenceStatus
from ledger.verification.replay import Act

VERBS: Final[dict[tuple[str, str], str]] = {
    ("agreement", "propose"): "proposed the agreement",
    ("agreement", "sign"): "signed the agreement",
    ("agreement", "decline"): "declined the agreement",
    ("agreement", "amend"): "proposed other terms",
    ("agreement", "drop"): "dropped what was proposed",
    ("agreement", "propose_end"): "proposed to end the agreement",
    ("agreement", "sign_end"): "signed the agreement's end",
    ("agreement", "give_notice"): "gave notice",
    ("order", "issue"): "ordered",
    ("order", "revise"): "revised the order",
    ("order", "acknowledge"): "acknowledged the order",
    ("order", "confirm"): "confirmed the order",
    ("order", "reject"): "rejected the order",
    ("order", "counter_propose"): "would confirm with changes",
    ("order", "accept_offer"): "accepted the other side's changes",
    ("order", "drop_counter"): "dropped the counter-proposal",
    ("order", "withdraw"): "withdrew the order",
    ("order", "request_change"): "asked for a change",
    ("order", "accept_change"): "accepted the change",
    ("order", "offer_change"): "offered a change",
    ("order", "drop_proposal"): "dropped what was proposed",
    ("order", "request_cancel"): "asked to cancel",
    ("order", "accept_cancel"): "agreed to cancel",
    ("order", "offer_cancel"): "offered to cancel",
    ("order", "accept_offered_cancel"): "agreed to cancel",
    ("order", "fulfil"): "declared the order fulfilled",
    ("order", "close"): "closed the order",
    ("order", "dispute"): "disputed the order",
    ("order", "resolve_continue"): "resolved the dispute: the order goes on",
    ("order", "resolve_cancel"): "resolved the dispute: the order is cancelled",
    ("order", "resolve_close"): "resolved the dispute: the order is closed",
    ("delivery", "announce"): "announced a delivery",
    ("delivery", "withdraw_announcement"): "withdrew the announced delivery",
    ("delivery", "despatch"): "despatched",
    ("delivery", "receive"): "received",
    ("delivery", "receive_partially"): "received with a difference",
    ("delivery", "refuse"): "refused the delivery",
    ("delivery", "pass"): "passed the goods",
    ("delivery", "fail"): "failed the goods",
    ("delivery", "pass_conditionally"): "passed the goods in part",
    ("delivery", "return"): "returned goods",
    ("delivery", "settle"): "settled the delivery",
    ("delivery", "dispute_delivery"): "disputed the delivery",
    ("delivery", "resolve_pass"): "resolved the dispute: the goods pass",
    ("delivery", "resolve_fail"): "resolved the dispute: the goods fail",
    ("delivery", "resolve_settle"): "resolved the dispute: the delivery is settled",
}
"""A verb for each row of the lifecycle table that an order's report can meet."""


def sentence_of(act: Act, evidence: Evidence) -> str:
    """Say what an act committed to, as far as its document could be read."""
    verb = VERBS[act.machine, act.row.action]
    if evidence.document is None:
        note = {
            EvidenceStatus.SEALED: " (its document is sealed for others)",
            EvidenceStatus.MISSING: " (nobody serves its document)",
            EvidenceStatus.BROKEN: " (its document is not what was committed to)",
        }
        return verb + note.get(evidence.status, "")
    content = _content(evidence.document.document)
    return f"{verb}: {content}" if content else verb


def _content(document: Document) -> str:
    """Say what a document is about in one line; empty for those that say no more than the verb."""
    for kind, tell in _TELLERS:
        if isinstance(document, kind):
            return tell(document)
    return str(getattr(document, "reason", ""))


def _order(order: Order) -> str:
    lines = (
        f"{_quantity(line.quantity)} {line.item.name or f'of line {line.id}'}"
        + (f" by {end}" if (end := _end_of(line.requested_delivery_period)) else "")
        for line in order.order_line
    )
    return f"no. {order.id}, {_joined(lines)}"


def _response(response: OrderResponse) -> str:
    return _joined(_response_line(line) for line in response.order_line)


def _response_line(line: OrderResponseLine) -> str:
    reference = line.order_line_reference.line_id
    if line.line_status_code == "7":
        return f"line {reference} not at all"
    parts = [_quantity(line.quantity)] if line.quantity else []
    if end := _end_of(line.promised_delivery_period):
        parts.append(f"by {end}")
    return f"line {reference} {' '.join(parts)}".rstrip()


def _despatch(advice: DespatchAdvice) -> str:
    lines = (
        f"line {line.order_line_reference.line_id} {_quantity(line.delivered_quantity)}"
        for line in advice.despatch_line
    )
    return f"no. {advice.id}, {_joined(lines)}"


def _receipt(advice: ReceiptAdvice) -> str:
    return f"no. {advice.id}, {_joined(_receipt_line(line) for line in advice.receipt_line)}"


def _receipt_line(line: ReceiptLine) -> str:
    reference = line.order_line_reference or line.despatch_line_reference
    # A receipt line refers to one of the two: its model refuses anything else.
    assert reference is not None
    told = f"line {reference.line_id} {_quantity(line.received_quantity)}"
    if line.short_quantity is not None:
        told += f" ({_quantity(line.short_quantity)} short)"
    return told


def _quality(report: QualityReport) -> str:
    lines = (
        f"line {(line.order_line_reference.line_id if line.order_line_reference else line.id)} "
        f"{line.usage_decision}"
        for line in report.inspection_line
    )
    return f"no. {report.id}, {_joined(lines)}"


def _return(instruction: ReturnInstruction) -> str:
    return _joined(
        f"{_quantity(line.returned_quantity)} of line {line.id}" for line in instruction.return_line
    )


def _terms(terms: AgreementTerms) -> str:
    return f"no. {terms.id}, in {terms.document_currency_code}"


_TELLERS: Final[tuple[tuple[type[Document], Callable[..., str]], ...]] = (
    (Order, _order),
    (OrderResponse, _response),
    (DespatchAdvice, _despatch),
    (ReceiptAdvice, _receipt),
    (QualityReport, _quality),
    (ReturnInstruction, _return),
    (AgreementTerms, _terms),
)


def _quantity(quantity: Quantity) -> str:
    return f"{quantity.value} {quantity.unit_code}"


def _end_of(period: object) -> str:
    return str(getattr(period, "end_date", None) or "")


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)
