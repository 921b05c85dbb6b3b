"""Indexes for finding the documents of an order, and a document by its commitment.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("ix_document_order", "document", ["agreement", "order_number"])
    op.create_index("ix_document_commitment", "document", ["commitment"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_document_commitment", "document")
    op.drop_index("ix_document_order", "document")
