"""The contract and the lifecycle table agree on lots: every state, step and organisation."""

import dataclasses

from ledger.client import Client
from ledger.contracts import encode_step_lot
from ledger.embedded import EmbeddedChain
from ledger.errors import AuctionOutsideWindow, LotUnexpectedState, Refused
from ledger.event import AuctionFinalised, BondForfeited, Event, LotStepped
from ledger.intent import ZERO, LotStep
from ledger.view import read_view
from tests.agreement.tender import PRICE, RESERVE, Tender, hold_tender
from tests.chain import FAR_FUTURE_S, with_client
from tests.oracles.lifecycle import LOT_STATES, TABLE, Verdict, lot_verdict
from tests.rehearsal import Rehearsal, rehearse
from tests.storage import slot_of

OPEN, AWARDED, VOID = map(LOT_STATES.index, ("Open", "Awarded", "Void"))
FAIL = next(row["id"] for row in TABLE["lot"]["rows"] if row["action"] == "fail")
ACTIONS = [0, 1, *range(60, 75), 127, 255]
"""Those of the table, and some on either side."""
STATES_OFFSET = 6
"""`lotStates` in PoolAuction.Stored: behind the six slots of an Auction."""


def rehearsal(tender: Tender, state: int, action: int, actor: int, lot: int = 0) -> Rehearsal:
    step = LotStep(actor, tender.auction, lot, action, ZERO, ZERO, FAR_FUTURE_S, 1 << 200)
    network = tender.network
    slot = slot_of("PoolAuction", "_auctions", tender.auction) + STATES_OFFSET
    return Rehearsal(
        network.keys[actor].address,
        network.deployment.pool_auction,
        encode_step_lot(step, b""),
        {slot: state},
        time=tender.perform_by,
    )


def verdict_of(outcome: list[Event] | Refused) -> Verdict:
    if isinstance(outcome, Refused):
        return Verdict(error=outcome.name, arguments=tuple(outcome.arguments.values()))
    (stepped,) = [event for event in outcome if isinstance(event, LotStepped)]
    return Verdict(to=stepped.state)


def test_contract_takes_exactly_the_lot_steps_of_the_table(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        tender = await hold_tender(client)
        actors = {"pool": tender.pool, "carrier": tender.winner, None: tender.rival}
        tried = [
            (state, action, role)
            for state in range(len(LOT_STATES))
            for action in ACTIONS
            for role in actors
        ]
        calls = [rehearsal(tender, state, action, actors[role]) for state, action, role in tried]
        seen = dict(zip(tried, map(verdict_of, await rehearse(client, calls)), strict=True))

        assert seen == {
            (state, action, role): lot_verdict(tender.auction, 0, state, action, role, actors[role])
            for state, action, role in tried
        }
        assert {verdict.error for verdict in seen.values()} == {
            "",
            "LotActionUnknown",
            "LotUnexpectedState",
            "AuctionActorWrong",
        }

    with_client(bent_chain, trial)


def test_finalising_awards_covered_lots_and_voids_the_others(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        tender = await hold_tender(client)
        view, address = "PoolAuction.lotOf", tender.network.deployment.pool_auction
        lots = [await read_view(client, address, view, tender.auction, lot) for lot in range(3)]

        assert lots == [(AWARDED, RESERVE), (VOID, RESERVE), (0, 0)]
        (final,) = [event for event in tender.events if isinstance(event, AuctionFinalised)]
        assert (final.bids, final.score) == (0b01, PRICE + RESERVE)
        (forfeit,) = [event for event in tender.events if isinstance(event, BondForfeited)]
        assert forfeit.organisation == tender.rival

    with_client(bent_chain, trial)


def test_lot_cannot_be_declared_failed_before_its_time(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        tender = await hold_tender(client)
        at_the_edge = rehearsal(tender, AWARDED, FAIL, tender.pool)
        early = dataclasses.replace(at_the_edge, time=tender.perform_by - 1)
        too_early, in_time = await rehearse(client, [early, at_the_edge])

        assert isinstance(too_early, AuctionOutsideWindow)
        assert verdict_of(in_time) == Verdict(to=LOT_STATES.index("Failed"))

    with_client(bent_chain, trial)


def test_step_of_a_lot_that_the_auction_does_not_have_is_refused(
    bent_chain: EmbeddedChain,
) -> None:
    async def trial(client: Client) -> None:
        tender = await hold_tender(client)
        outcomes = await rehearse(
            client, [rehearsal(tender, AWARDED, FAIL, tender.pool, lot) for lot in (2, 64, 255)]
        )

        assert all(isinstance(outcome, LotUnexpectedState) for outcome in outcomes)

    with_client(bent_chain, trial)
