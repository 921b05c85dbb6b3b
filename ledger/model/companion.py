"""Blocks that go along with documents: the list of an attachment, and its chunks."""

from sqlmodel import Field, SQLModel

from ledger.model.column import Digest


class Companion(SQLModel, table=True):
    """A block that goes along with a document: whoever may have the document may have it.

    Parameters
    ----------
    block : bytes
        SHA-256 of the block, which its CID names.
    document : bytes
        SHA-256 of the document's sealed block.
    """

    __tablename__ = "companion"

    block: bytes = Field(primary_key=True, sa_type=Digest)
    document: bytes = Field(primary_key=True, sa_type=Digest, index=True)
