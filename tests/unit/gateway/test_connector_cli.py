"""`consign connector`: proposing a profile, and trying it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from gateway import connector_cli
from gateway.cli import app
from gateway.connectors.profile.partner import read_partner
from tests.unit.gateway.connectors.profile.sample import order, table

ENVIRONMENT = {"NO_COLOR": "1", "TERM": "dumb"}


@pytest.fixture(autouse=True)
def _wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The console is made when its module is loaded, by whichever test does that first."""
    monkeypatch.setattr(connector_cli.console, "width", 160)


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["connector", *map(str, arguments)], env=ENVIRONMENT)


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_profile_is_proposed_and_read_by(tmp_path: Path) -> None:
    sample = _file(tmp_path, "order.edi", order(unit="KARTON"))
    profile = tmp_path / "acme.toml"
    done = _run("learn", "--name", "acme", "--version", "7", "--output", profile, sample)
    assert (done.exit_code, done.output) == (0, "1 of 1 messages and rows are read by it\n")
    assert read_partner(profile.read_bytes()).label == "acme 7"
    tried = _run("test", profile, sample)
    assert tried.exit_code == 0
    assert "KARTON" in tried.output
    assert "XCT" in tried.output
    assert "1 of 1 are read, and written back as sent" in tried.output


def test_a_proposal_is_shown_where_no_file_is_named(tmp_path: Path) -> None:
    done = _run("learn", _file(tmp_path, "orders.csv", table()))
    assert done.exit_code == 0
    assert 'name = "partner"' in done.stdout
    read_partner(done.stdout.encode())


def test_what_is_sent_means_and_would_be_written_stands_side_by_side(tmp_path: Path) -> None:
    profile = _file(tmp_path, "acme.toml", b'name = "acme"\nversion = "1"\ncurrency = "USD"')
    done = _run("test", profile, _file(tmp_path, "order.edi", order(more="REF*ZZ*9~")))
    assert done.exit_code == 0
    row = next(each for each in done.output.splitlines() if "20261123" in each)
    assert [row.split("│")[0].strip(), row.split("│")[-1].strip()] == ["line 4", "same"]
    assert "2026-11-23" in done.output
    assert "(rides along)" in done.output
    assert "is chosen by sender only" in done.output


def test_what_cannot_be_read_makes_the_exit_code_one(tmp_path: Path) -> None:
    profile = _file(tmp_path, "acme.toml", b'name = "acme"\nversion = "1"')
    right = _file(tmp_path, "right.edi", order())
    wrong = _file(tmp_path, "wrong.edi", order(unit="QX"))
    broken = _file(tmp_path, "broken.edi", b"ISA")
    done = _run("test", "--brief", profile, right, wrong, broken)
    assert done.exit_code == 1
    assert "right.edi" not in done.output
    assert "A unit is one" in done.output
    assert "1 of 3 are read, and written back as sent" in done.output


def test_a_row_is_shown_cell_by_cell(tmp_path: Path) -> None:
    sample = _file(tmp_path, "orders.csv", table())
    text = _run("learn", sample).stdout
    for party in ("buyer", "seller"):
        text = text.replace(
            f'# [[table.field]]\n# to = "order.{party}', f'[[table.field]]\nto = "order.{party}'
        ).replace(f'# constant = "Name of the {party}"\n# is_always', 'constant = "P"\nis_always')
    done = _run("test", _file(tmp_path, "acme.toml", text.encode()), sample)
    assert done.exit_code == 0, done.output
    assert "order.order_line[0].quantity.value = 1250.5" in done.output


def test_a_profile_or_file_that_cannot_be_read_makes_the_exit_code_two(tmp_path: Path) -> None:
    sample = _file(tmp_path, "order.edi", order())
    bad = _file(tmp_path, "bad.toml", b'name = "acme"\nversion = "1"\ncurrency = "Dollar"')
    done = _run("test", bad, sample)
    assert done.exit_code == 2
    assert "line 3" in done.output
    for arguments in (("test", tmp_path / "none.toml", sample), ("learn", tmp_path / "none.edi")):
        assert _run(*arguments).exit_code == 2
    assert _run("learn", _file(tmp_path, "order.xml", b"<a/>")).exit_code == 2
    assert _run("learn", "--name", "No Name", sample).exit_code == 2


def test_an_acknowledgement_is_shown_and_leaves_nothing_to_write(tmp_path: Path) -> None:
    content = order().replace(b"850", b"997").replace(b"GS*PO", b"GS*FA")
    begin, end = content.index(b"BEG"), content.index(b"GE*1")
    answer = content[:begin] + b"AK1*PO*8~AK9*A*1*1*1~SE*4*0001~" + content[end:]
    profile = _file(tmp_path, "acme.toml", b'name = "acme"\nversion = "1"')
    done = _run("test", profile, _file(tmp_path, "answer.edi", answer))
    assert done.exit_code == 0, done.output
    assert "AK9*A*1*1*1" in done.output


def test_what_a_partner_sends_cannot_move_the_cursor(tmp_path: Path) -> None:
    sample = _file(tmp_path, "order.edi", order(unit="\x1b[2J", ref="REF*CR*\x9b31m\u202e~"))
    profile = _file(tmp_path, "acme.toml", b'name = "acme"\nversion = "1"')
    for done in (_run("test", profile, sample), _run("learn", sample)):
        assert not {"\x1b", "\x9b", "\u202e"} & set(done.output)
    read_partner(_run("learn", sample).stdout.encode())
