"""Alerts: the latest that was told of each story, nothing forgotten, all of a run or nothing."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from xinheng.ledger import Alerts

AT = datetime(2026, 3, 2, tzinfo=UTC)
RUN = {"actor": "li", "bundle": "ab" * 32, "sequence": 9, "series": 5, "questions": 9, "bars": {}}


def alert(key: str, state: str, cause: str = "stopped") -> dict[str, object]:
    since = date(2026, 2, 1)
    return {"key": key, "state": state, "cause": cause, "since": since, "detail": {"seen": 0}}


@pytest.fixture
def alerts():
    found = Alerts("sqlite://")
    yield found
    found.close()


def test_what_was_closed_is_not_open_and_may_open_again(alerts: Alerts) -> None:
    for month, told in enumerate(
        [
            [alert("delivery/tax", "opened"), alert("codes/market/penalty", "opened", "renamed")],
            [alert("delivery/tax", "changed", "late")],
            [alert("delivery/tax", "closed", "late")],
        ],
        3,
    ):
        alerts.record(RUN, told, as_of=date(2026, month, 1), at=AT)
    assert list(alerts.open()) == ["codes/market/penalty"]
    alerts.record(RUN, [alert("delivery/tax", "opened")], as_of=date(2026, 6, 1), at=AT)
    assert alerts.open()["delivery/tax"]["as_of"] == date(2026, 6, 1)
    assert [row["state"] for row in alerts.history() if row["key"] == "delivery/tax"] == [
        "opened", "changed", "closed", "opened",
    ]  # fmt: skip
    assert len(alerts.runs()) == 4


def test_a_run_that_cannot_be_kept_keeps_none_of_its_alerts(alerts: Alerts) -> None:
    with pytest.raises(IntegrityError):
        alerts.record(
            RUN, [alert("delivery/tax", "opened"), {**alert("x", "opened"), "cause": None}],
            as_of=date(2026, 3, 1), at=AT,
        )  # fmt: skip
    assert (alerts.open(), alerts.runs()) == ({}, [])
