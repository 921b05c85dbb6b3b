"""`consign verify` on a network that runs: what its exit codes mean."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sqlite3
from pathlib import Path

from rich.console import Console

from gateway.importing.order_file import import_orders
from gateway.network.network import Network
from ledger.vault.cid import digest_of
from tests.e2e.network.conftest import ROOT, Consign


def _cid_of_the_order(gateway: Path) -> str:
    with sqlite3.connect(gateway / "ledger.sqlite") as database:
        (cid,) = database.execute("SELECT cid FROM document WHERE kind = 'order'").fetchone()
    return str(cid)


def test_verify_tells_honest_orders_from_unknown_ones_and_damaged_blocks(
    consign: Consign, network: Network, tmp_path: Path
) -> None:
    console = Console(file=io.StringIO())
    files = [ROOT / "examples" / "order.xml"]
    assert asyncio.run(import_orders(files, network.home, console)) == 0
    brand = network.home.gateway("brand")
    supplier = network.home.gateway("suppliers")

    honest = consign("verify", "A1-1-O1", "--home", brand)
    assert honest.returncode == 0, honest.stdout
    assert "Everything holds." in honest.stdout

    unknown = consign("verify", "A1-1-O99", "--home", brand)
    assert unknown.returncode == 1
    assert "The chain knows no order A1-1-O99." in unknown.stdout

    for wrong in (["A1-1-O1", "--home", tmp_path / "nowhere"], ["order one", "--home", brand]):
        unseen = consign("verify", *wrong)
        assert unseen.returncode == 2
        assert "Could not look" in unseen.stdout

    cid = _cid_of_the_order(brand)
    for gateway in (brand, supplier):
        _damage(gateway / "vault" / "blocks.sqlite", cid)
    damaged = consign("verify", "A1-1-O1", "--home", brand)
    assert damaged.returncode == 1
    assert "Not everything holds." in damaged.stdout
    assert "A1-1-O1: issue: its document" in damaged.stdout


def _damage(vault: Path, cid: str) -> None:
    """Spoil a block where it lies, as a failing disk would."""
    with contextlib.closing(sqlite3.connect(vault)) as connection, connection:
        digest = digest_of(cid)
        asked = "SELECT content FROM block WHERE digest = ?"
        (block,) = connection.execute(asked, (digest,)).fetchone()
        spoiled = (block[:-1] + b"?", digest)
        connection.execute("UPDATE block SET content = ? WHERE digest = ?", spoiled)
