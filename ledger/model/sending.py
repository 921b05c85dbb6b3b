"""What hosted organisations want recorded, on its way to the chain.

    accepted ──batch signed, transaction stored──► sent ──seen on chain──► recorded | refused

A reorg or a lost tail takes `recorded` back to `sent`.
"""

from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Wide

ACCEPTED, SENT, RECORDED, REFUSED = "accepted", "sent", "recorded", "refused"
"""What becomes of a wish."""

SIGNED, EXPIRED, REPLACED = "signed", "expired", "replaced"
"""An intent that waits for a transaction; one whose deadline passed; one that was signed anew."""

STORED, INCLUDED, REVERTED = "stored", "included", "reverted"
"""What becomes of a transaction; ``sent`` stands between the first two."""

UNDECIDED = text("status IN ('accepted', 'sent')")
"""Written out, because SQLite finds a partial index only by the words it was made with."""


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
    was_recorded : bool
        The chain had it once and lost it; a refusal is then retried, because what it rests on may
        still be on its way back.
    not_before_ms : int
        Unix milliseconds before which the relayer leaves it alone.
    """

    __tablename__ = "pending_action"
    __table_args__ = (
        Index(
            "ix_pending_action_waiting",
            "status",
            "id",
            sqlite_where=UNDECIDED,
            postgresql_where=UNDECIDED,
        ),
        Index(
            "ix_pending_action_subject",
            "agreement",
            "machine",
            "number",
            sqlite_where=UNDECIDED,
            postgresql_where=UNDECIDED,
        ),
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
    not_before_ms: int = Field(default=0, sa_type=Wide)


class SignedIntent(SQLModel, table=True):
    """What an organisation's key signed: a batch, one intent, a step, or an auction's intent.

    Parameters
    ----------
    kind : str
        ``batch``, ``intent``, ``step``, or the auction contract's function.
    value : dict
        The signed fields, bytes as hex.
    is_alone : bool
        It travels in a transaction of its own, because one with company reverted.
    """

    __tablename__ = "signed_intent"
    __table_args__ = (
        Index("ix_signed_intent_transaction", "transaction_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: int
    kind: str = Field(max_length=16)
    digest: bytes = Field(sa_type=Digest, unique=True)
    nonce: bytes = Field(sa_type=Digest)
    deadline: int = Field(sa_type=Wide)
    value: dict[str, Any] = Field(sa_type=JSON)
    signature: bytes
    status: str = Field(max_length=12)
    is_alone: bool = False
    transaction_id: int | None = Field(default=None, foreign_key="chain_transaction.id")


class ChainTransaction(SQLModel, table=True):
    """A transaction of ours, stored before its first broadcast and kept until it is final."""

    __tablename__ = "chain_transaction"
    __table_args__ = (
        Index("ix_chain_transaction_nonce", "sender", "nonce"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    sender: str = Field(max_length=42)
    nonce: int = Field(sa_type=Wide)
    hash: bytes = Field(sa_type=Digest, unique=True)
    raw: bytes
    gas_limit: int
    status: str = Field(max_length=12)
    stored_ms: int = Field(sa_type=Wide)
    sent_ms: int | None = Field(default=None, sa_type=Wide)
    block_number: int | None = None
    gas_used: int | None = None


class NonceRange(SQLModel, table=True):
    """Where an organisation's intent nonces stand here: a random start, then one after another."""

    __tablename__ = "nonce_range"

    organisation: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    start: bytes = Field(sa_type=Digest)
    used: int = 0
