"""Settings and fixtures of all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gateway.network.port import free_ports
from ledger.embedded import EmbeddedChain
from tests import postgres
from tests.simulation.bare_chain import BareChain, bare_chain

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
def still_chain() -> Iterator[BareChain]:
    """A chain that mines when it is told to."""
    with bare_chain() as chain:
        yield chain


@pytest.fixture
def own_chain(tmp_path: Path) -> Iterator[EmbeddedChain]:
    """A fast embedded chain that a test may stop, start and bend."""
    with EmbeddedChain(tmp_path / "chain", port=0, block_time_s=0.02) as chain:
        yield chain


ALWAYS_ON_BOTH = {
    "test_acceptor",
    "test_database",
    "test_feed_migration",
    "test_forecast",
    "test_indexer_replay",
    "test_lane",
    "test_loss",
    "test_migration",
    "test_order_travels",
    "test_relayer",
}
"""Where databases differ most. ``DATABASES=both`` runs everything on both, as CI does."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the greater part of PostgreSQL's share to runs that are given the time for it."""
    if os.environ.get("DATABASES") == "both" or os.environ.get("DEEP") == "1":
        return
    left = {
        item for item in items if "postgresql" in item.name and item.path.stem not in ALWAYS_ON_BOTH
    }
    config.hook.pytest_deselected(items=sorted(left, key=lambda item: item.nodeid))
    items[:] = [item for item in items if item not in left]


FOUNDERS = {"founded", "one_gateway", "trading"}
CHAINS = {"shared_chain", "still_chain", "own_chain", "chain"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run with SQLite and with PostgreSQL what takes a database, or founds gateways on a chain."""
    names = metafunc.fixturenames
    founds = FOUNDERS & set(vars(metafunc.module)) and CHAINS & set(names) and "tmp_path" in names
    if founds and "fresh_database" not in names:
        # First, since other fixtures may found the gateways.
        names.insert(0, "fresh_database")
    if "fresh_database" in names:
        metafunc.parametrize("fresh_database", postgres.KINDS, indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL server for all tests of a worker."""
    with postgres.server() as server:
        yield server


@pytest.fixture
def fresh_database(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[postgres.FreshDatabase]:
    """Gives a folder's own database, on each of the servers that Consign speaks to."""
    if request.param == "sqlite":
        yield postgres.sqlite_database
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    monkeypatch.setattr(postgres.CHOICE, "url", server.database)
    with server.dropping():
        yield server.database
