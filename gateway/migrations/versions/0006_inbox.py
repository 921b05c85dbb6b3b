"""The inbox: messages, their sealed contents, and shops that send some."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("organisation", sa.BigInteger, nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("standard", sa.String(20), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("control", sa.String(200), nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("documents", sa.JSON, nullable=False),
        sa.Column("acknowledgement", sa.LargeBinary),
        sa.Column("arrivals", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("profile", sa.String(200), nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("organisation", "sender", "digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_message_list", "inbox_message", ["organisation", "state", "id"])
    columns = ["organisation", "standard", "control"]
    op.create_index("ix_inbox_message_control", "inbox_message", columns)
    op.create_table(
        "inbox_content",
        sa.Column(
            "message",
            sa.Integer,
            sa.ForeignKey("inbox_message.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(200), nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("stored_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "inbox_shop",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("organisation", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("domain", sa.String(200), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("organisation", "domain"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("inbox_shop")
    op.drop_table("inbox_content")
    op.drop_table("inbox_message")
