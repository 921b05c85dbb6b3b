"""Counters and leases; facts, transactions and documents at thousands of events a second.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

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
    op.add_column("record", sa.Column("facts", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE record SET facts = (SELECT count(*) FROM event WHERE "
        "event.block_number = record.block_number AND event.log_index = record.log_index)"
    )
    op.drop_index("ix_event_machine", "event")
    op.drop_index("ix_event_order", "event")
    _index_of_events("ix_event_order", ["agreement", "order_number"], "order_number IS NOT NULL")
    _index_of_events("ix_event_other", ["machine", "agreement", "number"], "order_number IS NULL")
    _feed_by_record()


def _index_of_events(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "event", columns, sqlite_where=where, postgresql_where=where)


def _feed_by_record() -> None:
    """Put the notices of one record into one entry; they stood one after another."""
    op.rename_table("feed", "feed_of_facts")
    op.drop_index("ix_feed_event", "feed_of_facts")
    feed = op.create_table(
        "feed",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("block_number", sa.Integer(), nullable=True),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.Column("agreement", sa.BigInteger(), nullable=True),
        sa.Column("organisation", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO feed (sequence, count, topic, block_number, log_index) "
        "SELECT min(sequence), count(*), 'event', block_number, log_index FROM feed_of_facts "
        "WHERE block_number IS NOT NULL GROUP BY block_number, log_index"
    )
    others = sa.table(
        "feed_of_facts",
        sa.column("sequence"),
        sa.column("topic"),
        sa.column("block_number"),
        sa.column("agreement"),
        sa.column("organisation"),
        sa.column("body", sa.JSON()),
    )
    found = op.get_bind().execute(others.select().where(others.c.block_number.is_(None)))
    rows = [_entry(dict(row)) for row in found.mappings()]
    if rows:
        op.bulk_insert(feed, rows)
    op.drop_table("feed_of_facts")
    op.create_index("ix_feed_record", "feed", ["block_number", "log_index"])


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    if row["topic"] in ("event", "retracted"):
        row |= {"agreement": None, "body": {"facts": [row["body"]]}}
    return row | {"count": 1}


def _sending() -> None:
    """Wishes, signed intents, transactions."""


def _documents() -> None:
    """Documents and manifests: what was found in them, and the few that are waited for."""
    op.add_column("document", sa.Column("findings", sa.JSON(none_as_null=True), nullable=True))
    for table, arrived in (("document", "opened"), ("manifest", "fetched")):
        awaited = sa.Column("awaited_ms", sa.BigInteger(), server_default="0", nullable=False)
        op.add_column(table, awaited)
        op.drop_index(f"ix_{table}_waiting", table)
        waits = sa.text(f"status <> '{arrived}'")
        op.create_index(
            f"ix_{table}_waiting",
            table,
            ["organisation", "next_attempt_ms"],
            sqlite_where=waits,
            postgresql_where=waits,
        )
