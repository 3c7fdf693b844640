"""The timetable: what it takes, what it refuses and how it says so, and when jobs are due."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from xinheng.cli import app
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.time import SHANGHAI
from xinheng.jobs import Job, next_slot, read_timetable
from xinheng.jobs.timetable import COMMANDS

HEAD = '[[job]]\nname = "grades"\nzh = "评级"\nen = "grades"\ncommand = ["grade"]\nat = "04:00"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "jobs.toml"
    path.write_text(text, "utf-8")
    return path


def job(**more) -> Job:
    return Job(name="grades", zh="评级", en="grades", command=["grade"], at="04:00", **more)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + HEAD, "several jobs of the name grades"),
        (HEAD.replace('"04:00"', '"25:00"'), "job.0.at"),
        (HEAD.replace('"grade"', '"rm", "-rf"'), "no command that runs unattended; there are:"),
        (HEAD.replace('"grade"', '"archive", "erase"'), "no command that runs unattended"),
        (HEAD.replace('"grade"', '"promote"'), "no command that runs unattended"),
        (HEAD.replace('"grade"', '"grade", "{yesterday}"'), "{yesterday} means nothing"),
        (HEAD + "day = 31\n", "job.0.day"),
        (HEAD + 'day = 1\nweekday = "mon"\n', "give day, of the month, or weekday"),
        (HEAD + "when = 1\n", "job.0.when: Extra inputs"),
        ("job = 1", "job: Input should be"),
        ("[[job", "is no TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_place(tmp_path, text, told):
    with pytest.raises(InvalidError) as refused:
        read_timetable(written(tmp_path, text))
    assert told in str(refused.value)
    assert "jobs.toml" in str(refused.value)


def test_a_timetable_that_is_not_there_is_said_to_be_none(tmp_path):
    with pytest.raises(NotFoundError, match=r"no timetable .*XINHENG_JOBS"):
        read_timetable(tmp_path / "none.toml")


def test_a_job_of_another_name_is_told_the_nearest():
    with pytest.raises(NotFoundError, match="did you mean 'grades'"):
        read_timetable()["grade"]


def test_every_command_that_may_run_unattended_exists():
    root = get_command(app)
    for words in COMMANDS:
        found = root
        for word in words:
            found = found.commands[word]


def test_every_command_of_the_timetable_that_ships_takes_its_words():
    root = get_command(app)
    for each in read_timetable().job:
        words, found = each.words(date(2026, 3, 14)), root
        while words and words[0] in getattr(found, "commands", {}):
            found = found.commands[words.pop(0)]
        found.make_context(each.name, [*words, "--json"]).close()


def test_days_stand_in_the_words():
    found = Job(name="m", zh="监", en="m", command=["monitor", "--as-of", "{month}"], at="03:00")
    assert found.words(date(2026, 3, 14)) == ["monitor", "--as-of", "2026-03-01"]


@pytest.mark.parametrize(
    ("more", "now", "expected"),
    [
        ({}, "2026-03-01T03:59", "2026-03-01T04:00"),
        ({}, "2026-03-01T04:00", "2026-03-02T04:00"),
        ({"day": 1}, "2026-03-01T04:00", "2026-04-01T04:00"),
        ({"weekday": "sun"}, "2026-03-01T04:00", "2026-03-08T04:00"),
        ({"day": 28}, "2026-01-28T04:00", "2026-02-28T04:00"),
    ],
)
def test_the_next_slot_is_after_now(more, now, expected):
    assert next_slot(job(**more), shanghai(now)) == shanghai(expected)


def test_a_slot_is_a_time_in_shanghai_wherever_the_clock_is():
    night = datetime(2026, 2, 28, 20, tzinfo=UTC)
    assert job().slots(night - timedelta(hours=1), night) == [shanghai("2026-03-01T04:00")]


START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda each: START + timedelta(minutes=each))
rhythms = st.sampled_from([{}, {"day": 1}, {"day": 28}, {"weekday": "wed"}])


@given(rhythms, st.lists(moments, min_size=3, max_size=3))
def test_spans_that_touch_have_each_slot_once(rhythm, three):
    first, middle, last = sorted(three)
    one = job(**rhythm)
    assert one.slots(first, last) == one.slots(first, middle) + one.slots(middle, last)
