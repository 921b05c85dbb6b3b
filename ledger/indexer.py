"""Follows the chain into the projected tables; the only writer of those tables.

Each range of blocks is one database transaction: headers, records, facts, where everything stands,
the feed, what became of our own intents, and the cursor. Every header must name the one before it
as its parent. Where the chain no longer has the block at the cursor (a reorg, or a node that
restarted from an older copy), everything above the fork is taken back first.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sqlalchemy import Engine, Table, insert
from sqlmodel import Session, SQLModel, col, delete, func, select

from ledger import settlement
from ledger.awaited import await_manifests
from ledger.block import Block as Header
from ledger.client import Client
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.errors import Unreachable
from ledger.fact import Record as Told
from ledger.fact import Refusal, read_facts
from ledger.fault import ReorgTooDeep
from ledger.feed import Bell
from ledger.log import decode_logs
from ledger.model import (
    Block,
    Cursor,
    Event,
    FeedEntry,
    IncludedTransaction,
    Record,
)
from ledger.projection import fold
from ledger.retraction import retract
from ledger.standing import Standing

RANGE_BLOCKS: Final = 500
SEARCH_STEP: Final = 64
LAG_PATIENCE_S: Final = 1.0
"""How long a head below the cursor is taken for a late node rather than a lost tail."""

_log = logging.getLogger(__name__)


class ChainMoved(Exception):
    """The chain changed between two questions; ask again."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of blocks as the node told it, checked for consistency."""

    headers: list[Header]
    records: list[Told]
    refusals: list[Refusal]
    gas_used: dict[bytes, int]


