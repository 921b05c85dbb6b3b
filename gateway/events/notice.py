"""Notices in the words of the API, written once for everybody who hears of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from gateway.naming import hexadecimal, names_of
from ledger import lifecycle
from ledger.queries import Notice as LedgerNotice

_TYPES: Final = {"event": "fact"}
"""How topics are called outside; the others keep their names."""

_MACHINES: Final = frozenset(lifecycle.MACHINES)
_write: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode


@dataclass(frozen=True, slots=True)
class Notice:
    """One event as subscribers see it.

    Parameters
    ----------
    sequence : int
        Its place in this gateway's feed; `Last-Event-ID` continues after it.
    type : str
        For example ``fact`` or ``retracted``.
    kind : str
        Type and subject, for example ``fact.order.OrderIssued``; webhooks choose by it.
    id : str
        Its own for ever: no other notice of any feed has it.
    text : str
        All of it, as JSON.
    time : int, optional
        Unix seconds of the block that holds the fact.
    """

    sequence: int
    type: str
    kind: str
    id: str
    text: str
    time: int | None = None

    def as_event(self) -> str:
        """Spell it as an event of a stream."""
        return f"id: {self.sequence}\nevent: {self.type}\ndata: {self.text}\n\n"


def shown_notice(notice: LedgerNotice, feed: str) -> Notice:
    """Show a notice with identifiers and words in place of numbers.

    Parameters
    ----------
    feed : str
        Name of the feed that the notice stands in.
    """
    topic, body = notice.topic, notice.body
    type_ = _TYPES.get(topic, topic)
    if topic in ("event", "retracted"):
        fields = _fact(body)
        kind = f"{type_}.{fields['machine']}.{fields.get('event', 'unknown')}"
    else:
        fields = {name: _plain(value) for name, value in body.items()}
        kind = f"{type_}.{body.get('status', 'refused')}"
    id_ = f"evt_{feed}_{notice.sequence}"
    head = {"id": id_, "sequence": notice.sequence, "type": type_}
    return Notice(notice.sequence, type_, kind, id_, _write(head | fields), body.get("timestamp"))


def _fact(body: Mapping[str, Any]) -> dict[str, Any]:
    machine = str(body.get("machine"))
    shown: dict[str, Any] = {
        "machine": machine,
        "event": body.get("name"),
        "organisation": body.get("organisation"),
        "block": body.get("block_number"),
        "time": body.get("timestamp"),
    }
    if machine in _MACHINES:
        order = body.get("order_number") if machine == "delivery" else None
        shown |= names_of(machine, body.get("agreement"), body.get("number") or 0, order)
        shown |= _step(machine, body.get("action"), body.get("state"))
    else:
        shown |= {"number": body.get("number"), "auction": body.get("agreement")}
    if body.get("facts"):
        shown["facts"] = body["facts"]
    return {name: value for name, value in shown.items() if value is not None}


@lru_cache(maxsize=1024)
def _step(machine: str, action: int | None, state: int | None) -> dict[str, Any]:
    """Name event, action and state as the lifecycle table does; nobody may change what it gives."""
    row = next((row for row in lifecycle.rows(machine) if row.id == action), None)
    step: dict[str, Any] = {} if row is None else {"event": row.event, "action": row.action}
    if state is not None:
        step["state"] = lifecycle.state_name(machine, state)
    return step


def _plain(value: Any) -> Any:
    return hexadecimal(value) if isinstance(value, bytes) else value
