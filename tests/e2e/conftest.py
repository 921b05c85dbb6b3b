"""A network with a pool operator, for tests that only add to it and let its time pass."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from ledger.embedded import EmbeddedChain
from tests.e2e.gateway.world import World, found
from tests.e2e.pool_world import HOMES, NOORDZEE, RHONE, ROLES, PoolWorld, pool_world


@pytest.fixture(scope="session")
def pool_gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Gateways of a pool operator, small firms and carriers, on a chain of their own."""
    folder = tmp_path_factory.mktemp("pool")
    with EmbeddedChain(folder / "chain", port=0, block_time_s=0.02) as chain:
        world = asyncio.run(found(chain, folder, HOMES, ROLES, bonded=(RHONE, NOORDZEE)))
        for gateway in world.gateways.values():
            gateway.start()
        yield world
        for gateway in world.gateways.values():
            gateway.stop()


@pytest.fixture
async def network(pool_gateways: World) -> AsyncIterator[PoolWorld]:
    """Everybody at their desks."""
    async with AsyncExitStack() as stack:
        yield await pool_world(pool_gateways, stack)
