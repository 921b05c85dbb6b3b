"""Plans, their tenders, and the shares of what carriers won."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pool_plan",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("organisation", sa.BigInteger, nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("plan", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("organisation", "digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pool_tender",
        sa.Column("auction", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("plan", sa.Integer, sa.ForeignKey("pool_plan.id"), nullable=False, index=True),
        sa.Column("organisation", sa.BigInteger, nullable=False, index=True),
        sa.Column("intent", sa.BigInteger, nullable=False),
        sa.Column("demands", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "pool_share",
        sa.Column("auction", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("demand", sa.String(64), primary_key=True),
        sa.Column("lot", sa.Integer, nullable=False),
        sa.Column("organisation", sa.BigInteger, nullable=False),
        sa.Column("share_minor", sa.BigInteger, nullable=False),
        sa.Column("alone_price_minor", sa.BigInteger, nullable=False),
        sa.Column("statement", sa.JSON, nullable=False),
        sa.Column("intent", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("pool_share")
    op.drop_table("pool_tender")
    op.drop_table("pool_plan")
