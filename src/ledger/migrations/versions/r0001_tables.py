"""The tables of ledgers before there were revisions; those that are there already are left."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NAMES = (
    "promotion",
    "grading_run",
    "grade_change",
    "audit",
    "trial",
    "succession",
    "monitoring",
    "alert",
)


def upgrade() -> None:
    """Make what is missing."""
    _promotions()
    _grades()
    _monitoring()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        if_not_exists=True,
    )


def downgrade() -> None:
    """Take the tables away, unless one has rows."""
    for name in NAMES:
        if op.get_bind().execute(sa.select(sa.exists().select_from(sa.table(name)))).scalar():
            message = f"the table {name} has rows, and nothing of a ledger is ever dropped"
            raise ValueError(message)
    for name in ("grade_change", *NAMES):
        op.drop_table(name, if_exists=True)


def _promotions() -> None:
    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("bundle", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("challenger", sa.String(64), nullable=False),
        sa.Column("champion", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("gates", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "succession",
        sa.Column("promotion", sa.Integer, primary_key=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("follows", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("trial", sa.Integer),
        sa.Column("sign_off", sa.JSON),
        sa.UniqueConstraint("purpose", "follows"),
        if_not_exists=True,
    )


def _grades() -> None:
    op.create_table(
        "grading_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("after", sa.Integer, nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("everybody", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("bundle", sa.String(64), nullable=False),
        sa.Column("policy", sa.String(200), nullable=False),
        sa.Column("enterprises", sa.Integer, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("levels", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "grade_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("grading_run.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("enterprise", sa.String(100), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("previous", sa.String(2), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    for column in ("run", "number", "enterprise"):
        name = f"ix_grade_change_{column}"
        op.create_index(name, "grade_change", [column], if_not_exists=True)


def _monitoring() -> None:
    op.create_table(
        "monitoring",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("bundle", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("series", sa.Integer, nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("bars", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("cause", sa.String(30), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    op.create_index("alert_of_key", "alert", ["key", "id"], if_not_exists=True)
