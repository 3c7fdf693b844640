"""Webhooks: who is told of changes, which changes, and every attempt to deliver them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables, or take up again those that an earlier downgrade left."""
    op.create_table(
        "webhook",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("stamp", sa.String(16), nullable=False),
        sa.Column("row", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("webhook", sa.String(40), nullable=False),
        sa.Column("message", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("took_ms", sa.Integer, nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "webhook_delivery_of", "webhook_delivery", ["webhook", "id"], if_not_exists=True
    )


def downgrade() -> None:
    """Leave the tables where they are: older programs send nothing to anybody."""
