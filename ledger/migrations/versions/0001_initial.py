"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "agreement",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("buyer", sa.Integer(), nullable=False),
        sa.Column("seller", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("inspector", sa.Integer(), nullable=False),
        sa.Column("arbiter", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("unsigned", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.LargeBinary(length=32), nullable=True),
        sa.Column("proposed_terms", sa.LargeBinary(length=32), nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_agreement_buyer", "agreement", ["buyer"], unique=False)
    op.create_index("ix_agreement_seller", "agreement", ["seller"], unique=False)
    op.create_table(
        "auction",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("bond", sa.String(length=78), nullable=False),
        sa.Column("bidding_ends", sa.BigInteger(), nullable=False),
        sa.Column("reveal_ends", sa.BigInteger(), nullable=False),
        sa.Column("challenge_ends", sa.BigInteger(), nullable=False),
        sa.Column("perform_by", sa.BigInteger(), nullable=False),
        sa.Column("specification", sa.LargeBinary(length=32), nullable=True),
        sa.Column("standing", sa.String(length=78), nullable=False),
        sa.Column("score", sa.String(length=78), nullable=False),
        sa.Column("is_finalised", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "bid",
        sa.Column("auction", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("lots", sa.String(length=78), nullable=False),
        sa.Column("price", sa.String(length=78), nullable=False),
        sa.Column("bond_amount", sa.String(length=78), nullable=True),
        sa.PrimaryKeyConstraint("auction", "number"),
    )
    op.create_table(
        "block",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("parent", sa.LargeBinary(length=32), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "chain_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("gas_limit", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("block_number", sa.Integer(), nullable=True),
        sa.Column("gas_used", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_chain_transaction_nonce", "chain_transaction", ["sender", "nonce"], unique=False
    )
    op.create_table(
        "cursor",
        sa.Column("chain_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_number", sa.Integer(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("chain_id"),
    )
    op.create_table(
        "delivery",
        sa.Column("agreement", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_block", sa.Integer(), nullable=False),
        sa.Column("changed_log", sa.Integer(), nullable=False),
        sa.Column("changed_position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_delivery_order", "delivery", ["agreement", "order_number"], unique=False)
    op.create_table(
        "event",
        sa.Column("block_number", sa.Integer(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(length=12), nullable=False),
        sa.Column("agreement", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Integer(), nullable=True),
        sa.Column("state", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("block_number", "log_index", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_machine", "event", ["machine", "agreement", "number"], unique=False)
    op.create_index("ix_event_order", "event", ["agreement", "order_number"], unique=False)
    op.create_table(
        "feed",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("block_number", sa.Integer(), nullable=True),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("agreement", sa.BigInteger(), nullable=True),
        sa.Column("organisation", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_feed_event", "feed", ["block_number", "log_index", "position"], unique=False
    )
    op.create_table(
        "included_transaction",
        sa.Column("block_number", sa.Integer(), nullable=False),
        sa.Column("first_log", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("gas_used", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("block_number", "first_log"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lot",
        sa.Column("auction", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.String(length=78), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("bid", sa.Integer(), nullable=True),
        sa.Column("carrier", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("auction", "position"),
    )
    op.create_table(
        "manifest",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block", sa.LargeBinary(length=32), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("positions", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_manifest_waiting", "manifest", ["status", "next_attempt_ms"], unique=False)
    op.create_table(
        "nonce_range",
        sa.Column("organisation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation"),
    )
    op.create_table(
        "order",
        sa.Column("agreement", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("buyer", sa.Integer(), nullable=False),
        sa.Column("seller", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_block", sa.Integer(), nullable=False),
        sa.Column("changed_log", sa.Integer(), nullable=False),
        sa.Column("changed_position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_order_buyer", "order", ["buyer", "changed_block", "agreement", "number"], unique=False
    )
    op.create_index(
        "ix_order_buyer_open",
        "order",
        ["buyer", "changed_block"],
        unique=False,
        sqlite_where=sa.text("state NOT IN (11, 12, 13)"),
        postgresql_where=sa.text("state NOT IN (11, 12, 13)"),
    )
    op.create_index(
        "ix_order_seller", "order", ["seller", "changed_block", "agreement", "number"], unique=False
    )
    op.create_index(
        "ix_order_seller_open",
        "order",
        ["seller", "changed_block"],
        unique=False,
        sqlite_where=sa.text("state NOT IN (11, 12, 13)"),
        postgresql_where=sa.text("state NOT IN (11, 12, 13)"),
    )
    op.create_table(
        "organisation",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("encryption_epoch", sa.Integer(), nullable=False),
        sa.Column("encryption_key", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "organisation_key",
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("permissions", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "address"),
    )
    op.create_table(
        "record",
        sa.Column("block_number", sa.Integer(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("transaction_log", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("documents_root", sa.LargeBinary(length=32), nullable=True),
        sa.Column("manifest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("positions", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("block_number", "log_index"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_digest", "record", ["digest"], unique=False)
    op.create_table(
        "signed_intent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("is_alone", sa.Boolean(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["chain_transaction.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_signed_intent_transaction", "signed_intent", ["transaction_id"], unique=False
    )
    op.create_table(
        "pending_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("agreement", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("order_number", sa.BigInteger(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=True),
        sa.Column("call", sa.JSON(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.LargeBinary(), nullable=True),
        sa.Column("intent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("accepted_ms", sa.BigInteger(), nullable=False),
        sa.Column("was_recorded", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intent_id"],
            ["signed_intent.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_pending_action_intent", "pending_action", ["intent_id", "position"], unique=False
    )
    op.create_index(
        "ix_pending_action_subject",
        "pending_action",
        ["agreement", "machine", "number"],
        unique=False,
        sqlite_where=sa.text("status IN ('accepted', 'sent')"),
        postgresql_where=sa.text("status IN ('accepted', 'sent')"),
    )
    op.create_index(
        "ix_pending_action_waiting",
        "pending_action",
        ["status", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('accepted', 'sent')"),
        postgresql_where=sa.text("status IN ('accepted', 'sent')"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cid", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("readers", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["pending_action.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_document_action", "document", ["action_id"], unique=False)
    op.create_index("ix_document_intent", "document", ["digest", "position"], unique=True)
    op.create_index(
        "ix_document_subject", "document", ["agreement", "kind", "number"], unique=False
    )
    op.create_index("ix_document_waiting", "document", ["status", "next_attempt_ms"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index("ix_document_waiting", table_name="document")
    op.drop_index("ix_document_subject", table_name="document")
    op.drop_index("ix_document_intent", table_name="document")
    op.drop_index("ix_document_action", table_name="document")
    op.drop_table("document")
    op.drop_index(
        "ix_pending_action_waiting",
        table_name="pending_action",
        sqlite_where=sa.text("status IN ('accepted', 'sent')"),
        postgresql_where=sa.text("status IN ('accepted', 'sent')"),
    )
    op.drop_index(
        "ix_pending_action_subject",
        table_name="pending_action",
        sqlite_where=sa.text("status IN ('accepted', 'sent')"),
        postgresql_where=sa.text("status IN ('accepted', 'sent')"),
    )
    op.drop_index("ix_pending_action_intent", table_name="pending_action")
    op.drop_table("pending_action")
    op.drop_index("ix_signed_intent_transaction", table_name="signed_intent")
    op.drop_table("signed_intent")
    op.drop_index("ix_record_digest", table_name="record")
    op.drop_table("record")
    op.drop_table("organisation_key")
    op.drop_table("organisation")
    op.drop_index(
        "ix_order_seller_open",
        table_name="order",
        sqlite_where=sa.text("state NOT IN (11, 12, 13)"),
        postgresql_where=sa.text("state NOT IN (11, 12, 13)"),
    )
    op.drop_index("ix_order_seller", table_name="order")
    op.drop_index(
        "ix_order_buyer_open",
        table_name="order",
        sqlite_where=sa.text("state NOT IN (11, 12, 13)"),
        postgresql_where=sa.text("state NOT IN (11, 12, 13)"),
    )
    op.drop_index("ix_order_buyer", table_name="order")
    op.drop_table("order")
    op.drop_table("nonce_range")
    op.drop_index("ix_manifest_waiting", table_name="manifest")
    op.drop_table("manifest")
    op.drop_table("lot")
    op.drop_table("included_transaction")
    op.drop_index("ix_feed_event", table_name="feed")
    op.drop_table("feed")
    op.drop_index("ix_event_order", table_name="event")
    op.drop_index("ix_event_machine", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_delivery_order", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("cursor")
    op.drop_index("ix_chain_transaction_nonce", table_name="chain_transaction")
    op.drop_table("chain_transaction")
    op.drop_table("block")
    op.drop_table("bid")
    op.drop_table("auction")
    op.drop_index("ix_agreement_seller", table_name="agreement")
    op.drop_index("ix_agreement_buyer", table_name="agreement")
    op.drop_table("agreement")
