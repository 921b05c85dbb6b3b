"""What was decided about documents that cannot be relied on, so that nothing is decided twice."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from gateway.models import GatewayTable

ACCEPT: Final = "accept"
DISPUTE: Final = "dispute"


class Decision(GatewayTable, table=True):
    """What an organisation decided about a document; to dispute is written with the wish.

    Parameters
    ----------
    digest, position : bytes, int
        The signed intent that recorded the document, and which of its events.
    cause : str
        ``missing``, ``broken`` or ``findings``.
    decision : str
        ``accept`` or ``dispute``.
    person, reason : str, optional
        Who decided, and why; none where the gateway did by itself.
    intent : int, optional
        The wish that disputes; several documents may have led to one.
    decided_ms : int
        Unix milliseconds.
    """

    __tablename__ = "decision"

    organisation: int = Field(primary_key=True, sa_type=BigInteger)
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    position: int = Field(primary_key=True)
    cause: str = Field(max_length=8)
    decision: str = Field(max_length=8)
    person: str | None = Field(default=None, max_length=200)
    reason: str | None = Field(default=None, max_length=4_000)
    intent: int | None = Field(default=None, sa_type=BigInteger)
    decided_ms: int = Field(sa_type=BigInteger)
