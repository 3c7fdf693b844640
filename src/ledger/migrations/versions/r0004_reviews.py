"""Reviews of grades by people; the database refuses to change what was done."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = ("review_case", "review_event", "grade_override", "review_scan")
SQLITE = """
CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table}
BEGIN SELECT RAISE(ABORT, 'acts of reviews are never changed'); END
"""
REFUSAL = """
CREATE FUNCTION review_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'acts of reviews are never changed'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION review_refuse()
"""


def upgrade() -> None:
    """Make the tables, or take up again what an earlier downgrade left."""
    if sa.inspect(op.get_bind()).has_table(TABLES[0]):
        return
    _cases()
    _settings()
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for what in ("UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=table, what=what))
        return
    op.execute(REFUSAL)
    for table in TABLES:
        op.execute(POSTGRESQL.format(table=table))


def downgrade() -> None:
    """Leave what people decided where it is: it is evidence, and older programs do not look."""


def _cases() -> None:
    op.create_table(
        "review_case",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("enterprise", sa.String(100), nullable=False),
        sa.Column("cause", sa.String(50), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("change", sa.Integer, unique=True),
        sa.Column("district", sa.String(20)),
    )
    op.create_index("ix_review_case_number", "review_case", ["number"])
    op.create_index("ix_review_case_cause", "review_case", ["cause"])
    op.create_table(
        "review_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case", sa.Integer, sa.ForeignKey("review_case.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("key", sa.String(255)),
        sa.Column("asked", sa.String(64)),
        sa.UniqueConstraint("case", "position", name="review_event_place"),
        sa.UniqueConstraint("actor", "key", name="review_event_key"),
    )
    op.create_index("review_event_of_state", "review_event", ["state", "due"])


def _settings() -> None:
    op.create_table(
        "grade_override",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case", sa.Integer, sa.ForeignKey("review_case.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("level", sa.String(2)),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("second", sa.String(100)),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("basis", sa.String(500), nullable=False),
    )
    op.create_index("ix_grade_override_case", "grade_override", ["case"])
    op.create_index("ix_grade_override_number", "grade_override", ["number"])
    op.create_table(
        "review_scan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("after", sa.Integer, nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("opened", sa.Integer, nullable=False),
    )
