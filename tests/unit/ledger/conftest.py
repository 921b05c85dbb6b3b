"""Fixtures of the ledger's tests."""

from collections.abc import Iterator

import pytest

from tests.simulation.bare_chain import BareChain, bare_chain


@pytest.fixture
def still_chain() -> Iterator[BareChain]:
    """A chain that mines when it is told to."""
    with bare_chain() as chain:
        yield chain
