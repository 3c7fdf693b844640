"""The ledger keeps what was decided, in order, and never forgets."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from xinheng.core.errors import NotFoundError
from xinheng.ledger import Ledger

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GRADE = {
    "at": NOW,
    "enterprise": "E1",
    "as_of": date(2026, 1, 1),
    "level": "C",
    "model_level": "B",
    "previous": None,
    "probability": 0.2,
    "low": 0.1,
    "high": 0.3,
    "margin": -1.4,
    "rules": ["R1"],
    "policy": "default 1",
    "bundle": "ab" * 32,
    "sequence": 3,
}


def test_the_champion_is_the_newest_promotion_of_its_purpose() -> None:
    ledger = Ledger("sqlite://")
    with pytest.raises(NotFoundError, match="xinheng train"):
        ledger.champion("grade")
    ledger.promote("a" * 64, purpose="grade", actor="li", reason="first", at=NOW)
    ledger.promote("b" * 64, purpose="scheduling", actor="li", reason="plan", at=NOW)
    ledger.promote("c" * 64, purpose="grade", actor="li", reason="better", at=NOW)
    assert ledger.champion("grade") == "c" * 64
    assert ledger.champion("scheduling") == "b" * 64
    assert [row["action"] for row in ledger.audited("a" * 64)] == ["promote"]


def test_grades_are_kept_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/ledger.db"
    ledger = Ledger(url)
    assert ledger.record_grades([GRADE, GRADE | {"level": "D"}]) == 2
    ledger.record_grades([GRADE | {"enterprise": "E2"}])
    ledger.close()
    reopened = Ledger(url)
    assert [row["level"] for row in reopened.grades("E1")] == ["C", "D"]
    assert reopened.grades("E1")[0]["rules"] == ["R1"]
    reopened.close()


def test_what_was_read_is_audited() -> None:
    ledger = Ledger("sqlite://")
    ledger.audit(at=NOW, actor="wang", action="read grade", subject="E1", detail={"as_of": "x"})
    [row] = ledger.audited("E1")
    assert (row["actor"], row["action"], row["detail"]) == ("wang", "read grade", {"as_of": "x"})
