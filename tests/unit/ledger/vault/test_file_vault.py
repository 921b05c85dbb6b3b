"""Blocks are found by their content, whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from ledger.vault import (
    BlockCorrupt,
    BlockMissing,
    BlockTooLarge,
    CidInvalid,
    FileVault,
    Vault,
    cid_from_digest,
    cid_of,
    digest_of,
    parse_cid,
)

# What `ipfs add --cid-version=1 --raw-leaves` gives for "hello world" without line feed.
HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


def damage(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "vault/blocks.sqlite")) as connection, connection:
        connection.execute("UPDATE block SET content = ?", (b"hello w0rld",))


def test_cid_is_the_one_of_ipfs() -> None:
    assert cid_of(b"hello world") == HELLO
    assert cid_from_digest(digest_of(HELLO)) == HELLO
    assert parse_cid(HELLO) == HELLO


@pytest.mark.parametrize(
    "cid",
    [
        "",
        "b",
        HELLO.upper(),
        HELLO[:-1],
        HELLO + "a",
        "z" + HELLO[1:],
        HELLO[:-1] + "f",
        HELLO[:-1] + "1",
        "bafybei" + HELLO[7:],
        "é" * 59,
        "../" + HELLO[3:],
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
    ],
)
def test_other_texts_are_no_cid(vault: FileVault, cid: str) -> None:
    for ask in (digest_of, vault.get, vault.has, vault.delete):
        with pytest.raises(CidInvalid) as caught:
            ask(cid)
        assert caught.value.name == "CidInvalid"


def test_block_is_found_by_its_content(vault: FileVault) -> None:
    kept: Vault = vault
    cid = kept.put(b"hello world")
    assert cid == HELLO
    assert kept.has(cid)
    assert kept.get(cid) == b"hello world"
    assert kept.put(b"hello world") == cid
    assert list(kept) == [cid]
    assert kept.get(kept.put(b"")) == b""


def test_missing_block_is_named(vault: FileVault) -> None:
    assert not vault.has(HELLO)
    with pytest.raises(BlockMissing) as caught:
        vault.get(HELLO)
    assert caught.value.context == {"cid": HELLO}


def test_deleted_block_is_gone_and_deleting_again_changes_nothing(vault: FileVault) -> None:
    cid = vault.put(b"x")
    vault.delete(cid)
    vault.delete(cid)
    assert not vault.has(cid)
    assert list(vault) == []


def test_damaged_block_is_refused_and_mended_by_storing_it_again(
    vault: FileVault, tmp_path: Path
) -> None:
    cid = vault.put(b"hello world")
    damage(tmp_path)
    with pytest.raises(BlockCorrupt):
        vault.get(cid)
    assert vault.get_all([cid]) == {}
    vault.put(b"hello world")
    assert vault.get(cid) == b"hello world"


def test_block_above_the_limit_is_refused(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.vault.file.BLOCK_BYTES_MAX", 3)
    with pytest.raises(BlockTooLarge):
        vault.put(b"four")


def test_blocks_of_one_call_are_stored_together(vault: FileVault) -> None:
    blocks = [b"%d" % number for number in range(1_200)]
    cids = vault.put_all([*blocks, blocks[0]])
    assert cids[:-1] == [cid_of(block) for block in blocks]
    assert vault.get_all([*cids, HELLO]) == dict(zip(cids, blocks, strict=False))
    assert len(list(vault)) == 1_200
    vault.delete_all(cids[:-2])
    assert list(vault) == [cids[-2]]
    assert vault.put_all([]) == []


def test_one_block_above_the_limit_keeps_its_neighbours_out(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.vault.file.BLOCK_BYTES_MAX", 3)
    with pytest.raises(BlockTooLarge):
        vault.put_all([b"one", b"four"])
    assert list(vault) == []


def store_and_die(folder: Path) -> None:
    FileVault(folder).put(b"hello world")
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_stored_outlives_a_kill(tmp_path: Path) -> None:
    killed = get_context("spawn").Process(target=store_and_die, args=(tmp_path,))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert FileVault(tmp_path).get(HELLO) == b"hello world"


def test_folder_with_a_file_for_each_block_is_taken_in(tmp_path: Path) -> None:
    shard = tmp_path / HELLO[-2:]
    shard.mkdir()
    (shard / HELLO).write_bytes(b"hello world")
    (shard / ("b" * 59)).write_bytes(b"mine")
    (tmp_path / "README").write_text("mine")
    vault = FileVault(tmp_path)
    assert list(vault) == [HELLO]
    assert [path.name for path in shard.iterdir()] == ["b" * 59]


def fill(folder: Path) -> list[str]:
    vault = FileVault(folder)
    return [vault.put(b"%d" % number * 1_000) for number in range(20)]


def test_processes_store_the_same_blocks_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        found = [each.result() for each in [pool.submit(fill, tmp_path) for _ in range(4)]]
    assert all(each == found[0] for each in found)
    vault = FileVault(tmp_path)
    assert sorted(vault) == sorted(set(found[0]))
    assert all(vault.get(cid) for cid in vault)
