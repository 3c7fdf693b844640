"""Early warning: alarms of the watch, and downgrade warnings; no row of either is ever changed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = (
    "watch_run",
    "watch_alarm",
    "watch_act",
    "downgrade_case",
    "downgrade_ground",
    "downgrade_event",
    "downgrade_level",
)
SQLITE = """
CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table}
BEGIN SELECT RAISE(ABORT, 'what was warned of is never changed'); END
"""
REFUSAL = """
CREATE FUNCTION warning_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what was warned of is never changed'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION warning_refuse()
"""


def upgrade() -> None:
    """Make the tables, or take up again what an earlier downgrade left."""
    if sa.inspect(op.get_bind()).has_table(TABLES[0]):
        return
    _watch()
    _cases()
    _levels()
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for what in ("UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=table, what=what))
        return
    op.execute(REFUSAL)
    for table in TABLES:
        op.execute(POSTGRESQL.format(table=table))


def downgrade() -> None:
    """Leave the tables where they are: they are evidence, and older programs do not look."""


def _watch() -> None:
    op.create_table(
        "watch_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("budget", sa.Float, nullable=False),
        sa.Column("bar", sa.Float),
        sa.Column("bar_set", sa.Date),
        sa.Column("series", sa.Integer, nullable=False),
        sa.Column("alarms", sa.Integer, nullable=False),
        sa.UniqueConstraint("as_of", "sequence", name="watch_run_once"),
    )
    op.create_table(
        "watch_alarm",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, sa.ForeignKey("watch_run.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("of", sa.Date, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("hazard", sa.String(200), nullable=False),
        sa.Column("lens", sa.String(20), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("strength", sa.Float),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("ix_watch_alarm_run", "watch_alarm", ["run"])
    op.create_index("watch_alarm_as_of", "watch_alarm", ["as_of", "id"])
    op.create_index("watch_alarm_of_product", "watch_alarm", ["product", "id"])
    op.create_index("watch_alarm_of_hazard", "watch_alarm", ["hazard", "id"])
    op.create_table(
        "watch_act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("alarm", sa.Integer, sa.ForeignKey("watch_alarm.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("key", sa.String(255)),
        sa.Column("asked", sa.String(64)),
        sa.UniqueConstraint("alarm", "position", name="watch_act_place"),
        sa.UniqueConstraint("actor", "key", name="watch_act_key"),
    )


def _cases() -> None:
    op.create_table(
        "downgrade_case",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("enterprise", sa.String(100), nullable=False),
        sa.Column("district", sa.String(20)),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("basis", sa.String(500), nullable=False),
        sa.Column("follows", sa.Integer, sa.ForeignKey("downgrade_case.id")),
    )
    op.create_index("ix_downgrade_case_number", "downgrade_case", ["number"])
    op.create_table(
        "downgrade_ground",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case", sa.Integer, sa.ForeignKey("downgrade_case.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.UniqueConstraint("number", "identity", name="downgrade_ground_once"),
    )
    op.create_index("ix_downgrade_ground_case", "downgrade_ground", ["case"])
    op.create_table(
        "downgrade_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case", sa.Integer, sa.ForeignKey("downgrade_case.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("first", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("key", sa.String(255)),
        sa.Column("asked", sa.String(64)),
        sa.UniqueConstraint("case", "position", name="downgrade_event_place"),
        sa.UniqueConstraint("actor", "key", name="downgrade_event_key"),
    )
    op.create_index("downgrade_event_of_state", "downgrade_event", ["state", "due"])


def _levels() -> None:
    op.create_table(
        "downgrade_level",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case", sa.Integer, sa.ForeignKey("downgrade_case.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("level", sa.String(2)),
        sa.Column("first", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("basis", sa.String(500), nullable=False),
    )
    op.create_index("ix_downgrade_level_case", "downgrade_level", ["case"])
    op.create_index("ix_downgrade_level_number", "downgrade_level", ["number"])