class Indexer:
    """Follows the chain into a database.

    Parameters
    ----------
    hosted : frozenset of int
        Organisations whose documents are to be fetched.
    finality : int
        Blocks behind the head that never change; a deeper reorg stops the indexer.
    poll_s : float
        Pause between two looks at the chain's head.

    Attributes
    ----------
    is_current : asyncio.Event
        Set once the head of the chain was reached.
    """

    def __init__(
        self,
        engine: Engine,
        client: Client,
        deployment: Deployment,
        *,
        hosted: frozenset[int],
        news: Bell,
        finality: int,
        poll_s: float = 0.1,
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self._hosted = hosted
        self._news = news
        self._finality = finality
        self._poll_s = poll_s
        self._behind_since_s: float | None = None
        self.is_current = asyncio.Event()

    async def run(self) -> None:
        """Follow the chain until cancelled.

        Raises
        ------
        ReorgTooDeep
            When the chain took back final blocks: somebody has to look.
        """
        while True:
            try:
                is_at_head = not await self.advance()
                if is_at_head:
                    self.is_current.set()
            except (Unreachable, ChainMoved) as problem:
                _log.info("indexing waits: %s", problem)
                is_at_head = True
            if is_at_head:
                await asyncio.sleep(self._poll_s)

    async def advance(self) -> bool:
        """Take in the next range of blocks, or take back what is gone; false at the head.

        Raises
        ------
        Unreachable
            When the node does not answer.
        ChainMoved
            When the chain changed meanwhile; nothing was written.
        ReorgTooDeep
            When final blocks were taken back.
        """
        cursor = await in_thread(self._cursor)
        head = await self._client.block_number()
        if cursor is None:
            first = self._deployment.block
        else:
            if self._is_lagging(head, cursor):
                return False
            if not await self._stands(cursor):
                await self._rewind(cursor)
                return True
            first = cursor.block_number + 1
        if head < first:
            return False
        stretch = await self._fetch(first, min(head, first + RANGE_BLOCKS - 1))
        if cursor is not None and stretch.headers[0].parent_hash != cursor.block_hash:
            raise ChainMoved("the next block has another parent")
        await in_thread(self._take_in, stretch)
        self._news.ring()
        return True

    def _cursor(self) -> Cursor | None:
        with reading(self._engine) as session:
            return session.get(Cursor, self._deployment.chain_id)

    def _is_lagging(self, head: int, cursor: Cursor) -> bool:
        """Whether the node may only be late: its head has not been behind us for long."""
        if head >= cursor.block_number:
            self._behind_since_s = None
            return False
        now_s = time.monotonic()
        if self._behind_since_s is None:
            self._behind_since_s = now_s
        return now_s - self._behind_since_s < LAG_PATIENCE_S

    async def _stands(self, cursor: Cursor) -> bool:
        header = await self._client.block(cursor.block_number)
        return header is not None and header.hash == cursor.block_hash

    async def _fetch(self, first: int, last: int) -> Stretch:
        found = await self._client.blocks(range(first, last + 1))
        headers = [header for header in found if header is not None]
        if len(headers) != last - first + 1:
            raise ChainMoved("a block is gone")
        for earlier, later in pairwise(headers):
            if later.parent_hash != earlier.hash:
                raise ChainMoved(f"block {later.number} has another parent")
        logs = await self._client.logs(self._deployment.watched, first, last)
        hashes = {header.number: header.hash for header in headers}
        if any(hashes.get(log.block_number) != log.block_hash for log in logs):
            raise ChainMoved("a log is of another block")
        records, refusals = read_facts(decode_logs(logs))
        carriers = [each.tx_hash for each in records] + [each.tx_hash for each in refusals]
        wanted = list(dict.fromkeys(carriers))
        receipts = await self._client.receipts(wanted)
        gas_used = {each.tx_hash: each.gas_used for each in receipts if each is not None}
        return Stretch(headers, records, refusals, gas_used)

    def _take_in(self, stretch: Stretch) -> None:
        times = {header.number: header.timestamp for header in stretch.headers}
        facts = [fact for record in stretch.records for fact in record.facts]
        with writing(self._engine) as session:
            standing = Standing(session)
            fold(standing, facts, times)
            standing.write()
            session.flush()
            _write_records(session, stretch, facts)
            _settle(session, stretch)
            await_manifests(session, stretch.records, self._hosted)
            self._write_headers(session, stretch.headers)

    def _write_headers(self, session: Session, headers: list[Header]) -> None:
        rows = [
            {"number": h.number, "hash": h.hash, "parent": h.parent_hash, "time": h.timestamp}
            for h in headers
        ]
        session.connection().execute(insert(_table(Block)), rows)
        last = headers[-1]
        final = last.number - self._finality
        newly_final = col(Block.number).between(final - len(headers), final - 1)
        held = select(Record.block_number).where(col(Record.block_number) < final)
        session.exec(delete(Block).where(newly_final, col(Block.number).not_in(held)))
        session.merge(
            Cursor(
                chain_id=self._deployment.chain_id, block_number=last.number, block_hash=last.hash
            )
        )

    async def _rewind(self, cursor: Cursor) -> None:
        fork = await self._find_fork(cursor)
        _log.warning("the chain took back blocks %d to %d", fork + 1, cursor.block_number)
        await in_thread(self._take_back, fork)
        self._news.ring()

    async def _find_fork(self, cursor: Cursor) -> int:
        """Find the highest block that both we and the chain have."""
        known = await in_thread(self._known_blocks, cursor.block_number - self._finality)
        for start in range(0, len(known), SEARCH_STEP):
            part = known[start : start + SEARCH_STEP]
            answers = await self._client.blocks([number for number, _ in part])
            for (number, digest), header in zip(part, answers, strict=True):
                if header is not None and header.hash == digest:
                    return number
        if cursor.block_number - self._finality <= self._deployment.block:
            return self._deployment.block - 1
        raise ReorgTooDeep(
            problem=f"the chain took back more than the {self._finality} blocks below "
            f"{cursor.block_number} that may change"
        )

    def _known_blocks(self, lowest: int) -> list[tuple[int, bytes]]:
        newest_first = (
            select(Block.number, Block.hash)
            .where(Block.number >= lowest)
            .order_by(col(Block.number).desc())
        )
        with reading(self._engine) as session:
            return [(number, digest) for number, digest in session.exec(newest_first)]

    def _take_back(self, fork: int) -> None:
        with writing(self._engine) as session:
            retract(session, fork)
            session.flush()
            standing = session.exec(select(func.max(Block.number))).one()
            cursor = session.get(Cursor, self._deployment.chain_id)
            assert cursor is not None
            block = None if standing is None else session.get(Block, standing)
            if block is None:
                session.delete(cursor)
            else:
                cursor.block_number, cursor.block_hash = block.number, block.hash


def _write_records(session: Session, stretch: Stretch, facts: list[dict[str, object]]) -> None:
    transactions: dict[bytes, dict[str, object]] = {}
    rows = []
    for record in stretch.records:
        included = transactions.setdefault(
            record.tx_hash,
            {
                "block_number": record.row["block_number"],
                "first_log": record.row["log_index"],
                "hash": record.tx_hash,
                "gas_used": stretch.gas_used.get(record.tx_hash),
            },
        )
        rows.append(record.row | {"transaction_log": included["first_log"]})
    connection = session.connection()
    if rows:
        connection.execute(insert(_table(IncludedTransaction)), list(transactions.values()))
        connection.execute(insert(_table(Record)), rows)
    if facts:
        connection.execute(insert(_table(Event)), facts)
        feed = [
            {
                "topic": "event",
                "block_number": fact["block_number"],
                "log_index": fact["log_index"],
                "position": fact["position"],
            }
            for fact in facts
        ]
        connection.execute(insert(_table(FeedEntry)), feed)


def _settle(session: Session, stretch: Stretch) -> None:
    """Tell the outbox what became of its intents and transactions.

    What is recorded counts whoever carried it. A refusal counts only in a transaction of ours:
    anybody can have our digest refused by sending it with another signature, or once more.
    """
    blocks: dict[bytes, int] = {}
    for record in stretch.records:
        blocks[record.tx_hash] = record.row["block_number"]
        if record.digest is not None:
            settlement.settle(session, record.digest, record.refused)
    for refusal in stretch.refusals:
        blocks[refusal.tx_hash] = refusal.block_number
        if settlement.is_ours(session, refusal.tx_hash):
            settlement.settle(session, refusal.digest, {}, refusal.problem)
    for tx_hash, number in blocks.items():
        settlement.include(session, tx_hash, number, stretch.gas_used.get(tx_hash))


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
