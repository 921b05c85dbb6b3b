"""Who speaks of which order, and what they are told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("organisation", sa.BigInteger, nullable=False),
        sa.Column("agreement", sa.BigInteger, nullable=False),
        sa.Column("order_number", sa.BigInteger, nullable=False),
        sa.Column("partner", sa.String(200), nullable=False),
        sa.Column("message", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("organisation", "agreement", "order_number", "partner"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "conversation",
            sa.Integer,
            sa.ForeignKey("conversation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("outbox", sa.Integer),
        sa.Column("losses", sa.JSON, nullable=False),
        sa.UniqueConstraint("conversation", "digest", "place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_waiting", "answer", ["outbox", "id"])
    op.create_table(
        "recorded_document",
        sa.Column("intent", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "answering_place",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("answering_place")
    op.drop_table("recorded_document")
    op.drop_table("answer")
    op.drop_table("conversation")
