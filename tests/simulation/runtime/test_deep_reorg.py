"""A chain that takes back what it had called final stops the indexer, loudly and with no change."""

from pathlib import Path

import pytest

from ledger.fault import ReorgTooDeep
from ledger.runtime import LedgerRuntime
from tests.simulation.runtime.calm import CalmClient, alone, take_all_in
from tests.simulation.runtime.clock import Clock
from tests.simulation.runtime.harbour import Harbour, founded
from tests.simulation.voyage import projected

FINALITY = 8
BLOCKS = 30


@pytest.mark.parametrize("depth", [FINALITY + 2, 20])
def test_reorg_deeper_than_finality_stops_the_indexer(tmp_path: Path, depth: int) -> None:
    harbour = founded().departure()

    async def trial() -> None:
        runtime = await _sailed(harbour, tmp_path)
        before = projected(runtime), runtime.queries.cursor()
        _bend(harbour, depth)
        for _ in range(3):
            with pytest.raises(ReorgTooDeep, match="more than the 8 blocks"):
                await runtime.indexer.advance()
        assert (projected(runtime), runtime.queries.cursor()) == before
        await runtime.stop()

    with Clock().running():
        alone(trial())


def test_reorg_within_finality_is_followed(tmp_path: Path) -> None:
    harbour = founded().departure()

    async def trial() -> None:
        runtime = await _sailed(harbour, tmp_path)
        _bend(harbour, FINALITY - 1)
        await take_all_in(runtime)
        assert runtime.queries.cursor()[0] == harbour.chain.head.number
        await runtime.stop()

    with Clock().running():
        alone(trial())


async def _sailed(harbour: Harbour, folder: Path) -> LedgerRuntime:
    """Make a runtime that knows a chain of some length."""
    company = harbour.companies[0]
    (folder / f"{company.name}.sqlite").write_bytes(harbour.databases[company.name])
    settings = company.settings(folder, FINALITY)
    runtime = LedgerRuntime(settings, client=CalmClient(harbour.chain))
    _mine(harbour, BLOCKS)
    await take_all_in(runtime)
    return runtime


def _bend(harbour: Harbour, depth: int) -> None:
    harbour.chain.take_back(depth)
    _mine(harbour, depth + 1)


def _mine(harbour: Harbour, count: int) -> None:
    for _ in range(count):
        harbour.chain.mine(harbour.chain.head.timestamp + 1)
