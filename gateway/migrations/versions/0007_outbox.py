"""The outbox: messages to partners, and what partners answer for each part of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("organisation", sa.BigInteger, nullable=False),
        sa.Column("partner", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("standard", sa.String(20), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(200), nullable=False),
        sa.Column("source", sa.Integer),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("encryption_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.String(500)),
        sa.Column("next_attempt_ms", sa.BigInteger, nullable=False),
        sa.Column("last_attempt_ms", sa.BigInteger),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("delivered_ms", sa.BigInteger),
        sa.UniqueConstraint("organisation", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_message_list", "outbox_message", ["organisation", "state", "id"])
    op.create_index("ix_outbox_message_due", "outbox_message", ["state", "next_attempt_ms"])
    op.create_table(
        "outbox_part",
        sa.Column(
            "message",
            sa.Integer,
            sa.ForeignKey("outbox_message.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("interchange", sa.String(200), nullable=False),
        sa.Column("group", sa.String(200), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("complaints", sa.JSON, nullable=False),
    )
    op.create_index("ix_outbox_part_reference", "outbox_part", ["reference", "interchange"])
    op.create_index("ix_outbox_part_interchange", "outbox_part", ["interchange"])
    op.create_index("ix_outbox_part_group", "outbox_part", ["group"])
    op.create_table(
        "channel_place",
        sa.Column("channel", sa.String(200), primary_key=True),
        sa.Column("organisation", sa.BigInteger, nullable=False),
        sa.Column("partner", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("mark", sa.JSON, nullable=False),
        sa.Column("looked_ms", sa.BigInteger, nullable=False),
        sa.Column("error", sa.String(500)),
        sa.Column("error_since_ms", sa.BigInteger),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("channel_place")
    op.drop_table("outbox_part")
    op.drop_table("outbox_message")
