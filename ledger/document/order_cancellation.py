"""The order cancellation: one side asks to end an order before it is fulfilled."""

from __future__ import annotations

from typing import Literal

from ledger.document.part import Document
from ledger.document.party import Party
from ledger.document.reference import DocumentReference
from ledger.document.scalar import Code, Text


class OrderCancellation(Document):
    """One side asks to end an order before it is fulfilled.

    Notes
    -----
    Source: OASIS UBL 2.4, OrderCancellation; Peppol BIS Advanced Ordering 3, transaction T115.
    """

    document_type: Literal["OrderCancellation"] = "OrderCancellation"
    order_reference: DocumentReference
    cancellation_note: Text
    reason_code: Code | None = None
    buyer_customer_party: Party | None = None
    seller_supplier_party: Party | None = None
