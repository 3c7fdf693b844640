"""Scheduled jobs: who asked, what ran, how it ended."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables, or take up again what an earlier downgrade left."""
    if sa.inspect(op.get_bind()).has_table("job_run"):
        return
    op.create_table(
        "job_request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("job", sa.String(50), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("job", sa.String(50), nullable=False, index=True),
        sa.Column("slot", sa.DateTime(timezone=True)),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("request", sa.Integer, sa.ForeignKey("job_request.id"), unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("host", sa.String(100), nullable=False),
        sa.UniqueConstraint("job", "slot", "attempt", name="job_run_once"),
    )
    op.create_table(
        "job_end",
        sa.Column("run", sa.Integer, sa.ForeignKey("job_run.id"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Leave the history where it is; older programs do not look."""
