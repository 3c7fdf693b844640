"""Records that were posted, and changes of levels that no run made."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
CHANGE = "grade_change"


def upgrade() -> None:
    """Make the tables, or take up again what an earlier downgrade left."""
    if sa.inspect(op.get_bind()).has_table("posting"):
        return
    with op.batch_alter_table(CHANGE) as table:
        table.alter_column("run", existing_type=sa.Integer, nullable=True)
    op.create_table(
        "posting",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("receipt", sa.String(36), nullable=False, unique=True),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.UniqueConstraint("holder", "key", name="posting_once"),
    )
    op.create_table(
        "posting_body",
        sa.Column("posting", NUMBER, sa.ForeignKey("posting.id"), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "posting_outcome",
        sa.Column("posting", NUMBER, sa.ForeignKey("posting.id"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("delivery", sa.Integer),
        sa.Column("digest", sa.String(64)),
        sa.Column("detail", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Leave postings where they are: they were accepted, and older programs do not look."""
