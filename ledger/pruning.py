"""Forgets wishes that were decided long ago, with what was signed and sent for them.

What the chain recorded stays in the projected tables, which also know the numbers in use. Only what
is final goes, in portions that keep nobody waiting. Wishes about auctions stay: a bid's secret is
in one, and they are few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, delete, or_, select, update
from sqlmodel import Session

from ledger.clock import now_ms
from ledger.database import reading, writing
from ledger.model import Cursor, Document
from ledger.model.sending import (
    ACTIONS,
    ATTEMPTS,
    INCLUDED,
    RECORDED,
    REFUSED,
    REPLACED,
    REVERTED,
    SIGNATURES,
    TRANSACTIONS,
)
from ledger.model.table import table_of

TRANSACTIONS_MAX: Final = 4
"""Most transactions that go in one portion."""
WISHES_MAX: Final = 500
_DAY_MS: Final = 86_400_000
_DOCUMENTS: Final = table_of(Document)


@dataclass(slots=True)
class Pruner:
    """Takes out what is old and final.

    Parameters
    ----------
    finality : int
        Blocks behind the last one taken in that never change.
    keep_days : float
        For how long it is kept.
    """

    engine: Engine
    chain_id: int
    finality: int
    keep_days: float
    _after: int = 0

    def prune(self) -> bool:
        """Forget one portion; true when there may be more."""
        before_ms = now_ms() - int(self.keep_days * _DAY_MS)
        with reading(self.engine) as session:
            cursor = session.get(Cursor, self.chain_id)
            final = -1 if cursor is None else cursor.block_number - self.finality
            transactions = self._transactions(session, before_ms, final)
            wishes = _unsigned(session, before_ms)
        if not transactions and not wishes:
            self._after = 0
            return False
        with writing(self.engine) as session:
            gone = [number for number in transactions if _forget_transaction(session, number)]
            _forget_wishes(session, ACTIONS.c.id.in_(wishes))
        self._after = max(transactions, default=self._after)
        return bool(gone or wishes or transactions)

    def _transactions(self, session: Session, before_ms: int, final: int) -> Sequence[int]:
        found = (
            select(TRANSACTIONS.c.id)
            .where(
                TRANSACTIONS.c.id > self._after,
                TRANSACTIONS.c.stored_ms < before_ms,
                or_(
                    TRANSACTIONS.c.status.in_([INCLUDED, REVERTED])
                    & (TRANSACTIONS.c.block_number <= final),
                    TRANSACTIONS.c.status == REFUSED,
                ),
            )
            .order_by(TRANSACTIONS.c.id)
            .limit(TRANSACTIONS_MAX)
        )
        return session.connection().execute(found).scalars().all()


def _unsigned(session: Session, before_ms: int) -> Sequence[int]:
    """Find old wishes that were refused before anything was signed."""
    found = (
        select(ACTIONS.c.id)
        .where(
            ACTIONS.c.accepted_ms < before_ms,
            ACTIONS.c.status == REFUSED,
            ACTIONS.c.intent_id.is_(None),
            ACTIONS.c.machine != "auction",
        )
        .limit(WISHES_MAX)
    )
    return session.connection().execute(found).scalars().all()


def _forget_transaction(session: Session, number: int) -> bool:
    """Forget a transaction and what it carried, if all of that is decided."""
    connection = session.connection()
    carried = SIGNATURES.c.transaction_id == number
    rows = connection.execute(select(SIGNATURES.c.id, SIGNATURES.c.status).where(carried)).all()
    ids = [row.id for row in rows]
    if any(row.status not in (RECORDED, REFUSED, REPLACED) for row in rows):
        return False
    inside = ACTIONS.c.intent_id.in_(ids)
    kept = or_(ACTIONS.c.status.not_in([RECORDED, REFUSED]), ACTIONS.c.machine == "auction")
    if connection.execute(select(ACTIONS.c.id).where(inside, kept).limit(1)).first():
        return False
    _forget_wishes(session, inside)
    connection.execute(delete(SIGNATURES).where(carried))
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.transaction_id == number))
    connection.execute(delete(TRANSACTIONS).where(TRANSACTIONS.c.id == number))
    return True


def _forget_wishes(session: Session, which: Any) -> None:
    connection = session.connection()
    mine = _DOCUMENTS.c.action_id.in_(select(ACTIONS.c.id).where(which))
    connection.execute(update(_DOCUMENTS).where(mine).values(action_id=None))
    connection.execute(delete(ACTIONS).where(which))
