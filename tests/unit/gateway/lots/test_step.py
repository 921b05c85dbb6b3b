"""A step of a lot is refused before it is sent, for the reason that the contract would give."""

import itertools

import pytest

from gateway.lots.service import STEPS, require_possible
from ledger.errors import Refused
from ledger.lifecycle import CONFIRMATION_S, row_named
from ledger.model import Auction
from ledger.queries import AuctionView, LotView
from tests.oracles.lifecycle import LOT_STATES, Verdict, lot_verdict

AUCTION = (7 << 32) + 1
POOL, CARRIER, RIVAL = 7, 9, 11
PERFORM_BY = 1_000
ROLES = {POOL: "pool", CARRIER: "carrier", RIVAL: None}
TIMES = [edge + off for edge in (PERFORM_BY, PERFORM_BY + CONFIRMATION_S) for off in (-1, 0, 1)]


def final_auction(state: str) -> AuctionView:
    row = Auction(
        number=AUCTION,
        organisation=POOL,
        token="0x" + "5f" * 20,
        bond=0,
        bidding_ends=1,
        reveal_ends=2,
        challenge_ends=3,
        perform_by=PERFORM_BY,
        standing=1,
        score=0,
        is_finalised=True,
        opened_at=0,
    )
    return AuctionView(row, "final", [LotView(AUCTION, 0, 1, state, state, 0, CARRIER, [], 0)], [])


def predicted(state: str, organisation: int, action: str, time: int) -> Verdict:
    auction = final_auction(state)
    try:
        require_possible(auction, auction.lots[0], organisation, action, time)
    except Refused as refused:
        return Verdict(error=refused.name, arguments=tuple(refused.arguments.values()))
    return Verdict(to=LOT_STATES.index(row_named("lot", action).to))


@pytest.mark.parametrize("state", LOT_STATES[2:])
@pytest.mark.parametrize("action", sorted(STEPS))
def test_prediction_is_the_verdict_of_the_table(state: str, action: str) -> None:
    number, row = LOT_STATES.index(state), row_named("lot", action).id
    for organisation, time in itertools.product(ROLES, TIMES):
        assert predicted(state, organisation, action, time) == lot_verdict(
            AUCTION, 0, number, row, ROLES[organisation], organisation, PERFORM_BY, time
        )
