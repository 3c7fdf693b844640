"""Keys, accounts, sessions and what slows guessing down: rows that change, unlike all others."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NAMES = ("access_key", "access_account", "access_session", "access_failure", "access_pending")


def upgrade() -> None:
    """Make the tables, or take up again those that an earlier downgrade left."""
    for name in NAMES:
        op.create_table(
            name,
            sa.Column("key", sa.String(100), primary_key=True),
            sa.Column("stamp", sa.String(16), nullable=False),
            sa.Column("row", sa.JSON, nullable=False),
            if_not_exists=True,
        )


def downgrade() -> None:
    """Leave the tables where they are: older programs ask nobody who they are."""
