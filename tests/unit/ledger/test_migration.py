"""Databases come to the version that the code knows, once, with all that was in them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, func, inspect, select
from sqlmodel import SQLModel

import ledger
from ledger.counter import FEED, INTENT, take
from ledger.database import connect, migrate, reading, writing
from ledger.model import PendingAction, SignedIntent
from tests import postgres

OWN = set(SQLModel.metadata.tables)
FOLDER = Path(ledger.__file__).parent / "migrations"
DIGEST = bytes(range(32))
NOTICES = 5
ROWS = {
    "chain_transaction": {
        "id": 1,
        "sender": "0x" + "1" * 40,
        "nonce": 0,
        "hash": DIGEST,
        "raw": b"\x02",
        "gas_limit": 21_000,
        "status": "included",
        "stored_ms": 1,
    },
    "signed_intent": {
        "id": 1,
        "organisation": 2**32 - 1,
        "kind": "batch",
        "digest": DIGEST,
        "nonce": DIGEST,
        "deadline": 2**40,
        "value": {"documents_root": "11" * 32, "manifest": "22" * 32, "actions": "33"},
        "signature": b"\x01",
        "status": "recorded",
        "is_alone": False,
        "transaction_id": 1,
    },
    "pending_action": {
        "id": 7,
        "organisation": 2**32 - 1,
        "machine": "order",
        "action": "issue",
        "agreement": 2**63 - 1,
        "number": 1,
        "status": "recorded",
        "intent_id": 1,
        "position": 0,
        "accepted_ms": 1,
        "was_recorded": True,
        "attempts": 0,
        "not_before_ms": 0,
    },
}


@pytest.fixture(params=postgres.KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        yield connect(postgres.sqlite_database(tmp_path))
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.dropping():
        server.create("empty")
        engine = connect(server.url("empty"))
        yield engine
        engine.dispose()


def test_a_new_database_gets_the_tables_of_the_models(empty: Engine) -> None:
    migrate(empty)
    assert {"ledger_version", "event", "order"} <= set(inspect(empty).get_table_names())
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or name in OWN,
                "compare_type": False,
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_database_that_is_current_needs_no_alembic(empty: Engine) -> None:
    migrate(empty)
    program = (
        "import sys; from ledger.database import connect, migrate;"
        f"migrate(connect({empty.url.render_as_string(hide_password=False)!r}));"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_an_older_version_wrote_is_kept(empty: Engine) -> None:
    _fill(empty, "0002")
    migrate(empty)
    with reading(empty) as session:
        wish = session.get(PendingAction, 7)
        assert wish is not None
        assert (wish.organisation, wish.agreement) == (2**32 - 1, 2**63 - 1)
        signed = session.get(SignedIntent, 1)
        assert signed is not None
        assert (signed.digest, signed.value[:1]) == (DIGEST, b"\x11")
        feed = SQLModel.metadata.tables["feed"]
        told = session.connection().execute(select(func.sum(feed.c.count))).scalar()
        assert told == NOTICES
    with writing(empty) as session:
        assert (take(session, INTENT, 1), take(session, FEED, 1)) == (8, NOTICES + 1)


def _fill(engine: Engine, version: str) -> None:
    """Bring a database to an older version, with rows as that wrote them."""
    with writing(engine) as session:
        connection = session.connection()
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        tables = MetaData()
        tables.reflect(connection)
        for name, row in ROWS.items():
            connection.execute(tables.tables[name].insert(), row)
        notices = [
            {"sequence": place, "topic": "event", "block_number": 1, "log_index": place // 4}
            for place in range(1, NOTICES)
        ]
        connection.execute(tables.tables["feed"].insert(), notices)
        refusal = {"sequence": NOTICES, "topic": "intent", "body": {"intent": 7}}
        connection.execute(tables.tables["feed"].insert(), refusal)
