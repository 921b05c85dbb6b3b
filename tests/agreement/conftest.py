"""Fixtures of the agreement tests: a chain that they may bend, and a network to play on."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.client import Client
from ledger.embedded import EmbeddedChain
from tests.agreement.cast import gather
from tests.agreement.stage import Stage


@pytest.fixture(scope="module")
def bent_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedChain]:
    """A chain whose storage and clock the tests of one module may set."""
    folder: Path = tmp_path_factory.mktemp("bent")
    with EmbeddedChain(folder, port=0, block_time_s=0.02) as chain:
        yield chain


@pytest.fixture(scope="session")
def stage(shared_chain: EmbeddedChain) -> Stage:
    """A network with everybody in it; tests only play calls through, and change nothing."""

    async def prepare() -> Stage:
        async with Client(shared_chain.url) as client:
            return Stage(await gather(client))

    return asyncio.run(prepare())
