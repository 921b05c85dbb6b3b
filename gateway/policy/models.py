"""What was disputed automatically, so that nothing is disputed twice."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from gateway.models import GatewayTable


class AutomaticDispute(GatewayTable, table=True):
    """A document that was a reason to dispute; written with the wish, or not at all.

    Parameters
    ----------
    digest, position : bytes, int
        The signed intent that recorded the document, and which of its events.
    cause : str
        ``missing``, ``broken`` or ``findings``.
    intent : int
        The wish that disputes; several documents may have led to one.
    decided_ms : int
        Unix milliseconds.
    """

    __tablename__ = "automatic_dispute"

    organisation: int = Field(primary_key=True, sa_type=BigInteger)
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    position: int = Field(primary_key=True)
    cause: str = Field(max_length=8)
    intent: int = Field(sa_type=BigInteger)
    decided_ms: int = Field(sa_type=BigInteger)
