"""Where everything but orders and deliveries stands, while facts are folded into it."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import tuple_
from sqlmodel import Session, SQLModel

from ledger.database import ROWS_PER_STATEMENT, upsert
from ledger.model import (
    Agreement,
    Auction,
    Bid,
    Lot,
    Organisation,
    OrganisationKey,
)

Row = dict[str, Any]
Key = tuple[Any, ...]

KEYS: Final[dict[type[SQLModel], tuple[str, ...]]] = {
    Organisation: ("number",),
    OrganisationKey: ("organisation", "address"),
    Agreement: ("number",),
    Auction: ("number",),
    Lot: ("auction", "position"),
    Bid: ("auction", "number"),
}


class Standing:
    """The rows that facts are folded into: read once, changed in memory, written at the end."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._rows: dict[type[SQLModel], dict[Key, Row | None]] = {each: {} for each in KEYS}
        self._changed: dict[type[SQLModel], dict[Key, Row]] = {each: {} for each in KEYS}

    def load(self, model: type[SQLModel], keys: Iterable[Key]) -> None:
        """Read many rows at once."""
        cache = self._rows[model]
        wanted = [key for key in dict.fromkeys(keys) if key not in cache]
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        columns = [table.c[name] for name in KEYS[model]]
        for start in range(0, len(wanted), ROWS_PER_STATEMENT):
            part = wanted[start : start + ROWS_PER_STATEMENT]
            cache.update(dict.fromkeys(part))
            found = self.session.connection().execute(
                table.select().where(tuple_(*columns).in_(part))
            )
            for row in found.mappings():
                cache[tuple(row[name] for name in KEYS[model])] = dict(row)

    def get(self, model: type[SQLModel], *key: Any) -> Row | None:
        """Give a row as it stands after the facts folded so far."""
        if key not in self._rows[model]:
            self.load(model, [key])
        return self._rows[model][key]

    def put(self, model: type[SQLModel], row: Row) -> None:
        """Add a row, or mark it as changed."""
        key = tuple(row[name] for name in KEYS[model])
        self._rows[model][key] = self._changed[model][key] = row

    def write(self) -> None:
        """Write every changed row."""
        for model, rows in self._changed.items():
            changed = list(rows.values())
            for start in range(0, len(changed), ROWS_PER_STATEMENT):
                upsert(self.session, model, changed[start : start + ROWS_PER_STATEMENT])
            rows.clear()
