"""The transaction sets that become documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.x12.credit_note import CREDIT_NOTE
from gateway.connectors.edi.x12.delivery_schedule import DELIVERY_SCHEDULE
from gateway.connectors.edi.x12.despatch_advice import DESPATCH_ADVICE
from gateway.connectors.edi.x12.invoice import INVOICE
from gateway.connectors.edi.x12.order import ORDER
from gateway.connectors.edi.x12.order_cancellation import ORDER_CANCELLATION
from gateway.connectors.edi.x12.order_change import ORDER_CHANGE
from gateway.connectors.edi.x12.order_change_response import ORDER_CHANGE_RESPONSE
from gateway.connectors.edi.x12.order_response import ORDER_RESPONSE
from gateway.connectors.edi.x12.quality_report import QUALITY_REPORT
from gateway.connectors.edi.x12.receipt_advice import RECEIPT_ADVICE

MESSAGE_TYPES: Final[Mapping[str, MessageType[Any]]] = {
    each.name: each
    for each in (
        ORDER,
        ORDER_RESPONSE,
        ORDER_CHANGE.beside(ORDER_CANCELLATION),
        ORDER_CHANGE_RESPONSE,
        DELIVERY_SCHEDULE,
        DESPATCH_ADVICE,
        RECEIPT_ADVICE,
        QUALITY_REPORT,
        INVOICE.beside(CREDIT_NOTE),
    )
}
"""By number."""
