"""The command line: what it offers, and how it says what it was not given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from gateway.cli import app

ENVIRONMENT = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
COMMANDS = ("demo", "up", "down", "doctor", "serve", "node", "verify", "import", "bench")
GROUPS = ("org", "agreement", "order")


def _leaves(command: Any, *path: str) -> list[tuple[str, ...]]:
    below = getattr(command, "commands", {})
    found = [leaf for name, sub in below.items() for leaf in _leaves(sub, *path, name)]
    return found or [path]


LEAVES = _leaves(typer.main.get_command(app))


def test_every_command_of_the_plan_is_there() -> None:
    assert {leaf[0] for leaf in LEAVES} >= {*COMMANDS, *GROUPS}


@pytest.mark.parametrize("leaf", LEAVES, ids=" ".join)
def test_every_help_text_has_an_example(leaf: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*leaf, "--help"], env=ENVIRONMENT)
    assert done.exit_code == 0
    assert f"consign {leaf[0]}" in done.output.split("Example", 1)[-1]
    assert "Example" in done.output


def test_unknown_benchmark_is_refused_with_those_there_are() -> None:
    done = CliRunner().invoke(app, ["bench", "nothing"], env=ENVIRONMENT)
    assert done.exit_code == 2
    assert "There is no benchmark nothing." in done.output
    assert "import" in done.output


def test_down_where_nothing_runs_is_fine(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["down", "--home", str(tmp_path / "none")], env=ENVIRONMENT)
    assert done.exit_code == 0
    assert "nothing was running" in done.output


def test_import_refuses_files_and_profiles_that_are_not_there(tmp_path: Path) -> None:
    absent = CliRunner().invoke(app, ["import", str(tmp_path / "x.xml")], env=ENVIRONMENT)
    assert absent.exit_code == 2 and "There is no file" in absent.output
    table = tmp_path / "x.csv"
    table.write_text("a\n")
    naked = CliRunner().invoke(app, ["import", str(table)], env=ENVIRONMENT)
    assert naked.exit_code == 2 and "needs a profile" in naked.output


def test_command_line_starts_without_loading_the_gateway() -> None:
    loaded = "import sys, gateway.cli; print('fastapi' in sys.modules, 'ortools' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr
