"""Runs the migrations on the connection that `gateway.database.migrate` hands over."""

from alembic import context

from gateway.models import GatewayTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=GatewayTable.metadata,
    version_table="gateway_version",
)
with context.begin_transaction():
    context.run_migrations()
