"""Entries of the audit trail are found by whom, when, of what and what for, the newest first."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLE, BEFORE = "audit_entry", "audit_entry_of_subject"
FOUND_BY = ("actor", "purpose", "action", "subject")


def upgrade() -> None:
    """Make the indices; the one by subject alone is of no use beside that in the order of time."""
    op.create_index("audit_entry_at", TABLE, ["at"], if_not_exists=True)
    for name in FOUND_BY:
        op.create_index(f"audit_entry_by_{name}", TABLE, [name, "at"], if_not_exists=True)
    op.drop_index(BEFORE, TABLE, if_exists=True)


def downgrade() -> None:
    """Leave them: they hold no row of their own. Older programs look entries up by subject."""
    op.create_index(BEFORE, TABLE, ["subject", "id"], if_not_exists=True)
