"""Numbers that are handed out once: ids of intents, places in the feed."""

from sqlmodel import Field, SQLModel

from ledger.model.column import Wide


class Counter(SQLModel, table=True):
    """The next number of a series; its row orders everybody who takes from the series."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True, max_length=16)
    next: int = Field(sa_type=Wide)
