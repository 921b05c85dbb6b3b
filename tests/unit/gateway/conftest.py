"""A database with every table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.database import migrate
from ledger import database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh, migrated database."""
    engine = database.connect(f"sqlite:///{tmp_path}/ledger.sqlite")
    migrate(engine)
    yield engine
    engine.dispose()
