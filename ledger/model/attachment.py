"""Files that go with documents: uploaded here, sent from here, or sent by others."""

from typing import Final

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from ledger.model.column import Digest, Wide

HELD, AWAITED, MISSING, BROKEN = "held", "awaited", "missing", "broken"

# Written out, not bound: the databases compare it with the condition of the index below.
ATTACHMENT_WAITS: Final = text("status <> 'held'")
"""Files that have still to be brought."""


class Upload(SQLModel, table=True):
    """A file that an organisation put into the vault, for documents of its own to name.

    Parameters
    ----------
    id : str
        What a document names it by.
    listing : bytes
        SHA-256 of the block that lists its chunks, which the block's CID names.
    key : bytes
        Opens list and chunks.
    file_digest : bytes
        SHA-256 of the plain file.
    """

    __tablename__ = "upload"

    id: str = Field(primary_key=True, max_length=32)
    organisation: int
    listing: bytes = Field(sa_type=Digest, index=True)
    key: bytes = Field(sa_type=Digest)
    file_digest: bytes = Field(sa_type=Digest)
    size_bytes: int = Field(sa_type=Wide)
    mime_code: str = Field(max_length=128)
    file_name: str = Field(max_length=255)
    stored_ms: int = Field(sa_type=Wide)


class Attachment(SQLModel, table=True):
    """A file that goes with a document, as the document describes it.

    Parameters
    ----------
    document : bytes
        SHA-256 of the document's sealed block.
    id : str
        What the document calls the file.
    organisation : int
        Who sent it.
    listing, key, file_digest : bytes
        As of an upload.
    status : str
        ``held`` (whole and checked), ``awaited``, ``missing`` (a block cannot be had; retried) or
        ``broken`` (it is not what the document describes; retried).
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index(
            "ix_attachment_waiting",
            "next_attempt_ms",
            sqlite_where=ATTACHMENT_WAITS,
            postgresql_where=ATTACHMENT_WAITS,
        ),
    )

    document: bytes = Field(primary_key=True, sa_type=Digest)
    id: str = Field(primary_key=True, max_length=256)
    organisation: int
    listing: bytes = Field(sa_type=Digest, index=True)
    key: bytes = Field(sa_type=Digest)
    file_digest: bytes = Field(sa_type=Digest)
    size_bytes: int = Field(sa_type=Wide)
    mime_code: str = Field(max_length=128)
    file_name: str = Field(max_length=255)
    status: str = Field(max_length=12)
    reason: str | None = None
    attempts: int = 0
    next_attempt_ms: int = Field(default=0, sa_type=Wide)


class AttachmentBlock(SQLModel, table=True):
    """A block that a file is made of: its list, or one of its chunks.

    Of a file that others sent, written only once the file was found whole: nobody is given a block
    because somebody else's list names it.
    """

    __tablename__ = "attachment_block"

    block: bytes = Field(primary_key=True, sa_type=Digest)
    listing: bytes = Field(primary_key=True, sa_type=Digest, index=True)
