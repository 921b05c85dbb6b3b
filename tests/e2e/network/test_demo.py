"""The demonstration, run as a stranger would run it."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.network.conftest import Consign


def test_demonstration_records_both_stories_and_verifies_its_order(
    consign: Consign, home: Path
) -> None:
    done = consign("demo", "--home", home, "--keep")
    assert done.returncode == 0, done.stdout + done.stderr
    for fact in (
        "Aurora Outdoor",
        "Tallinn Seamworks",
        "signed by 0x",
        "gas",
        "planned one lot",
        "placed a sealed bid",
        "awarded to",
        "instead of",
        "What happened",
        "Everything holds.",
        "Order A1-1-O1: Closed",
        "opens none",
    ):
        assert fact in done.stdout, f"{fact!r} is missing in:\n{done.stdout}"
    databases = sorted(path.parent.name for path in home.rglob("ledger.sqlite"))
    assert databases == ["brand", "pool", "suppliers"]
    assert not list((home / "network" / "processes").glob("*.pid")), "everything was stopped"
