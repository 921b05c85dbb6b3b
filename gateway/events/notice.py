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
        subject, *members = _fact(body)
    else:
        subject = str(body.get("status", "refused"))
        members = [_write({name: _plain(value) for name, value in body.items()})]
    id_ = f"evt_{feed}_{notice.sequence}"
    head = f'{{"id":"{id_}","sequence":{notice.sequence},"type":"{type_}"}}'
    text, time = _joined(head, *members), body.get("timestamp")
    return Notice(notice.sequence, type_, f"{type_}.{subject}", id_, text, time)


def _fact(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Give what a fact is about, and as JSON what it shares with its batch, and its own."""
    get, machine = body.get, str(body.get("machine"))
    subject, shared = _shared(
        machine,
        get("name"),
        get("organisation"),
        get("block_number"),
        get("timestamp"),
        get("action"),
        get("state"),
    )
    own: dict[str, Any]
    if machine in _MACHINES:
        order = get("order_number") if machine == "delivery" else None
        own = names_of(machine, get("agreement"), get("number") or 0, order)
    else:
        own = {"number": get("number"), "auction": get("agreement")}
        own = {name: value for name, value in own.items() if value is not None}
    if get("facts"):
        own["facts"] = body["facts"]
    return subject, shared, _write(own)


@lru_cache(maxsize=1024)
def _shared(
    machine: str,
    name: str | None,
    organisation: int | None,
    block: int | None,
    time: int | None,
    action: int | None,
    state: int | None,
) -> tuple[str, str]:
    """Write what the facts of a batch have in common, in the words of the lifecycle table."""
    rows = lifecycle.rows(machine) if machine in _MACHINES else ()
    row = next((row for row in rows if row.id == action), None)
    shown = {
        "machine": machine,
        "event": name if row is None else row.event,
        "organisation": organisation,
        "block": block,
        "time": time,
        "action": None if row is None else row.action,
        "state": lifecycle.state_name(machine, state) if rows and state is not None else None,
    }
    said = _write({key: value for key, value in shown.items() if value is not None})
    return f"{machine}.{shown['event'] or 'unknown'}", said


def _joined(*objects: str) -> str:
    """Make one JSON object of several."""
    return "{" + ",".join([each[1:-1] for each in objects if each != "{}"]) + "}"


def _plain(value: Any) -> Any:
    return hexadecimal(value) if isinstance(value, bytes) else value
