"""EDIFACT ORDCHG, purchase order change, in and out."""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact import amount, order, part, product, reference
from gateway.connectors.edi.edifact.order_loop import HEAD, LINE, SUMMARY
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.order_change import OrderChange

LOOP: Final = loop_map(f"{HEAD} ({LINE})* {SUMMARY}")

_FUNCTIONS: Final = ("4", "9", "46")
"""A change: no cancellation, and no replacement of the whole order."""

_STATUS: Final = {"1": "1", "3": "3", "": "3", "5": "5", "4": "5", "7": "7", "2": "7"}
"""What is done to a line (1229); of several, the first is written."""


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "A change of an order")
    currency = amount.currency(reading)
    changed = reference.document(reading, reading.tree, "ON", "CO")
    if changed is None:
        reading.missing(reading.tree.need("BGM"), 0, "A change names the order, with RFF+ON.")
    groups = enumerate(reading.tree.groups("LIN"), start=1)
    lines = [_line(reading, group, number, currency) for number, group in groups]
    part.check_lines(reading, len(lines))
    return order.read_head(reading, currency) | {
        "order_type_code": None,
        "order_reference": changed,
        "sequence_number_id": _sequence(reading),
        "order_line": lines,
    }


def _sequence(reading: Reading) -> int | None:
    rff = reading.tree.group("RFF", "PP")
    is_number = rff is not None and rff.head.part(1, 2).isdecimal()
    return reading.count(rff.head, 1, 2) if rff is not None and is_number else None


def _line(reading: Reading, group: Group, number: int, currency: str | None) -> dict[str, Any]:
    action = reading.code(group.head, 2)
    if action not in _STATUS:
        rule = "LIN02 says what is done to the line: 1, 3, 5 or 7, or one of their like."
        reading.refuse_value(group.head, 2, rule, "Say whether it is added, changed or removed.")
    fields = order.read_line(reading, group, number, currency)
    fields["item"] = fields["item"] or None
    fields["line_status_code"] = _STATUS.get(action, "3")
    return reading.came_from(fields, group.head)


def _write(change: OrderChange, writing: Writing) -> None:
    sequence = None if change.sequence_number_id is None else str(change.sequence_number_id)
    order.write_head(change, writing, ("230", "4"), (("PP", sequence),), change.order_reference)
    for line in change.order_line:
        with writing.line():
            product.write_lin(writing, line.id, line.line_status_code, line.item)
            order.write_line(line, writing)
    order.write_summary(change, writing, len(change.order_line))


ORDER_CHANGE: Final = MessageType(EDIFACT, "ORDCHG", OrderChange, LOOP, _read, _write, line="LIN")
"""Purchase order change.

Notes
-----
Source: UN/EDIFACT ORDCHG, D.93A to D.21B; EANCOM. A line without an action is changed. A message
that replaces the order is refused by name.
"""
