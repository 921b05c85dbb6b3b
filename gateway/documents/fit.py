"""Which documents go with which action of the lifecycle table: the one table that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.errors import DocumentUnfit, Finding
from ledger.document.order_response import LINE_ACCEPTED, OrderResponse
from ledger.document.part import Document


@dataclass(frozen=True, slots=True)
class Fit:
    """What may come with an action.

    Parameters
    ----------
    types : tuple of str
        Document types that fit.
    is_required : bool
        Whether the action means nothing without one.
    response_codes : tuple of str
        What an order response must say; empty when the action takes none.
    """

    types: tuple[str, ...]
    is_required: bool = False
    response_codes: tuple[str, ...] = ()


_ACCEPTED: Final = "AP"
_REASON: Final = Fit(("Notice",))
_REPORT: Final = Fit(("QualityReport",))
_DISPUTE: Final = Fit(("DisputeNotice", "Notice"))
_RESOLUTION: Final = Fit(("ResolutionNotice", "Notice"))
_BILL: Final = Fit(("Invoice", "CreditNote", "Notice"))
_CANCEL: Final = Fit(("OrderCancellation", "Notice"))

_FITS: Final[dict[tuple[str, str], Fit]] = {
    ("agreement", "propose"): Fit(("AgreementTerms",), is_required=True),
    ("agreement", "amend"): Fit(("AgreementTerms",), is_required=True),
    ("order", "issue"): Fit(("Order", "Demand"), is_required=True),
    ("order", "revise"): Fit(("Order", "Demand"), is_required=True),
    ("order", "acknowledge"): Fit(("OrderResponse", "Notice"), response_codes=("AB",)),
    ("order", "confirm"): Fit(
        ("OrderResponse", "ShareStatement", "Notice"), response_codes=("AP",)
    ),
    ("order", "reject"): Fit(("OrderResponse", "Notice"), response_codes=("RE",)),
    ("order", "counter_propose"): Fit(("OrderResponse",), is_required=True, response_codes=("CA",)),
    ("order", "offer_change"): Fit(("OrderResponse",), is_required=True, response_codes=("CA",)),
    ("order", "request_change"): Fit(("OrderChange",), is_required=True),
    ("order", "accept_change"): Fit(("OrderResponse", "Notice"), response_codes=("AP",)),
    ("order", "request_cancel"): _CANCEL,
    ("order", "offer_cancel"): _CANCEL,
    ("order", "close"): _BILL,
    ("order", "dispute"): _DISPUTE,
    ("order", "resolve_continue"): _RESOLUTION,
    ("order", "resolve_cancel"): _RESOLUTION,
    ("order", "resolve_close"): _RESOLUTION,
    ("delivery", "announce"): Fit(("DespatchAdvice", "DeliverySchedule"), is_required=True),
    ("delivery", "despatch"): Fit(("DespatchAdvice",), is_required=True),
    ("delivery", "receive"): Fit(("ReceiptAdvice",)),
    ("delivery", "receive_partially"): Fit(("ReceiptAdvice",), is_required=True),
    ("delivery", "refuse"): Fit(("ReceiptAdvice", "Notice")),
    ("delivery", "pass"): _REPORT,
    ("delivery", "fail"): _REPORT,
    ("delivery", "pass_conditionally"): Fit(("QualityReport",), is_required=True),
    ("delivery", "return"): Fit(("ReturnInstruction", "Notice")),
    ("delivery", "settle"): _BILL,
    ("delivery", "dispute_delivery"): _DISPUTE,
    ("delivery", "resolve_pass"): _RESOLUTION,
    ("delivery", "resolve_fail"): _RESOLUTION,
    ("delivery", "resolve_settle"): _RESOLUTION,
}
"""What is not listed takes a `Notice` or nothing."""


def fit_of(machine: str, action: str) -> Fit:
    """Say which documents go with an action."""
    return _FITS.get((machine, action), _REASON)


def require_fit(machine: str, action: str, document: Document | None) -> None:
    """Refuse a document that does not go with an action, or its absence.

    Raises
    ------
    DocumentUnfit
        If the document is of another type, is missing, or answers otherwise than the action.
    """
    fit = fit_of(machine, action)
    finding = _finding(fit, document)
    if finding is not None:
        raise DocumentUnfit(
            f"The document does not go with `{action}`: {finding.path or '/document'} "
            f"{finding.message}.",
            (finding,),
            action=action,
        )


def _finding(fit: Fit, document: Document | None) -> Finding | None:
    kinds = " or ".join(fit.types)
    if document is None:
        is_absent = Finding("/document", f"must be given: {kinds}", "DocumentRequired")
        return is_absent if fit.is_required else None
    if type(document).__name__ not in fit.types:
        return Finding("/document/document_type", f"must be {kinds}", "DocumentTypeOther")
    if not isinstance(document, OrderResponse):
        return None
    if document.order_response_code not in fit.response_codes:
        codes = " or ".join(fit.response_codes)
        return Finding("/document/order_response_code", f"must be {codes}", "ResponseCodeOther")
    return _unaccepted_line(document) if document.order_response_code == _ACCEPTED else None


def _unaccepted_line(response: OrderResponse) -> Finding | None:
    for index, line in enumerate(response.order_line):
        if line.line_status_code != LINE_ACCEPTED:
            path = f"/document/order_line/{index}/line_status_code"
            message = f"must be {LINE_ACCEPTED} where all is accepted; propose changes instead"
            return Finding(path, message, "LineNotAccepted")
    return None
