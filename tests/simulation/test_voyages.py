"""What was acknowledged is on chain exactly once, and the tables equal a rebuild."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from ledger.database import reading
from ledger.lifecycle import row_of
from ledger.model import Event
from ledger.role import Role
from tests.gateways import Gateway, founded
from tests.simulation.bare_chain import BareChain, bare_chain
from tests.simulation.voyage import Voyage, projected

SEEDS = range(3)
STEPS = 50
MEMBERS = ((Role.BRAND, Role.SUPPLIER),)


@pytest.fixture(scope="module")
def chain() -> Iterator[BareChain]:
    """A chain for all voyages; each has a network of its own on it."""
    with bare_chain() as chain:
        yield chain


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_acknowledged_is_lost_or_doubled(
    chain: BareChain, tmp_path: Path, seed: int
) -> None:
    async with AsyncExitStack() as stack:
        async with chain.mining():
            (gateway,) = await stack.enter_async_context(founded(chain, tmp_path, MEMBERS))
        voyage = Voyage(gateway, seed)
        try:
            await voyage.sail(STEPS)
            await voyage.come_home()
            _require_each_once(voyage)
            await _require_rebuild_equal(gateway, voyage)
        finally:
            await voyage.close()


def _require_each_once(voyage: Voyage) -> None:
    views = [voyage.runtime.queries.intent(each) for each in voyage.accepted]
    wanted = Counter(
        (view.machine, view.number, view.action)
        for view in views
        if view is not None and view.status == "recorded" and view.machine in ("order", "delivery")
    )
    with reading(voyage.runtime.engine) as session:
        events = session.exec(select(Event).where(Event.agreement == voyage.agreement)).all()
        facts = Counter(
            (event.machine, event.number, _action(event))
            for event in events
            if event.machine in ("order", "delivery")
        )
    assert facts == wanted, f"seed {voyage.seed}: {voyage.log}"
    issues = [view for view in views if view is not None and view.action == "issue"]
    assert all(view.status == "recorded" for view in issues), f"seed {voyage.seed}"


def _action(event: Event) -> str:
    assert event.action is not None
    return row_of(event.action).action


async def _require_rebuild_equal(gateway: Gateway, voyage: Voyage) -> None:
    folder = gateway.folder / "rebuilt"
    folder.mkdir()
    rebuilt = replace(gateway, folder=folder).runtime()
    try:
        while await rebuilt.indexer.advance():
            pass
        while await voyage.runtime.indexer.advance():
            pass
        assert projected(voyage.runtime) == projected(rebuilt)
    finally:
        await rebuilt.stop()
