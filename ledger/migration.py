"""Brings tables to the version that the code knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text


def upgrade(connection: Connection, folder: Path, version_table: str) -> None:
    """Run the migrations of a folder that a database has not seen; nothing when it has them all.

    Parameters
    ----------
    folder : Path
        An Alembic script folder; its versions are named ``NNNN_what.py`` and number NNNN.
    version_table : str
        Where the folder's version is kept; two folders may share a database.
    """
    head = max(path.stem[:4] for path in (folder / "versions").glob("[0-9]*.py"))
    if _version(connection, version_table) == head:
        return
    # Alembic takes a noticeable part of a start-up and is needed here alone.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection, version_table: str) -> str | None:
    if not inspect(connection).has_table(version_table):
        return None
    version: str | None = connection.execute(
        text(f"SELECT version_num FROM {version_table}")
    ).scalar()
    return version
