"""Documents: keys that rotate, files that go along, and who may fetch what.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""
    _rewraps()
    _shredded_documents()
    _manifests()
    _attachments()
    _policies()


def downgrade() -> None:
    """Refuse: what was written since would be lost."""
    raise NotImplementedError("restore a backup instead")


def _rewraps() -> None:
    op.create_table(
        "rewrap",
        sa.Column("document", sa.LargeBinary(length=32), nullable=False),
        sa.Column("organisation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("document", "organisation", "epoch"),
    )
    op.create_index("ix_rewrap_block", "rewrap", ["block"])


def _shredded_documents() -> None:
    """A document whose content was erased is not waited for."""
    op.drop_index("ix_document_waiting", "document")
    waits = sa.text("status NOT IN ('opened', 'shredded')")
    op.create_index(
        "ix_document_waiting",
        "document",
        ["organisation", "next_attempt_ms"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def _manifests() -> None:
    """A batch's parties are found by the manifest that their gateways ask for."""
    has_manifest = sa.text("manifest IS NOT NULL")
    op.create_index(
        "ix_record_manifest",
        "record",
        ["manifest"],
        sqlite_where=has_manifest,
        postgresql_where=has_manifest,
    )


def _attachments() -> None:
    """Files that go with documents."""
    described = (
        ("listing", sa.LargeBinary(length=32)),
        ("key", sa.LargeBinary(length=32)),
        ("file_digest", sa.LargeBinary(length=32)),
        ("size_bytes", sa.BigInteger()),
        ("mime_code", sa.String(length=128)),
        ("file_name", sa.String(length=255)),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in described),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_upload_listing", "upload", ["listing"])
    op.create_table(
        "attachment",
        sa.Column("document", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.String(length=256), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in described),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("document", "id"),
    )
    op.create_index("ix_attachment_listing", "attachment", ["listing"])
    waits = sa.text("status <> 'held'")
    op.create_index(
        "ix_attachment_waiting",
        "attachment",
        ["next_attempt_ms"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_table(
        "attachment_block",
        sa.Column("block", sa.LargeBinary(length=32), nullable=False),
        sa.Column("listing", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("block", "listing"),
    )
    op.create_index("ix_attachment_block_listing", "attachment_block", ["listing"])


def _policies() -> None:
    """What is to become of findings; those that were made without a policy wait for a person."""
    op.add_column("document", sa.Column("policy", sa.String(length=8)))
    op.execute(sa.text("UPDATE document SET policy = 'hold' WHERE contradicts"))
