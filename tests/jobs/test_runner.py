"""The runner: alone among all, to the end, and whatever happens is written down."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy.exc import OperationalError

from xinheng.jobs import Due, Job, Runner, Timetable, Watch
from xinheng.ledger import Ledger

NOW = datetime(2026, 3, 10, 4, 1, tzinfo=UTC)
SLOT = NOW - timedelta(minutes=1)
PERSON, PHONE, CODE = "11010119900307451X", "13800138000", "91440300MA5XNG010A"
SCRIPTS = {
    "well": 'import json; print(json.dumps({"made": 2, "runs": [1, 2, 3], "name": "x"}))',
    "badly": f"import sys; sys.exit(\"error: no code '{CODE}' of {PERSON}, {PHONE}; do this\")",
    "silent": "import sys; sys.exit(3)",
    "long": "import time; time.sleep(60)",
}


def job(minutes=240) -> Job:
    return Job(name="grades", zh="评级", en="g", command=["grade"], at="12:00", minutes=minutes)


def runner(ledger: Ledger, script: str, now=lambda: NOW, **more) -> Runner:
    return Runner(ledger, (sys.executable, "-c", SCRIPTS[script]), now, **more)


@pytest.fixture
def ledger(url):
    with closing(Ledger(url)) as found:
        yield found


def test_a_run_that_ends_well_has_its_counts(ledger):
    done = runner(ledger, "well").run(Due(job(), SLOT))
    assert (done.outcome, done.counts) == ("done", {"made": 2, "runs": 3})
    assert (done.slot, done.attempt, done.actor) == (SLOT, 1, "scheduler")


def test_a_run_that_fails_says_why_without_personal_data(ledger):
    done = runner(ledger, "badly").run(Due(job(), SLOT))
    assert done.outcome == "failed"
    assert "error: no code" in done.excerpt
    assert done.excerpt.endswith("; do this")
    assert not any(each in done.excerpt for each in (PERSON, PHONE, CODE))


def test_a_run_that_says_nothing_has_its_status(ledger):
    assert runner(ledger, "silent").run(Due(job(), SLOT)).excerpt == "exit status 3"


def test_a_slot_is_run_once_however_often_it_is_tried(ledger):
    assert runner(ledger, "well").run(Due(job(), SLOT)) is not None
    assert runner(ledger, "well").run(Due(job(), SLOT)) is None
    assert runner(ledger, "well").run(Due(job(), SLOT, attempt=2)) is not None


def test_a_request_is_run_once_and_names_who_asked(ledger):
    ledger.jobs.request("grades", at=NOW, actor="li")
    [asked] = ledger.jobs.requests()
    due = Due(job(), None, request=asked)
    assert runner(ledger, "well").run(due).actor == "li"
    assert ledger.jobs.requests() == []
    assert runner(ledger, "well").run(due) is None


def test_two_never_run_a_job_at_once(ledger):
    stop = Event()
    first = Thread(target=runner(ledger, "long", stop=stop).run, args=(Due(job(), SLOT),))
    first.start()
    while ledger.jobs.last("grades") is None:
        time.sleep(0.05)
    assert runner(ledger, "well").run(Due(job(), SLOT, attempt=2)) is None
    assert runner(ledger, "well").mend(["grades"]) == []  # it lives
    stop.set()
    first.join()
    last = ledger.jobs.last("grades")
    assert (last.outcome, last.excerpt) == (
        "failed",
        "stopped, as the scheduler was; it is tried again",
    )
    assert runner(ledger, "well").run(Due(job(), SLOT, attempt=2)).outcome == "done"


def test_a_run_that_takes_too_long_is_stopped(ledger):
    seconds = iter(range(0, 9_999, 60))
    done = runner(ledger, "long", elapsed=lambda: next(seconds)).run(Due(job(minutes=5), SLOT))
    assert done.outcome == "late"
    assert "after 5 minutes" in done.excerpt


def test_without_the_ledger_a_run_does_not_go_on(ledger, monkeypatch):
    from xinheng.ledger import Lease

    held = iter([True])

    def lost(_):
        for each in held:
            return each
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(Lease, "held", lost)
    seconds = iter(range(0, 9_999, 11))
    done = runner(ledger, "long", elapsed=lambda: next(seconds)).run(Due(job(), SLOT))
    assert "without the ledger it is not sure to run alone" in done.excerpt


def test_a_clock_that_leaps_ends_no_run(ledger):
    moments = iter([NOW, NOW, NOW, *(NOW + timedelta(days=n) for n in (900, -900, 900))])
    done = runner(ledger, "well", lambda: next(moments)).run(Due(job(minutes=5), SLOT))
    assert done.outcome == "done"


def test_a_run_that_cannot_even_begin_has_failed(ledger, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    done = runner(ledger, "well").run(Due(job(), SLOT))
    assert done.outcome == "failed"
    assert "No space left on device" in done.excerpt


def test_what_was_run_by_a_clock_ahead_does_not_keep_jobs_from_running(ledger):
    moments = [NOW]
    watch = Watch(Timetable(job=(job(),)), runner(ledger, "well", lambda: moments[0]))
    assert [each.slot for each in watch.once()] == [SLOT]
    moments[0] += timedelta(days=4_000)
    assert len(watch.once()) == 1
    moments[0] = NOW + timedelta(days=1)
    assert [each.slot for each in watch.once()] == [SLOT + timedelta(days=1)]


KILLED = """
import sys
from datetime import UTC, datetime
from xinheng.jobs import Due, Job, Runner
from xinheng.ledger import Ledger

