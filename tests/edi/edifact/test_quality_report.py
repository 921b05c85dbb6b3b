"""QALITY: what a report decides, and what its values decide where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.quality_report import QUALITY_REPORT
from gateway.connectors.edi.message import Message

DEMO = (Path(__file__).parent / "quality_report_demo.edi").read_text(encoding="utf-8")


def _message(*changes: tuple[str, str]) -> Message:
    text = DEMO
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes)
    return read(text.encode())[0].messages[0]


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ([("LIN+1+7+", "LIN+1++")], "fail"),
        ([("LIN+1+7+", "LIN+1++"), (":15+", "+")], "fail"),
        ([("LIN+1+7+", "LIN+1++"), (":15+", "+"), ("MMT:39.7", "MMT:39.8")], "pass"),
        ([("LIN+1+7+", "LIN+1+5+")], "pass"),
    ],
)
def test_decision_is_the_stated_one_or_that_of_the_limits(
    changes: list[tuple[str, str]], decision: str
) -> None:
    message = _message(*changes)
    outcome = QUALITY_REPORT.examine(message)
    assert outcome.document is not None
    assert outcome.warnings == ()
    assert outcome.document.inspection_line[0].usage_decision == decision
    assert QUALITY_REPORT.render(outcome.document).body == message.body


def test_report_without_decision_and_limits_passes_with_a_warning() -> None:
    changes = [("LIN+1+7+", "LIN+1++"), (":15+", "+"), ("MEA+SV++MMT", "MEA+AAE++MMT")]
    outcome = QUALITY_REPORT.examine(_message(*changes))
    assert outcome.document is not None
    assert outcome.document.inspection_line[0].usage_decision == "pass"
    [warning] = outcome.warnings
    assert warning.location.path == "/QALITY/12/LIN/2"


def test_certificate_states_by_its_kind_that_goods_conform() -> None:
    changes = [("BGM+4", "BGM+1"), ("LIN+1+7+", "LIN+1++"), (":15+", "+"), ("MEA+SV", "MEA+AAE")]
    changes += [("RFF+AAK:DA-8:2", "RFF+AAK:DA-8:2'\nRFF+BT:H-23"), ("UNT+36", "UNT+37")]
    outcome = QUALITY_REPORT.examine(_message(*changes))
    assert (outcome.document is not None, outcome.warnings) == (True, ())


def test_several_properties_under_one_heading_are_characteristics_of_their_own() -> None:
    """As meters are reported: one class, and a measured property each."""
    results = "CCI+TES'\nMEA+TR+TC+CEL:50.5'\nMEA+TR+ENE+MWH:0.5'\nMEA+TR+VOL:7+MTQ:0.1"
    message = _message(("CCI+++COLOUR'\nMEA+TR+:::zinc yellow", results), ("UNT+36", "UNT+38"))
    report = QUALITY_REPORT.parse(message)
    found = report.inspection_line[0].characteristic
    assert [each.id for each in found] == ["LEN", "TC", "ENE", "VOL"]
    assert [each.unit_code for each in found[1:]] == ["CEL", "MWH", "MTQ"]
    assert found[3].observed == "< 0.1"
    assert found[3].measured_value == ()
    assert QUALITY_REPORT.render(report).body == message.body
