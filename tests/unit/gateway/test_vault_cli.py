"""The vault from the command line: collected, checked, and mended where IPFS has what is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from ledger.model import Document
from ledger.model.parcel import OPENED
from ledger.vault import FileVault
from ledger.vault.kubo import Kubo
from tests.kubo import NEEDS_KUBO, running
from tests.tables import AGREEMENT, filled

NOWHERE = "http://127.0.0.1:9"


def home(folder: Path, ipfs: str | None = None) -> tuple[Path, FileVault, str]:
    """A gateway's folder with one document in its vault."""
    daemon = "" if ipfs is None else f'ipfs = "{ipfs}"'
    (folder / "consign.toml").write_text(f"[vault]\n{daemon}\n")
    tables = filled(f"sqlite:///{folder / 'ledger.sqlite'}", folder)
    tables.order(1, "Confirmed")
    cid = tables.vault.put(b"sealed")
    tables.put(
        Document(
            commitment=bytes(32),
            cid=cid,
            organisation=1,
            agreement=AGREEMENT,
            kind="order",
            number=1,
            order_number=1,
            readers=[1],
            status=OPENED,
        )
    )
    return folder, tables.vault, cid


def consign(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["vault", *words])
    return done.exit_code, done.output


def test_collection_keeps_what_is_needed(tmp_path: Path) -> None:
    folder, vault, cid = home(tmp_path)
    code, said = consign("collect", "--home", str(folder))
    assert (code, said) == (0, "kept 1 blocks, forgot 0 (0.0 MB)\n")
    assert list(vault) == [cid]


def test_check_fails_for_a_block_that_is_missing(tmp_path: Path) -> None:
    folder, vault, cid = home(tmp_path)
    assert consign("check", "--home", str(folder)) == (0, "1 blocks are whole\n")
    vault.delete(cid)
    code, said = consign("check", "--home", str(folder))
    assert code == 1
    assert f"missing {cid}" in said


@pytest.mark.parametrize("command", ["mend", "replicate"])
def test_without_a_daemon_there_is_nothing_to_ask(tmp_path: Path, command: str) -> None:
    folder, *_ = home(tmp_path)
    code, said = consign(command, "--home", str(folder))
    assert (code, "name no IPFS daemon" in said) == (2, True)


@pytest.mark.parametrize("command", ["mend", "replicate", "collect"])
def test_silent_daemon_is_told(tmp_path: Path, command: str) -> None:
    folder, vault, cid = home(tmp_path, NOWHERE)
    vault.delete(cid)
    code, said = consign(command, "--home", str(folder))
    assert (code, "does not answer" in said) == (2, True)


def test_folder_without_settings_is_told(tmp_path: Path) -> None:
    code, said = consign("check", "--home", str(tmp_path))
    assert (code, "there is no consign.toml" in said) == (2, True)


@NEEDS_KUBO
def test_block_that_is_gone_is_mended_from_ipfs(tmp_path: Path) -> None:
    with running(tmp_path / "ipfs") as daemon:
        folder, vault, cid = home(tmp_path, daemon.url)
        asyncio.run(_put(daemon.url, b"sealed"))
        vault.delete(cid)
        assert consign("mend", "--home", str(folder)) == (0, "mended 1 of 1 blocks\n")
        assert vault.get(cid) == b"sealed"
        assert consign("replicate", "--home", str(folder)) == (
            0,
            "IPFS: added 1 blocks, forgot 0\n",
        )


async def _put(url: str, block: bytes) -> None:
    async with Kubo(url) as kubo:
        await kubo.put_all([block])
