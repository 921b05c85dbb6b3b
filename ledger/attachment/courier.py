"""Brings the files of documents that others sent: list, chunks, and a look at the whole.

A file is fetched as soon as its document is opened, from the same gateways, a few chunks at a time
into the vault, so that memory is constant and what is there already is not asked for again. It
counts as held once all of it was read and is what the document describes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

import aiohttp
from sqlalchemy import Engine, and_, select, update
from sqlmodel import Session, col

from ledger.arrival import back_off_ms
from ledger.attachment.chunk import ChunkList, FileCipher
from ledger.attachment.errors import AttachmentDamaged
from ledger.attachment.reader import require_whole
from ledger.attachment.register import keep_blocks
from ledger.block_source import BlockSource, BlockWrong, Wanted
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.feed import Bell
from ledger.model import Attachment, Document, Organisation
from ledger.model.attachment import ATTACHMENT_WAITS, BROKEN, HELD, MISSING
from ledger.model.table import table_of
from ledger.vault import BlockCorrupt, BlockMissing, Vault, cid_from_digest
from ledger.wanted import wanted_documents

AT_ONCE: Final = 4
"""How many files are fetched at once."""
TOGETHER: Final = 3
"""Chunks that are asked for by one question: as many as fit into its answer."""


class _Absent(Exception):
    """A block of the file cannot be had now."""


class FileCourier:
    """Fetches files for hosted organisations.

    Parameters
    ----------
    hosted : collection of int
        Hosted organisations.
    bytes_max : int
        Larger files are not fetched.
    news : Bell
        Rung when a document was opened, and when a file is whole.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        blocks: BlockSource,
        hosted: Collection[int],
        bytes_max: int,
        news: Bell,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._blocks = blocks
        self._hosted = hosted
        self._bytes_max = bytes_max
        self._news = news
        self._under_way: dict[tuple[bytes, str], asyncio.Task[None]] = {}

    async def look(self, http: aiohttp.ClientSession) -> None:
        """Begin with what is due; raise what ended an earlier beginning."""
        for key in [key for key, task in self._under_way.items() if task.done()]:
            await self._under_way.pop(key)
        for row in await in_thread(self._due):
            key = (row.document, row.id)
            if key not in self._under_way and len(self._under_way) < AT_ONCE:
                self._under_way[key] = asyncio.create_task(self._bring(http, row))

    async def advance(self, http: aiohttp.ClientSession) -> bool:
        """Try once what is due; false when nothing was."""
        await self.look(http)
        tasks = list(self._under_way.values())
        self._under_way.clear()
        await asyncio.gather(*tasks)
        return bool(tasks)

    async def stop(self) -> None:
        """Stop fetching; what is in the vault is not fetched again."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self._under_way.clear()

    def _due(self) -> Sequence[Any]:
        asked = (
            select(table_of(Attachment))
            .where(ATTACHMENT_WAITS, col(Attachment.next_attempt_ms) <= now_ms())
            .order_by(col(Attachment.next_attempt_ms))
            .limit(2 * AT_ONCE)
        )
        with reading(self._engine) as session:
            return session.connection().execute(asked).all()

    async def _bring(self, http: aiohttp.ClientSession, row: Any) -> None:
        try:
            listed = await self._fetch(http, row)
            await in_thread(
                require_whole, self._vault, row.key, listed, row.size_bytes, row.file_digest
            )
        except (_Absent, BlockMissing) as problem:
            await in_thread(self._put_off, row, MISSING, str(problem))
        except (AttachmentDamaged, BlockCorrupt, BlockWrong) as problem:
            await in_thread(self._put_off, row, BROKEN, str(problem))
        else:
            await in_thread(self._keep, row, listed)
            self._news.ring()

    async def _fetch(self, http: aiohttp.ClientSession, row: Any) -> ChunkList:
        if row.size_bytes > self._bytes_max:
            raise AttachmentDamaged("The file is larger than this gateway takes.")
        wanted, endpoint = await in_thread(self._source, row)
        cid = cid_from_digest(row.listing)
        block = await self._fetch_all(http, [replace(wanted, cid=cid)], endpoint)
        listed = FileCipher(row.key).open_list(block[cid])
        if listed.size_bytes != row.size_bytes:
            raise AttachmentDamaged("The list is not that of a file of the size described.")
        for start in range(0, len(listed.chunks), TOGETHER):
            part = listed.chunks[start : start + TOGETHER]
            await self._fetch_all(http, [replace(wanted, cid=each) for each in part], endpoint)
        return listed

    async def _fetch_all(
        self, http: aiohttp.ClientSession, wanted: Sequence[Wanted], endpoint: str
    ) -> dict[str, bytes]:
        """Fetch blocks into the vault, all of them.

        Raises
        ------
        BlockWrong
            If one is not what its CID names.
        """
        found: dict[str, bytes] = {}
        while left := [each for each in wanted if each.cid not in found]:
            answers = await self._blocks.fetch_all(http, left, endpoint)
            for cid, answer in answers.items():
                if isinstance(answer, BlockWrong):
                    raise answer
                if not isinstance(answer, bytes):
                    raise _Absent(str(answer))
                found[cid] = answer
            if not answers:
                raise _Absent("the answer is empty")
        return found

    def _source(self, row: Any) -> tuple[Wanted, str]:
        """Tell in whose names and where a file is asked for: as its document."""
        cid = cid_from_digest(row.document)
        columns = (Document.cid, Document.readers, Document.organisation, Document.agreement)
        with reading(self._engine) as session:
            asked = select(*map(col, columns)).where(col(Document.cid) == cid)
            document = session.connection().execute(asked).first()
            sender = session.get(Organisation, row.organisation)
            endpoint = "" if sender is None else sender.endpoint.rstrip("/")
        if document is None:
            raise _Absent("its document is not known any more")
        (wanted,) = wanted_documents(self._engine, self._hosted, [document])
        return wanted, endpoint

    def _keep(self, row: Any, listed: ChunkList) -> None:
        with writing(self._engine) as session:
            keep_blocks(session, row.listing, listed.chunks)
            _update(session, row, status=HELD, reason=None)

    def _put_off(self, row: Any, status: str, reason: str) -> None:
        pause_ms = back_off_ms(row.attempts, row.listing)
        with writing(self._engine) as session:
            _update(
                session,
                row,
                status=status,
                reason=reason,
                attempts=row.attempts + 1,
                next_attempt_ms=now_ms() + pause_ms,
            )


def _update(session: Session, row: Any, **values: Any) -> None:
    is_row = and_(col(Attachment.document) == row.document, col(Attachment.id) == row.id)
    session.connection().execute(update(Attachment).where(is_row).values(**values))
