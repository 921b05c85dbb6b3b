"""What hosted organisations want recorded, on its way to the chain.

    accepted ──batch signed, transaction stored──► sent ──seen on chain──► recorded | refused

A reorg or a lost tail takes `recorded` back to `sent`. What was signed once keeps its digest and
nonce: what the chain lost is sent again as it is, never signed a second time while the first
signature could still count.
"""

from typing import Any

from sqlalchemy import JSON, Index, TextClause, text
from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Wide
from ledger.model.table import table_of

ACCEPTED, SENT, RECORDED, REFUSED = "accepted", "sent", "recorded", "refused"
"""What becomes of a wish."""

SIGNED, EXPIRED, REPLACED = "signed", "expired", "replaced"
"""An intent that waits for a transaction; one whose deadline passed; one that was signed anew."""

STORED, INCLUDED, REVERTED = "stored", "included", "reverted"
"""What becomes of a transaction; ``sent`` stands between the first two."""

WAITING = text("status = 'accepted'")
AGAIN = text("status = 'accepted' AND was_recorded")
UNSENT = text("status = 'signed'")
PAST_DEADLINE = text("status = 'expired'")
UNLANDED = text("status IN ('stored', 'sent')")
UNDECIDED = text("status IN ('accepted', 'sent')")
"""Written out, because SQLite finds a partial index only by the words it was made with."""


def _partial(name: str, condition: TextClause, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


class PendingAction(SQLModel, table=True):
    """One accepted wish and what became of it; its id is the intent id that callers see.

    Parameters
    ----------
    machine : str
        ``order``, ``delivery``, ``agreement`` or ``auction``.
    action : str
        Name in the lifecycle table; for auctions the contract's function.
    call : dict, optional
        Fields of a step or an auction call beyond the columns.
    error, problem : str, bytes, optional
        Name of the refusal and its encoding.
    intent_id, position : int, optional
        Where it was signed. An accepted wish that has them was refused after the chain had lost
        it: it is signed anew once it cannot count twice any more.
    was_recorded : bool
        The chain had it once and lost it; a refusal is then retried, because what it rests on may
        still be on its way back.
    attempts : int
        How often it was tried again after that.
    not_before_ms : int, optional
        Unix milliseconds from which it may be signed anew whatever became of its signature, as it
        can happen only once.
    """

    __tablename__ = "pending_action"
    __table_args__ = (
        _partial("ix_pending_action_waiting", WAITING, "id"),
        _partial("ix_pending_action_again", AGAIN, "intent_id"),
        _partial("ix_pending_action_subject", UNDECIDED, "agreement", "machine", "number"),
        Index("ix_pending_action_intent", "intent_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int
    machine: str = Field(max_length=12)
    action: str = Field(max_length=40)
    agreement: int | None = Field(default=None, sa_type=Wide)
    number: int | None = Field(default=None, sa_type=Wide)
    order_number: int | None = Field(default=None, sa_type=Wide)
    commitment: bytes | None = Field(default=None, sa_type=Digest)
    call: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    status: str = Field(default=ACCEPTED, max_length=12)
    error: str | None = Field(default=None, max_length=64)
    problem: bytes | None = None
    intent_id: int | None = Field(default=None, foreign_key="signed_intent.id")
    position: int | None = None
    accepted_ms: int = Field(sa_type=Wide)
    was_recorded: bool = False
    attempts: int = 0
    not_before_ms: int | None = Field(default=None, sa_type=Wide)


class SignedIntent(SQLModel, table=True):
    """What an organisation's key signed: a batch, one intent, a step, or an auction's intent.

    Parameters
    ----------
    agreement : int
        That of its first wish, which decides who sends it; zero for auctions.
    kind : str
        ``batch``, ``intent``, ``step``, or the auction contract's function.
    value : bytes
        The signed fields beyond the columns, as `ledger.signed_value` packs them.
    company : int
        Only intents of one company share a transaction. Zero is everybody; those of a transaction
        that was undone are parted until the one that undid it travels alone.
    not_before_ms : int
        Unix milliseconds before which it is not sent again.
    """

    __tablename__ = "signed_intent"
    __table_args__ = (
        _partial("ix_signed_intent_unsent", UNSENT, "id"),
        _partial("ix_signed_intent_expired", PAST_DEADLINE, "id"),
        Index("ix_signed_intent_transaction", "transaction_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int
    agreement: int = Field(default=0, sa_type=Wide)
    kind: str = Field(max_length=16)
    digest: bytes = Field(sa_type=Digest, unique=True)
    nonce: bytes = Field(sa_type=Digest)
    deadline: int = Field(sa_type=Wide)
    value: bytes
    signature: bytes
    status: str = Field(max_length=12)
    company: int = Field(default=0, sa_type=Wide)
    not_before_ms: int = Field(default=0, sa_type=Wide)
    transaction_id: int | None = Field(default=None, foreign_key="chain_transaction.id")


class ChainTransaction(SQLModel, table=True):
    """A transaction of ours, stored before its first broadcast and kept until it is final.

    Parameters
    ----------
    hash : bytes
        Of the attempt that is in a block; before there is one, of the newest.
    """

    __tablename__ = "chain_transaction"
    __table_args__ = (
        Index("ix_chain_transaction_nonce", "sender", "nonce", unique=True),
        Index("ix_chain_transaction_block", "block_number"),
        _partial("ix_chain_transaction_unlanded", UNLANDED, "sender", "nonce"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    sender: str = Field(max_length=42)
    nonce: int = Field(sa_type=Wide)
    hash: bytes = Field(sa_type=Digest, unique=True)
    gas_limit: int
    status: str = Field(max_length=12)
    stored_ms: int = Field(sa_type=Wide)
    sent_ms: int | None = Field(default=None, sa_type=Wide)
    block_number: int | None = None
    gas_used: int | None = None


class TransactionAttempt(SQLModel, table=True):
    """A transaction as it was signed for some fee; whichever attempt is mined counts.

    Parameters
    ----------
    max_fee, tip : int
        Wei per gas; equal in a transaction with one gas price.
    """

    __tablename__ = "transaction_attempt"
    __table_args__ = (Index("ix_transaction_attempt_transaction", "transaction_id"),)

    hash: bytes = Field(primary_key=True, sa_type=Digest)
    transaction_id: int = Field(foreign_key="chain_transaction.id")
    raw: bytes
    max_fee: int = Field(sa_type=Wide)
    tip: int = Field(sa_type=Wide)
    stored_ms: int = Field(sa_type=Wide)


class NonceRange(SQLModel, table=True):
    """Where an organisation's intent nonces stand with one relayer: a random start, then on."""

    __tablename__ = "nonce_range"

    organisation: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sender: str = Field(primary_key=True, max_length=42)
    start: bytes = Field(sa_type=Digest)
    used: int = 0


ACTIONS, SIGNATURES, TRANSACTIONS, ATTEMPTS, NONCES = (
    table_of(model)
    for model in (PendingAction, SignedIntent, ChainTransaction, TransactionAttempt, NonceRange)
)
"""The same tables for statements over many rows."""
