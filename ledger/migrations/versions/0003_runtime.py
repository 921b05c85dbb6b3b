"""Counters and leases; facts, transactions and documents at thousands of events a second.

Revision ID: 0003
Revises: 0002
"""

import json
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
    # A JSON null was written where there is nothing.
    op.execute("UPDATE event SET facts = NULL WHERE order_number IS NOT NULL")
    op.drop_index("ix_event_machine", "event")
    op.drop_index("ix_event_order", "event")
    _index_of_events("ix_event_order", ["agreement", "order_number"], "order_number IS NOT NULL")
    _index_of_events("ix_event_other", ["machine", "agreement", "number"], "order_number IS NULL")
    op.create_index("ix_order_agreement", "order", ["agreement", "changed_block", "number"])
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
    op.drop_index("ix_pending_action_waiting", "pending_action")
    _partial("ix_pending_action_waiting", "pending_action", ["id"], "status = 'accepted'")
    _partial(
        "ix_pending_action_again",
        "pending_action",
        ["intent_id"],
        "status = 'accepted' AND was_recorded",
    )
    op.drop_column("pending_action", "not_before_ms")
    op.add_column("pending_action", sa.Column("not_before_ms", sa.BigInteger(), nullable=True))
    _signed_intents()
    _attempts()
    op.drop_table("nonce_range")
    op.create_table(
        "nonce_range",
        sa.Column("organisation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("start", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "sender"),
    )


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _signed_intents() -> None:
    for name in ("agreement", "company", "not_before_ms"):
        column = sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        op.add_column("signed_intent", column)
    op.add_column("signed_intent", sa.Column("packed", sa.LargeBinary(), nullable=True))
    signed = sa.table(
        "signed_intent",
        sa.column("id"),
        sa.column("kind"),
        sa.column("value", sa.JSON()),
        sa.column("packed"),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(signed.c.id, signed.c.kind, signed.c.value)).all():
        packed = _packed(row.kind, row.value)
        connection.execute(signed.update().where(signed.c.id == row.id).values(packed=packed))
    op.drop_column("signed_intent", "value")
    op.drop_column("signed_intent", "is_alone")
    # A column that may be null cannot be told otherwise everywhere, so it is made once more.
    op.add_column(
        "signed_intent",
        sa.Column("value", sa.LargeBinary(), server_default=sa.text("''"), nullable=False),
    )
    op.execute("UPDATE signed_intent SET value = packed")
    op.drop_column("signed_intent", "packed")
    op.execute(
        "UPDATE signed_intent SET agreement = coalesce((SELECT min(agreement) FROM pending_action "
        "WHERE intent_id = signed_intent.id AND machine <> 'auction'), 0)"
    )
    _partial("ix_signed_intent_unsent", "signed_intent", ["id"], "status = 'signed'")
    _partial("ix_signed_intent_expired", "signed_intent", ["id"], "status = 'expired'")


def _packed(kind: str, value: dict[str, Any]) -> bytes:
    """Pack what was signed as `ledger.signed_value` does."""
    if kind == "batch":
        return bytes.fromhex(value["documents_root"] + value["manifest"] + value["actions"])
    if kind == "intent":
        sizes = {"agreement": 8, "action": 1, "number": 4, "order": 4}
        numbers = b"".join(value[name].to_bytes(size, "big") for name, size in sizes.items())
        return numbers + bytes.fromhex(value["document"] + value["manifest"])
    return json.dumps(value, separators=(",", ":")).encode()


def _attempts() -> None:
    op.create_table(
        "transaction_attempt",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("max_fee", sa.BigInteger(), nullable=False),
        sa.Column("tip", sa.BigInteger(), nullable=False),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["transaction_id"], ["chain_transaction.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.execute(
        "INSERT INTO transaction_attempt (hash, transaction_id, raw, max_fee, tip, stored_ms) "
        "SELECT hash, id, raw, 0, 0, stored_ms FROM chain_transaction"
    )
    op.create_index("ix_transaction_attempt_transaction", "transaction_attempt", ["transaction_id"])
    op.drop_column("chain_transaction", "raw")
    op.drop_index("ix_chain_transaction_nonce", "chain_transaction")
    op.create_index(
        "ix_chain_transaction_nonce", "chain_transaction", ["sender", "nonce"], unique=True
    )
    op.create_index("ix_chain_transaction_block", "chain_transaction", ["block_number"])
    _partial(
        "ix_chain_transaction_unlanded",
        "chain_transaction",
        ["sender", "nonce"],
        "status IN ('stored', 'sent')",
    )


def _documents() -> None:
    """Documents and manifests: what was found in them, and the few that are waited for."""
    op.add_column("document", sa.Column("findings", sa.JSON(none_as_null=True), nullable=True))
    contradicts: sa.Column[bool] = sa.Column(
        "contradicts", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("document", contradicts)
    has_findings = sa.text("contradicts")
    op.create_index(
        "ix_document_contradicting",
        "document",
        ["organisation"],
        sqlite_where=has_findings,
        postgresql_where=has_findings,
    )
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
