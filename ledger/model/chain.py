"""What the chain said: blocks, transactions, records and events, and how far we have read.

A record is one log of our contracts; the events are the facts in it, one per number touched. All
are keyed by their place on the one chain this database follows, so a rebuild gives equal rows.
"""

from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Wide

HAS_MANIFEST = text("manifest IS NOT NULL")
"""Records with documents of which a manifest tells."""


class Block(SQLModel, table=True):
    """A block header: all of the last `finality` ones, and for good those that hold records."""

    __tablename__ = "block"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=Digest)
    parent: bytes = Field(sa_type=Digest)
    time: int = Field(sa_type=Wide)


class IncludedTransaction(SQLModel, table=True):
    """A transaction that holds records, by the first of our logs in it."""

    __tablename__ = "included_transaction"
    __table_args__ = ({"sqlite_with_rowid": False},)

    block_number: int = Field(primary_key=True)
    first_log: int = Field(primary_key=True)
    hash: bytes = Field(sa_type=Digest)
    gas_used: int | None = None


class Record(SQLModel, table=True):
    """One log of our contracts: a batch, an intent, a step, or a fact of registry or auction.

    Parameters
    ----------
    documents_root : bytes, optional
        Root over the commitments of a batch; of anything else the one commitment.
    positions : int, optional
        How many events a batch has, refused ones included; none for anything else.
    facts : int
        How many events of it stand in the event table.
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_digest", "digest"),
        Index(
            "ix_record_manifest",
            "manifest",
            sqlite_where=HAS_MANIFEST,
            postgresql_where=HAS_MANIFEST,
        ),
        {"sqlite_with_rowid": False},
    )

    block_number: int = Field(primary_key=True)
    log_index: int = Field(primary_key=True)
    transaction_log: int
    organisation: int
    digest: bytes | None = Field(default=None, sa_type=Digest)
    documents_root: bytes | None = Field(default=None, sa_type=Digest)
    manifest: bytes | None = Field(default=None, sa_type=Digest)
    positions: int | None = None
    facts: int = 0


def _index_of_events(name: str, columns: list[str], condition: str) -> Index:
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Event(SQLModel, table=True):
    """One fact. `state` is where the thing stands after it.

    Parameters
    ----------
    machine : str
        ``order``, ``delivery``, ``agreement``, ``lot``, ``auction``, ``bid`` or ``organisation``.
    agreement : int, optional
        For lots and bids the auction.
    number : int
        Order, delivery, lot, bid, auction or organisation.
    order_number : int, optional
        The order that the event tells about: an order's own, or a delivery's; else none.
    name : str, optional
        Name of the chain's event where no lifecycle row stands behind it.
    facts : dict, optional
        The event's fields, except for orders and deliveries, which have none beyond these columns.
    """

    __tablename__ = "event"
    __table_args__ = (
        _index_of_events(
            "ix_event_order", ["agreement", "order_number"], "order_number IS NOT NULL"
        ),
        _index_of_events(
            "ix_event_other", ["machine", "agreement", "number"], "order_number IS NULL"
        ),
        {"sqlite_with_rowid": False},
    )

    block_number: int = Field(primary_key=True)
    log_index: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    organisation: int
    machine: str = Field(max_length=12)
    agreement: int | None = Field(default=None, sa_type=Wide)
    number: int = Field(sa_type=Wide)
    order_number: int | None = Field(default=None, sa_type=Wide)
    action: int | None = None
    state: int | None = None
    name: str | None = Field(default=None, max_length=40)
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class Cursor(SQLModel, table=True):
    """The last block whose events are in the tables, and which chain and contracts they are of."""

    __tablename__ = "cursor"

    chain_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    block_number: int
    block_hash: bytes = Field(sa_type=Digest)
