"""Settings and fixtures of all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gateway.network.port import free_ports
from ledger.embedded import EmbeddedChain

settings.register_profile(
    "quick",
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", settings.get_profile("quick"), max_examples=2000, derandomize=False
)
settings.load_profile("deep" if os.environ.get("DEEP") == "1" else "quick")


@pytest.fixture
def free_port() -> int:
    """A loopback port on which nobody listens."""
    return free_ports().chain


@pytest.fixture(scope="session")
def shared_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedChain]:
    """One fast embedded chain for all tests of a worker that only add to it."""
    with EmbeddedChain(tmp_path_factory.mktemp("chain"), port=0, block_time_s=0.02) as chain:
        yield chain


@pytest.fixture
def own_chain(tmp_path: Path) -> Iterator[EmbeddedChain]:
    """A fast embedded chain that a test may stop, start and bend."""
    with EmbeddedChain(tmp_path / "chain", port=0, block_time_s=0.02) as chain:
        yield chain
