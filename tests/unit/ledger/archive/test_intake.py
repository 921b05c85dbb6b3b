"""A database that was started from an archive is the one that a node would have given."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger.archive import intake
from ledger.archive.export import export
from ledger.archive.intake import FINALITY, fold_archive
from ledger.archive.proof import head_of
from ledger.client import Client
from ledger.database import connect, migrate, reading, writing
from ledger.fault import ArchiveFalse
from ledger.feed import Bell
from ledger.indexer import Indexer
from ledger.lease import Lease, LeaseLost
from ledger.model import PROJECTED, Cursor, FeedEntry
from ledger.model.table import table_of
from ledger.runtime import Settings
from tests.archives import Story
from tests.postgres import FreshDatabase

HOSTED = frozenset({1})
Fresh = Callable[[str], Engine]


@pytest.fixture
def fresh(fresh_database: FreshDatabase, tmp_path: Path) -> Fresh:
    """Make empty databases by name."""

    def made(name: str) -> Engine:
        (tmp_path / name).mkdir()
        engine = connect(fresh_database(tmp_path / name))
        migrate(engine)
        return engine

    return made


def test_finality_is_that_of_a_gateway() -> None:
    (finality,) = [each for each in fields(Settings) if each.name == "finality"]
    assert finality.default == FINALITY


@pytest.mark.parametrize("finality", [FINALITY, 5])
@pytest.mark.parametrize("blocks", [1, 256])
async def test_tables_are_those_that_a_node_gives(
    story: Story, fresh: Fresh, monkeypatch: pytest.MonkeyPatch, finality: int, blocks: int
) -> None:
    monkeypatch.setattr(intake, "_BLOCKS", blocks)
    read, folded = fresh("read"), fresh("folded")
    await _follow(story, read, finality)
    count = fold_archive(folded, story.path, hosted=HOSTED, finality=finality)
    assert count > 5
    assert sum(map(len, _tables(folded))) > story.events
    assert _tables(folded) == _tables(read)
    # The indexer has nothing to add, and nothing to take back.
    await _follow(story, folded, finality)
    assert _tables(folded) == _tables(read)


async def test_indexer_goes_on_where_the_archive_ends(
    story: Story, fresh: Fresh, tmp_path: Path
) -> None:
    read, folded = fresh("read"), fresh("folded")
    path = tmp_path / "early.archive"
    await _export_part(story, path)
    fold_archive(folded, path, hosted=HOSTED)
    await _follow(story, read, FINALITY)
    assert _tables(folded) != _tables(read)
    await _follow(story, folded, FINALITY)
    assert _tables(folded) == _tables(read)


async def test_longer_archive_goes_on_where_a_shorter_one_ended(
    story: Story, fresh: Fresh, tmp_path: Path
) -> None:
    whole, folded = fresh("whole"), fresh("folded")
    path = tmp_path / "early.archive"
    await _export_part(story, path)
    first = fold_archive(folded, path)
    second = fold_archive(folded, story.path)
    assert fold_archive(folded, story.path) == 0
    assert first + second == fold_archive(whole, story.path)
    assert _tables(folded) == _tables(whole)


def test_database_of_another_chain_takes_nothing_in(
    story: Story, fresh: Fresh, tmp_path: Path
) -> None:
    engine = fresh("other")
    fold_archive(engine, story.path)
    with writing(engine) as session:
        cursor = session.get_one(Cursor, story.network.chain_id)
        cursor.block_hash = b"\1" * 32
    before = _tables(engine)
    with pytest.raises(ArchiveFalse, match="the database has read another block"):
        fold_archive(engine, story.path)
    assert _tables(engine) == before


def test_database_that_a_gateway_works_on_takes_nothing_in(
    story: Story, fresh: Fresh, tmp_path: Path
) -> None:
    engine = fresh("busy")
    with writing(engine) as session:
        assert Lease("indexer", length_ms=60_000).take(session)
    with pytest.raises(LeaseLost):
        fold_archive(engine, story.path)
    assert not any(_tables(engine))


async def _export_part(story: Story, path: Path) -> None:
    """Write an archive that ends amid the story."""
    end = head_of(story.path).number - 6
    async with Client(story.url) as client:
        confirmations = await client.block_number() - end
        await export(client, story.network, path, confirmations=confirmations)


async def _follow(story: Story, engine: Engine, finality: int) -> None:
    async with Client(story.url) as client:
        indexer = Indexer(
            engine, client, story.deployment, hosted=HOSTED, news=Bell(), finality=finality
        )
        while await indexer.advance():
            pass
        await indexer.close()


def _tables(engine: Engine) -> list[Sequence[Any]]:
    """Give every projected row."""
    tables = [table_of(each) for each in (*PROJECTED, FeedEntry)]
    with reading(engine) as session:
        return [
            session.connection().execute(table.select().order_by(*table.primary_key.columns)).all()
            for table in tables
        ]
