"""Who does what only one process may do at a time."""

from sqlmodel import Field, SQLModel

from ledger.model.column import Wide


class Lease(SQLModel, table=True):
    """A piece of work and the process that holds it until a time.

    Parameters
    ----------
    name : str
        ``indexer``, or ``relayer:`` and the address of a relayer's key.
    holder : str
        Random name of the process.
    term : int
        Counts the holders, so that a holder of the past can be told from the present one.
    until_ms : int
        Unix milliseconds at which it ends, unless it is renewed.
    """

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=32)
    term: int
    until_ms: int = Field(sa_type=Wide)
