"""Files of any size go into the vault and come out again, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from ledger.attachment.chunk import BLOCK_BYTES, CHUNK_BYTES, ChunkList, FileCipher, chunks_of
from ledger.attachment.errors import (
    AttachmentDamaged,
    AttachmentEmpty,
    AttachmentTooLarge,
    AttachmentTypeMismatch,
)
from ledger.attachment.reader import read_file, require_whole
from ledger.attachment.sealer import FileSealer, SealedFile
from ledger.vault import BlockMissing, Cid, FileVault
from ledger.vault.large import LARGE_BYTES

TEXT = "text/plain"
LIMIT = 100 * 1024 * 1024


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


def sealed(vault: FileVault, content: bytes, part_bytes: int = 700_001) -> SealedFile:
    sealer = FileSealer(vault, TEXT, LIMIT)
    for start in range(0, len(content), part_bytes):
        sealer.write(content[start : start + part_bytes])
    return sealer.finish()


def listed(vault: FileVault, file: SealedFile) -> ChunkList:
    return FileCipher(file.key).open_list(vault.get(file.cid))


def words(size: int) -> bytes:
    return (b"every good boy does fine\n" * (size // 25 + 1))[:size]


@pytest.mark.parametrize(
    "size",
    [1, 25, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES, 5 * CHUNK_BYTES + 7],
)
def test_file_comes_out_as_it_went_in(vault: FileVault, size: int) -> None:
    content = words(size)
    file = sealed(vault, content)
    chunks = listed(vault, file)
    assert b"".join(read_file(vault, file.key, chunks)) == content
    assert (file.size_bytes, file.digest) == (size, hashlib.sha256(content).digest())
    assert len(file.chunks) == chunks_of(size)
    assert sorted(vault) == sorted([file.cid, *file.chunks])
    require_whole(vault, file.key, chunks, size, file.digest)


def test_chunk_is_the_largest_block_that_every_ipfs_peer_takes(vault: FileVault) -> None:
    file = sealed(vault, words(2 * CHUNK_BYTES))
    assert set(vault.sizes(file.chunks).values()) == {BLOCK_BYTES}
    assert BLOCK_BYTES == 2**20 >= LARGE_BYTES


def test_same_file_twice_has_no_block_in_common(vault: FileVault) -> None:
    one, other = sealed(vault, words(CHUNK_BYTES + 1)), sealed(vault, words(CHUNK_BYTES + 1))
    assert one.digest == other.digest
    assert not {one.cid, *one.chunks} & {other.cid, *other.chunks}


def test_blocks_show_nothing_of_the_file(vault: FileVault) -> None:
    file = sealed(vault, words(CHUNK_BYTES + 1))
    for cid in vault:
        assert b"good boy" not in vault.get(cid)
    assert file.digest not in vault.get(file.cid)


@pytest.mark.parametrize(
    "change",
    [
        lambda chunks: (chunks[1], chunks[0], *chunks[2:]),
        lambda chunks: (chunks[0], chunks[0], *chunks[2:]),
        lambda chunks: (chunks[0], *chunks[2:], chunks[1]),
        lambda chunks: chunks[:-1],
        lambda chunks: (*chunks, chunks[-1]),
    ],
    ids=["exchanged", "repeated", "moved to the end", "cut off", "longer"],
)
def test_chunks_in_other_places_do_not_open(vault: FileVault, change: object) -> None:
    file = sealed(vault, words(3 * CHUNK_BYTES + 5))
    assert callable(change)
    changed = ChunkList(file.size_bytes, change(file.chunks))
    with pytest.raises(AttachmentDamaged):
        list(read_file(vault, file.key, changed))


def test_list_of_fewer_chunks_is_not_that_of_the_file(vault: FileVault) -> None:
    file = sealed(vault, words(3 * CHUNK_BYTES))
    cipher = FileCipher(file.key)
    for size, chunks in ((file.size_bytes, file.chunks[:-1]), (0, ()), (0, file.chunks[:1])):
        with pytest.raises(AttachmentDamaged):
            cipher.open_list(cipher.seal_list(size, chunks))


def test_no_byte_of_a_list_can_be_changed(vault: FileVault) -> None:
    file = sealed(vault, words(10))
    block = vault.get(file.cid)
    for at in range(len(block)):
        changed = block[:at] + bytes([block[at] ^ 1]) + block[at + 1 :]
        with pytest.raises(AttachmentDamaged):
            FileCipher(file.key).open_list(changed)
    for short in (b"", block[:4], block[:-1], b"CSGA\x01"):
        with pytest.raises(AttachmentDamaged):
            FileCipher(file.key).open_list(short)


def test_chunk_opens_with_no_other_key_and_is_no_list(vault: FileVault) -> None:
    file = sealed(vault, words(10))
    with pytest.raises(AttachmentDamaged):
        list(read_file(vault, os.urandom(32), listed(vault, file)))
    with pytest.raises(AttachmentDamaged):
        FileCipher(file.key).open_list(b"CSGA\x01" + vault.get(file.chunks[0]))


def test_other_file_than_the_one_described_is_refused(vault: FileVault) -> None:
    file = sealed(vault, words(10))
    chunks = listed(vault, file)
    for size, digest in ((11, file.digest), (10, bytes(32))):
        with pytest.raises(AttachmentDamaged):
            require_whole(vault, file.key, chunks, size, digest)
    wrong = FileCipher(file.key).open_list(FileCipher(file.key).seal_list(9, file.chunks))
    with pytest.raises(AttachmentDamaged):
        list(read_file(vault, file.key, wrong))


def test_missing_chunk_is_named(vault: FileVault) -> None:
    file = sealed(vault, words(2 * CHUNK_BYTES))
    vault.delete(file.chunks[1])
    with pytest.raises(BlockMissing) as caught:
        list(read_file(vault, file.key, listed(vault, file)))
    assert caught.value.context == {"cid": file.chunks[1]}


def test_file_that_fails_leaves_nothing_in_the_vault(vault: FileVault) -> None:
    too_large = FileSealer(vault, TEXT, 9 * CHUNK_BYTES)
    for _ in range(9):
        too_large.write(words(CHUNK_BYTES))
    with pytest.raises(AttachmentTooLarge) as caught:
        too_large.write(b".")
    assert caught.value.context == {"bytes_max": 9 * CHUNK_BYTES}
    other = FileSealer(vault, "application/pdf", LIMIT)
    other.write(words(6 * CHUNK_BYTES))
    with pytest.raises(AttachmentTypeMismatch):
        other.finish()
    with pytest.raises(AttachmentEmpty):
        FileSealer(vault, TEXT, LIMIT).finish()
    given_up = FileSealer(vault, TEXT, LIMIT)
    given_up.write(words(6 * CHUNK_BYTES))
    given_up.abandon()
    assert list(vault) == []


class Discard(FileVault):
    """A vault that keeps nothing, so that only the sealer's own memory counts."""

    def put_all(self, blocks: object) -> list[Cid]:
        return [Cid("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e") for _ in blocks]  # type: ignore[attr-defined]


def test_sixty_megabytes_pass_through_sixteen(tmp_path: Path) -> None:
    sealer = FileSealer(Discard(tmp_path), TEXT, LIMIT)
    part = words(CHUNK_BYTES)
    tracemalloc.start()
    for _ in range(60):
        sealer.write(part)
    sealer.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * BLOCK_BYTES
