"""What the tables and the feed hold does not depend on what the chain took back meanwhile."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from ledger.database import connect, migrate, reading
from ledger.feed import Bell
from ledger.indexer import ChainMoved, Indexer
from ledger.model import PROJECTED
from ledger.model.table import table_of
from ledger.queries import Notice, Queries
from tests.made_up_chain import DEPLOYMENT, MadeUpChain
from tests.postgres import FreshDatabase
from tests.story import Story

SEEDS = range(6)


class Reader:
    """An indexer of a made-up chain with a database of its own."""

    def __init__(self, url: str, chain: MadeUpChain) -> None:
        self.engine = connect(url)
        migrate(self.engine)
        self.queries = Queries(self.engine)
        self.indexer = Indexer(
            self.engine, chain, DEPLOYMENT, hosted=frozenset(), news=Bell(), finality=1_000
        )

    async def read(self) -> None:
        """Read to the head, and take back what is gone."""
        while await self.indexer.advance():
            pass

    def dump(self) -> bytes:
        """Give every projected row, column by column, in the order of the keys."""
        lines = []
        with reading(self.engine) as session:
            for model in PROJECTED:
                table = table_of(model)
                chosen = table.select().order_by(*table.primary_key.columns)
                lines += [
                    f"{table.name} {tuple(row)!r}" for row in session.connection().execute(chosen)
                ]
        return "\n".join(lines).encode()

    def all_notices(self) -> list[Notice]:
        """Read the whole feed."""
        return self.queries.notices(None, 0, 100_000)


@contextmanager
def reader(url: str, chain: MadeUpChain) -> Iterator[Reader]:
    """Run one."""
    made = Reader(url, chain)
    try:
        yield made
    finally:
        made.engine.dispose()


class Fork:
    """A chain with its story at every height, so that another future can follow any block."""

    def __init__(self, seed: int) -> None:
        self.chain = MadeUpChain()
        self.story = Story(random.Random(seed))
        self.story.found(self.chain)
        self._told = [deepcopy(self.story)]

    def grow(self, blocks: int) -> None:
        """Go on with the story."""
        for _ in range(blocks):
            self.story.go_on(self.chain)
            self._told.append(deepcopy(self.story))

    def pause(self, blocks: int) -> None:
        """Append empty blocks."""
        for _ in range(blocks):
            self.chain.append()
            self._told.append(deepcopy(self.story))

    def lose(self, depth: int) -> None:
        """Take back the last blocks; what follows is another story."""
        chance = self.story.chance
        self.chain.lose(depth)
        del self._told[len(self._told) - depth :]
        self.story = deepcopy(self._told[-1])
        self.story.chance = chance


@pytest.mark.parametrize("seed", SEEDS)
async def test_tables_that_lived_through_reorgs_are_byte_for_byte_those_of_a_rebuild(
    fresh_database: FreshDatabase, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    fork = Fork(seed)
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        for _ in range(6):
            fork.grow(chance.randint(1, 6))
            await lived.read()
            depth = chance.randint(1, min(8, fork.chain.height))
            fork.lose(depth)
            fork.grow(depth + chance.randint(0, 3))
            await lived.read()
        (tmp_path / "again").mkdir()
        with reader(fresh_database(tmp_path / "again"), fork.chain) as again:
            await again.read()
            assert lived.dump() == again.dump()
            assert b"delivery (" in again.dump()


async def test_a_rewind_restores_exactly_what_stood_before_at_any_depth(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(7)
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        await lived.read()
        stood = [lived.dump()]
        for _ in range(20):
            fork.grow(1)
            await lived.read()
            stood.append(lived.dump())
        for depth in (1, 2, 5, 12):
            height = fork.chain.height - depth
            fork.lose(depth)
            # Empty blocks tell that the old ones are gone, and change no projected table.
            fork.pause(depth)
            await lived.read()
            assert lived.dump() == stood[height]
            stood[height + 1 :] = [stood[height]] * depth


@pytest.mark.parametrize("seed", SEEDS)
async def test_who_resumes_anywhere_sees_each_fact_once_and_its_retraction_after_it(
    fresh_database: FreshDatabase, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    fork = Fork(seed)
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        heard: list[Notice] = []
        for _ in range(5):
            fork.grow(chance.randint(1, 5))
            await lived.read()
            # It may fall behind, and catches up in pages of its own size.
            for _ in range(chance.randint(0, 6)):
                after = heard[-1].sequence if heard else 0
                heard += lived.queries.notices(None, after, chance.randint(1, 5))
            depth = chance.randint(1, min(6, fork.chain.height))
            fork.lose(depth)
            fork.grow(depth)
        await lived.read()
        while more := lived.queries.notices(None, heard[-1].sequence if heard else 0, 3):
            heard += more
        assert heard == lived.all_notices()
        assert [each.sequence for each in heard] == list(range(1, len(heard) + 1))
        assert lived.queries.last_sequence() == len(heard)
        assert lived.queries.first_sequence() == 1
        assert _standing(heard) == _events(lived)
        for member in (1, 2, 3):
            own = lived.queries.notices(member, 0, 100_000)
            assert own == [each for each in heard if each in own]


def _standing(heard: list[Notice]) -> list[tuple[int, int, int]]:
    """Play the notices: each fact once, and a retraction only of what stands, newest first."""
    standing: list[tuple[int, int, int]] = []
    for each in heard:
        place = tuple(each.body[name] for name in ("block_number", "log_index", "position"))
        if each.topic == "event":
            assert not standing or place > standing[-1]
            standing.append(place)
        else:
            assert each.topic == "retracted"
            assert standing.pop() == place
    return standing


def _events(lived: Reader) -> list[tuple[int, int, int]]:
    with reading(lived.engine) as session:
        table = SQLModel.metadata.tables["event"]
        chosen = table.select().order_by(*table.primary_key.columns)
        return [tuple(row[:3]) for row in session.connection().execute(chosen)]


async def test_logs_that_come_after_their_header_are_waited_for(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(1)
    fork.grow(3)
    last = fork.chain.blocks_held[1:]
    fork.chain.withheld = {block.header.hash: 4 for block in last}
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        with pytest.raises(ChainMoved, match="should have more logs"):
            await lived.read()
        with pytest.raises(ChainMoved, match="should have more logs"):
            await lived.read()
        await lived.read()
        held = {place[0] for place in _events(lived)}
        assert held == {block.header.number for block in fork.chain.blocks_held if block.logs}


async def test_a_filter_that_holds_too_much_does_not_stop_the_indexer(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(1)
    fork.chain.append()
    fork.chain.mask(1, (1 << 2048) - 1)
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        for _ in range(3):
            with pytest.raises(ChainMoved):
                await lived.read()
        await lived.read()
        assert lived.queries.cursor()[0] == 1


async def test_transactions_without_receipts_are_asked_for_again(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(1)
    fork.chain.is_without_receipts = True
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        with pytest.raises(ChainMoved):
            await lived.read()
        fork.chain.is_without_receipts = False
        await lived.read()
        assert lived.queries.cursor()[0] == 0


async def test_a_null_in_the_place_of_a_block_takes_nothing_back(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(4)
    fork.grow(5)
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        await lived.read()
        before = lived.dump()
        fork.chain.forgotten = {5}
        with pytest.raises(ChainMoved, match="does not tell of block 5"):
            await lived.read()
        fork.lose(2)
        fork.grow(2)
        fork.chain.forgotten = {4}
        with pytest.raises(ChainMoved, match="does not tell of block 4"):
            await lived.read()
        assert lived.dump() == before


async def test_a_head_that_goes_back_for_a_moment_takes_nothing_back(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(2)
    fork.grow(5)
    with reader(fresh_database(tmp_path), fork.chain) as lived:
        await lived.read()
        before = lived.dump()
        kept = fork.chain.blocks_held[:]
        fork.chain.lose(3)
        assert not await lived.indexer.advance()
        assert lived.dump() == before
        fork.chain.blocks_held = kept
        assert not await lived.indexer.advance()
        assert {each.topic for each in lived.all_notices()} == {"event"}


async def test_a_second_indexer_waits_until_the_first_gives_its_lease_back(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    fork = Fork(3)
    url = fresh_database(tmp_path)
    with reader(url, fork.chain) as first, reader(url, fork.chain) as second:
        assert await first.indexer.advance()
        fork.grow(1)
        assert not await second.indexer.advance()
        await first.indexer.close()
        assert await second.indexer.advance()
        assert not await first.indexer.advance()
