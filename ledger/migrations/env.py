"""Runs the migrations on the connection that `ledger.database.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import ledger.model  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    version_table="ledger_version",
)
with context.begin_transaction():
    context.run_migrations()
