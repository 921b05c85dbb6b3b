"""The gateway's own tables, beside those of the ledger in the same database."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, LargeBinary, MetaData
from sqlmodel import Field, SQLModel


class GatewayTable(SQLModel):
    """A table of the gateway; kept apart so that its migrations know what is theirs."""

    metadata = MetaData()


class ApiKey(GatewayTable, table=True):
    """A key of a system that acts for one organisation; only its digest is kept.

    Parameters
    ----------
    digest : bytes
        SHA-256 of the key. The key has 256 random bits, so a plain digest gives nothing away.
    label : str
        What the key is for, in the words of its owner.
    created_at, revoked_at : int
        Unix seconds.
    """

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    organisation: int = Field(index=True, sa_type=BigInteger)
    label: str = Field(max_length=200)
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class IdempotentAnswer(GatewayTable, table=True):
    """The answer that an idempotency key stands for.

    Parameters
    ----------
    fingerprint : bytes
        SHA-256 over method, path, query, content type and body of the request.
    intents : list of int
        What the request made.
    is_final : bool
        False while the first caller still waits for the outcome.
    """

    __tablename__ = "idempotent_answer"

    organisation: int = Field(primary_key=True, sa_type=BigInteger)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    intents: list[int] = Field(sa_type=JSON)
    status: int
    headers: dict[str, str] = Field(sa_type=JSON)
    body: bytes = Field(sa_type=LargeBinary)
    is_final: bool
    created_at: int = Field(index=True, sa_type=BigInteger)


class Feed(GatewayTable, table=True):
    """What this database's feed is called; one row.

    Parameters
    ----------
    name : str
        Random. With it and a notice's place, the id of a notice is its own even after the database
        was made anew and places are counted from the beginning.
    """

    __tablename__ = "feed_name"

    name: str = Field(primary_key=True, max_length=16)
