"""Writes what a round has signed: transactions and all they carry, all or nothing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Update, bindparam, insert, select, update
from sqlmodel import Session

from ledger.assembly import Draft
from ledger.clock import now_ms
from ledger.database import portions, upsert
from ledger.dispatch import Dispatch
from ledger.model import Document, NonceRange
from ledger.model.sending import (
    ACCEPTED,
    ACTIONS,
    ATTEMPTS,
    NONCES,
    REPLACED,
    SENT,
    SIGNATURES,
    SIGNED,
    STORED,
    TRANSACTIONS,
)
from ledger.model.table import table_of
from ledger.raw_transaction import Unsigned
from ledger.signed_value import freeze, freeze_call

_ACTION, _SIGNATURE = ACTIONS.c, SIGNATURES.c


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed transaction, yet to be stored."""

    unsigned: Unsigned
    raw: bytes
    hash: bytes


class WishesTaken(Exception):
    """Another round has taken these wishes; nothing of this one was stored."""


class NonceTaken(Exception):
    """Another round has stored a transaction under this nonce."""


class Nonces:
    """Hands out intent nonces: from a random word on, one after another, 256 to a storage slot."""

    def __init__(self, ranges: dict[int, tuple[bytes, int]]) -> None:
        self.ranges = dict(ranges)

    def __call__(self, organisation: int) -> int:
        """Take an organisation's next nonce."""
        start, used = self.ranges.get(organisation) or (_random_start(), 0)
        self.ranges[organisation] = (start, used + 1)
        return (int.from_bytes(start) + used) % (1 << 256)

    @classmethod
    def read(cls, session: Session, sender: str) -> Self:
        """Read where the nonces stand with a relayer."""
        found = select(NONCES).where(NONCES.c.sender == sender)
        rows = session.connection().execute(found)
        return cls({row.organisation: (row.start, row.used) for row in rows})

    def write(self, session: Session, sender: str) -> None:
        """Keep where they stand."""
        rows = [
            {"organisation": number, "sender": sender, "start": start, "used": used}
            for number, (start, used) in self.ranges.items()
        ]
        upsert(session, NonceRange, rows)


def store_transaction(session: Session, sender: str, sealed: Sealed) -> int:
    """Store a signed transaction under its nonce; gives its row's id.

    Raises
    ------
    NonceTaken
        When another one is stored there.
    """
    used = select(TRANSACTIONS.c.id).where(
        TRANSACTIONS.c.sender == sender, TRANSACTIONS.c.nonce == sealed.unsigned.nonce
    )
    connection = session.connection()
    if connection.execute(used).first() is not None:
        raise NonceTaken
    row = insert(TRANSACTIONS).returning(TRANSACTIONS.c.id)
    number: int = connection.execute(
        row,
        {
            "sender": sender,
            "nonce": sealed.unsigned.nonce,
            "hash": sealed.hash,
            "gas_limit": sealed.unsigned.gas,
            "status": STORED,
            "stored_ms": now_ms(),
        },
    ).scalar_one()
    store_attempt(session, number, sealed)
    return number


def store_attempt(session: Session, transaction: int, sealed: Sealed) -> None:
    """Store one more way in which a transaction was signed."""
    session.connection().execute(
        insert(ATTEMPTS),
        {
            "hash": sealed.hash,
            "transaction_id": transaction,
            "raw": sealed.raw,
            "max_fee": sealed.unsigned.max_fee,
            "tip": sealed.unsigned.tip,
            "stored_ms": now_ms(),
        },
    )


def store_round(
    session: Session, sender: str, ready: Sequence[tuple[Dispatch, Sealed]]
) -> list[int]:
    """Store transactions with the intents in them, and mark the wishes; gives the rows' ids.

    Raises
    ------
    WishesTaken, NonceTaken
        When another round was here before.
    """
    ids = []
    for dispatch, sealed in ready:
        number = store_transaction(session, sender, sealed)
        ids.append(number)
        held = [draft.signed_id for draft in dispatch.drafts if draft.signed_id is not None]
        _send_signed(session, held, number)
        for draft in dispatch.drafts:
            if draft.signed_id is None:
                _store_draft(session, draft, number, sealed.hash)
    return ids


def _send_signed(session: Session, held: list[int], transaction: int) -> None:
    """Put intents that are signed already aboard a transaction."""
    connection = session.connection()
    for part in portions(held):
        is_free = _SIGNATURE.id.in_(part) & (_SIGNATURE.status == SIGNED)
        taken = update(SIGNATURES).where(is_free).values(status=SENT, transaction_id=transaction)
        _require(connection.execute(taken).rowcount, len(part))
        waiting = _ACTION.intent_id.in_(part) & (_ACTION.status == ACCEPTED)
        connection.execute(update(ACTIONS).where(waiting).values(status=SENT))


def _store_draft(session: Session, draft: Draft, transaction: int, tx_hash: bytes) -> None:
    value: Any = draft.value
    # A call without signature is known by its transaction.
    digest = draft.digest or tx_hash
    connection = session.connection()
    signed: int = connection.execute(
        insert(SIGNATURES).returning(_SIGNATURE.id),
        {
            "organisation": draft.organisation,
            "agreement": draft.agreement,
            "kind": draft.kind,
            "digest": digest,
            "nonce": value.nonce.to_bytes(32) if value else bytes(32),
            "deadline": value.deadline if value else 0,
            "value": freeze(value) if value else freeze_call(draft.call),
            "signature": draft.signature,
            "status": SENT,
            "company": 0,
            "not_before_ms": 0,
            "transaction_id": transaction,
        },
    ).scalar_one()
    if draft.replaces is not None:
        replaced = update(SIGNATURES).where(_SIGNATURE.id == draft.replaces)
        connection.execute(replaced.values(status=REPLACED))
    places = [
        {"which": number, "signed": signed, "place": place}
        for place, number in enumerate(draft.actions)
    ]
    taken = connection.execute(_TAKE if draft.replaces is None else _TAKE_AGAIN, places)
    _require(taken.rowcount, len(places))
    with_document = [
        {"which": number, "signed": digest, "place": place}
        for place, number in enumerate(draft.actions)
        if place in draft.documents
    ]
    if with_document:
        connection.execute(_PLACE_DOCUMENT, with_document)


def _place(status: str) -> Update:
    """Mark wishes of one status as signed at a position of an intent."""
    return (
        update(ACTIONS)
        .where(_ACTION.id == bindparam("which"), _ACTION.status == status)
        .values(status=SENT, intent_id=bindparam("signed"), position=bindparam("place"))
    )


_TAKE: Final = _place(ACCEPTED)
_TAKE_AGAIN: Final = _place(SENT)
_DOCUMENTS: Final = table_of(Document)
_PLACE_DOCUMENT: Final = (
    update(_DOCUMENTS)
    .where(_DOCUMENTS.c.action_id == bindparam("which"))
    .values(digest=bindparam("signed"), position=bindparam("place"))
)


def _require(found: int, wanted: int) -> None:
    if found != wanted:
        raise WishesTaken


def _random_start() -> bytes:
    return secrets.token_bytes(31) + b"\0"
