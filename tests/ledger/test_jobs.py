"""The history of jobs, on either database."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from xinheng.core.time import SHANGHAI
from xinheng.ledger import Ledger

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def jobs(url):
    with closing(Ledger(url)) as ledger:
        yield ledger.jobs


def start(jobs, job="grades", hours=0, **more):
    slot = NOW + timedelta(hours=hours)
    return jobs.start(job, at=slot, actor="scheduler", host="m", slot=slot, **more)


def test_a_slot_and_try_is_begun_once(jobs):
    assert start(jobs) == 1
    assert start(jobs) is None
    assert start(jobs, attempt=2) is not None
    assert start(jobs, "other") is not None


def test_a_request_is_taken_up_once(jobs):
    first, second = (jobs.request("grades", at=NOW, actor=who) for who in ("li", "wang"))
    more = {"at": NOW, "actor": "li", "host": "m"}
    assert jobs.start("grades", request=first, **more) is not None
    assert jobs.start("grades", request=first, **more) is None
    assert [each.id for each in jobs.requests()] == [second]
    assert jobs.start("grades", request=second, **more) is not None  # neither has a slot


def test_an_end_is_written_once(jobs):
    run = start(jobs)
    assert jobs.last("grades").outcome == "running"
    assert jobs.end(run, "done", at=NOW, counts={"made": 1}, excerpt="told")
    assert not jobs.end(run, "failed", at=NOW)
    last = jobs.last("grades")
    assert (last.outcome, last.counts, last.excerpt, last.ended) == (
        "done",
        {"made": 1},
        "told",
        NOW,
    )


def test_pages_go_back_in_time(jobs):
    numbers = [start(jobs, hours=n) for n in range(5)]
    first = jobs.runs("grades", limit=2)
    then = jobs.runs("grades", before=first[-1].id, limit=9)
    assert [each.id for each in first + then] == numbers[::-1]
    assert jobs.runs("other") == []


def test_the_last_that_ended_well_and_the_newest_slot_are_found(jobs):
    well, badly = start(jobs), start(jobs, hours=1)
    jobs.end(well, "done", at=NOW)
    jobs.end(badly, "failed", at=NOW)
    jobs.start(
        "grades", at=NOW, actor="li", host="m", request=jobs.request("grades", at=NOW, actor="li")
    )
    assert jobs.last("grades", "done").id == well
    assert jobs.latest(NOW + timedelta(hours=1))["grades"].id == badly


def test_a_slot_is_the_same_moment_whatever_zone_it_was_told_in(jobs):
    evening = datetime(2026, 3, 1, 18, tzinfo=SHANGHAI)
    run = jobs.start("grades", at=NOW, actor="scheduler", host="m", slot=evening)
    assert jobs.run(run).slot == evening
    same = evening.astimezone(UTC)
    assert jobs.start("grades", at=NOW, actor="scheduler", host="m", slot=same) is None


def test_slots_that_a_clock_ahead_left_say_nothing_of_now(jobs):
    today, ahead = start(jobs), start(jobs, hours=24 * 365)
    assert jobs.latest(NOW)["grades"].id == today
    assert jobs.latest(NOW + timedelta(days=400))["grades"].id == ahead
