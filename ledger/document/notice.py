"""The notice: the reason behind an action that needs no document of its own."""

from __future__ import annotations

from typing import Literal

from ledger.document.part import Document, Many
from ledger.document.reference import DocumentReference
from ledger.document.scalar import Code, Text


class Notice(Document):
    """A free-text reason for an action such as acknowledging, closing, refusing or voiding."""

    document_type: Literal["Notice"] = "Notice"
    action: Code | None = None
    """The action it goes with, by its name in the lifecycle table."""
    reason: Text
    reason_code: Code | None = None
    order_reference: DocumentReference | None = None
    document_reference: Many[DocumentReference] = ()
