"""The gateway's database: connections, transactions and migrations.

SQLite (WAL) by default, anything that SQLAlchemy speaks by URL. Sessions are synchronous; callers
on an event loop use them through `asyncio.to_thread`.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from ledger.migration import upgrade

BUSY_TIMEOUT_MS: Final = 30_000
ROWS_PER_STATEMENT: Final = 500

_WRITES: Final = "consign_writes"

P = ParamSpec("P")
T = TypeVar("T")


def connect(url: str) -> Engine:
    """Open a database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL, for example ``sqlite:////var/lib/consign/ledger.sqlite``.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables to the version that this code knows; does nothing when they are there."""
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        upgrade(connection, Path(__file__).parent / "migrations", "ledger_version")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that writes: committed at the end, rolled back when anything is raised."""
    with (
        engine.execution_options(**{_WRITES: True}).connect() as connection,
        connection.begin(),
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session
        session.flush()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One transaction that reads: all its queries see the same moment."""
    with engine.connect() as connection, connection.begin(), Session(connection) as session:
        yield session


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what blocks in a thread, and do not leave before it has ended.

    A cancelled caller waits for it, so that nothing writes after its owner has stopped.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


def upsert(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows by primary key, in place of what stood there; all rows have the same columns."""
    if not rows:
        return
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    statement = (
        statement.on_conflict_do_update(index_elements=keys, set_=fresh)
        if fresh
        else statement.on_conflict_do_nothing(index_elements=keys)
    )
    session.connection().execute(statement, rows)


def insert_new(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows whose primary key is not there yet and leave the others alone."""
    if not rows:
        return
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` chooses which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that starts as a reader can be refused in its middle.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
