"""Profiles as they were stored; nothing is ever overwritten."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field

from gateway.models import GatewayTable


class ProfileVersion(GatewayTable, table=True):
    """One version of a partner's profile.

    Parameters
    ----------
    name : str
        The partner.
    number : int
        From 1; the greatest is in use.
    version : str
        What the profile calls itself; stands for one content. Empty once the profile is retired.
    content : bytes
        The TOML file; empty from when the profile is retired until it is stored again.
    """

    __tablename__ = "profile_version"
    __table_args__ = (UniqueConstraint("organisation", "name", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=64)
    number: int
    version: str = Field(max_length=40)
    content: bytes = Field(sa_type=LargeBinary)
    stored_ms: int = Field(sa_type=BigInteger)
