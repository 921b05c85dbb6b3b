"""Decisions of people about findings, beside those of the gateway itself."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them in the one table of decisions."""
    op.rename_table("automatic_dispute", "decision")
    with op.batch_alter_table("decision") as decision:
        decision.add_column(
            sa.Column("decision", sa.String(8), nullable=False, server_default="dispute")
        )
        decision.add_column(sa.Column("person", sa.String(200)))
        decision.add_column(sa.Column("reason", sa.String(4_000)))
        decision.alter_column("intent", existing_type=sa.BigInteger, nullable=True)
    with op.batch_alter_table("decision") as decision:
        decision.alter_column("decision", existing_type=sa.String(8), server_default=None)


def downgrade() -> None:
    """Go back to disputes only."""
    op.execute(sa.text("DELETE FROM decision WHERE intent IS NULL"))
    with op.batch_alter_table("decision") as decision:
        decision.drop_column("decision")
        decision.drop_column("person")
        decision.drop_column("reason")
        decision.alter_column("intent", existing_type=sa.BigInteger, nullable=False)
    op.rename_table("decision", "automatic_dispute")
