"""Which rewraps give whom which documents."""

from sqlmodel import Field, SQLModel

from ledger.model.column import Digest


class Rewrap(SQLModel, table=True):
    """A document whose content key a rewrap in the vault gives to a key of an organisation.

    Parameters
    ----------
    document : bytes
        SHA-256 of the document's sealed block, which its CID names.
    organisation, epoch : int
        Whose key, and which: somebody hosted here, or somebody who was given it from here.
    block : bytes
        SHA-256 of the rewrap's block.
    """

    __tablename__ = "rewrap"

    document: bytes = Field(primary_key=True, sa_type=Digest)
    organisation: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    block: bytes = Field(sa_type=Digest, index=True)
