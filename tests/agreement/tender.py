"""A finished tender on the real auction contract: one lot won, one left uncovered."""

from dataclasses import dataclass

from ledger.client import Client
from ledger.contracts import (
    encode_approve,
    encode_commit,
    encode_deposit,
    encode_finalise,
    encode_open,
    encode_propose,
    encode_reveal,
)
from ledger.event import Event
from ledger.intent import ZERO, Opening, SealedBid, bid_commitment
from ledger.log import decode_logs
from ledger.number import AuctionNumber, auction_number
from ledger.role import Role
from tests.chain import FAR_FUTURE_S, Network, found

WINDOW_S = 1_000
BOND = 500
PRICE = 90
RESERVE = 100
SALT = b"\x33" * 32


@dataclass(frozen=True)
class Tender:
    """An auction of two lots: the winner's bid covers lot 0, nobody's covers lot 1.

    Parameters
    ----------
    perform_by : int
        Unix seconds from which an undelivered lot may be declared failed.
    events : list of Event
        Everything that the auction contract told, in order.
    """

    network: Network
    auction: AuctionNumber
    pool: int
    winner: int
    rival: int
    perform_by: int
    events: list[Event]


async def hold_tender(client: Client, *, is_finalised: bool = True) -> Tender:
    """Open, bid sealed, reveal, propose and, if wanted, finalise; the rival stays silent."""
    network = await found(client)
    pool = await network.admit(Role.POOL)
    winner, rival = [await network.admit(Role.CARRIER) for _ in range(2)]
    opening = await _opening(network, pool)
    auction = auction_number(pool, 1)
    domain = network.deployment.auction_domain
    sealed = bid_commitment(domain, auction, winner, 0b01, PRICE, SALT)
    await _send(network, encode_open(opening, network.sign(opening)))
    for carrier, commitment in ((winner, sealed), (rival, b"\x44" * 32)):
        await _bid(network, auction, carrier, commitment)
    await _pass(network, WINDOW_S)
    await _send(network, encode_reveal(auction, 0, 0b01, PRICE, SALT))
    await _pass(network, WINDOW_S)
    await _send(network, encode_propose(auction, 0b01))
    await _pass(network, WINDOW_S)
    if is_finalised:
        await _send(network, encode_finalise(auction))
    logs = await client.logs([network.deployment.pool_auction], network.deployment.block)
    return Tender(network, auction, pool, winner, rival, opening.perform_by, decode_logs(logs))


async def _opening(network: Network, pool: int) -> Opening:
    latest = await network.client.block()
    assert latest is not None
    now = latest.timestamp
    assert network.deployment.bond_token is not None
    return Opening(
        organisation=pool,
        auction=auction_number(pool, 1),
        token=network.deployment.bond_token,
        bond=BOND,
        bidding_ends=now + WINDOW_S,
        reveal_ends=now + 2 * WINDOW_S,
        challenge_ends=now + 3 * WINDOW_S,
        perform_by=now + 10 * WINDOW_S,
        specification=ZERO,
        manifest=ZERO,
        reserves=(RESERVE, RESERVE),
        deadline=FAR_FUTURE_S,
        nonce=network.nonce(),
    )


async def _bid(network: Network, auction: int, carrier: int, commitment: bytes) -> None:
    deployment = network.deployment
    assert deployment.bond_token is not None
    approval = encode_approve(deployment.pool_auction, BOND)
    await network.send(network.council, deployment.bond_token, approval)
    await _send(network, encode_deposit(carrier, deployment.bond_token, BOND))
    bid = SealedBid(carrier, auction, commitment, FAR_FUTURE_S, network.nonce())
    await _send(network, encode_commit(bid, network.sign(bid)))


async def _send(network: Network, data: bytes) -> None:
    receipt = await network.send(network.council, network.deployment.pool_auction, data)
    assert receipt.is_success


async def _pass(network: Network, seconds: int) -> None:
    await network.client.call("evm_increaseTime", seconds)
    await network.client.call("evm_mine")
