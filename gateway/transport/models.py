"""Where a channel stands: what it saw last, and whether it works."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from gateway.models import GatewayTable


class ChannelPlace(GatewayTable, table=True):
    """What is remembered of a channel between two looks.

    Parameters
    ----------
    channel : str
        Its name, that of its file.
    partner, kind : str
        Whom it leads to, and how.
    mark : dict
        What the channel compares with the next time, ``ETag`` and the like.
    looked_ms : int
        When it was last looked at.
    error : str, optional
        What is wrong with it now.
    error_since_ms : int, optional
        Since when nothing has worked.
    """

    __tablename__ = "channel_place"

    channel: str = Field(primary_key=True, max_length=200)
    organisation: int = Field(sa_type=BigInteger)
    partner: str = Field(default="", max_length=200)
    kind: str = Field(default="", max_length=10)
    mark: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    looked_ms: int = Field(default=0, sa_type=BigInteger)
    error: str | None = Field(default=None, max_length=500)
    error_since_ms: int | None = Field(default=None, sa_type=BigInteger)
