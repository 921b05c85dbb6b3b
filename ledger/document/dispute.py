"""Dispute and resolution: what one side contests, and how both settle it."""

from __future__ import annotations

from typing import Literal

from ledger.document.money import Amount, Quantity
from ledger.document.part import Document, Extra, Many, Part
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.scalar import Code, Text


class DisputedLine(Part):
    """A line that is contested, what is claimed of it and what was recorded."""

    line_reference: LineReference
    reason_code: Code | None = None
    claimed_quantity: Quantity | None = None
    recorded_quantity: Quantity | None = None
    claimed_amount: Amount | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class DisputeNotice(Document):
    """One side contests what was delivered, received, inspected or charged."""

    document_type: Literal["DisputeNotice"] = "DisputeNotice"
    order_reference: DocumentReference | None = None
    document_reference: Many[DocumentReference] = ()
    reason: Text
    reason_code: Code | None = None
    claimed_amount: Amount | None = None
    disputed_line: Many[DisputedLine] = ()


class ResolvedLine(Part):
    """What both sides now hold true of a contested line."""

    line_reference: LineReference
    agreed_quantity: Quantity | None = None
    agreed_amount: Amount | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()


class ResolutionNotice(Document):
    """How a dispute is settled."""

    document_type: Literal["ResolutionNotice"] = "ResolutionNotice"
    dispute_reference: DocumentReference
    order_reference: DocumentReference | None = None
    resolution_code: Literal["accepted", "partially_accepted", "rejected", "withdrawn"]
    resolution: Text
    agreed_amount: Amount | None = None
    resolved_line: Many[ResolvedLine] = ()
