"""Messages as they are shown, with what can be done with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from gateway.inbox.models import (
    NOTED,
    READY,
    RECEIVED,
    RECORDED,
    REFUSED,
    SET_ASIDE,
    InboxMessage,
)
from gateway.inbox.schemas import InboxDocument, InboxView

MEND: Final = "mend"
REPLAY: Final = "replay"
SET_ASIDE_ACTION: Final = "set-aside"
RECORD: Final = "record"

_ACTIONS: Final = {
    RECEIVED: (MEND, REPLAY, SET_ASIDE_ACTION),
    REFUSED: (MEND, REPLAY, SET_ASIDE_ACTION),
    READY: (RECORD, MEND, REPLAY, SET_ASIDE_ACTION),
    RECORDED: (),
    NOTED: (REPLAY,),
    SET_ASIDE: (REPLAY,),
}


def is_begun(message: InboxMessage) -> bool:
    """Tell whether the ledger knows some of it."""
    return any(each["intent"] for each in message.documents)


def actions_of(message: InboxMessage) -> tuple[str, ...]:
    """List what can be done with a message; what the ledger knows in part is only recorded on."""
    if message.state == READY and is_begun(message):
        return (RECORD,)
    return _ACTIONS[message.state]


def view(message: InboxMessage, *, is_duplicate: bool = False) -> InboxView:
    """Describe a message."""
    return InboxView.model_validate(
        {
            "id": str(message.id),
            "sender": message.sender,
            "state": message.state,
            "actions": list(actions_of(message)),
            "standard": message.standard,
            "type": message.type,
            "control": message.control,
            "profile": message.profile,
            "digest": f"0x{message.digest.hex()}",
            "version": message.version,
            "arrivals": message.arrivals,
            "is_duplicate": is_duplicate,
            "findings": message.findings,
            "documents": [InboxDocument(**each) for each in message.documents],
            "received_at": spelled(message.received_ms),
            "changed_at": spelled(message.changed_ms),
        }
    )


def spelled(ms: int) -> str:
    """Spell a time."""
    text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
