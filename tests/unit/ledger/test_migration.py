"""Databases come to the version that the code knows, once."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import inspect

from ledger.database import connect, migrate
from tests.postgres import FreshDatabase


def test_a_new_database_gets_all_tables(tmp_path: Path, fresh_database: FreshDatabase) -> None:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    assert {"ledger_version", "event", "order"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_database_that_is_current_needs_no_alembic(
    tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    url = fresh_database(tmp_path)
    engine = connect(url)
    migrate(engine)
    engine.dispose()
    program = (
        "import sys; from ledger.database import connect, migrate;"
        f"migrate(connect({url!r})); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
