"""The watch in a ledger: each run once, whole or not at all, and what people did about alarms."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from xinheng.core import time
from xinheng.core.errors import ConflictError, InvalidError, NotFoundError
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import Asked
from xinheng.ledger.watch import Act, AlarmsWanted, Series, Told, Watch, WatchRun
from xinheng.ledger.watch.tables import ALARM, RUN

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = time.day_of(NOON)
TEA = Series("signal", "tea", "lead")
HAM = Series("newcomer", "ham", "")
NEAR = Series("signal", "tea", "lead", "district", "440304")


@pytest.fixture
def watch(url: str) -> Iterator[Watch]:
    with closing(Ledger(url)) as ledger:
        yield ledger.watch


def run(days: int = 0, sequence: int = 3) -> WatchRun:
    at = NOON + timedelta(days=days)
    return WatchRun(
        at=at, actor="li", as_of=DAY + days, sequence=sequence, budget=5, bar=6.1, series=900
    )


def told(series: Series = TEA, **more) -> Told:
    found = {
        "of": DAY - 2,
        "strength": 7.5,
        "records": ("alert/2", "alert/1"),
        "sentence": {"zh": "茶叶中铅增多", "en": "more lead in tea"},
        "evidence": {"cases": 4, "usual": 0.5},
    }
    return Told(series=series, **found | more)


def rows(watch: Watch, table) -> int:
    with watch._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_what_a_run_told_is_read_as_it_was_written(watch: Watch) -> None:
    assert watch.last() is None
    alarms = [told(), told(HAM, strength=None, records=(), evidence={})]
    kept = watch.record(run(), alarms)
    assert kept == replace(run(), id=1, alarms=2)
    assert watch.last() == kept
    found = watch.page(AlarmsWanted())
    assert [each.told for each in found] == alarms[::-1]
    assert {(each.run, each.at, each.as_of) for each in found} == {(1, NOON, DAY)}
    assert watch.alarm(1) == found[1]


def test_a_run_without_bar_or_alarms_is_kept(watch: Watch) -> None:
    kept = watch.record(replace(run(), bar=None), [])
    assert (kept.bar, kept.alarms, watch.page(AlarmsWanted())) == (None, 0, [])


def test_a_day_and_delivery_is_recorded_once(watch: Watch) -> None:
    first = watch.record(run(), [told()])
    again = watch.record(replace(run(), actor="wang"), [told(), told(HAM)])
    assert again == first
    assert (rows(watch, RUN), rows(watch, ALARM)) == (1, 1)
    assert watch.record(run(sequence=4), []).id > first.id


def test_of_those_who_run_at_once_one_is_kept_whole(watch: Watch, url: str) -> None:
    together = Barrier(4)

    def recorded(alarms: int) -> WatchRun:
        with closing(Ledger(url)) as own:
            together.wait()
            each = [told(Series("signal", f"tea {n}", "lead")) for n in range(alarms)]
            return own.watch.record(run(), each)

    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(recorded, [1, 2, 3, 4])]
    assert len({*found}) == 1
    assert rows(watch, ALARM) == found[0].alarms


def test_a_run_is_kept_whole_or_not_at_all(watch: Watch) -> None:
    bad = told(Series("a kind of more than twenty characters", "tea", "lead"))
    if watch._engine.dialect.name == "sqlite":
        bad = replace(told(), evidence={"f": {1}})  # no JSON
    with pytest.raises((DatabaseError, TypeError, Exception), match=r"too long|not JSON"):
        watch.record(run(), [told(), bad])
    assert (rows(watch, RUN), rows(watch, ALARM)) == (0, 0)


@pytest.mark.parametrize(
    ("days", "silent"), [(-91, False), (-90, True), (0, True), (90, True), (91, False)]
)
def test_a_series_is_silent_for_thirteen_weeks(watch: Watch, days: int, silent: bool) -> None:  # noqa: FBT001
    watch.record(run(), [told(), told(NEAR)])
    found = watch.silent(DAY + days, weeks=13)
    assert found == ({TEA, NEAR} if silent else set())


def test_alarms_are_narrowed_and_come_newest_first_page_by_page(watch: Watch) -> None:
    watch.record(run(), [told(), told(HAM)])
    watch.record(run(7), [told(NEAR), told(TEA)])
    watch.act(1, Act.CLOSE, at=NOON, actor="li", reason="looked into")
    for wanted, found in (
        (AlarmsWanted(), [4, 3, 2, 1]),
        (AlarmsWanted(since=DAY + 1), [4, 3]),
        (AlarmsWanted(until=DAY + 6), [2, 1]),
        (AlarmsWanted(kind="newcomer"), [2]),
        (AlarmsWanted(product="tea", until=DAY), [1]),
        (AlarmsWanted(hazard=""), [2]),
        (AlarmsWanted(is_open=True), [4, 3, 2]),
        (AlarmsWanted(is_open=False), [1]),
    ):
        assert [each.id for each in watch.page(wanted)] == found, wanted
    first = watch.page(AlarmsWanted(), limit=2)
    watch.record(run(14), [told()])
    second = watch.page(AlarmsWanted(), before=first[-1].id, limit=2)
    assert [each.id for each in first + second] == [4, 3, 2, 1]


def test_what_people_do_is_kept_and_audited(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        watch = ledger.watch
        watch.record(run(), [told()])
        watch.act(1, Act.NOTE, at=NOON, actor="li", reason="asked the laboratory")
        assert not watch.act(1, Act.CLOSE, at=NOON, actor="wang", reason="one supplier").is_open
        with pytest.raises(ConflictError, match="alarm 1 is closed already"):
            watch.act(1, Act.CLOSE, at=NOON, actor="li", reason="so")
        watch.act(1, Act.NOTE, at=NOON, actor="li", reason="recalled")
        assert [each.id for each in watch.page(AlarmsWanted(is_open=False))] == [1]
        found = watch.act(1, Act.REOPEN, at=NOON, actor="zhao", reason="another case")
        assert found.is_open
        assert watch.page(AlarmsWanted(is_open=True)) == [found]
        with pytest.raises(ConflictError, match="alarm 1 is open already"):
            watch.act(1, Act.REOPEN, at=NOON, actor="li", reason="so")
        told_ = [(each["actor"], each["action"]) for each in ledger.audited("alarm 1")]
    acts = [("li", "note"), ("wang", "close"), ("li", "note"), ("zhao", "reopen")]
    assert [(each.actor, each.act) for each in found.acts] == acts
    assert told_ == [(who, f"{act} alarm") for who, act in acts]
    assert found.acts[1].reason == "one supplier"


def test_an_act_has_a_reason_and_an_alarm(watch: Watch) -> None:
    watch.record(run(), [told()])
    with pytest.raises(InvalidError, match="to close alarm 1, give a reason"):
        watch.act(1, Act.CLOSE, at=NOON, actor="li", reason="")
    with pytest.raises(NotFoundError, match="no alarm 9"):
        watch.act(9, Act.NOTE, at=NOON, actor="li", reason="so")


def test_asking_twice_with_one_key_does_something_once(watch: Watch) -> None:
    watch.record(run(), [told(), told(HAM)])
    key, said = Asked("k1", "ab"), {"at": NOON, "actor": "li", "reason": "looked into"}
    first = watch.act(1, Act.CLOSE, **said, asked=key)
    assert watch.act(1, Act.CLOSE, **said, asked=key) == first
    for number, again in ((1, Asked("k1", "cd")), (2, key)):
        with pytest.raises(InvalidError, match="'k1' was used for another act, on alarm 1"):
            watch.act(number, Act.NOTE, **said, asked=again)


def test_of_those_who_close_at_once_one_does(watch: Watch, url: str) -> None:
    watch.record(run(), [told()])
    together = Barrier(4)

    def closed(who: str) -> bool:
        with closing(Ledger(url)) as own:
            together.wait()
            try:
                own.watch.act(1, Act.CLOSE, at=NOON, actor=who, reason="looked into")
            except ConflictError:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(closed, ["li", "wang", "zhao", "sun"])) == 1
    assert len(watch.alarm(1).acts) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"series": Series("signal", "", "lead")}, "the product of an alarm is ''"),
        ({"series": Series("signal", "x" * 201, "")}, "expected up to 200 characters"),
        ({"sentence": {"zh": "茶叶中铅增多"}}, "signal/tea/lead lacks a sentence"),
        ({"strength": float("nan")}, "strength of an alarm is nan"),
    ],
)
def test_an_alarm_is_whole(change, why) -> None:
    with pytest.raises(InvalidError, match=why):
        told(**change)


@pytest.mark.parametrize("table", ["run", "alarm", "act"])
@pytest.mark.parametrize("how", ['UPDATE {} SET "id" = "id"', "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_row(watch: Watch, table: str, how: str) -> None:
    watch.record(run(), [told()])
    watch.act(1, Act.CLOSE, at=NOON, actor="li", reason="looked into")
    with (
        watch._engine.connect() as connection,
        pytest.raises((DatabaseError, IntegrityError), match="what was warned of is never changed"),
    ):
        connection.execute(text(how.format(f"watch_{table}")))
