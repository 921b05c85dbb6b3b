"""`consign convert` writes a message, lists what is lost, and tells by its exit code."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli import app
from gateway.inbox.reading import read

DEMO = Path(__file__).parents[3] / "edi" / "x12" / "order_demo.edi"


def test_a_converted_file_comes_with_its_list_of_losses(tmp_path: Path) -> None:
    out, losses = tmp_path / "order.xml", tmp_path / "losses.json"
    arguments = ["convert", str(DEMO), "--to", "ubl", "--out", str(out), "--losses", str(losses)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1, result.output
    assert read(out.read_bytes(), "").kind.type == "Order"
    [told] = json.loads(losses.read_text())
    assert (told["standard"], told["type"]) == ("ubl", "Order")
    assert "/payment_due_days" in {each["pointer"] for each in told["losses"]}


def test_what_loses_nothing_ends_with_zero_on_standard_output() -> None:
    result = CliRunner().invoke(app, ["convert", str(DEMO), "--to", "json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["document_type"] == "Order"


def test_each_document_has_a_file_of_its_own_in_a_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["convert", str(DEMO), "--to", "x12", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert [each.name for each in tmp_path.iterdir()] == ["1-850.x12"]


def test_an_unknown_standard_a_missing_file_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"ISA")
    for name, standard in (
        (DEMO, "csv"),
        (tmp_path / "absent", "ubl"),
        (tmp_path / "broken", "ubl"),
    ):
        result = CliRunner().invoke(app, ["convert", str(name), "--to", standard])
        assert result.exit_code == 2
        assert result.stderr


def test_a_table_is_read_by_the_profile_of_its_sender(tmp_path: Path) -> None:
    folder = DEMO.parents[1] / "same_order"
    out = tmp_path / "order.edi"
    arguments = [str(folder / "order.csv"), "--to", "x12", "--out", str(out)]
    without = CliRunner().invoke(app, ["convert", *arguments])
    assert without.exit_code == 2
    profile = ["--read-by", str(folder / "profile.toml")]
    result = CliRunner().invoke(app, ["convert", *arguments, *profile, "--control", "5"])
    assert result.exit_code == 0, result.stderr
    assert b"BEG*00*SA*PO-4711" in out.read_bytes()
