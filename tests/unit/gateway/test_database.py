"""The gateway's migrations."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

import gateway.app  # noqa: F401 - brings the tables of every noun
from gateway.database import migrate
from gateway.models import GatewayTable

OWN = GatewayTable.metadata.tables


def test_migrations_give_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or name in OWN,
                "compare_type": False,
            },
        )
        assert compare_metadata(context, GatewayTable.metadata) == []


def test_migrating_again_changes_nothing_and_versions_are_apart(engine: Engine) -> None:
    before = set(inspect(engine).get_table_names())
    migrate(engine)
    after = set(inspect(engine).get_table_names())
    assert before == after
    assert {"gateway_version", "ledger_version"} <= after
