"""What waits to be sent: the share of one relayer, read as rows and not as objects."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, literal_column, or_, select
from sqlmodel import Session

from ledger.action import unpack_actions
from ledger.assembly import Draft, Wish
from ledger.gas import INTENT_GAS, bound_of
from ledger.intent import Batch
from ledger.model import Block, Cursor, Document
from ledger.model.sending import (
    ACCEPTED,
    ACTIONS,
    EXPIRED,
    RECORDED,
    SENT,
    SIGNATURES,
    SIGNED,
    TRANSACTIONS,
)
from ledger.model.table import table_of
from ledger.signed_value import thaw, thaw_call

EXPIRY_MARGIN_S: Final = 60
"""How far the chain's time must be past a deadline before nothing is expected of it any more."""


ACTION: Final = ACTIONS.c
SIGNATURE: Final = SIGNATURES.c
_TRANSACTION: Final = TRANSACTIONS.c
_DOCUMENT: Final = table_of(Document).c
_WISH: Final = (
    ACTION.id,
    ACTION.organisation,
    ACTION.machine,
    ACTION.action,
    ACTION.agreement,
    ACTION.number,
    ACTION.order_number,
    ACTION.commitment,
    ACTION.call,
    _DOCUMENT.cid,
)
_SIGNED: Final = (
    SIGNATURE.id,
    SIGNATURE.organisation,
    SIGNATURE.agreement,
    SIGNATURE.kind,
    SIGNATURE.digest,
    SIGNATURE.nonce,
    SIGNATURE.deadline,
    SIGNATURE.value,
    SIGNATURE.signature,
    SIGNATURE.company,
)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of everything that one relayer sends.

    What depends on each other is in one share: all of an agreement, and all auctions.

    Parameters
    ----------
    place, count : int
        Of how many relayers this is which, from zero.
    """

    place: int = 0
    count: int = 1

    def of_wishes(self) -> ColumnElement[bool]:
        """Give the condition that a wish is in it."""
        subject = case((ACTION.machine == "auction", 0), else_=ACTION.agreement)
        return self._holds(subject)

    def of_signed(self) -> ColumnElement[bool]:
        """Give the condition that a signed intent is in it."""
        return self._holds(SIGNATURE.agreement)

    def _holds(self, subject: ColumnElement[Any]) -> ColumnElement[bool]:
        if self.count == 1:
            return literal_column("1") == 1
        mine = subject % self.count == self.place
        return or_(subject.is_(None), mine) if self.place == 0 else mine


@dataclass(slots=True)
class Gathered:
    """What a round begins with.

    Parameters
    ----------
    wishes : list of Wish
        To be signed, in the order of their acceptance.
    signed : list of Draft
        Signed elsewhere, or to travel again.
    expired : list
        What was signed and expired, with the wishes still in it.
    """

    wishes: list[Wish]
    signed: list[Draft]
    expired: list[tuple[Draft, list[Wish]]]

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.wishes or self.signed or self.expired)


def gather(session: Session, share: Share, now_ms: int, finality: int, limit: int) -> Gathered:
    """Read what waits.

    Parameters
    ----------
    finality : int
        Blocks behind the last one taken in that never change.
    limit : int
        Most wishes, and most signed intents.
    """
    connection = session.connection()
    fresh = _wishes(share).where(ACTION.intent_id.is_(None)).limit(limit)
    wishes = [Wish(*row) for row in connection.execute(fresh)]
    known = {wish.id for wish in wishes}
    wishes += [
        wish for wish in _to_try_anew(session, share, now_ms, finality) if wish.id not in known
    ]
    return Gathered(
        wishes=sorted(wishes),
        signed=_signed(session, share, now_ms, limit, wishes),
        expired=_expired(session, share),
    )


def draft_of(row: Iterable[Any]) -> Draft:
    """Read a signed intent back, as it was signed; the columns are those of `signed_rows`."""
    number, organisation, agreement, kind, digest, nonce, deadline, value, signature, company = row
    is_call = not signature
    content = None if is_call else thaw(kind, organisation, deadline, nonce, value)
    return Draft(
        organisation,
        kind,
        content,
        signature,
        digest,
        [],
        _gas_of(kind, content),
        call=thaw_call(value) if is_call else {},
        agreement=agreement,
        signed_id=number,
        company=company,
    )


def signed_rows() -> Select[Any]:
    """Begin a question for signed intents that `draft_of` reads."""
    return select(*_SIGNED)


def _gas_of(kind: str, value: object) -> int:
    """Bound the gas of an intent that was signed before; zero asks the chain."""
    if isinstance(value, Batch):
        return bound_of(unpack_actions(value.actions))
    return INTENT_GAS if kind == "intent" else 0


def _wishes(share: Share) -> Select[Any]:
    joined = ACTIONS.outerjoin(table_of(Document), _DOCUMENT.action_id == ACTION.id)
    return (
        select(*_WISH)
        .select_from(joined)
        # Written out, so that SQLite finds the partial index.
        .where(ACTION.status == literal_column(f"'{ACCEPTED}'"), share.of_wishes())
        .order_by(ACTION.id)
    )


def _to_try_anew(session: Session, share: Share, now_ms: int, finality: int) -> list[Wish]:
    """Find what was refused after the chain had lost it, once it cannot count twice."""
    block, cursor = table_of(Block).c, table_of(Cursor).c
    here = select(block.number, block.time).join(
        table_of(Cursor), cursor.block_number == block.number
    )
    number, time_s = session.connection().execute(here).first() or (0, 0)
    is_safe = or_(
        ACTION.not_before_ms <= now_ms,
        SIGNATURE.deadline + EXPIRY_MARGIN_S < time_s,
        _TRANSACTION.block_number <= number - finality,
    )
    found = (
        _wishes(share)
        .join(SIGNATURES, SIGNATURE.id == ACTION.intent_id)
        .outerjoin(TRANSACTIONS, _TRANSACTION.id == SIGNATURE.transaction_id)
        .where(ACTION.was_recorded, SIGNATURE.status == RECORDED, is_safe)
    )
    return [Wish(*row) for row in session.connection().execute(found)]


def _signed(
    session: Session, share: Share, now_ms: int, limit: int, wishes: list[Wish]
) -> list[Draft]:
    """Read what is signed, but for what rests on a wish that is signed only in this round."""
    first = and_(ACTION.intent_id == SIGNATURE.id, ACTION.position == 0)
    found = (
        select(ACTION.id, *_SIGNED)
        .select_from(SIGNATURES.outerjoin(ACTIONS, first))
        .where(
            SIGNATURE.status == literal_column(f"'{SIGNED}'"),
            SIGNATURE.transaction_id.is_(None),
            SIGNATURE.not_before_ms <= now_ms,
            share.of_signed(),
        )
        .order_by(SIGNATURE.id)
        .limit(limit)
    )
    earliest: dict[int | None, int] = {}
    for wish in wishes:
        earliest.setdefault(wish.agreement, wish.id)
    drafts = []
    for action, *row in session.connection().execute(found):
        draft = draft_of(row)
        waits_for = earliest.get(draft.agreement)
        if draft.kind != "intent" or waits_for is None or action < waits_for:
            drafts.append(draft)
    return drafts


def _expired(session: Session, share: Share) -> list[tuple[Draft, list[Wish]]]:
    connection = session.connection()
    found = signed_rows().where(
        SIGNATURE.status == literal_column(f"'{EXPIRED}'"), share.of_signed()
    )
    drafts = {row.id: draft_of(row) for row in connection.execute(found.order_by(SIGNATURE.id))}
    if not drafts:
        return []
    joined = ACTIONS.outerjoin(table_of(Document), _DOCUMENT.action_id == ACTION.id)
    inside = (
        select(ACTION.intent_id, *_WISH)
        .select_from(joined)
        .where(ACTION.intent_id.in_(list(drafts)), ACTION.status == SENT)
        .order_by(ACTION.intent_id, ACTION.position)
    )
    rows = groupby(connection.execute(inside), key=lambda row: row[0])
    return [(drafts[number], [Wish(*row[1:]) for row in group]) for number, group in rows]
