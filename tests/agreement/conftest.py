"""Fixtures of the agreement tests: a chain that they may bend, and slots of the real contracts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded import EmbeddedChain


@pytest.fixture(scope="module")
def bent_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedChain]:
    """A chain whose storage and clock the tests of one module may set."""
    folder: Path = tmp_path_factory.mktemp("bent")
    with EmbeddedChain(folder, port=0, block_time_s=0.02) as chain:
        yield chain
