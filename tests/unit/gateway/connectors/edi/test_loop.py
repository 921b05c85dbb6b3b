"""Loop maps: segments find their loops, and what has no place is named."""

from __future__ import annotations

from gateway.connectors.edi.finding import Fault
from gateway.connectors.edi.loop import Group, grow, loop_map
from gateway.connectors.edi.message import Report
from gateway.connectors.edi.segment import Segment

MAP = loop_map("BEG! CUR REF* (N1 N3* REF*)* (PO1 PID* (N1 N3*)*)*! UNS! (CTT AMT*)")


def _grown(tags: str) -> tuple[Group, Report]:
    report = Report("850")
    segments = [Segment(tag, (), place) for place, tag in enumerate(tags.split(), start=2)]
    tree = grow(MAP, segments, report, Segment("SE", (), len(segments) + 2))
    return tree, report


def _shape(group: Group) -> list[object]:
    return [each.tag if isinstance(each, Segment) else [_shape(each)][0] for each in group.children]


def _faults(report: Report) -> list[tuple[Fault, str, int]]:
    return [(each.fault, each.tag, each.position) for each in report.findings]


def test_segments_find_their_loops() -> None:
    tree, report = _grown("BEG CUR REF N1 N3 REF N1 PO1 PID N1 N3 PO1 UNS CTT AMT")
    head = ["BEG", "CUR", "REF", ["N1", "N3", "REF"], ["N1"]]
    assert _shape(tree) == [*head, ["PO1", "PID", ["N1", "N3"]], ["PO1"], "UNS", ["CTT", "AMT"]]
    assert not report.findings and not report.warnings


def test_a_missing_segment_is_named_where_it_should_have_stood() -> None:
    _, report = _grown("CUR PO1 UNS")
    assert _faults(report) == [(Fault.SEGMENT_MISSING, "SE", 5)]
    assert report.findings[0].rule == "850 has BEG."


def test_an_unknown_segment_is_refused() -> None:
    assert _faults(_grown("BEG XYZ PO1 UNS")[1]) == [(Fault.SEGMENT_UNKNOWN, "XYZ", 3)]


def test_a_segment_without_its_loop_is_refused() -> None:
    assert _faults(_grown("BEG N3 PO1 UNS")[1]) == [(Fault.SEGMENT_MISPLACED, "N3", 3)]


def test_a_segment_that_stands_twice_is_refused() -> None:
    assert _faults(_grown("BEG CUR CUR PO1 UNS")[1]) == [(Fault.SEGMENT_REPEATED, "CUR", 4)]


def test_a_segment_that_comes_late_is_taken_in_with_a_warning() -> None:
    tree, report = _grown("BEG REF CUR PO1 UNS")
    assert _shape(tree)[:3] == ["BEG", "REF", "CUR"]
    assert not report.findings
    assert [each.fault for each in report.warnings] == [Fault.SEGMENT_MISPLACED]


def test_a_summary_without_its_separator_is_read_with_a_warning() -> None:
    tree, report = _grown("BEG PO1 CTT")
    assert _shape(tree)[-1] == ["CTT"]
    assert not report.findings
    assert [each.rule for each in report.warnings] == ["850 has UNS."]
