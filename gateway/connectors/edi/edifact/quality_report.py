"""EDIFACT QALITY, quality data message, in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.edi.edifact import (
    amount,
    characteristic,
    moment,
    note,
    part,
    party,
    product,
    reference,
)
from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.money import total
from ledger.document.quality_report import InspectionLine, QualityReport
from ledger.document.scalar import exact

_CCI: Final = characteristic.CCI_LOOP

_LOOP: Final = loop_map(
    f"BGM! DTM* IMD* MEA* FTX* (RFF DTM*)* {party.NAD_LOOP} "
    "(LIN PIA* IMD* MEA* PSD SPS DTM* QTY* FTX* (RFF DTM*)* "
    f"{party.NAD_LOOP} (TEM MEA* DTM* (RFF DTM*)*)* {_CCI} (GIN DTM* (RFF DTM*)* {_CCI})* "
    f"(PRC (NAD LOC*)* {_CCI})*)*!"
)

_FUNCTIONS: Final = ("5", "7", "9", "31", "42", "43", "46")
_TYPES: Final = ("1", "2", "3", "4")
_CERTIFICATES: Final = ("1", "2", "3")
"""Of analysis, of conformity, of quality: who signs one says that the goods are as they should."""

_INSPECTOR: Final = "TPE"
_INSPECTED_ON: Final = "351"
_REFERENCES: Final = {
    "order_reference": "ON",
    "despatch_document_reference": "AAK",
    "receipt_document_reference": "ALO",
}
_LINE_REFERENCES: Final = {
    "order_line_reference": "ON",
    "despatch_line_reference": "AAK",
    "receipt_line_reference": "ALO",
}
_INSPECTED: Final = ("1", "48", "12", "46", "21")
_ACCEPTED: Final = "194"
_REJECTED: Final = "195"
_LOT: Final = "BT"
_DECISIONS: Final = {"5": "pass", "6": "conditional", "7": "fail"}
"""Accepted, accepted with amendment, not accepted (1229)."""

_CONDITION: Final = "SIN"


def _read(reading: Reading) -> dict[str, Any]:
    part.check_function(reading, _FUNCTIONS, "A quality report")
    tree = reading.tree
    heads = {name: reference.document(reading, tree, code) for name, code in _REFERENCES.items()}
    kind = reading.code(tree.need("BGM"), 1)
    groups = enumerate(tree.groups("LIN"), start=1)
    return heads | {
        "id": part.number(reading),
        **moment.issued(reading, "137"),
        "quality_report_type_code": kind if kind in _TYPES else None,
        "note": note.notes(reading, tree),
        "inspection_date": moment.date(reading, tree.first("DTM", _INSPECTED_ON)),
        "inspector_party": _inspector(reading),
        "inspection_line": [_line(reading, group, place, heads, kind) for place, group in groups],
    }


def _inspector(reading: Reading) -> dict[str, Any] | None:
    """Read who inspected; where a report names nobody, its sender is not taken for it."""
    group = party.find(reading, _INSPECTOR)
    sender = reading.message.envelope.sender
    return party.party(reading, group, sender) if group is not None else None


def _line(
    reading: Reading, group: Group, place: int, heads: dict[str, dict[str, Any] | None], kind: str
) -> dict[str, Any]:
    found = characteristic.characteristics(reading, group)
    accepted = amount.quantity(reading, group, _ACCEPTED)
    rejected = amount.quantity(reading, group, _REJECTED)
    decision = _decision(reading, group, found, kind)
    fields = {
        "id": reading.identifier(group.head, 1) or str(place),
        "item": product.item(reading, group) or None,
        "inspection_lot_id": reference.number_of(reading, group, _LOT),
        "inspected_quantity": _inspected(reading, group, accepted, rejected),
        "accepted_quantity": accepted,
        "rejected_quantity": rejected,
        "characteristic": found,
        "usage_decision": decision,
        "condition": note.notes(reading, group, _CONDITION),
        "note": note.notes(reading, group),
    }
    for (name, code), head in zip(_LINE_REFERENCES.items(), heads.values(), strict=True):
        number = head["id"] if head is not None else None
        fields[name] = reference.line(reading, group, number, code)
    return reading.came_from(part.held(fields), group.head)


def _inspected(
    reading: Reading, group: Group, accepted: dict[str, Any] | None, rejected: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Read how much was inspected, or add up what of it was accepted and what was not."""
    found = amount.quantity(reading, group, *_INSPECTED)
    if found is not None or any(group.first("QTY", each) for each in _INSPECTED):
        return found
    parts = [each for each in (accepted, rejected) if each is not None]
    if not parts or len({each["unit_code"] for each in parts}) > 1:
        reading.missing(group.head, 0, "A line has the quantity that was inspected, QTY+1.")
        return None
    return parts[0] | {"value": exact(total(Decimal(each["value"]) for each in parts))}


def _decision(reading: Reading, group: Group, found: list[dict[str, Any]], kind: str) -> str:
    """Read what was decided, or else conclude it from values and their limits."""
    action = reading.code(group.head, 2)
    if action in _DECISIONS:
        return _DECISIONS[action]
    has_limits = any("lower_limit" in each or "upper_limit" in each for each in found)
    if not has_limits and kind not in _CERTIFICATES:
        rule = "Goods pass by LIN02, or by limits beside their values; here is neither."
        reading.warn(group.head, 2, rule, "Send 5, 6 or 7 in LIN02, or limits, with MEA+SV.")
    return "pass" if all(each["conforms"] for each in found) else "fail"


def _write(report: QualityReport, writing: Writing) -> None:
    writing.add("BGM", report.quality_report_type_code, report.id, "9")
    moment.write_date(writing, "137", report.issue_date, report.issue_time)
    moment.write_date(writing, _INSPECTED_ON, report.inspection_date)
    note.write_notes(writing, report.note)
    for name, code in _REFERENCES.items():
        reference.write_document(writing, code, getattr(report, name))
    party.write_party(writing, _INSPECTOR, report.inspector_party)
    for line in report.inspection_line:
        with writing.line():
            _write_line(line, report, writing)


def _write_line(line: InspectionLine, report: QualityReport, writing: Writing) -> None:
    actions = {decision: action for action, decision in _DECISIONS.items()}
    product.write_lin(writing, line.id, actions[line.usage_decision], line.item)
    amount.write_quantity(writing, _INSPECTED[0], line.inspected_quantity)
    amount.write_quantity(writing, _ACCEPTED, line.accepted_quantity)
    amount.write_quantity(writing, _REJECTED, line.rejected_quantity)
    note.write_notes(writing, line.note)
    note.write_notes(writing, line.condition, _CONDITION)
    for (name, code), head in zip(_LINE_REFERENCES.items(), _REFERENCES, strict=True):
        document = getattr(report, head)
        number = document.id if document is not None else None
        reference.write_line(writing, code, getattr(line, name), number)
    if line.inspection_lot_id:
        writing.add("RFF", (_LOT, line.inspection_lot_id))
    for each in line.characteristic:
        characteristic.write_characteristic(writing, each)


QUALITY_REPORT: Final = MessageType(
    EDIFACT,
    "QALITY",
    QualityReport,
    _LOOP,
    _read,
    _write,
    line="LIN",
    parties=("inspector_party", ""),
)
"""Quality data message.

Notes
-----
Source: UN/EDIFACT QALITY, D.93A to D.21B; EANCOM. What was decided stands in LIN02; else goods pass
whose values are within their limits, and none of which is marked as out of range. Statistics,
samples and processes ride along.
"""
