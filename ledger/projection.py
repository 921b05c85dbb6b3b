"""From facts to where everything stands.

A fold has one rule per kind of fact and overwrites, never counts, so that folding the facts that
remain after a reorg gives what a rebuild from the first block would give.
"""

from collections.abc import Callable
from typing import Final

from ledger import lifecycle
from ledger.fact import TRADE
from ledger.model import (
    Agreement,
    Auction,
    Bid,
    Lot,
    Organisation,
    OrganisationKey,
)
from ledger.movement import move_deliveries, move_orders
from ledger.standing import Row, Standing

TIME_MAX: Final = 2**63 - 1
"""A row has no room for later times, which mean never anyway."""


def fold(standing: Standing, facts: list[Row], times: dict[int, int]) -> None:
    """Fold facts in chain order; fills in the order of each delivery fact.

    Parameters
    ----------
    times : dict
        Time of each block.
    """
    # Orders take their parties from the agreement, which never changes them.
    for fact in facts:
        if fact["machine"] not in TRADE:
            _FOLDS[fact["machine"]](standing, fact, times[fact["block_number"]])
    standing.write()
    move_orders(standing, [fact for fact in facts if fact["machine"] == "order"], times)
    move_deliveries(standing, [fact for fact in facts if fact["machine"] == "delivery"], times)


def _fold_agreement(standing: Standing, fact: Row, time: int) -> None:
    facts = fact["facts"]
    action = lifecycle.rows("agreement")[fact["action"] - 1].action
    terms = bytes.fromhex(facts["terms"])
    row = standing.get(Agreement, fact["agreement"])
    if row is None:
        seats = dict(zip(lifecycle.SEATS, facts["seats"], strict=True))
        row = {"number": fact["agreement"], "notice_days": facts["notice_days"], **seats}
        row |= {"proposed_at": time, "terms": None, "proposed_terms": None}
    else:
        row = dict(row)
    if action in ("propose", "amend"):
        row["proposed_terms"] = terms
    elif action == "sign" and facts["unsigned"] == 0:
        row |= {"terms": terms, "proposed_terms": None}
    elif action == "drop":
        row["proposed_terms"] = None
    row |= {
        "state": fact["state"],
        "unsigned": facts["unsigned"],
        "ends_at": _time(facts["ends_at"]),
        "changed_at": time,
    }
    standing.put(Agreement, row)


def _fold_organisation(standing: Standing, fact: Row, time: int) -> None:
    facts, number = fact["facts"], fact["number"]
    if fact["name"] == "KeySet":
        key = {name: facts[name] for name in ("organisation", "permissions")}
        key |= {"address": facts["key"], "expires_at": _time(facts["expires_at"])}
        standing.put(OrganisationKey, key)
        return
    row = dict(standing.get(Organisation, number) or {})
    if fact["name"] == "OrganisationAdmitted":
        row = {"number": number, "is_suspended": False, "encryption_epoch": 0}
        row |= {name: facts[name] for name in ("roles", "name", "endpoint")}
        row["encryption_key"] = None
    elif fact["name"] == "OrganisationRolesSet":
        row["roles"] = facts["roles"]
    elif fact["name"] == "OrganisationSuspensionSet":
        row["is_suspended"] = facts["suspended"]
    elif fact["name"] == "EndpointSet":
        row["endpoint"] = facts["endpoint"]
    elif fact["name"] == "EncryptionKeySet":
        row["encryption_epoch"] = facts["epoch"]
        row["encryption_key"] = bytes.fromhex(facts["encryption_key"])
    if row:
        # Bonds can be deposited for a number that is not a member yet.
        standing.put(Organisation, row)


def _fold_auction(standing: Standing, fact: Row, time: int) -> None:
    facts, auction = fact["facts"], fact["agreement"]
    if fact["name"] == "AuctionOpened":
        _open_auction(standing, fact, time)
        return
    row = dict(standing.get(Auction, auction) or {})
    bids, score = int(facts["bids"]), int(facts["score"])
    standing.put(Auction, row | {"standing": bids, "score": score})
    if fact["name"] == "AuctionFinalised":
        standing.put(Auction, row | {"standing": bids, "score": score, "is_finalised": True})
        _award(standing, auction, bids, time)


def _open_auction(standing: Standing, fact: Row, time: int) -> None:
    facts, auction = fact["facts"], fact["agreement"]
    reserves = [int(each) for each in facts["reserves"]]
    row = {"number": auction, "organisation": facts["organisation"], "token": facts["token"]}
    times = ("bidding_ends", "reveal_ends", "challenge_ends", "perform_by")
    row |= {"bond": int(facts["bond"]), **{name: _time(facts[name]) for name in times}}
    row |= {"specification": bytes.fromhex(facts["specification"]), "opened_at": time}
    row |= {"standing": 0, "score": sum(reserves), "is_finalised": False}
    standing.put(Auction, row)
    for position, reserve in enumerate(reserves):
        lot = {"auction": auction, "position": position, "reserve": reserve, "bid": None}
        opened = lifecycle.state_number("lot", "Open")
        standing.put(Lot, lot | {"state": opened, "carrier": None, "changed_at": time})


def _time(value: int | str) -> int:
    return min(int(value), TIME_MAX)


def _award(standing: Standing, auction: int, bids: int, time: int) -> None:
    winners: dict[int, Row] = {}
    number = 0
    while (bid := standing.get(Bid, auction, number)) is not None:
        if bids >> number & 1:
            bid = bid | {"status": "Won"}
            standing.put(Bid, bid)
            winners |= {lot: bid for lot in range(64) if bid["lots"] >> lot & 1}
        number += 1
    position = 0
    while (lot := standing.get(Lot, auction, position)) is not None:
        won = winners.get(position)
        state = lifecycle.state_number("lot", "Awarded" if won else "Void")
        carried = {"bid": won["number"], "carrier": won["organisation"]} if won else {}
        standing.put(Lot, lot | carried | {"state": state, "changed_at": time})
        position += 1


def _fold_lot(standing: Standing, fact: Row, time: int) -> None:
    lot = standing.get(Lot, fact["agreement"], fact["number"])
    assert lot is not None, "the chain moves lots of auctions only"
    standing.put(Lot, lot | {"state": fact["state"], "changed_at": time})


def _fold_bid(standing: Standing, fact: Row, time: int) -> None:
    facts, auction, number = fact["facts"], fact["agreement"], fact["number"]
    bid = dict(standing.get(Bid, auction, number) or {})
    if fact["name"] == "BidCommitted":
        bid = {"auction": auction, "number": number, "organisation": facts["organisation"]}
        bid |= {"status": "Sealed", "commitment": bytes.fromhex(facts["commitment"])}
        bid |= {"lots": 0, "price": 0, "bond_amount": None}
    elif fact["name"] == "BidRevealed":
        bid |= {"status": "Revealed", "lots": int(facts["lots"]), "price": int(facts["price"])}
    else:
        status = "Released" if fact["name"] == "BondReleased" else "Forfeited"
        bid |= {"status": status, "bond_amount": int(facts["amount"])}
    standing.put(Bid, bid)


_FOLDS: Final[dict[str, Callable[[Standing, Row, int], None]]] = {
    "agreement": _fold_agreement,
    "organisation": _fold_organisation,
    "auction": _fold_auction,
    "lot": _fold_lot,
    "bid": _fold_bid,
}
