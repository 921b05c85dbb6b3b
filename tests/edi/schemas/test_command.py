"""`consign schemas`: what an operator adds, sees, tries and removes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.edi.schemas.artefacts import ORDER, PACKAGE, RULES
from tests.edi.schemas.conftest import Lay


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "consign.toml").write_text("")
    return folder


def consign(home: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["schemas", *words, "--home", str(home)])
    return done.exit_code, done.output


def test_package_is_added_listed_and_removed(home: Path, lay: Lay) -> None:
    line = "published: 1 dtd, 1 json-schema, 1 schematron, 1 xsd (releases 1.2.014, 2.1, 2025.5)\n"
    assert consign(home, "list") == (0, "nothing is checked with published rules\n")
    assert consign(home, "add", str(lay(PACKAGE))) == (0, line)
    assert consign(home, "list") == (0, line)
    assert (home / "schemas/published/package.json").is_file()
    assert consign(home, "remove", "published") == (0, "removed published\n")
    assert consign(home, "list") == (0, "nothing is checked with published rules\n")


def test_what_is_not_taken_is_told(home: Path, lay: Lay) -> None:
    files = {**PACKAGE, **{f"2025.5/OTHER-{nth}.xslt": RULES for nth in range(12)}}
    code, output = consign(home, "add", str(lay(files)))
    assert code == 0
    assert "not taken: 2025.5/OTHER-0.xslt holds rules of nobody known" in output
    assert "not taken: 2 more" in output


def test_files_are_held_against_the_rules(home: Path, lay: Lay, tmp_path: Path) -> None:
    consign(home, "add", str(lay(PACKAGE)))
    right, wrong = tmp_path / "right.xml", tmp_path / "wrong.xml"
    right.write_text(ORDER)
    wrong.write_text(ORDER.replace("short", "much too long"))
    assert consign(home, "check", str(right)) == (0, f"{right}: 0 findings\n")
    code, output = consign(home, "check", str(right), str(wrong))
    assert code == 1
    assert f"{wrong}: 1 findings\n  error line 5, column 3, /Order/cbc:Note: TEST-R001: " in output


@pytest.mark.parametrize(
    "words",
    [
        ("add", "absent.jar"),
        ("remove", "absent"),
        ("check", "absent.xml"),
        ("add", ".", "--since", "tomorrow"),
    ],
)
def test_what_cannot_be_done_is_said(home: Path, words: tuple[str, ...]) -> None:
    code, output = consign(home, *words)
    assert code == 2
    assert output.startswith("Could not: ")


def test_folder_without_settings_is_said(tmp_path: Path) -> None:
    assert consign(tmp_path, "list")[0] == 2
