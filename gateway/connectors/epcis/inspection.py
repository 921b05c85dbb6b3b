"""Inspecting: an event that says whether goods conform, and the quality report."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.epcis.event import ObjectEvent
from gateway.connectors.epcis.goods import Objects, epcs_and_quantities
from gateway.connectors.epcis.occurrence import (
    Occurrence,
    Unnameable,
    end,
    event_moment,
    own_event_id,
    own_paper,
    transaction,
)
from gateway.connectors.epcis.vocabulary import bare
from ledger.document.quality_report import QualityReport

STEP: Final = "inspecting"

_PASSES: Final = frozenset(("conformant", "sellable_accessible", "sellable_not_accessible"))
_FAILS: Final = frozenset(
    ("damaged", "destroyed", "disposed", "expired", "non_conformant", "non_sellable_other")
)
_STATES: Final = {"pass": "conformant", "fail": "non_conformant"}


def decision(told: Occurrence) -> str | None:
    """Say what was decided about the goods; nothing when it is not said, or both are."""
    states = {told.state}
    lasting = told.event.persistent_disposition if isinstance(told.event, ObjectEvent) else None
    states |= {bare(each, "Disp") for each in (lasting.set if lasting else None) or ()}
    passes, fails = bool(states & _PASSES), bool(states & _FAILS)
    if passes == fails:
        return None
    return "pass" if passes else "fail"


def fields(told: Occurrence, objects: Objects) -> dict[str, Any]:
    """Give the fields of a quality report."""
    day, clock = told.when()
    return {
        "document_type": "QualityReport",
        "id": told.number("testres"),
        "issue_date": day,
        "issue_time": clock,
        "order_reference": told.reference("po"),
        "despatch_document_reference": told.reference("desadv"),
        "receipt_document_reference": told.reference("recadv"),
        "inspector_party": told.party("source", "possessing_party"),
        "inspection_date": day,
        "inspection_line": [
            {
                "id": str(number),
                "order_line_reference": {"line_id": goods.reference},
                "item": goods.item or None,
                "inspected_quantity": goods.quantity,
                "usage_decision": decision(told),
            }
            for number, goods in enumerate(objects.goods, 1)
        ],
    }


def event(document: QualityReport) -> dict[str, Any]:
    """Give the members of an event.

    Raises
    ------
    Unnameable
        If EPCIS cannot name something that it must.
    """
    decisions = {line.usage_decision for line in document.inspection_line}
    if len(decisions) != 1 or not decisions <= _STATES.keys():
        raise Unnameable("An event has one disposition: all lines must pass, or all must fail")
    lines = [(line.item, line.inspected_quantity) for line in document.inspection_line]
    epcs, amounts, unnamed = epcs_and_quantities(lines)
    if unnamed:
        number = document.inspection_line[unnamed[0]].id
        raise Unnameable(f"Line {number!r} needs a GTIN, or the EPCs of its pieces")
    order, despatch = document.order_reference, document.despatch_document_reference
    receipt, inspector = document.receipt_document_reference, document.inspector_party
    return {
        **event_moment(document.issue_date, document.issue_time),
        "eventID": own_event_id(document.id),
        "action": "OBSERVE",
        "bizStep": STEP,
        "disposition": _STATES[decisions.pop()],
        "epcList": epcs,
        "quantityList": amounts,
        "bizTransactionList": [
            *transaction("po", order.id if order else None, inspector),
            *transaction("desadv", despatch.id if despatch else None, inspector),
            *transaction("recadv", receipt.id if receipt else None, inspector),
            *own_paper("testres", document.id, inspector),
        ],
        "sourceList": end("source", "possessing_party", inspector),
    }
