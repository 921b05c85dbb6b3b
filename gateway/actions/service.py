"""Actions in terms of the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

from sqlmodel import Session

from gateway.actions.schemas import WISH, WishBody
from gateway.deps import Gateway
from gateway.documents.fit import require_fit
from gateway.errors import ActionUnknown, GatewayError
from gateway.lines import lines_of, read_line
from gateway.naming import row_spelled
from gateway.orders.service import parsed
from gateway.recording import WithinLines
from gateway.sight import Line, Sight
from ledger.acceptance import Accepted, Within
from ledger.catalogue import LedgerError
from ledger.desk import Wish
from ledger.document.errors import DocumentError
from ledger.errors import LedgerSeatMissing
from ledger.identifier import parse_agreement
from ledger.lifecycle import Row
from ledger.outbox import DocumentReference
from ledger.sitting import Outcome
from ledger.vault import CidInvalid, parse_cid

Read = Wish | Exception
"""A wish that can be handed in, or why a line is none."""


async def record(gateway: Gateway, organisation: int, body: WishBody, within: Within) -> Accepted:
    """Hand in one action.

    Raises
    ------
    AgreementUnknown
        If there is none in which the organisation has a seat.
    """
    wish = _wish(body)
    try:
        return await gateway.ledger.desk.record(organisation, wish, within)
    except LedgerSeatMissing as refused:
        told = await asyncio.to_thread(Sight(gateway, organisation).of, refused)
        assert isinstance(told, Exception)
        raise told from None


async def read_lines(gateway: Gateway, body: bytes) -> list[Read]:
    """Read many actions, a line each."""
    lines = lines_of(body, gateway.settings.gateway.lines_max)
    return await asyncio.to_thread(lambda: [_read(line) for line in lines])


async def record_all(
    gateway: Gateway, organisation: int, wishes: Sequence[Read], within: WithinLines
) -> list[Line]:
    """Hand in many actions; each is accepted or refused by itself."""
    readable = [each for each in wishes if isinstance(each, Wish)]
    sight = Sight(gateway, organisation)

    def within_lines(session: Session, outcomes: list[Outcome]) -> None:
        within(session, sight.merged(wishes, outcomes))

    outcomes = await gateway.ledger.desk.record_all(organisation, readable, within_lines)
    return await asyncio.to_thread(sight.merged, wishes, outcomes)


def _read(line: bytes) -> Read:
    try:
        return _wish(read_line(line, WISH))
    except (GatewayError, LedgerError, DocumentError, CidInvalid) as refused:
        return refused


def _wish(body: WishBody) -> Wish:
    row = _row(body.action)
    agreement = parse_agreement(body.agreement)
    if body.commitment is not None:
        if body.cid is not None:
            parse_cid(body.cid)
        sealed = DocumentReference(bytes.fromhex(body.commitment[2:]), body.cid)
        return Wish(
            agreement=agreement,
            action=row.action,
            number=body.number,
            order=body.order,
            sealed=sealed,
        )
    document = parsed(body.document)
    require_fit(row.machine, row.action, document)
    return Wish(
        agreement=agreement,
        action=row.action,
        number=body.number,
        order=body.order,
        document=document,
    )


@cache
def _row(action: str) -> Row:
    try:
        return row_spelled("order", action)
    except ActionUnknown:
        return row_spelled("delivery", action)
