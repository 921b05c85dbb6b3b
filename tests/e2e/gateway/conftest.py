"""Two gateways with two members each, and what the tests about them begin with."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from ledger.embedded import EmbeddedChain
from tests import postgres
from tests.e2e.gateway.story import agree
from tests.e2e.gateway.world import BRAND, SUPPLIER, Desk, World, found


@pytest.fixture(scope="session", params=postgres.KINDS)
def world(
    request: pytest.FixtureRequest,
    shared_chain: EmbeddedChain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """Gateways that run, for tests that only add."""
    database: postgres.FreshDatabase = postgres.sqlite_database
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_server").database
    folder = tmp_path_factory.mktemp("world")
    world = asyncio.run(found(shared_chain, folder, database=database))
    for gateway in world.gateways.values():
        gateway.start()
    yield world
    for gateway in world.gateways.values():
        gateway.stop()


@pytest.fixture(scope="session")
def agreement(world: World) -> str:
    """An agreement in force between brand and supplier."""
    return asyncio.run(agree(world))


@pytest.fixture
async def brand(world: World) -> AsyncIterator[Desk]:
    """The brand at its gateway."""
    async with world.desk(BRAND) as desk:
        yield desk


@pytest.fixture
async def supplier(world: World) -> AsyncIterator[Desk]:
    """The supplier at its gateway."""
    async with world.desk(SUPPLIER) as desk:
        yield desk
