"""What a message is called where it is a file: the same at every attempt, and no other the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from gateway.connectors import detect
from gateway.outbox.models import OutboxMessage

_ENDINGS: Final = {
    detect.X12: "x12",
    detect.EDIFACT: "edi",
    detect.UBL: "xml",
    detect.CXML: "xml",
    detect.EPCIS_XML: "xml",
    detect.EXCEL: "xlsx",
    "csv": "csv",
}


def file_name(message: OutboxMessage) -> str:
    """Name a message: when it was written, its number, its type; JSON where nothing else is."""
    written = datetime.fromtimestamp(message.created_ms / 1000, UTC)
    type_ = re.sub(r"[^A-Za-z0-9]", "", message.type) or "message"
    ending = _ENDINGS.get(message.standard, "json")
    return f"{written:%Y%m%dT%H%M%SZ}-{message.id}-{type_}.{ending}"
