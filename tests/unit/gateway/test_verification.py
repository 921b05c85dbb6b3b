"""`consign verify`: what is printed and with which exit code, as far as no chain is needed."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from gateway.verification import COULD_NOT_LOOK, print_report, run_verify
from ledger.identifier import parse_order
from ledger.verification.finding import Report


def _printed(report: Report) -> str:
    said = io.StringIO()
    print_report(report, Console(file=said, width=200))
    return said.getvalue()


def test_unknown_order_is_said_to_be_unknown() -> None:
    report = Report(parse_order("A1-1-O9"))
    assert not report.holds
    assert "The chain knows no order A1-1-O9." in _printed(report)


def test_sound_order_is_said_to_hold() -> None:
    report = Report(parse_order("A1-1-O1"), state="Issued")
    report.check("A1-1-O1", "issue: its signature is the buyer's", True)
    assert "1 of 1 checks hold" in _printed(report)
    assert "Everything holds." in _printed(report)


def test_what_does_not_hold_is_named_with_its_reason() -> None:
    report = Report(parse_order("A1-1-O1"), state="Issued")
    report.check("A1-1-O1", "issue: its document opens", False, "the block is missing")
    said = _printed(report)
    assert "✗ A1-1-O1: issue: its document opens" in said
    assert "the block is missing" in said
    assert "Not everything holds." in said


def test_wrong_folder_and_malformed_order_cannot_be_looked_at(tmp_path: Path) -> None:
    for order in ("A1-1-O1", "order one"):
        said = io.StringIO()
        code = run_verify(order, tmp_path, None, Console(file=said, width=200))
        assert code == COULD_NOT_LOOK
        assert "Could not look:" in said.getvalue()
