"""What demands pay, as it was computed once and for all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from gateway.models import GatewayTable


class ShareRow(GatewayTable, table=True):
    """What one demand pays of the price of its lot.

    Parameters
    ----------
    demand : str
        Identifier of its order.
    lot : int
        Place of the lot in the auction.
    organisation : int
        The firm that pays.
    statement : dict
        The document that confirms the demand.
    intent : int
        The wish that confirms it.
    """

    __tablename__ = "pool_share"

    auction: int = Field(primary_key=True, sa_type=BigInteger)
    demand: str = Field(primary_key=True, max_length=64)
    lot: int
    organisation: int = Field(sa_type=BigInteger)
    share_minor: int = Field(sa_type=BigInteger)
    alone_price_minor: int = Field(sa_type=BigInteger)
    statement: dict[str, Any] = Field(sa_type=JSON)
    intent: int = Field(sa_type=BigInteger)
