"""Brings every table of the database to the version that this code knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine

from ledger import database


def migrate(engine: Engine) -> None:
    """Migrate the ledger's tables, then the gateway's; each keeps a version of its own."""
    database.migrate(engine)
    with database.writing(engine) as session:
        _upgrade(session.connection())


def _upgrade(connection: Connection) -> None:
    # Alembic takes a noticeable part of the start-up and is needed here alone.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
