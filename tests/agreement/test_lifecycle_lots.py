"""The contract and the lifecycle table agree on lots: every state, step, organisation and phase."""

import itertools

from ledger.client import Client
from ledger.contracts import encode_finalise, encode_step_lot
from ledger.embedded import EmbeddedChain
from ledger.errors import LotUnexpectedState, Refused
from ledger.event import AuctionFinalised, BondForfeited, BondReleased, Event, LotStepped
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
STATES_OFFSET = 5
"""`lotStates` in Auctions.Stored: behind the five slots of an Auction."""
CONFIRMATION_S = TABLE["lot"]["confirmation_s"]
TIMES = [-1, 0, 1, CONFIRMATION_S - 1, CONFIRMATION_S, CONFIRMATION_S + 1]
"""Seconds after `performBy`: both sides of where phases meet, and the edges themselves."""


def rehearsal(
    tender: Tender, state: int, action: int, actor: int, lot: int = 0, after: int = 0
) -> Rehearsal:
    step = LotStep(actor, tender.auction, lot, action, ZERO, ZERO, FAR_FUTURE_S, 1 << 200)
    network = tender.network
    slot = slot_of("PoolAuction", "_auctions", tender.auction) + STATES_OFFSET
    return Rehearsal(
        network.keys[actor].address,
        network.deployment.pool_auction,
        encode_step_lot(step, b""),
        {slot: state},
        time=tender.perform_by + after,
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
        tried = list(itertools.product(range(len(LOT_STATES)), ACTIONS, actors, TIMES))
        calls = [
            rehearsal(tender, state, action, actors[role], after=after)
            for state, action, role, after in tried
        ]
        seen = dict(zip(tried, map(verdict_of, await rehearse(client, calls)), strict=True))

        ends = tender.perform_by
        assert seen == {
            (state, action, role, after): lot_verdict(
                tender.auction, 0, state, action, role, actors[role], ends, ends + after
            )
            for state, action, role, after in tried
        }
        assert {verdict.error for verdict in seen.values()} == {
            "",
            "LotActionUnknown",
            "LotUnexpectedState",
            "AuctionActorWrong",
            "AuctionOutsideWindow",
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


def test_contract_confirms_for_as_long_as_the_table_says(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        tender = await hold_tender(client)
        view, address = "PoolAuction.CONFIRMATION_PERIOD", tender.network.deployment.pool_auction
        assert await read_view(client, address, view) == (CONFIRMATION_S,)

    with_client(bent_chain, trial)


def test_late_finalising_awards_nothing_as_the_table_says(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        tender = await hold_tender(client, is_finalised=False)
        address = tender.network.deployment.pool_auction
        calls = [
            Rehearsal(
                tender.network.council.address,
                address,
                encode_finalise(tender.auction),
                time=tender.perform_by + after,
            )
            for after in (-1, 0, 1)
        ]
        in_time, *late = await rehearse(client, calls)

        assert final_of(in_time) == (0b01, PRICE + RESERVE, set())
        assert [final_of(one) for one in late] == [(0, 2 * RESERVE, {tender.winner})] * 2

    with_client(bent_chain, trial)


def final_of(outcome: list[Event] | Refused) -> tuple[int, int, set[int]]:
    """Give the final allocation, its score, and whose bonds are free."""
    assert not isinstance(outcome, Refused)
    (final,) = [event for event in outcome if isinstance(event, AuctionFinalised)]
    freed = {event.organisation for event in outcome if isinstance(event, BondReleased)}
    return final.bids, final.score, freed


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
