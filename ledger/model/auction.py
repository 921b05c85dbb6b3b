"""Auctions, their lots and bids as they stand."""

from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Unsigned, Wide


class Auction(SQLModel, table=True):
    """A tender for pooled loads; `standing` is a bitmap of bids."""

    __tablename__ = "auction"

    number: int = Field(primary_key=True, sa_type=Wide, sa_column_kwargs={"autoincrement": False})
    organisation: int
    token: str = Field(max_length=42)
    bond: int = Field(sa_type=Unsigned)
    bidding_ends: int = Field(sa_type=Wide)
    reveal_ends: int = Field(sa_type=Wide)
    challenge_ends: int = Field(sa_type=Wide)
    perform_by: int = Field(sa_type=Wide)
    specification: bytes | None = Field(default=None, sa_type=Digest)
    standing: int = Field(default=0, sa_type=Unsigned)
    score: int = Field(sa_type=Unsigned)
    is_finalised: bool = False
    opened_at: int = Field(sa_type=Wide)


class Lot(SQLModel, table=True):
    """One lot of an auction; `bid` is the winning one once it is awarded."""

    __tablename__ = "lot"

    auction: int = Field(primary_key=True, sa_type=Wide)
    position: int = Field(primary_key=True)
    reserve: int = Field(sa_type=Unsigned)
    state: int
    bid: int | None = None
    carrier: int | None = None
    changed_at: int = Field(sa_type=Wide)


class Bid(SQLModel, table=True):
    """A bid: sealed, then revealed with its lots (a bitmap) and price, then won, freed or lost."""

    __tablename__ = "bid"

    auction: int = Field(primary_key=True, sa_type=Wide)
    number: int = Field(primary_key=True)
    organisation: int
    status: str = Field(max_length=16)
    commitment: bytes = Field(sa_type=Digest)
    lots: int = Field(default=0, sa_type=Unsigned)
    price: int = Field(default=0, sa_type=Unsigned)
    bond_amount: int | None = Field(default=None, sa_type=Unsigned)
