"""Plans that were made, and the auctions that put their lots out to tender."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field

from gateway.models import GatewayTable


class PlanRow(GatewayTable, table=True):
    """A plan, with everything needed to make it again.

    Parameters
    ----------
    organisation : int
        The pool operator.
    digest : bytes
        SHA-256 of version, demands, fleet and settings: what the plan was made from.
    version : str
        Of the software that made it.
    plan : dict
        The plan as the pooling floor made it.
    """

    __tablename__ = "pool_plan"
    __table_args__ = (UniqueConstraint("organisation", "digest"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(index=True, sa_type=BigInteger)
    digest: bytes = Field(sa_type=LargeBinary)
    version: str = Field(max_length=64)
    seed: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    plan: dict[str, Any] = Field(sa_type=JSON)
    created_at: int = Field(sa_type=BigInteger)


class Tender(GatewayTable, table=True):
    """An auction of a plan's lots; lot i of the auction is lot i of the plan.

    Parameters
    ----------
    intent : int
        The wish that opens the auction.
    demands : list of list of str
        Identifiers of the demands of each lot.
    """

    __tablename__ = "pool_tender"

    auction: int = Field(primary_key=True, sa_type=BigInteger)
    plan: int = Field(foreign_key="pool_plan.id", index=True)
    organisation: int = Field(index=True, sa_type=BigInteger)
    intent: int = Field(sa_type=BigInteger)
    demands: list[list[str]] = Field(sa_type=JSON)
    created_at: int = Field(sa_type=BigInteger)
