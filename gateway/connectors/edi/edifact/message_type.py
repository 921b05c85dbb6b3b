"""The EDIFACT messages that become documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.connectors.edi.edifact.credit_note import CREDIT_NOTE
from gateway.connectors.edi.edifact.delivery_schedule import DELIVERY_SCHEDULE
from gateway.connectors.edi.edifact.despatch_advice import DESPATCH_ADVICE
from gateway.connectors.edi.edifact.invoice import INVOICE
from gateway.connectors.edi.edifact.order import ORDER
from gateway.connectors.edi.edifact.order_cancellation import ORDER_CANCELLATION
from gateway.connectors.edi.edifact.order_change import ORDER_CHANGE
from gateway.connectors.edi.edifact.order_response import ORDER_RESPONSE
from gateway.connectors.edi.edifact.quality_report import QUALITY_REPORT
from gateway.connectors.edi.edifact.receipt_advice import RECEIPT_ADVICE
from gateway.connectors.edi.message_type import MessageType

MESSAGE_TYPES: Final[Mapping[str, MessageType[Any]]] = {
    each.name: each
    for each in (
        ORDER,
        ORDER_RESPONSE,
        ORDER_CHANGE.beside(ORDER_CANCELLATION),
        DELIVERY_SCHEDULE,
        DESPATCH_ADVICE,
        RECEIPT_ADVICE,
        QUALITY_REPORT,
        INVOICE.beside(CREDIT_NOTE),
    )
}
"""By name."""
