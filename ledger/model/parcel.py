"""Documents of hosted organisations, sent and received, and the manifests they arrive with."""

from typing import Any

from sqlalchemy import JSON, Index, TextClause, text
from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Wide

SEALED, FETCHED, OPENED, MISSING, BROKEN = "sealed", "fetched", "opened", "missing", "broken"
SHREDDED = "shredded"

# Written out, not bound: the databases compare it with the condition of the indexes below.
DOCUMENT_WAITS = text("status NOT IN ('opened', 'shredded')")
"""Documents that the courier has still to bring."""
MANIFEST_WAITS = text("status <> 'fetched'")
"""Manifests that the courier has still to bring."""
DOCUMENT_CONTRADICTS = text("contradicts")
"""Documents with findings."""


def _index_where(name: str, condition: TextClause, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


class Document(SQLModel, table=True):
    """The content behind an action: on its way in or out, or opened.

    Parameters
    ----------
    action_id : int, optional
        The wish that it was accepted with, for documents sent from here.
    digest, position : bytes, int, optional
        The signed intent that records it, and which of its events; unknown until it is signed.
    status : str
        ``sealed`` (block not fetched yet), ``fetched``, ``opened``, ``missing`` (the block cannot
        be had; retried), ``broken`` (the block does not hold what was recorded; retried) or
        ``shredded`` (its content was erased here for good).
    readers : list of int
        Hosted organisations that may read it.
    findings : list of dict, optional
        Where it contradicts what was agreed before it: path, message and name of each finding.
        None where it was not examined: a document sent from here, or one whose predecessors are
        not all opened yet.
    contradicts : bool
        Whether there are findings.
    policy : str, optional
        What the strictest finding asks for: ``accept``, ``hold`` or ``dispute``.
    awaited_ms : int
        Since when it is waited for.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_intent", "digest", "position", unique=True),
        Index("ix_document_action", "action_id"),
        Index("ix_document_subject", "agreement", "kind", "number"),
        Index("ix_document_order", "agreement", "order_number"),
        Index("ix_document_commitment", "commitment"),
        _index_where("ix_document_waiting", DOCUMENT_WAITS, "organisation", "next_attempt_ms"),
        _index_where("ix_document_contradicting", DOCUMENT_CONTRADICTS, "organisation"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    action_id: int | None = Field(default=None, foreign_key="pending_action.id")
    commitment: bytes = Field(sa_type=Digest)
    cid: str = Field(max_length=64)
    organisation: int
    agreement: int | None = Field(default=None, sa_type=Wide)
    kind: str = Field(max_length=12)
    number: int = Field(sa_type=Wide)
    order_number: int | None = Field(default=None, sa_type=Wide)
    type: str | None = Field(default=None, max_length=40)
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    readers: list[int] = Field(sa_type=JSON)
    findings: list[dict[str, str]] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    contradicts: bool = False
    policy: str | None = Field(default=None, max_length=8)
    digest: bytes | None = Field(default=None, sa_type=Digest)
    position: int | None = None
    status: str = Field(max_length=12)
    reason: str | None = None
    attempts: int = 0
    next_attempt_ms: int = Field(default=0, sa_type=Wide)
    awaited_ms: int = Field(default=0, sa_type=Wide)


class Manifest(SQLModel, table=True):
    """A manifest that the courier has to fetch, by the signed intent whose documents it lists.

    Parameters
    ----------
    block : bytes
        SHA-256 of the manifest's block, which names it.
    root : bytes
        What the chain committed to: the root over all events of a batch, or the one commitment.
    positions : int, optional
        How many events the batch has; none when `root` is the one commitment.
    awaited_ms : int
        Since when it is waited for.
    """

    __tablename__ = "manifest"
    __table_args__ = (
        _index_where("ix_manifest_waiting", MANIFEST_WAITS, "organisation", "next_attempt_ms"),
    )

    digest: bytes = Field(primary_key=True, sa_type=Digest)
    block: bytes = Field(sa_type=Digest)
    root: bytes = Field(sa_type=Digest)
    positions: int | None = None
    organisation: int
    status: str = Field(max_length=12)
    reason: str | None = None
    attempts: int = 0
    next_attempt_ms: int = Field(default=0, sa_type=Wide)
    awaited_ms: int = Field(default=0, sa_type=Wide)
