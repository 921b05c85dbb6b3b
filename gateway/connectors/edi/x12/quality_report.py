"""X12 863, Report of Test Results, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message_type import MessageType
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12 import part
from gateway.connectors.edi.x12.syntax import X12
from ledger.document.quality_report import Characteristic, InspectionLine, QualityReport

_N1_LOOP: Final = "(N1 N2* N3* N4* REF* PER* DTM*)*"

_LOOP: Final = loop_map(
    f"BTR! NTE* REF* DTM* PID* PO4 TMD MEA* (LM LQ*)* {_N1_LOOP} "
    f"(LIN (PID)* PO4 TMD MEA* (LM LQ*)* DTM* REF* PRF PWK* NTE* {_N1_LOOP} "
    "(CID UIT* PID* PSD* CSS* SPS* TMD* REF* DTM* NTE* MEA* (LM LQ*)* "
    "(STA DTM* MEA* REF*)* (TMD MEA*)* (TSP MEA*)*)*)*! (CTT)"
)

_TYPES: Final = {"RT": "4"}
"""Report type (element 755) to UNCL1001."""

_AGENCY: Final = "ZZ"
"""Who gave a number, and what it is of, where both know."""

_LOT: Final = ("LT", "HN")
_ORDER: Final = "PO"
_ORDER_LINE: Final = "PL"
_RESULT: Final = "TR"
_COUNTS: Final = ("CT", "WT")
_PHYSICAL: Final = "PD"
"""What is measured (element 737): results, counts, weights, dimensions."""

_SIGNS: Final = {"03": "about ", "05": ">=", "06": ">", "07": "<", "08": "<="}
"""Significance of a measurement (element 935), where it is no exact value."""

_INSPECTORS: Final = ("TL", "SF", "SE", "SU", "MF")


def _read(reading: Reading) -> dict[str, Any]:
    tree, envelope = reading.tree, reading.message.envelope
    btr = tree.need("BTR")
    groups = list(tree.groups("LIN"))
    own = [reading.identifier(each.head, 1) or "" for each in groups]
    is_distinct = len(set(own)) == len(own) and all(own)
    ids = own if is_distinct else [str(number) for number in range(1, len(own) + 1)]
    named = [part.product(reading, each.head, _ORDER) for each in groups]
    order = part.reference(reading, tree, _ORDER) or _order_of_lines(reading, groups)
    lines = [
        _line(reading, group, id_, own if own != order else None)
        for group, id_, own in zip(groups, ids, named, strict=True)
    ]
    part.check_lines(reading, len(lines))
    sent = part.reference(reading, tree, "SI", "PK")
    fields = {
        "id": reading.identifier(btr, 5) or "-".join(each for each in (btr[2], btr[3]) if each),
        "issue_date": reading.date(btr, 2),
        "issue_time": reading.time(btr, 3),
        "quality_report_type_code": _TYPES.get(reading.code(btr, 4)),
        "note": [text for each in tree.all("NTE") if (text := reading.text(each, 2))],
        "order_reference": {"id": order} if order else None,
        "despatch_document_reference": {"id": sent} if sent else None,
        "inspector_party": part.party(reading, tree.group("N1", *_INSPECTORS), envelope.sender),
        "inspection_line": lines,
    }
    return part.held(fields)


def _order_of_lines(reading: Reading, groups: list[Group]) -> str | None:
    """Find the order of lines that name no line of it."""
    heads = [each.head for each in groups if not part.product(reading, each.head, _ORDER_LINE)]
    return next((found for lin in heads if (found := part.product(reading, lin, _ORDER))), None)


def _line(reading: Reading, group: Group, number: str, order: str | None) -> dict[str, Any]:
    lin = group.head
    quantity = _inspected(reading, group)
    ordered = part.product(reading, lin, _ORDER_LINE)
    document = {"id": order} if order else None
    refers = part.held({"line_id": ordered, "document_reference": document})
    found = [each for cid in group.groups("CID") for each in _characteristics(reading, cid)]
    ids = [each["id"] for each in found]
    for index, each in enumerate(found if len(set(ids)) < len(ids) else (), start=1):
        each["id"] = str(index)
    if not any("lower_limit" in each or "upper_limit" in each for each in found):
        rule = "Goods pass by the limits that stand beside their values; here are none."
        reading.warn(lin, 0, rule, "Send the limits, in MEA05 and MEA06.")
    fields = {
        "id": number,
        "order_line_reference": refers if ordered else None,
        "item": part.item(reading, group, 2) or None,
        "inspection_lot_id": part.product(reading, lin, *_LOT),
        "inspected_quantity": quantity,
        "characteristic": found,
        "usage_decision": "pass" if all(each["conforms"] for each in found) else "fail",
    }
    return reading.came_from(part.held(fields), lin)


def _inspected(reading: Reading, group: Group) -> dict[str, Any] | None:
    for mea in group.all("MEA"):
        if mea[1] in _COUNTS or (mea[1], mea[2]) == (_PHYSICAL, "WT"):
            return part.quantity(reading, mea, 3)
    rule = "A report of tests says how much was inspected: MEA with CT or WT."
    reading.missing(group.head, 0, rule)
    return None


def _characteristics(reading: Reading, cid: Group) -> Iterator[dict[str, Any]]:
    """Read what was tested together: results of one qualifier are of one characteristic."""
    results = [each for each in cid.all("MEA") if each[1] == _RESULT]
    runs = [list(run) for _, run in groupby(results, key=lambda each: (each[2], each[5], each[6]))]
    texts = [text for each in cid.all("PID") if (text := reading.text(each, 5))]
    named = reading.text(cid.head, 5)
    observed = "; ".join(texts) if named else ""
    own = reading.identifier(cid.head, 4) if len(runs) < 2 else None
    name = named or (texts[0] if texts else None) or reading.text(cid.head, 2)
    for run in runs or [[]]:
        code = run[0][2] if run else ""
        fields = {
            "id": own or code or cid.head[2] or "1",
            "name": name or code or cid.head[2] or "1",
            "observed": observed or None,
        } | _measured(reading, run)
        yield reading.came_from(part.held(fields), run[0] if run else cid.head)


def _measured(reading: Reading, run: list[Segment]) -> dict[str, Any]:
    """Read values and their limits, and hold the ones against the others."""
    if not run:
        return {"conforms": True}
    first = run[0]
    values = [(mea, reading.decimal(mea, 3, is_signed=True)) for mea in run]
    low, high = (reading.decimal(first, at, is_signed=True) for at in (5, 6))
    exact = [value for mea, value in values if value is not None and mea[7] not in _SIGNS]
    bounded = [_SIGNS[mea[7]] + value for mea, value in values if value and mea[7] in _SIGNS]
    unit = reading.profile.units.get(first.part(4)) or X12.units.get(first.part(4))
    fits = all(
        (low is None or Decimal(value) >= Decimal(low))
        and (high is None or Decimal(value) <= Decimal(high))
        for value in exact
    )
    fields = {
        "unit_code": unit,
        "lower_limit": low,
        "upper_limit": high,
        "measured_value": [{"value": value} for value in exact],
        "conforms": fits,
        "observed": "; ".join(bounded) or None,
    }
    return part.held(fields)


def _write(report: QualityReport, writing: Writing) -> None:
    types = {code: own for own, code in _TYPES.items()}
    kind = types.get(report.quality_report_type_code or "")
    issued = writing.day(report.issue_date)
    writing.add("BTR", "00", issued, part.clock(report.issue_time), kind, report.id)
    for text in report.note:
        writing.add("NTE", None, text)
    references = ((_ORDER, report.order_reference), ("SI", report.despatch_document_reference))
    for qualifier, reference in references:
        if reference is not None:
            writing.add("REF", qualifier, reference.id)
    part.write_party(writing, _INSPECTORS[0], report.inspector_party)
    for line in report.inspection_line:
        with writing.line():
            _write_line(line, writing)
    writing.add("CTT", str(len(report.inspection_line)))


def _write_line(line: InspectionLine, writing: Writing) -> None:
    numbers = part.item_elements(line.item)
    if line.inspection_lot_id:
        numbers += [_LOT[0], line.inspection_lot_id]
    refers = line.order_line_reference
    if refers is not None:
        numbers += [_ORDER_LINE, refers.line_id]
    if refers is not None and refers.document_reference is not None:
        numbers += [_ORDER, refers.document_reference.id]
    writing.add("LIN", line.id, *(numbers or [_AGENCY, line.id]))
    part.write_item(writing, line.item)
    quantity = line.inspected_quantity
    writing.add("MEA", _COUNTS[0], None, quantity.value, writing.unit(quantity.unit_code))
    for each in line.characteristic:
        _write_characteristic(each, writing)


def _write_characteristic(found: Characteristic, writing: Writing) -> None:
    writing.add("CID", None, None, _AGENCY, found.id, found.name)
    if found.observed:
        writing.add("PID", "F", None, None, None, found.observed)
    unit = writing.unit(found.unit_code) if found.unit_code else None
    for value in found.measured_value:
        limits = (found.lower_limit, found.upper_limit)
        writing.add("MEA", _RESULT, None, value.value, unit, *limits)


QUALITY_REPORT: Final = MessageType(
    X12,
    "863",
    QualityReport,
    _LOOP,
    _read,
    _write,
    line="LIN",
    parties=("inspector_party", ""),
)
"""Report of Test Results.

Notes
-----
Source: ASC X12 863, releases 003040 to 008030. Each LIN is a line, each result of a CID a
characteristic; values that are only bounded (MEA07) are observed. 863 has no word for a decision:
goods pass whose values are all within the limits that stand beside them. A unit of no code of
UN/ECE, as of a scale of the test's own, rides along.
"""