now = datetime(2026, 3, 10, 4, 1, tzinfo=UTC)
job = Job(name="grades", zh="g", en="g", command=["grade"], at="12:00")
program = (sys.executable, "-c", "import time; time.sleep(3)")
Runner(Ledger(sys.argv[1]), program, lambda: now).run(Due(job, now))
"""


def test_a_run_whose_runner_was_killed_is_lost_and_tried_again(ledger, url):
    other = subprocess.Popen([sys.executable, "-c", KILLED, url])
    while (last := ledger.jobs.last("grades")) is None:
        time.sleep(0.1)
    other.send_signal(signal.SIGKILL)
    other.wait()
    moments = [NOW]
    mine = runner(ledger, "well", lambda: moments[0])
    watch = Watch(Timetable(job=(job(),)), mine)
    while watch.once() or ledger.jobs.run(last.id).outcome == "running":
        time.sleep(0.1)  # PostgreSQL takes a moment to see that a connection is gone
    assert ledger.jobs.run(last.id).outcome == "lost"
    moments[0] += timedelta(minutes=6)
    [again] = watch.once()
    assert (again.attempt, again.outcome) == (2, "done")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OperationalError("SELECT 1", {}, Exception("secret")), "the ledger cannot be read"),
        (OSError(28, "No space left on device"), "what is due could not be run"),
    ],
)
def test_a_watch_goes_on_whatever_befalls_it(ledger, monkeypatch, caplog, error, told):
    mine = runner(ledger, "well")

    def broken():
        mine.stop.set()
        raise error

    monkeypatch.setattr(ledger.jobs, "requests", broken)
    Watch(Timetable(job=(job(),)), mine).forever(0.01)
    assert told in caplog.text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux")
def test_a_command_ends_with_whoever_started_it(tmp_path):
    code = (
        "import os, time\nfrom xinheng.cli.bound import bind\nbind(os.getppid())\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    )
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])",
        ]
    )
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.1)
    child = int((tmp_path / "pid").read_text())
    parent.kill()
    parent.wait()
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        with suppress(FileNotFoundError):
            if "State:\tZ" in Path(f"/proc/{child}/status").read_text():
                return
        time.sleep(0.05)
    raise AssertionError(child)
