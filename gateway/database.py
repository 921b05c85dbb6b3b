"""The one database of a gateway: the ledger's tables and its own, brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from gateway.settings import Settings
from ledger import database
from ledger.migration import upgrade


def migrate(engine: Engine) -> None:
    """Migrate the ledger's tables, then the gateway's; each keeps a version of its own."""
    database.migrate(engine)
    with database.writing(engine) as session:
        upgrade(session.connection(), Path(__file__).parent / "migrations", "gateway_version")


@contextmanager
def open_database(home: Path) -> Iterator[Session]:
    """One writing transaction on the database of a home folder, migrated first.

    Raises
    ------
    SettingsInvalid
        If the home has no usable settings.
    """
    engine = database.connect(Settings.load(home).database_url)
    try:
        migrate(engine)
        with database.writing(engine) as session:
            yield session
    finally:
        engine.dispose()
