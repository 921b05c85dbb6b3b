"""A file counts as here once it is whole; what is wrong with it is told and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update
from sqlmodel import select

from ledger.asker import Askers
from ledger.attachment.chunk import CHUNK_BYTES, FileCipher
from ledger.attachment.courier import FileCourier
from ledger.attachment.register import await_files, forget_attached
from ledger.attachment.sealer import FileSealer, SealedFile
from ledger.block_source import BlockSource
from ledger.database import reading, writing
from ledger.document.part import FileDescription
from ledger.document.payload import AttachedFile
from ledger.feed import Bell
from ledger.model import Attachment, AttachmentBlock, Document
from ledger.model.attachment import AWAITED, BROKEN, HELD, MISSING
from ledger.model.parcel import OPENED
from ledger.query.attachment import attachments_of, documents_naming
from ledger.vault import Cid, FileVault
from tests import postgres
from tests.tables import AGREEMENT, Tables, filled

CONTENT = b"All is well.\n" * 200_000


@dataclass
class Arrived:
    """A document of organisation 1 that was opened for 2, and the file that goes with it."""

    tables: Tables
    courier: FileCourier
    http: aiohttp.ClientSession
    cid: Cid
    file: SealedFile

    @property
    def vault(self) -> FileVault:
        return self.tables.vault

    def await_file(self, id: str = "F1", **change: Any) -> None:
        """Open the document: its file is awaited from now on."""
        described = FileDescription(
            id=id,
            file_name="a.txt",
            mime_code="text/plain",
            size_bytes=len(CONTENT),
            digest="0x" + self.file.digest.hex(),
        )
        sent = AttachedFile(id, change.pop("cid", self.file.cid), change.pop("key", self.file.key))
        with writing(self.tables.engine) as session:
            await_files(session, 1, self.cid, [described.model_copy(update=change)], [sent])

    async def brought(self) -> tuple[str, str | None]:
        """Try once more, whenever it is due; gives status and reason."""
        with writing(self.tables.engine) as session:
            session.execute(update(Attachment).values(next_attempt_ms=0))
        await self.courier.advance(self.http)
        with reading(self.tables.engine) as session:
            (found,) = attachments_of(session, self.cid)
        return found.status, found.reason


@pytest.fixture
async def arrived(tmp_path: Path) -> AsyncIterator[Arrived]:
    tables = filled(postgres.sqlite_database(tmp_path), tmp_path)
    sealer = FileSealer(tables.vault, "text/plain", 10 * CHUNK_BYTES)
    sealer.write(CONTENT)
    file = sealer.finish()
    cid = tables.vault.put(b"sealed document")
    row = Document(
        commitment=bytes(32),
        cid=cid,
        organisation=1,
        agreement=AGREEMENT,
        kind="order",
        number=1,
        readers=[2],
        status=OPENED,
    )
    tables.put(row)
    source = BlockSource(tables.vault, Askers(bytes(32), tables.hosts))
    hosted = tables.hosts.keys()
    courier = FileCourier(tables.engine, tables.vault, source, hosted, 10 * CHUNK_BYTES, Bell())
    async with aiohttp.ClientSession() as http:
        yield Arrived(tables, courier, http, cid, file)


async def test_file_is_held_once_it_was_read(arrived: Arrived) -> None:
    arrived.await_file()
    with reading(arrived.tables.engine) as session:
        assert [each.status for each in attachments_of(session, arrived.cid)] == [AWAITED]
        assert documents_naming(session, arrived.file.chunks) == {}
    assert await arrived.brought() == (HELD, None)
    with reading(arrived.tables.engine) as session:
        naming = documents_naming(session, [arrived.file.cid, *arrived.file.chunks])
    assert naming == {cid: {arrived.cid} for cid in (arrived.file.cid, *arrived.file.chunks)}
    assert not await arrived.courier.advance(arrived.http)


async def test_missing_chunk_is_waited_for(arrived: Arrived) -> None:
    arrived.await_file()
    chunk = arrived.vault.get(arrived.file.chunks[1])
    arrived.vault.delete(arrived.file.chunks[1])
    status, reason = await arrived.brought()
    assert (status, bool(reason)) == (MISSING, True)
    arrived.vault.put(chunk)
    assert await arrived.brought() == (HELD, None)


@pytest.mark.parametrize(
    "change",
    [{"size_bytes": 1}, {"digest": "0x" + "11" * 32}, {"key": b"k" * 32}, {"size_bytes": 2**40}],
    ids=["another size", "another digest", "another key", "too large"],
)
async def test_other_file_than_described_is_broken_and_gives_nobody_its_blocks(
    arrived: Arrived, change: dict[str, Any]
) -> None:
    arrived.await_file(**change)
    status, reason = await arrived.brought()
    assert (status, bool(reason)) == (BROKEN, True)
    with reading(arrived.tables.engine) as session:
        assert documents_naming(session, [arrived.file.cid, *arrived.file.chunks]) == {}


async def test_foreign_list_gives_no_right_to_blocks_that_it_names(arrived: Arrived) -> None:
    secret = arrived.vault.put(b"a block of somebody else")
    cipher = FileCipher(key := b"k" * 32)
    listing = arrived.vault.put(cipher.seal_list(10, [secret]))
    arrived.await_file(cid=listing, key=key, size_bytes=10)
    assert (await arrived.brought())[0] == BROKEN
    with reading(arrived.tables.engine) as session:
        assert documents_naming(session, [secret]) == {}


async def test_wrong_key_in_one_document_spoils_no_other(arrived: Arrived) -> None:
    arrived.await_file("F1", key=b"k" * 32)
    arrived.await_file("F2")
    await arrived.courier.advance(arrived.http)
    with reading(arrived.tables.engine) as session:
        found = {each.id: each.status for each in attachments_of(session, arrived.cid)}
    assert found == {"F1": BROKEN, "F2": HELD}


async def test_file_without_description_or_address_is_not_awaited(arrived: Arrived) -> None:
    with writing(arrived.tables.engine) as session:
        await_files(session, 1, arrived.cid, [], [AttachedFile("F1", arrived.file.cid, bytes(32))])
    arrived.await_file(cid="nowhere")
    with reading(arrived.tables.engine) as session:
        assert attachments_of(session, arrived.cid) == []


async def test_document_that_is_forgotten_takes_its_files_along(arrived: Arrived) -> None:
    arrived.await_file()
    await arrived.brought()
    with writing(arrived.tables.engine) as session:
        forget_attached(session, arrived.vault, arrived.cid)
    with reading(arrived.tables.engine) as session:
        for model in (Attachment, AttachmentBlock):
            assert session.exec(select(model)).all() == []
    assert list(arrived.vault) == [arrived.cid]


async def test_stopping_leaves_the_file_awaited(arrived: Arrived) -> None:
    arrived.await_file()
    await arrived.courier.look(arrived.http)
    await arrived.courier.stop()
    await asyncio.sleep(0)
    assert await arrived.brought() == (HELD, None)
