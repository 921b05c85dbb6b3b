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
