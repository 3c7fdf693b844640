"""What is due: after an outage, after failures, on request, and never while it runs."""

from datetime import datetime, timedelta

import pytest

from xinheng.core.time import SHANGHAI
from xinheng.jobs import Job, Timetable, due
from xinheng.ledger import JobRequest, JobRun

NOW = datetime(2026, 3, 10, 12, tzinfo=SHANGHAI)
SLOT = NOW.replace(hour=4)


def job(name="grades", **more) -> Job:
    return Job(name=name, zh="评级", en="grades", command=["grade"], at="04:00", **more)


def ran(days: int, outcome="done", attempt=1, ended=NOW - timedelta(hours=7)) -> JobRun:
    slot = SLOT - timedelta(days=days)
    return JobRun(1, "grades", slot, attempt, None, slot, "scheduler", "m", ended, outcome, {}, "")


def slots(last: JobRun | None, now=NOW, **more):
    found = due(Timetable(job=(job(**more),)), {"grades": last} if last else {}, [], now)
    return [(each.slot, each.attempt) for each in found]


@pytest.mark.parametrize(
    ("last", "more", "expected"),
    [
        (ran(0), {}, []),
        (ran(1), {}, [(SLOT, 1)]),
        (ran(5), {}, [(SLOT, 1)]),  # after an outage of days, once
        (ran(3), {"catch_up": "each"}, [(SLOT - timedelta(days=n), 1) for n in (2, 1, 0)]),
        (ran(3), {"catch_up": "none"}, []),  # too long ago to be caught up
        (ran(1, "running"), {}, []),
        (ran(0, "failed"), {}, [(SLOT, 2)]),
        (ran(0, "lost", 2), {}, [(SLOT, 3)]),
        (ran(0, "failed", 3), {}, []),  # three tries are enough
        (ran(1, "failed"), {}, [(SLOT, 1)]),  # a later slot has come, which does as well
        (ran(1, "failed"), {"catch_up": "each"}, [(SLOT - timedelta(days=1), 2)]),
    ],
)
def test_what_is_due_follows_from_the_last_run(last, more, expected):
    assert slots(last, **more) == expected


def test_a_job_that_never_ran_begins_with_its_next_slot():
    assert slots(None) == []
    assert slots(None, SLOT + timedelta(minutes=1)) == [(SLOT, 1)]


def test_tries_are_further_and_further_apart():
    failed = ran(0, "failed", 2, ended=NOW - timedelta(minutes=9))
    assert slots(failed) == []
    assert slots(failed, NOW + timedelta(minutes=1)) == [(SLOT, 3)]


def test_requests_come_first_and_unknown_ones_are_left_alone():
    table = Timetable(job=(job("a"), job("b")))
    asked = [JobRequest(1, "b", NOW, "li"), JobRequest(2, "gone", NOW, "li")]
    found = due(table, {}, asked, SLOT + timedelta(minutes=1))
    assert [(each.job.name, each.request) for each in found] == [
        ("b", asked[0]), ("a", None), ("b", None),
    ]  # fmt: skip
