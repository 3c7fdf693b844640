"""What is brought up to a day by what has changed equals what is computed anew."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.features import Cases, Events, standard_catalogue
from xinheng.features import current as module
from xinheng.features.current import Current, advanced, begun
from xinheng.features.events import COLUMNS

from .histories import Record, build
from .lives import TODAY, lives
from .others import CASES, CASES_TABLE
from .vocabulary import vocabulary

CATALOGUE = standard_catalogue().select(use="grade")
OTHERS = CATALOGUE.select(ids=["RL09", "PN06", "PN14", "PN15", "PN16"])
ENTERPRISES = 5
NOBODY = np.empty(0, np.int32)
MONTHS = (0, 1, 1, 2, 30, 31, 365, 400)


def told(records: list[Record], day: int, *, grows: bool = False) -> tuple[Events, Events]:
    """Return what an archive has been told by a day: events, and bans that name nobody.

    Its vocabulary is what has come so far, if it grows.
    """
    seen = [r.as_known(day) for r in records if (r.available or r.occurred) < day]
    inside = [r for r in seen if r.enterprise >= 0]
    outside = [r for r in seen if r.enterprise < 0]
    names = None if grows else vocabulary()
    return build(inside, names), build(outside, names)


def reader(events: Events) -> Callable[[npt.NDArray[np.int32]], Events]:
    return lambda some: events.take(np.flatnonzero(np.isin(events.enterprise, some)))


def afresh(records: list[Record], day: int, sequence: int = 0) -> Current:
    events, bans = told(records, day)
    return begun(CATALOGUE, [lambda: events], ENTERPRISES, day, sequence, cases=CASES, bans=bans)


def known(records: list[Record], day: int) -> int:
    """Return how many enterprises an archive has by a day, which it numbers as they come."""
    return 1 + max((r.enterprise for r in records if (r.available or r.occurred) < day), default=-1)


def meant(enterprises: int) -> Cases:
    return Cases.from_table(CASES_TABLE.slice(0, enterprises))


def touched(before: Events, after: Events) -> npt.NDArray[np.int32]:
    def rows(events: Events, enterprise: int) -> bytes:
        own = events.of(enterprise)
        names = (name for name in COLUMNS if name != "record")
        return b"".join(getattr(own, name).tobytes() for name in names)

    found = [e for e in range(ENTERPRISES) if rows(before, e) != rows(after, e)]
    return np.array(found, np.int32)


@settings(deadline=None, max_examples=60)
@given(lives(), st.integers(0, 900), st.lists(st.sampled_from(MONTHS), min_size=1, max_size=4))
def test_day_after_day_equals_a_full_run(records: list[Record], ago: int, steps: list[int]) -> None:
    now = TODAY - ago
    current = afresh(records, now)
    for sequence, step in enumerate(steps):
        (before, _), (after, bans) = told(records, now), told(records, now + step)
        now += step
        current, _ = advanced(
            current,
            reader(after),
            ENTERPRISES,
            now,
            sequence,
            touched(before, after),
            cases=CASES,
            bans=bans,
        )
        pd.testing.assert_frame_equal(
            current.matrix(), afresh(records, now).matrix(), check_exact=True
        )


def ordered(records: list[Record]) -> list[Record]:
    """Return the records with their enterprises numbered as they come."""
    arrival = sorted(records, key=lambda each: each.available or each.occurred)
    numbers = {-1: -1}
    for each in arrival:
        numbers.setdefault(each.enterprise, len(numbers) - 1)
    return [replace(each, enterprise=numbers[each.enterprise]) for each in records]


@settings(deadline=None, max_examples=60)
@given(
    lives(("relation", "post", "ban", "penalty", "list_entry", "enterprise.status")).map(ordered),
    st.integers(0, 900),
    st.lists(st.sampled_from(MONTHS), min_size=1, max_size=4),
)
def test_day_after_day_equals_a_full_run_while_the_archive_grows(
    records: list[Record], ago: int, steps: list[int]
) -> None:
    """Enterprises that ties name become known, and streams come that never came before."""

    def full(day: int) -> Current:
        (events, bans), many = told(records, day, grows=True), known(records, day)
        return begun(OTHERS, [lambda: events], many, day, 0, cases=meant(many), bans=bans)

    now = TODAY - ago
    current = full(now)
    for sequence, step in enumerate(steps):
        before, now = told(records, now)[0], now + step
        (after, bans), many = told(records, now, grows=True), known(records, now)
        changed = touched(before, told(records, now)[0])
        current, _ = advanced(
            current, reader(after), many, now, sequence, changed, cases=meant(many), bans=bans
        )
        pd.testing.assert_frame_equal(current.matrix(), full(now).matrix(), check_exact=True)


@settings(deadline=None, max_examples=20)
@given(lives(), st.integers(0, 900), st.permutations(range(ENTERPRISES + 1)))
def test_in_whatever_order_and_blocks_enterprises_are_read(
    records: list[Record], ago: int, order: list[int]
) -> None:
    """One of those that are told of has no events any more, and one never had any."""
    now = TODAY - ago
    before = [each for each in records if each.enterprise < ENTERPRISES - 1]
    (events, bans), many = told(before, now + 1), ENTERPRISES + 1
    everyone = np.arange(many, dtype=np.int32)
    whole = begun(CATALOGUE, [lambda: events], many, now + 1, 1, cases=CASES, bans=bans)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TOGETHER", 2)
        later, took = advanced(
            afresh(records, now),
            reader(events),
            many,
            now + 1,
            1,
            everyone,
            cases=CASES,
            bans=bans,
            order=lambda some: some[np.argsort(np.array(order)[some])],
        )
    assert took.computed == many
    assert later.since.tolist() == whole.since.tolist()
    pd.testing.assert_frame_equal(later.matrix(), whole.matrix(), check_exact=True)


def test_one_that_ties_named_before_it_was_known_becomes_known() -> None:
    named, day = CASES.of(2), TODAY
    records = [
        Record("relation", day - 9, code="investment", enterprise=0, case=named),
        Record("list_entry", day - 400, day, code="abnormal.other", enterprise=2, severity=1),
        Record("change", day - 400, day, code="name", enterprise=1),
    ]
    (before, bans), (after, _) = told(records, day, grows=True), told(records, day + 1, grows=True)
    current = begun(OTHERS, [lambda: before], 1, day, 0, cases=meant(1), bans=bans)
    later, _ = advanced(
        current, reader(after), 3, day + 1, 1, np.array([1, 2], np.int32), cases=meant(3), bans=bans
    )
    assert current.matrix()["PN14"].tolist() == [0]
    assert later.matrix()["PN14"].tolist() == [1, 0, 0]


def test_a_ban_of_a_kind_that_never_came_before_counts() -> None:
    day = TODAY
    records = [
        Record("post", day - 900, code="director", enterprise=0, case=7),
        Record("ban", day - 90, day, code="lifetime", enterprise=-1, case=7),
        Record("penalty", day - 9, day, code="market.food.one", enterprise=0, severity=2, value=1),
    ]
    (before, none), (after, bans) = told(records, day, grows=True), told(records, day + 1)
    current = begun(OTHERS, [lambda: before], 1, day, 0, cases=meant(1), bans=none)
    assert none.vocabulary == ()
    later, _ = advanced(
        current, reader(after), 1, day + 1, 1, np.array([0], np.int32), cases=meant(1), bans=bans
    )
    assert current.matrix()[["PN06", "PN16"]].to_numpy().tolist() == [[0, 0]]
    assert later.matrix()[["PN06", "PN16"]].to_numpy().tolist() == [[1, 3]]


def test_only_who_was_told_of_or_crosses_an_edge_is_read() -> None:
    food, day = "market.food.one", TODAY
    records = [
        Record("penalty", day - 365, code=food, enterprise=0, severity=2, value=1),
        Record("penalty", day - 100, code=food, enterprise=1, severity=2, value=1),
        Record("change", day - 50, code="name", enterprise=2),
        Record("change", day, code="name", enterprise=3),
    ]
    current = afresh(records, day)
    after, bans = told(records, day + 1)
    asked: list[int] = []

    def read(some: npt.NDArray[np.int32]) -> Events:
        asked.extend(some.tolist())
        return reader(after)(some)

    changed = touched(told(records, day)[0], after)
    later, why = advanced(current, read, ENTERPRISES, day + 1, 1, changed, cases=CASES, bans=bans)
    assert sorted(asked) == [0, 3]
    assert (why.told, why.crossed, why.computed) == (1, 1, 2)
    assert current.matrix().loc[(0, day), "PN09"] == 1
    assert later.matrix().loc[(0, day + 1), "PN09"] == 0
    assert later.matrix().index.get_level_values("enterprise").tolist() == [0, 1, 2, 3]
    assert current.matrix().index.get_level_values("enterprise").tolist() == [0, 1, 2]


def test_enterprises_that_are_new_find_room() -> None:
    records = [Record("change", TODAY - 9, code="name", enterprise=e) for e in range(2)]
    events, bans = told(records, TODAY)
    current = begun(CATALOGUE, [lambda: events.of(0)], 1, TODAY, 0, cases=CASES, bans=bans)
    new = np.array([1], np.int32)
    later, _ = advanced(current, reader(events), 2, TODAY, 1, new, cases=CASES, bans=bans)
    whole = begun(CATALOGUE, [lambda: events], 2, TODAY, 1, cases=CASES, bans=bans)
    pd.testing.assert_frame_equal(later.matrix(), whole.matrix(), check_exact=True)


def test_one_does_not_go_back() -> None:
    current = afresh([], TODAY)
    with pytest.raises(InvalidError, match="are not later: begin anew"):
        advanced(current, reader(Events.none()), ENTERPRISES, TODAY - 1, 0, NOBODY)


@pytest.mark.parametrize("first", ["2023-06-30", "2024-06-30", "2025-06-30"])
def test_reports_are_missed_on_the_day_after_they_were_due(first: str) -> None:
    start = day(first)
    records = [
        Record("enterprise.established", start - 4000, enterprise=0, value=start - 4000),
        Record("annual_report.due", start - 365, code="on_time", enterprise=0, case=1),
    ]
    current, (after, bans) = afresh(records, start), told(records, start + 1)
    later, _ = advanced(
        current, reader(after), ENTERPRISES, start + 1, 1, NOBODY, cases=CASES, bans=bans
    )
    pd.testing.assert_frame_equal(
        later.matrix(), afresh(records, start + 1).matrix(), check_exact=True
    )


def test_another_archive_is_told_by_its_size() -> None:
    current = afresh([], TODAY)
    with pytest.raises(InvalidError, match="it is another archive"):
        advanced(current, reader(Events.none()), 2, TODAY, 0, NOBODY)
