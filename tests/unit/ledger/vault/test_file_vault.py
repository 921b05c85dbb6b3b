"""Blocks are found by their content, whole or not at all."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
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


def block_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


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
    [path] = block_files(tmp_path)
    path.write_bytes(b"hello w0rld")
    with pytest.raises(BlockCorrupt):
        vault.get(cid)
    vault.put(b"hello world")
    assert vault.get(cid) == b"hello world"


def test_block_above_the_limit_is_refused(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.vault.files.BLOCK_BYTES_MAX", 3)
    with pytest.raises(BlockTooLarge):
        vault.put(b"four")


def test_failed_write_leaves_nothing(
    vault: FileVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        vault.put(b"hello world")
    assert block_files(tmp_path) == []


def test_only_abandoned_parts_are_swept_when_a_vault_is_opened(tmp_path: Path) -> None:
    FileVault(tmp_path)
    old, fresh = tmp_path / "incoming/old.part", tmp_path / "incoming/fresh.part"
    for part in (old, fresh):
        part.write_bytes(b"half")
    os.utime(old, (time.time() - 7_200,) * 2)
    vault = FileVault(tmp_path)
    assert not old.exists()
    assert fresh.exists()
    assert list(vault) == []


def test_foreign_files_in_the_folder_are_not_blocks(vault: FileVault, tmp_path: Path) -> None:
    (tmp_path / "vault/README").write_text("mine")
    (tmp_path / "vault/ab").mkdir()
    (tmp_path / "vault/ab/notes.txt").write_text("mine")
    assert list(vault) == []


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
    assert list((tmp_path / "incoming").iterdir()) == []
