"""A ledger with something in every table, and what it must still hold later."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, Table, insert, select

from xinheng.ledger.alerts import ALERT, MONITORING
from xinheng.ledger.promotions import SUCCESSION, TRIAL
from xinheng.ledger.tables import AUDIT, CHANGE, PROMOTION, RUN

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = date(2026, 1, 1)
BUNDLE = "ab" * 32

ROWS: dict[Table, dict[str, Any]] = {
    PROMOTION: {"at": NOW, "purpose": "grade", "bundle": BUNDLE, "actor": "li", "reason": "first"},
    TRIAL: {
        "at": NOW, "purpose": "grade", "challenger": BUNDLE, "champion": "cd" * 32, "actor": "li",
        "sequence": 3, "gates": [{"name": "migration", "status": "passed"}],
    },
    SUCCESSION: {
        "promotion": 1, "purpose": "grade", "follows": 0, "kind": "first", "trial": 1,
        "sign_off": {"name": "wang", "gates": []},
    },
    RUN: {
        "after": 0, "at": NOW, "actor": "li", "as_of": DAY, "reason": "start", "everybody": True,
        "sequence": 3, "bundle": BUNDLE, "policy": "default 1", "enterprises": 2, "first": 2,
        "changed": 0, "held": 0, "levels": {"A": 2}, "digest": "ef" * 32,
    },
    CHANGE: {
        "run": 1, "number": 7, "enterprise": "E1", "as_of": DAY, "level": "C", "previous": "B",
        "cause": "rule_met", "detail": '{"rule_met": ["R1"]}',
    },
    AUDIT: {
        "at": NOW, "actor": "wang", "action": "read grade", "subject": "E1",
        "detail": {"as_of": "2026-01-01"},
    },
    MONITORING: {
        "at": NOW, "actor": "li", "as_of": DAY, "bundle": BUNDLE, "sequence": 3, "series": 5,
        "questions": 9, "bars": {"outcomes": 0.1},
    },
    ALERT: {
        "at": NOW, "as_of": DAY, "key": "delivery/tax", "state": "opened", "cause": "stopped",
        "since": DAY, "detail": {"seen": 0},
    },
}  # fmt: skip


def fill(engine: Engine) -> None:
    """Write a row into every table of the first revision."""
    with engine.begin() as connection:
        for table, row in ROWS.items():
            connection.execute(insert(table), row)


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table of the first revision."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))] for table in ROWS
        }
