"""Follows the chain into the projected tables; the only writer of those tables.

Each range of blocks is one database transaction: headers, records, facts, where everything stands,
the feed, what became of our own intents, and the cursor. Every header must name the one before it
as its parent. Where the chain no longer has the block at the cursor (a reorg, or a node that
restarted from an older copy), everything above the fork is taken back first. Of several processes
on one database, the one that holds the lease does it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from ledger.client import Client
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.errors import DatabaseUnreachable, RpcRefused, Unreachable
from ledger.fault import ReorgTooDeep
from ledger.feed import Bell
from ledger.intake import take_in
from ledger.lease import Lease, LeaseLost
from ledger.model import Block, Cursor
from ledger.retraction import retract
from ledger.stretch import ChainMoved, Reader, Stretch

__all__ = ["ChainMoved", "Indexer"]

RANGE_BLOCKS: Final = 256
"""How many blocks one transaction takes in at most."""
RANGE_FACTS: Final = 20_000
"""How many facts it should take in: ranges are halved when they hold more."""
SEARCH_STEP: Final = 64
LAG_PATIENCE_MS: Final = 1_000
"""How long a head below the cursor is taken for a late node rather than a lost tail."""
RENEWAL_MS: Final = 1_000
"""How often an indexer that has nothing to write renews its lease."""

Interrupt = Callable[[str], None]
"""Called with the name of each write boundary; tests stop the process there."""

_log = logging.getLogger(__name__)


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
    interrupt : callable
        Told of each write boundary: ``folding`` and ``taking back`` stand before a commit,
        ``taken in`` and ``taken back`` behind it.

    Attributes
    ----------
    is_current : asyncio.Event
        Set once the head of the chain was reached, be it by another process.
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
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self._hosted = hosted
        self._news = news
        self._finality = finality
        self._poll_s = poll_s
        self._interrupt = interrupt
        self._reader = Reader(client, deployment.watched)
        self._lease = Lease("indexer")
        self._renewed_ms = 0
        self._blocks = RANGE_BLOCKS // 8
        self._ahead: Stretch | None = None
        self._behind_since_ms: int | None = None
        self.is_current = asyncio.Event()

    async def run(self) -> None:
        """Follow the chain until cancelled.

        Raises
        ------
        ReorgTooDeep
            When the chain took back final blocks: somebody has to look.
        """
        try:
            while True:
                try:
                    is_at_head = not await self.advance()
                    if is_at_head and not self.is_current.is_set() and await self._has_all():
                        self.is_current.set()
                except (Unreachable, RpcRefused, ChainMoved, LeaseLost) as problem:
                    _log.info("indexing waits: %s", problem)
                    is_at_head = True
                if is_at_head:
                    await asyncio.sleep(self._poll_s)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let another process index at once."""
        self._renewed_ms = 0
        with contextlib.suppress(DatabaseUnreachable):
            await in_thread(self._give_back)

    async def advance(self) -> bool:
        """Take in the next range of blocks, or take back what is gone.

        Returns
        -------
        bool
            False at the head, and while another process indexes.

        Raises
        ------
        Unreachable
            When the node does not answer.
        ChainMoved
            When the chain changed meanwhile; nothing was written.
        ReorgTooDeep
            When final blocks were taken back.
        """
        if not await in_thread(self._holds):
            return False
        cursor = await in_thread(self._cursor)
        if cursor is None:
            head, first = await self._client.block_number(), self._deployment.block
        else:
            head, header = await self._client.look(cursor.block_number)
            if self._is_lagging(head, cursor):
                return False
            if header is None and head >= cursor.block_number:
                raise ChainMoved(f"the node does not tell of block {cursor.block_number}")
            if header is None or header.hash != cursor.block_hash:
                await self._rewind(cursor, head)
                return True
            first = cursor.block_number + 1
        if head < first:
            return False
        await self._follow(cursor, first, head)
        return True

    async def _has_all(self) -> bool:
        """Whether everything on the chain has been taken in, here or by another process."""
        cursor = await in_thread(self._cursor)
        following = self._deployment.block if cursor is None else cursor.block_number + 1
        return await self._client.block_number() < following

    async def _follow(self, cursor: Cursor | None, first: int, head: int) -> None:
        """Take in a range, and read the one behind it meanwhile."""
        stretch, self._ahead = self._ahead, None
        if stretch is None or stretch.headers[0].number != first:
            stretch = await self._read(first, head)
        if cursor is not None and stretch.headers[0].parent_hash != cursor.block_hash:
            raise ChainMoved("the next block has another parent")
        last = stretch.headers[-1].number
        writing_it = asyncio.ensure_future(in_thread(self._take_in, stretch))
        try:
            if last + RANGE_BLOCKS <= head:
                self._ahead = await self._read(last + 1, head)
        except (Unreachable, ChainMoved) as problem:
            _log.info("reading ahead waits: %s", problem)
        finally:
            await writing_it
        self._interrupt("taken in")
        self._news.ring()

    async def _read(self, first: int, head: int) -> Stretch:
        """Read as many blocks as a transaction should take in, and the node will tell of."""
        last = min(head, first + self._blocks - 1)
        try:
            stretch = await self._reader.read(first, last)
        except RpcRefused as refused:
            if self._blocks == 1:
                raise
            self._blocks //= 2
            raise ChainMoved(f"the node does not tell of {last - first + 1} blocks") from refused
        if stretch.size > RANGE_FACTS:
            self._blocks = max(1, self._blocks // 2)
        elif 4 * stretch.size < RANGE_FACTS:
            self._blocks = min(RANGE_BLOCKS, 2 * self._blocks)
        return stretch

    def _holds(self) -> bool:
        """Whether this process is the one that indexes; takes or renews the lease."""
        if now_ms() - self._renewed_ms < RENEWAL_MS:
            return True
        with writing(self._engine) as session:
            is_held = self._lease.take(session)
        self._renewed_ms = now_ms() if is_held else 0
        return is_held

    def _give_back(self) -> None:
        with writing(self._engine) as session:
            self._lease.give_back(session)

    def _cursor(self) -> Cursor | None:
        with reading(self._engine) as session:
            return session.get(Cursor, self._deployment.chain_id)

    def _is_lagging(self, head: int, cursor: Cursor) -> bool:
        """Whether the node may only be late: its head has not been behind us for long."""
        if head >= cursor.block_number:
            self._behind_since_ms = None
            return False
        if self._behind_since_ms is None:
            self._behind_since_ms = now_ms()
        return now_ms() - self._behind_since_ms < LAG_PATIENCE_MS

    def _take_in(self, stretch: Stretch) -> None:
        with self._as_holder() as session:
            take_in(session, stretch, self._deployment.chain_id, self._finality, self._hosted)
            self._interrupt("folding")

    @contextmanager
    def _as_holder(self) -> Iterator[Session]:
        """One transaction that writes, of the process that holds the lease."""
        try:
            with writing(self._engine) as session:
                self._lease.require(session)
                yield session
        except LeaseLost:
            self._renewed_ms = 0
            raise

    async def _rewind(self, cursor: Cursor, head: int) -> None:
        self._ahead = None
        fork = await self._find_fork(cursor, head)
        _log.warning("the chain took back blocks %d to %d", fork + 1, cursor.block_number)
        await in_thread(self._take_back, fork)
        self._interrupt("taken back")
        self._news.ring()

    async def _find_fork(self, cursor: Cursor, head: int) -> int:
        """Find the highest block that both we and the chain have."""
        known = await in_thread(self._known_blocks, cursor.block_number - self._finality)
        for start in range(0, len(known), SEARCH_STEP):
            part = known[start : start + SEARCH_STEP]
            answers = await self._client.blocks([number for number, _ in part])
            for (number, digest), header in zip(part, answers, strict=True):
                if header is None and number <= head:
                    # To take back what may stand yet would tell subscribers a falsehood.
                    raise ChainMoved(f"the node does not tell of block {number}")
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
        with self._as_holder() as session:
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
            self._interrupt("taking back")
