"""Lots in terms of the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

from gateway.answer import Page
from gateway.deps import Gateway
from gateway.documents.fit import require_fit
from gateway.errors import ActionUnknown
from gateway.lots.errors import LotUnknown
from gateway.lots.schemas import LotView
from gateway.naming import row_spelled
from gateway.organisations.service import name_of
from gateway.page import decode_cursor, encode_cursor
from gateway.plans import store
from ledger import lifecycle
from ledger.acceptance import Accepted, Within
from ledger.database import reading
from ledger.document import parse_document
from ledger.errors import AuctionActorWrong, AuctionOutsideWindow, LotUnexpectedState
from ledger.identifier import LotId, auction_id, parse_lot
from ledger.number import AuctionNumber
from ledger.queries import AuctionView
from ledger.queries import LotView as LedgerLot

STEPS: Final = frozenset({"pick_up", "deliver", "fail"})


def list_lots(gateway: Gateway, organisation: int, cursor: str | None, limit: int) -> Page[LotView]:
    """List the lots of auctions; a page holds those of up to `limit` auctions."""
    after = decode_cursor(cursor, 1)
    found = gateway.queries.auctions(after[0] if after else None, limit)
    items = [
        lot
        for view in found
        for lot in lot_views(gateway, organisation, _seen_by(gateway, organisation, view))
    ]
    last = encode_cursor((found[-1].row.number,)) if len(found) == limit else None
    return Page(items=items, next=last)


def read_lot(gateway: Gateway, organisation: int, id: str) -> LotView:
    """Read one lot.

    Raises
    ------
    LotUnknown
        If there is none of this identifier.
    """
    lot = parse_lot(id)
    auction, _ = _found(gateway, organisation, lot)
    return list(lot_views(gateway, organisation, auction))[lot.lot]


async def step(
    gateway: Gateway,
    organisation: int,
    id: str,
    action: str,
    document: dict[str, Any] | None,
    within: Within,
) -> Accepted:
    """Hand in a step in a lot's life.

    Raises
    ------
    ActionUnknown
        If nobody takes such a step of a lot.
    LotUnexpectedState, AuctionActorWrong, AuctionOutsideWindow
        The error that the chain would give.
    """
    row = row_spelled("lot", action)
    if row.action not in STEPS:
        raise ActionUnknown(action)
    content = None if document is None else parse_document(document)
    require_fit("lot", row.action, content)
    lot = parse_lot(id)
    auction, standing = await asyncio.to_thread(_found, gateway, organisation, lot)
    require_possible(auction, standing, organisation, row.action, gateway.queries.cursor()[1])
    return await gateway.ledger.auction_desk.call(
        organisation,
        "step_lot",
        auction=lot.auction,
        number=lot.lot,
        call={"lot": lot.lot, "action": row.id},
        document=content,
        readers=[auction.row.organisation, standing.carrier or auction.row.organisation],
        within=within,
    )


def lot_views(gateway: Gateway, organisation: int, auction: AuctionView) -> Iterator[LotView]:
    """Show the lots of an auction to an organisation."""
    number = auction.row.number
    demands = _demands(gateway, organisation, auction)
    for lot in auction.lots:
        yield LotView(
            id=str(LotId(AuctionNumber(number), lot.position)),
            auction=auction_id(number),
            state=lot.state,
            ledger_state=lot.ledger_state,
            reserve_minor=lot.reserve,
            bid=None if lot.bid is None else bid_id(number, lot.bid),
            carrier=lot.carrier,
            carrier_name=name_of(gateway, lot.carrier) if lot.carrier else None,
            allowed_actions=[each for each in lot.allowed_actions if each in STEPS],
            changed_at=lot.changed_at,
            demands=demands[lot.position] if demands else None,
        )


def bid_id(auction: int, bid: int) -> str:
    """Print a bid's identifier."""
    return f"{auction_id(auction)}-B{bid}"


def _seen_by(gateway: Gateway, organisation: int, view: AuctionView) -> AuctionView:
    """Read an auction again, with what an organisation may do with its lots."""
    found = gateway.queries.auction(view.row.number, organisation)
    assert found is not None, "auctions that are listed are there"
    return found


def _found(gateway: Gateway, organisation: int, lot: LotId) -> tuple[AuctionView, LedgerLot]:
    auction = gateway.queries.auction(lot.auction, organisation)
    if auction is None or lot.lot >= len(auction.lots):
        raise LotUnknown(lot)
    return auction, auction.lots[lot.lot]


def require_possible(
    auction: AuctionView, lot: LedgerLot, organisation: int, action: str, time: int
) -> None:
    """Refuse what the contract would refuse, in its order.

    Raises
    ------
    LotUnexpectedState, AuctionActorWrong, AuctionOutsideWindow
        The error that the chain would give.
    """
    row = lifecycle.row_named("lot", action)
    number = auction.row.number
    if lot.ledger_state not in row.from_states:
        allowed = sum(1 << lifecycle.state_number("lot", each) for each in row.from_states)
        current = lifecycle.state_number("lot", lot.ledger_state)
        raise LotUnexpectedState(number, lot.position, current, allowed)
    holders = {"pool": auction.row.organisation, "carrier": lot.carrier}
    seats = frozenset(seat for seat, holder in holders.items() if holder == organisation)
    if not row.is_open_to(seats, lifecycle.lot_phase(auction.row.perform_by, time)):
        raise AuctionActorWrong(number, lot.position, organisation)
    opens, closes = lifecycle.lot_window(row, lot.ledger_state, auction.row.perform_by)
    if not opens <= time < closes:
        raise AuctionOutsideWindow(number, opens, closes, time)


def _demands(gateway: Gateway, organisation: int, auction: AuctionView) -> list[list[str]] | None:
    if auction.row.organisation != organisation:
        return None
    with reading(gateway.engine) as session:
        tender = store.tender(session, organisation, auction.row.number)
        return tender.demands if tender else None
