"""The gateway's database: connections, transactions and migrations.

SQLite (WAL) by default, or PostgreSQL by URL. On both, one transaction writes at a time, and one
that reads sees one moment. Sessions are synchronous; callers on an event loop use them through
`in_thread`.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session, SQLModel

from ledger import postgresql
from ledger.errors import DatabaseUnreachable, DatabaseUrlInvalid
from ledger.migration import upgrade
from ledger.model.table import table_of

BUSY_TIMEOUT_MS: Final = 30_000
ROWS_PER_STATEMENT: Final = 500

_WRITES: Final = {"consign_writes": True}
_PASSING_ON_SQLITE: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}

_TURNS: Final[dict[str, threading.Lock]] = {}
_GUARD: Final = threading.Lock()

P = ParamSpec("P")
T = TypeVar("T")


def connect(url: str) -> Engine:
    """Open a database.

    Parameters
    ----------
    url : str
        ``sqlite:////var/lib/consign/ledger.sqlite``, or
        ``postgresql://user:password@host/database``.

    Raises
    ------
    DatabaseUrlInvalid
        If it names neither.
    """
    try:
        address = postgresql.with_driver(make_url(url))
    except (ArgumentError, ValueError):
        # What it says may hold a password.
        raise DatabaseUrlInvalid(problem="it cannot be read") from None
    if address.drivername == "postgresql+psycopg":
        engine = create_engine(
            address, connect_args=postgresql.connect_arguments(), **postgresql.POOL
        )
        postgresql.widen_parameters(engine.dialect)
        event.listen(engine, "begin", _begin_postgresql)
    elif address.get_backend_name() == "sqlite":
        engine = create_engine(address)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        raise DatabaseUrlInvalid(problem=f"{address.drivername} is neither sqlite nor postgresql")
    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables to the version that this code knows; does nothing when they are there."""
    with _named(), engine.execution_options(**_WRITES).begin() as connection:
        upgrade(connection, Path(__file__).parent / "migrations", "ledger_version")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that writes: committed at the end, rolled back when anything is raised.

    Raises
    ------
    DatabaseUnreachable
        When the database does not answer. What was written may still have been committed, so
        whoever tries again looks first.
    """
    with (
        _turn_of(engine),
        _named(),
        engine.execution_options(**_WRITES).connect() as connection,
        connection.begin(),
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session
        session.flush()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One transaction that reads: all its queries see the same moment.

    Raises
    ------
    DatabaseUnreachable
        When the database does not answer.
    """
    options = postgresql.READING if engine.dialect.name == "postgresql" else {}
    with (
        _named(),
        engine.execution_options(**options).connect() as connection,
        connection.begin(),
        Session(connection) as session,
    ):
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


def portions(items: Iterable[T]) -> Iterator[list[T]]:
    """Part what one statement cannot name at once."""
    every = list(items)
    for start in range(0, len(every), ROWS_PER_STATEMENT):
        yield every[start : start + ROWS_PER_STATEMENT]


def upsert(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows by primary key, in place of what stood there; all rows have the same columns."""
    if not rows:
        return
    table = table_of(model)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    dialect = postgresql_dialect if is_postgresql else sqlite_dialect
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
    table = table_of(model)
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    dialect = postgresql_dialect if is_postgresql else sqlite_dialect
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
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if _writes(connection):
        postgresql.wait_for_turn(connection)


def _writes(connection: Connection) -> bool:
    return _WRITES.items() <= connection.get_execution_options().items()


@contextmanager
def _turn_of(engine: Engine) -> Iterator[None]:
    """Let one thread of this process write to a SQLite file at a time.

    SQLite itself lets those who wait sleep longer and longer, while others take the lock.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    with _GUARD:
        turn = _TURNS.setdefault(str(engine.url), threading.Lock())
    if not turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
        raise DatabaseUnreachable(problem="another writer does not end")
    try:
        yield
    finally:
        turn.release()


@contextmanager
def _named() -> Iterator[None]:
    """Give the troubles of a database, which may pass, their name in our catalogue."""
    try:
        yield
    except NoConnectionFree:
        raise DatabaseUnreachable(problem="all connections are in use") from None
    except DBAPIError as error:
        if not _is_passing(error):
            raise
        # The first line says what is wrong; the others hold the statement and its values.
        problem = str(error.orig).splitlines()[0].rstrip(".")
        raise DatabaseUnreachable(problem=problem) from error


def _is_passing(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0)
        return code & 0xFF in _PASSING_ON_SQLITE
    return postgresql.is_passing(error)
