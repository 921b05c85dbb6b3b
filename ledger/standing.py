"""Where everything but orders and deliveries stands, while facts are folded into it."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import tuple_
from sqlmodel import Session, SQLModel

from ledger.database import portions, upsert
from ledger.model import (
    Agreement,
    Auction,
    Bid,
    Lot,
    Organisation,
    OrganisationKey,
)
from ledger.model.table import table_of

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
        table = table_of(model)
        columns = [table.c[name] for name in KEYS[model]]
        for part in portions(wanted):
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
            for part in portions(rows.values()):
                upsert(self.session, model, part)
            rows.clear()
