"""What an import remembers of itself."""

from __future__ import annotations

from pathlib import Path

from gateway.importing.journal import Journal


def test_journal_remembers_rows_and_refusals(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a" / "journal.jsonl")
    assert not journal.is_resumed
    journal.note("k1", "A1-1-O1")
    journal.note_refusal("k2", "confirm")
    journal.note_refusal("k2", "confirm")
    journal.close()
    again = Journal(tmp_path / "a" / "journal.jsonl")
    assert again.is_resumed
    assert again.done == {"k1": "A1-1-O1"}
    assert again.refusals["k2", "confirm"] == 2
    assert again.refusals["k1", "confirm"] == 0


def test_line_cut_by_a_kill_costs_its_own_row_only(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('["k1", "A1-1-O1", ""]\n["k2", "A1-')
    journal = Journal(path)
    assert journal.done == {"k1": "A1-1-O1"}
    journal.note("k3", "A1-1-O3")
    journal.close()
    assert Journal(path).done == {"k1": "A1-1-O1", "k3": "A1-1-O3"}


def test_other_content_profile_or_agreement_has_a_journal_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("a")
    for profile, agreement in (("scms", "A1-1"), ("mill", "A1-1"), ("scms", "A1-2")):
        Journal.of(tmp_path / "j", file, profile, agreement).close()
    file.write_text("b")
    Journal.of(tmp_path / "j", file, "scms", "A1-1").close()
    assert len(list((tmp_path / "j").iterdir())) == 4
