"""Agreements, orders and deliveries as they stand; states are the lifecycle table's numbers."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Wide

OPEN_ORDERS = text("state NOT IN (11, 12, 13)")
"""Orders in no terminal state; the numbers are those of Rejected, Cancelled and Closed."""


class Agreement(SQLModel, table=True):
    """A trading relationship: who sits where, and the terms in force and on the table."""

    __tablename__ = "agreement"
    __table_args__ = (Index("ix_agreement_buyer", "buyer"), Index("ix_agreement_seller", "seller"))

    number: int = Field(primary_key=True, sa_type=Wide, sa_column_kwargs={"autoincrement": False})
    buyer: int
    seller: int
    carrier: int = 0
    inspector: int = 0
    arbiter: int = 0
    state: int
    unsigned: int
    notice_days: int
    ends_at: int = Field(default=0, sa_type=Wide)
    terms: bytes | None = Field(default=None, sa_type=Digest)
    proposed_terms: bytes | None = Field(default=None, sa_type=Digest)
    proposed_at: int = Field(sa_type=Wide)
    changed_at: int = Field(sa_type=Wide)

    @property
    def seats(self) -> tuple[int, int, int, int, int]:
        """Organisations by seat, in the order of the lifecycle table; zero is empty."""
        return (self.buyer, self.seller, self.carrier, self.inspector, self.arbiter)


class Order(SQLModel, table=True):
    """An order as it stands. Buyer and seller are repeated here so that worklists need no join.

    The last event is named by its place on chain: block, log, position in the batch.
    """

    __tablename__ = "order"
    __table_args__ = (
        Index("ix_order_agreement", "agreement", "changed_block", "number"),
        Index("ix_order_buyer", "buyer", "changed_block", "agreement", "number"),
        Index("ix_order_seller", "seller", "changed_block", "agreement", "number"),
        Index(
            "ix_order_buyer_open",
            "buyer",
            "changed_block",
            sqlite_where=OPEN_ORDERS,
            postgresql_where=OPEN_ORDERS,
        ),
        Index(
            "ix_order_seller_open",
            "seller",
            "changed_block",
            sqlite_where=OPEN_ORDERS,
            postgresql_where=OPEN_ORDERS,
        ),
        {"sqlite_with_rowid": False},
    )

    agreement: int = Field(primary_key=True, sa_type=Wide)
    number: int = Field(primary_key=True, sa_type=Wide)
    buyer: int
    seller: int
    state: int
    issued_at: int = Field(sa_type=Wide)
    changed_at: int = Field(sa_type=Wide)
    changed_block: int
    changed_log: int
    changed_position: int


class Delivery(SQLModel, table=True):
    """A delivery as it stands, and the order it belongs to."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_order", "agreement", "order_number"),
        {"sqlite_with_rowid": False},
    )

    agreement: int = Field(primary_key=True, sa_type=Wide)
    number: int = Field(primary_key=True, sa_type=Wide)
    order_number: int = Field(sa_type=Wide)
    state: int
    opened_at: int = Field(sa_type=Wide)
    changed_at: int = Field(sa_type=Wide)
    changed_block: int
    changed_log: int
    changed_position: int
