"""A small network on a chain, and its archive."""

import asyncio
from collections.abc import Iterator

import pytest

from ledger.embedded import EmbeddedChain
from tests.archives import Story, told


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Orders issued, confirmed in part, delivered in part; some of it refused."""
    folder = tmp_path_factory.mktemp("story")
    with EmbeddedChain(folder / "chain", port=0, block_time_s=0.02) as chain:
        yield asyncio.run(told(chain, folder / "network.archive"))
