"""Large blocks lie in files of their own, and are found, mended and forgotten like all others."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.clock import now_ms
from ledger.vault import BlockCorrupt, FileVault
from ledger.vault.large import LARGE_BYTES

LARGE = b"large" * LARGE_BYTES
HOURS_MS = 3_600_000


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "vault/large").iterdir())


def test_large_block_is_a_file_and_small_one_is_none(vault: FileVault, tmp_path: Path) -> None:
    large, small = vault.put_all([LARGE, b"small"])
    assert files(tmp_path) == [large]
    assert vault.get(large) == LARGE
    assert vault.get_all([large, small]) == {large: LARGE, small: b"small"}
    assert vault.sizes([large, small]) == {large: len(LARGE), small: 5}
    assert sorted(vault) == sorted([large, small])
    assert vault.has(large)


def test_damaged_large_block_is_refused_and_mended(vault: FileVault, tmp_path: Path) -> None:
    cid = vault.put(LARGE)
    (tmp_path / "vault/large" / cid).write_bytes(b"?" * len(LARGE))
    with pytest.raises(BlockCorrupt):
        vault.get(cid)
    assert vault.get_all([cid]) == {}
    vault.put(LARGE)
    assert vault.get(cid) == LARGE


def test_forgotten_large_block_is_gone(vault: FileVault, tmp_path: Path) -> None:
    cid = vault.put(LARGE)
    vault.delete(cid)
    vault.delete(cid)
    assert not vault.has(cid)
    assert files(tmp_path) == []


def test_what_was_stored_since_is_not_forgotten(vault: FileVault, tmp_path: Path) -> None:
    cids = vault.put_all([LARGE, b"small"])
    vault.delete_all(cids, stored_before_ms=now_ms() - HOURS_MS)
    assert sorted(vault) == sorted(cids)
    vault.delete_all(cids, stored_before_ms=now_ms() + 2 * HOURS_MS)
    assert list(vault) == []


def test_storing_again_counts_as_stored(vault: FileVault, tmp_path: Path) -> None:
    cids = vault.put_all([LARGE, b"small"])
    os.utime(tmp_path / "vault/large" / cids[0], (0, 0))
    with closing(sqlite3.connect(tmp_path / "vault/blocks.sqlite")) as connection, connection:
        connection.execute("UPDATE block SET stored_ms = 0")
    vault.put_all([LARGE, b"small"])
    vault.delete_all(cids, stored_before_ms=now_ms() - HOURS_MS)
    assert sorted(vault) == sorted(cids)


def test_vault_of_the_earlier_form_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    with closing(sqlite3.connect(tmp_path / "vault/blocks.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE block (digest BLOB PRIMARY KEY, content BLOB NOT NULL)")
    vault = FileVault(tmp_path / "vault")
    assert vault.get(vault.put(b"small")) == b"small"


def test_what_a_killed_writer_left_goes_a_day_later(vault: FileVault, tmp_path: Path) -> None:
    cid = vault.put(LARGE)
    for name, age_s in (("young", 0), ("old", 25 * 3600)):
        path = tmp_path / f"vault/large/.unnamed-{name}"
        path.write_bytes(b"half")
        os.utime(path, (now_ms() // 1000 - age_s,) * 2)
    assert list(FileVault(tmp_path / "vault")) == [cid]
    assert files(tmp_path) == [".unnamed-young", cid]
