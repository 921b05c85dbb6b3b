"""The one database of a gateway: the ledger's tables and its own, brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from gateway.settings import Settings
from ledger import database


def migrate(engine: Engine) -> None:
    """Migrate the ledger's tables, then the gateway's; each keeps a version of its own."""
    database.migrate(engine)
    with database.writing(engine) as session:
        _upgrade(session.connection())


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


def _upgrade(connection: Connection) -> None:
    # Alembic takes a noticeable part of the start-up and is needed here alone.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
