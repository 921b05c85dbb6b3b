"""What must hold when a voyage is over."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from ledger import lifecycle
from ledger.database import reading
from ledger.model import (
    Agreement,
    ChainTransaction,
    Delivery,
    Event,
    Order,
    SignedIntent,
    TransactionAttempt,
)
from ledger.queries import IntentView
from ledger.runtime import LedgerRuntime
from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.table import index_of
from tests.simulation.runtime.calm import caught_up, stands_on, take_all_in
from tests.simulation.runtime.history import Deed, History
from tests.simulation.runtime.node.chain import Chain
from tests.simulation.runtime.subscriber import Place, Subscriber, fact_of, place_of
from tests.simulation.runtime.voyage import Vessel, Voyage
from tests.simulation.voyage import projected

Tables = dict[str, list[tuple[Any, ...]]]


async def judge(voyage: Voyage) -> None:
    """Compare everything that is known with the chain.

    Raises
    ------
    AssertionError
        When something was lost, doubled, made up, or remembered wrongly.
    """
    chain = voyage.sea.chain
    history = History().add(chain.blocks[voyage.sea.floor :])
    for vessel in voyage.vessels:
        for process in vessel.processes:
            await take_all_in(process.runtime)
        is_at_head = stands_on(vessel.processes[0].runtime, [chain.head])
        assert is_at_head, f"{vessel.caller.company.name} does not stand at the head"
    views = [_views(vessel) for vessel in voyage.vessels]
    _require_each_once([view for found in views for view in found], history)
    ledger = chain.head.restored().ledger
    expected = await _rebuilt(voyage)
    for vessel, own in zip(voyage.vessels, views, strict=True):
        runtime = vessel.processes[0].runtime
        _require_reasons(runtime, own, history)
        _require_equal(projected(runtime), expected)
        _require_model(runtime, ledger)
        _require_feed(runtime, vessel)
        _require_nonces(runtime, vessel, chain)
        for others in views:
            if others is not own:
                _require_documents(vessel, others)


def _require_each_once(views: list[IntentView], history: History) -> None:
    promised = Counter(_deed(view) for view in views if view.status == "recorded")
    lost, made_up = promised - history.deeds, history.deeds - promised
    assert not lost, f"promised, but not on chain: {lost}"
    assert not made_up, f"on chain, but not promised: {made_up}"


def _require_reasons(runtime: LedgerRuntime, views: list[IntentView], history: History) -> None:
    with reading(runtime.engine) as session:
        kinds = dict(session.exec(select(SignedIntent.digest, SignedIntent.kind)).all())
    for view in views:
        if view.status != "refused":
            continue
        assert view.refusal is not None, view
        if view.digest is None or kinds[view.digest] == "step":
            # Steps are refused by being undone, which leaves no log.
            continue
        said = history.refused.get((view.digest, view.position or 0))
        said = said or history.refused.get((view.digest, -1))
        assert said is not None, f"refused, but not by the chain: {view}"
        assert view.refusal.encoded()[:4] == said[:4], f"refused for another reason: {view}"


async def _rebuilt(voyage: Voyage) -> Tables:
    company = voyage.vessels[0].caller.company
    folder = voyage.folder / "rebuilt"
    settings = company.settings(folder)
    await asyncio.to_thread(_lay_out, folder, company.name, voyage.harbour.empty)
    anew = await caught_up(settings, voyage.sea.chain)
    try:
        return projected(anew)
    finally:
        await anew.stop()


def _lay_out(folder: Path, name: str, empty: bytes) -> None:
    folder.mkdir()
    (folder / f"{name}.sqlite").write_bytes(empty)


def _require_equal(found: Tables, expected: Tables) -> None:
    for table, rows in expected.items():
        assert found[table] == rows, f"{table} is not what a rebuild gives"


def _require_model(runtime: LedgerRuntime, ledger: Ledger) -> None:
    with reading(runtime.engine) as session:
        orders = {(one.agreement, one.number): one.state for one in session.exec(select(Order))}
        deliveries = {
            (one.agreement, one.number): (one.state, one.order_number)
            for one in session.exec(select(Delivery))
        }
        agreements = {
            one.number: (one.state, one.unsigned, one.ends_at)
            for one in session.exec(select(Agreement))
        }
    assert orders == {at: index_of("order", state) for at, state in ledger.orders.states.items()}
    assert deliveries == {
        at: (index_of("delivery", state), ledger.deliveries.links[at])
        for at, state in ledger.deliveries.states.items()
    }
    assert agreements == {
        number: (index_of("agreement", one.state), one.unsigned_bits, one.ends_at)
        for number, one in ledger.agreements.table.items()
    }


def _require_feed(runtime: LedgerRuntime, vessel: Vessel) -> None:
    """Whoever listened all the time, and whoever begins now, know what stands."""
    with reading(runtime.engine) as session:
        rows = [one.model_dump() for one in session.exec(select(Event))]
    standing: dict[Place, object] = {place_of(row): fact_of(row) for row in rows}
    for listener in (vessel.listener, Subscriber()):
        while listener.read(runtime.queries, 500):
            pass
        assert listener.facts == standing, "the feed tells another story than the tables"


def _require_nonces(runtime: LedgerRuntime, vessel: Vessel, chain: Chain) -> None:
    """Each key's transactions stand without a gap, and those on chain are known as ours."""
    on_chain = {
        (one.transaction.sender, one.transaction.nonce): one.transaction.hash
        for block in chain.blocks
        for one in block.included
    }
    attempts = select(ChainTransaction.sender, ChainTransaction.nonce, TransactionAttempt.hash)
    with reading(runtime.engine) as session:
        rows = session.exec(
            attempts.join(TransactionAttempt).order_by(col(ChainTransaction.nonce))
        ).all()
    for key in vessel.caller.company.keys:
        sender = key.address.lower()
        tried: dict[int, set[bytes]] = {}
        for _, nonce, tx_hash in (row for row in rows if row[0].lower() == sender):
            tried.setdefault(nonce, set()).add(tx_hash)
        assert list(tried) == list(range(len(tried))), f"gaps in the nonces of {sender}"
        for nonce in range(chain.head.nonces.get(sender, 0)):
            assert on_chain[(sender, nonce)] in tried[nonce], f"nonce {nonce} of {sender}"


def _require_documents(vessel: Vessel, others: list[IntentView]) -> None:
    """Every document that others recorded is read where somebody sits at its agreement."""
    queries = vessel.processes[0].runtime.queries
    organisation = next(iter(vessel.caller.company.hosts))
    for view in others:
        if view.commitment is None or view.status != "recorded":
            continue
        if queries.agreement(organisation, view.agreement or 0) is None:
            continue
        document = queries.document(organisation, view.commitment)
        assert document is not None, f"the document of {view} was never announced"
        assert document.status == "opened", f"{document.status}: {document.reason}"


def _views(vessel: Vessel) -> list[IntentView]:
    queries = vessel.processes[0].runtime.queries
    intents = [one for promise in vessel.caller.promises for one in promise.intents or []]
    assert len(set(intents)) == len(intents), "two promises by one name"
    views = [queries.intent(one) for one in intents]
    assert all(view is not None and view.is_decided for view in views)
    return [view for view in views if view is not None]


def _deed(view: IntentView) -> Deed:
    row = lifecycle.row_named(view.machine, view.action)
    number = 0 if view.machine == "agreement" else view.number or 0
    order = view.order_number if row.opens else 0
    return view.organisation, view.agreement or 0, view.machine, row.id, number, order or 0
