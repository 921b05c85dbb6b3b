"""A database with every table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.database import migrate
from ledger import database
from tests.postgres import FreshDatabase


@pytest.fixture
def engine(tmp_path: Path, fresh_database: FreshDatabase) -> Iterator[Engine]:
    """A fresh, migrated database."""
    engine = database.connect(fresh_database(tmp_path))
    migrate(engine)
    yield engine
    engine.dispose()
