"""What PostgreSQL needs in order to keep the rules that SQLite keeps by itself.

- One writer at a time: a writing transaction begins by taking one advisory lock. What it reads
  after that nobody changes under it, so nothing that is first looked up and then written needs a
  retry. The lock ends with the transaction, however that ends.
- A reading transaction sees one moment: it is a snapshot.
- Integers have 64 bits: organisations, roles and gas do not fit 32 bits with a sign.
- A process that stops in the middle of a transaction does not stop the others for good.
"""

from typing import Any, Final

from sqlalchemy import URL, Column, Connection, Dialect, Integer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn

LOCK_TIMEOUT_S: Final = 30
IDLE_TIMEOUT_S: Final = 60
"""How long a transaction may do nothing before the server ends it."""
CONNECT_TIMEOUT_S: Final = 5
READING: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
POOL: Final = {"pool_size": 10, "max_overflow": 30, "pool_timeout": LOCK_TIMEOUT_S}

_WRITER: Final = 0x434F4E53
"""Names the lock of writers; PostgreSQL keeps such names apart for each database."""
_PASSING: Final = ("08", "53", "57P", "55P03", "25P03", "40001", "40P01")
"""Classes of SQLSTATE behind which trying again is sound: connection, resources, shutdown, lock."""


def with_driver(url: URL) -> URL:
    """Name the driver where a URL leaves it open."""
    named = url.drivername in ("postgresql", "postgres")
    return url.set(drivername="postgresql+psycopg") if named else url


def connect_arguments() -> dict[str, Any]:
    """Give what each connection is opened with."""
    limits = {
        "lock_timeout": f"{LOCK_TIMEOUT_S}s",
        "idle_in_transaction_session_timeout": f"{IDLE_TIMEOUT_S}s",
        # Small answers by index: compiling a query takes longer than the query.
        "jit": "off",
    }
    return {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": "consign",
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }


def wait_for_turn(connection: Connection) -> None:
    """Take the lock of writers until the transaction ends."""
    # A statement of its own: those after it see what the writer before has committed.
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")


def is_passing(error: DBAPIError) -> bool:
    """Whether trying again is sound once the server or the way to it is well."""
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is None:
        # Nobody answered: no connection came about, or the one there was is lost.
        return error.statement is None or error.connection_invalidated
    return state.startswith(_PASSING)


def widen_parameters(dialect: Dialect) -> None:
    """Leave the width of integers to the driver, which takes what the value needs."""
    dialect.colspecs = {**dialect.colspecs, Integer: Integer}


@compiles(Integer, "postgresql")
def _integer(kind: Integer, compiler: Any, **options: Any) -> str:
    is_of_column = isinstance(options.get("type_expression"), Column)
    return "BIGINT" if is_of_column else "INTEGER"


@compiles(CreateColumn, "postgresql")
def _serial(element: CreateColumn, compiler: Any, **options: Any) -> str:
    return str(compiler.visit_create_column(element, **options)).replace(" SERIAL", " BIGSERIAL")
