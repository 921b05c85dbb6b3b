"""Many blocks travel in one answer, and nothing in it is taken on trust."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.vault import CidInvalid, FileVault, cid_of
from ledger.vault.bundle import BundleInvalid, read_bundle, write_bundle

BLOCKS = [b"one", b"", b"three" * 100]
CIDS = [cid_of(block) for block in BLOCKS]


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    vault = FileVault(tmp_path)
    vault.put_all(BLOCKS)
    return vault


def test_what_may_not_be_had_looks_as_if_it_were_not_held(vault: FileVault) -> None:
    content = write_bundle(vault, CIDS, CIDS[:1])
    assert read_bundle(CIDS, content) == ({CIDS[0]: BLOCKS[0]}, set(), set())


def test_what_is_held_arrives_and_what_is_not_is_told(vault: FileVault) -> None:
    asked = [CIDS[2], cid_of(b"elsewhere"), CIDS[0], CIDS[1]]
    blocks, wrong, alone = read_bundle(asked, write_bundle(vault, asked, asked))
    assert blocks == dict(zip(CIDS, BLOCKS, strict=True))
    assert (wrong, alone) == (set(), set())


def test_what_does_not_fit_is_to_be_asked_for_by_itself(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.vault.bundle.BUNDLE_BYTES_MAX", 30)
    content = write_bundle(vault, CIDS, CIDS)
    blocks, wrong, alone = read_bundle(CIDS, content)
    assert len(content) <= 30
    assert list(blocks.values()) == [b"one", b""]
    assert (wrong, alone) == (set(), {CIDS[2]})


def test_a_block_asked_for_twice_is_sent_once(vault: FileVault) -> None:
    assert write_bundle(vault, [CIDS[2]] * 50, CIDS).count(BLOCKS[2]) == 1


def test_what_is_no_cid_is_refused(vault: FileVault) -> None:
    with pytest.raises(CidInvalid):
        write_bundle(vault, ["../secret"], ["../secret"])


def test_other_bytes_than_asked_for_are_told_apart(vault: FileVault) -> None:
    content = write_bundle(vault, CIDS, CIDS).replace(b"one", b"two")
    blocks, wrong, _ = read_bundle(CIDS, content)
    assert wrong == {CIDS[0]}
    assert CIDS[0] not in blocks
    assert len(blocks) == 2


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1], lambda c: c + b"x", lambda c: b"\x03" + c[1:]]
)
def test_an_answer_of_another_layout_is_refused(vault: FileVault, change: object) -> None:
    assert callable(change)
    with pytest.raises(BundleInvalid):
        read_bundle(CIDS, change(write_bundle(vault, CIDS, CIDS)))


def test_an_empty_answer_to_a_question_is_refused() -> None:
    with pytest.raises(BundleInvalid):
        read_bundle(CIDS, b"")
