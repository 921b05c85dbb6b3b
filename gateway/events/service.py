"""The feed as one organisation may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.deps import Gateway
from gateway.errors import Finding, RequestInvalid
from gateway.events.stream import Notice, Source
from gateway.naming import hexadecimal, names_of
from ledger import lifecycle
from ledger.queries import Notice as LedgerNotice

BATCH: Final = 500
_TYPES: Final = {"event": "fact"}
"""How topics are called outside; the others keep their names."""

_MACHINES: Final = frozenset(lifecycle.MACHINES)


def source_for(gateway: Gateway, organisation: int) -> Source:
    """Make the source of an organisation's event stream."""

    def source(after: int) -> tuple[list[Notice], int]:
        # Read first: what is added meanwhile is not skipped.
        head = gateway.queries.last_sequence()
        found = gateway.queries.notices(organisation, after, BATCH)
        shown = [shown_notice(each) for each in found]
        return shown, shown[-1].sequence if shown else max(after, head)

    return source


def start_of(gateway: Gateway, last_event_id: str | None) -> int:
    """Tell after which notice a stream begins: now, unless the subscriber resumes.

    Raises
    ------
    RequestInvalid
        If the id is none that this gateway ever gave.
    """
    if last_event_id is None or not last_event_id.strip():
        return gateway.queries.last_sequence()
    text = last_event_id.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        finding = Finding("Last-Event-ID", "must be the id of an event of this stream, or 0")
        raise RequestInvalid("The stream cannot resume there.", (finding,))
    return int(text)


def shown_notice(notice: LedgerNotice) -> Notice:
    """Show a notice with identifiers and words in place of numbers."""
    body = notice.body
    data = {"sequence": notice.sequence, "type": _TYPES.get(notice.topic, notice.topic)}
    if notice.topic in ("event", "retracted"):
        data |= _fact(body)
    else:
        data |= {name: _plain(value) for name, value in body.items()}
    return Notice(notice.sequence, str(data["type"]), data)


def _fact(body: Mapping[str, Any]) -> dict[str, Any]:
    machine = str(body.get("machine"))
    order = body.get("order_number") if machine == "delivery" else None
    shown: dict[str, Any] = {
        "machine": machine,
        "event": body.get("name"),
        "organisation": body.get("organisation"),
        "block": body.get("block_number"),
    }
    if machine in _MACHINES:
        shown |= names_of(machine, body.get("agreement"), body.get("number") or 0, order)
        shown |= _step(machine, body)
    else:
        shown |= {"number": body.get("number"), "auction": body.get("agreement")}
    if body.get("facts"):
        shown["facts"] = body["facts"]
    return {name: value for name, value in shown.items() if value is not None}


def _step(machine: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Name event, action and state as the lifecycle table does."""
    rows = {row.id: row for row in lifecycle.rows(machine)}
    row = rows.get(body.get("action") or 0)
    step: dict[str, Any] = {}
    if row is not None:
        step |= {"event": row.event, "action": row.action}
    if body.get("state") is not None:
        step["state"] = lifecycle.state_name(machine, body["state"])
    return step


def _plain(value: Any) -> Any:
    return hexadecimal(value) if isinstance(value, bytes) else value
