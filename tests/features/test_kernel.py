"""The kernel: each operator by hand, and all of them against the slow reading."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng import features
from xinheng.core.errors import InvalidError
from xinheng.core.time import NEVER, day
from xinheng.features import (
    Aggregate,
    Events,
    count,
    distinct,
    largest,
    latest,
    peaks,
    previous,
    recurrent,
    repeat,
    smallest,
    total,
)
from xinheng.features.events import COLUMNS
from xinheng.features.kernel import aggregate, aggregate_until
from xinheng.features.machine import TOGETHER
from xinheng.features.plan import ALWAYS, compile_plan

from . import reference
from .histories import (
    DAYS,
    NAN,
    VOCABULARY,
    Record,
    aggregates,
    build,
    ended,
    histories,
    reinstated,
    repaired,
    withdrawn,
)


def value(part: Aggregate, *records: Record, as_of: int = 100) -> float:
    events = build(records)
    plan = compile_plan([part], events.vocabulary)
    asked = np.array([0], np.int32), np.array([as_of], np.int32)
    return float(aggregate(plan, events, *asked)[0, 0])


def penalty(occurred: int, available: int | None = None, **more: object) -> Record:
    return Record("penalty", occurred, available, code="market.food.label", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "record", "as_of", "expected"),
    [
        # window of ten days as of day 100: 90 to 99
        (count("penalty", window=10), penalty(89), 100, 0),
        (count("penalty", window=10), penalty(90), 100, 1),
        (count("penalty", window=10), penalty(99), 100, 1),
        (count("penalty", window=10), penalty(100), 101, 1),
        (count("penalty", window=10), penalty(100), 100, 0),
        (count("penalty"), penalty(-9000), 100, 1),
        # lag of five days: 85 to 94
        (count("penalty", window=10, lag=5), penalty(84), 100, 0),
        (count("penalty", window=10, lag=5), penalty(85), 100, 1),
        (count("penalty", window=10, lag=5), penalty(94), 100, 1),
        (count("penalty", window=10, lag=5), penalty(95), 100, 0),
        (count("penalty", lag=5), penalty(95), 100, 0),
        # known late: what is known is cut at as_of even with a lag
        (count("penalty"), penalty(50, 99), 100, 1),
        (count("penalty"), penalty(50, 100), 100, 0),
        (count("penalty", lag=5), penalty(50, 99), 100, 1),
        # withdrawn and reinstated
        (count("penalty"), penalty(50, happened=(withdrawn(70),)), 70, 1),
        (count("penalty"), penalty(50, happened=(withdrawn(70),)), 71, 0),
        (count("penalty"), penalty(50, happened=(withdrawn(70), reinstated(80))), 80, 0),
        (count("penalty"), penalty(50, happened=(withdrawn(70), reinstated(80))), 81, 1),
        # repaired
        (count("penalty"), penalty(50, happened=(repaired(70),)), 71, 1),
        (count("penalty", repaired="leaves"), penalty(50, happened=(repaired(70),)), 70, 1),
        (count("penalty", repaired="leaves"), penalty(50, happened=(repaired(70),)), 71, 0),
        (count("penalty", repaired="only"), penalty(50, happened=(repaired(70),)), 70, 0),
        (count("penalty", repaired="only"), penalty(50, happened=(repaired(70),)), 71, 1),
        # open until the last day on which it holds, and until its end is known
        (count("penalty", state="open"), penalty(50, ended=80), 80, 1),
        (count("penalty", state="open"), penalty(50, ended=80), 81, 0),
        (count("penalty", state="closed"), penalty(50, ended=80), 80, 0),
        (count("penalty", state="closed"), penalty(50, ended=80), 81, 1),
        (count("penalty", state="open"), penalty(50, happened=(ended(80, 90),)), 90, 1),
        (count("penalty", state="open"), penalty(50, happened=(ended(80, 90),)), 91, 0),
        (count("penalty", state="closed"), penalty(50), 100, 0),
        # due 50 + 20 days: overdue from the day after, until the end is known
        (count("penalty", state="overdue"), penalty(50, value=20), 70, 0),
        (count("penalty", state="overdue"), penalty(50, value=20), 71, 1),
        (count("penalty", state="overdue"), penalty(50, value=NAN), 99, 0),
        (count("penalty", state="overdue"), penalty(50, value=20, happened=(ended(60),)), 71, 0),
        (
            count("penalty", state="overdue"),
            penalty(50, value=20, happened=(ended(60, 75),)),
            75,
            1,
        ),
        # above a threshold, strictly; without the number never
        (count("penalty", above=("severity", 1)), penalty(50, severity=1), 100, 0),
        (count("penalty", above=("severity", 1)), penalty(50, severity=2), 100, 1),
        (count("penalty", above=("severity", 1)), penalty(50), 100, 0),
        # patterns
        (count("penalty:market.*"), penalty(50), 100, 1),
        (count("penalty:other.*"), penalty(50), 100, 0),
        (count("penalty:*.food.*"), penalty(50), 100, 1),
        (count("penalty:*.label", "penalty:market.*"), penalty(50), 100, 1),
    ],
)
def test_an_event_counts_exactly_when_it_should(
    part: Aggregate, record: Record, as_of: int, expected: float
) -> None:
    assert value(part, record, as_of=as_of) == expected


FOUR = (
    penalty(10, case=1, value=5, severity=2),
    penalty(20, case=1, value=NAN, severity=4),
    penalty(20, case=2, value=3, severity=1, ended=60),
    Record("penalty", 30, code="other.tax", case=2, value=7),
)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (count("penalty"), 4),
        (distinct("penalty", by="case"), 2),
        (distinct("penalty", by="code"), 2),
        (distinct("penalty", by="day"), 3),
        (total("penalty"), 15),
        (total("penalty:market.*"), 8),
        (smallest("penalty"), 3),
        (largest("penalty"), 7),
        (largest("penalty", window=75), 7),
        (smallest("penalty", window=85), 3),
        (latest("penalty:market.*"), 3),
        (latest("penalty", field="severity"), 1),
        (latest("penalty", field="occurred"), 30),
        (smallest("penalty", field="occurred"), 10),
        (largest("penalty", field="ended"), 60),
        (count("complaint"), 0),
        (total("complaint"), 0),
        (distinct("complaint", by="day"), 0),
        (latest("complaint"), NAN),
        (smallest("complaint"), NAN),
        (largest("penalty:other.*", field="severity"), NAN),
    ],
)
def test_what_an_operator_makes_of_four_penalties(part: Aggregate, expected: float) -> None:
    assert np.array_equal(value(part, *FOUR), expected, equal_nan=True)


def test_the_latest_of_one_day_is_what_became_available_last() -> None:
    early, late = penalty(50, 60, value=1), penalty(50, 61, value=2)
    assert value(latest("penalty"), late, early) == 2
    assert value(latest("penalty"), penalty(50, value=1), penalty(50, value=2)) == 2


def test_an_end_that_is_not_known_yet_has_no_day() -> None:
    licence = Record("licence", 10, ended=80, happened=(ended(40, 50),))
    assert value(smallest("licence", field="ended"), licence, as_of=50) == 80
    assert value(smallest("licence", field="ended"), licence, as_of=51) == 40


@pytest.mark.parametrize(
    ("days", "part", "expected"),
    [
        ((50, 60), repeat("penalty", gap=10), 1),
        ((50, 61), repeat("penalty", gap=10), 0),
        ((50, 50), repeat("penalty", gap=10), 0),
        ((50, 60, 60), repeat("penalty", gap=10), 2),
        ((50, 55, 60), repeat("penalty", gap=10), 2),
        # the first of the pair may lie before the window
        ((50, 60), repeat("penalty", gap=10, window=40), 1),
        ((50, 60), repeat("penalty", gap=10, window=39), 0),
        ((50, 60), repeat("penalty", gap=10, lag=40), 0),
    ],
)
def test_a_repeat_follows_an_earlier_day_within_the_gap(
    days: tuple[int, ...], part: Aggregate, expected: float
) -> None:
    assert value(part, *map(penalty, days)) == expected


def test_a_repeat_has_the_same_code() -> None:
    other = Record("penalty", 60, code="market.food.hygiene")
    assert value(repeat("penalty", gap=10), penalty(50), other) == 0


def test_a_withdrawn_or_repaired_offence_is_not_repeated() -> None:
    first = penalty(50, happened=(repaired(70),))
    kept, left = repeat("penalty", gap=30), repeat("penalty", gap=30, repaired="leaves")
    assert value(kept, first, penalty(60)) == 1
    assert value(left, first, penalty(60)) == 0
    assert value(kept, penalty(50, happened=(withdrawn(70),)), penalty(60)) == 0


@pytest.mark.parametrize(
    ("lots", "expected"),
    [((1,), 0), ((1, 1), 0), ((1, 2), 1), ((1, 2, 3, 1), 1)],
)
def test_an_item_recurs_when_two_lots_fail_on_it(lots: tuple[int, ...], expected: float) -> None:
    failed = [Record("sampling", 50, code="fail.0401.lead", case=lot) for lot in lots]
    other = Record("sampling", 50, code="fail.0401.colour", case=9)
    assert value(recurrent("sampling:fail.*"), *failed, other) == expected


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((), NAN),
        (((1, 5.0),), NAN),
        (((1, 5.0), (2, 6.0)), 5),
        (((1, 5.0), (2, 6.0), (2, 7.0)), 5),
        (((1, 5.0), (2, 6.0), (1, 7.0)), 6),
        (((1, 5.0), (2, NAN)), NAN),
    ],
)
def test_the_previous_value_is_the_last_of_another_case(
    years: tuple[tuple[int, float], ...], expected: float
) -> None:
    records = [penalty(10 + n, case=c, value=x) for n, (c, x) in enumerate(years)]
    assert np.array_equal(value(previous("penalty"), *records), expected, equal_nan=True)


@pytest.mark.parametrize(
    ("by", "expected"), [("case", 9 + 4), ("code", 9 + 2), ("day", 5 + 9 + 4 + 2)]
)
def test_peaks_are_summed_over_keys(by: str, expected: float) -> None:
    other = Record("penalty", 40, code="other.tax", case=1, value=2)
    records = [penalty(10, case=1, value=5), penalty(20, case=1, value=9)]
    found = value(peaks("penalty", by=by), *records, penalty(30, case=2, value=4), other)
    assert found == expected


@pytest.mark.parametrize(
    ("as_of", "occurred", "expected"),
    [
        # years turn on 1 July: a window of one year before the last turn
        ("2023-06-30", "2021-07-01", 1),
        ("2023-06-30", "2021-06-30", 0),
        ("2023-06-30", "2022-06-30", 1),
        ("2023-06-30", "2022-07-01", 0),
        ("2023-07-01", "2022-06-30", 0),
        ("2023-07-01", "2022-07-01", 1),
        ("2023-07-01", "2023-06-30", 1),
        ("2024-02-29", "2023-06-30", 1),
        ("2024-02-29", "2023-07-01", 0),
    ],
)
def test_a_window_of_whole_years_ends_at_the_last_turn(
    as_of: str, occurred: str, expected: float
) -> None:
    part = count("penalty", window=365, cycle=(7, 1))
    assert value(part, penalty(day(occurred)), as_of=day(as_of)) == expected


def test_columns_follow_the_plan_and_rows_follow_the_question() -> None:
    events = build([penalty(10, enterprise=1, value=4), penalty(20, enterprise=7, value=6)])
    plan = compile_plan([total("penalty"), count("penalty")], events.vocabulary)
    asked = np.array([7, 3, 1, 7], np.int32), np.array([50, 50, 50, 20], np.int32)
    assert aggregate(plan, events, *asked).tolist() == [[6, 1], [0, 0], [4, 1], [0, 0]]


def test_a_plan_for_another_vocabulary_is_refused() -> None:
    events = build([penalty(10)])
    plan = compile_plan([count("penalty")], VOCABULARY)
    with pytest.raises(InvalidError, match="compiled for 9 streams, these events have 1"):
        aggregate(plan, events, np.zeros(1, np.int32), np.zeros(1, np.int32))


@given(histories(), st.lists(aggregates(), min_size=1, max_size=4), DAYS)
def test_columns_that_a_plan_does_not_name_change_nothing(
    records: list[Record], parts: list[Aggregate], as_of: int
) -> None:
    events = build(records, VOCABULARY)
    plan = compile_plan(parts, events.vocabulary)
    table = pa.table({name: getattr(events, name) for name in plan.columns})
    some = Events.from_table(table, events.vocabulary, plan.columns)
    assert some.unread == (set(COLUMNS) - set(plan.columns) if len(events) else set())
    asked = np.arange(3, dtype=np.int32), np.full(3, as_of, np.int32)
    np.testing.assert_array_equal(aggregate(plan, some, *asked), aggregate(plan, events, *asked))


def test_a_column_that_was_not_read_is_asked_for() -> None:
    table = pa.table({name: np.zeros(1, COLUMNS[name]) for name in ALWAYS})
    events = Events.from_table(table, [("penalty", "")], ALWAYS)
    plan = compile_plan([total("penalty")], events.vocabulary)
    asked = np.zeros(1, np.int32), np.zeros(1, np.int32)
    with pytest.raises(InvalidError, match=r"read without value; read the columns .*: enterprise"):
        aggregate(plan, events, *asked)
    assert len(events.take(slice(0, 1))) == 1


def test_rows_of_unequal_length_are_refused() -> None:
    events = build([penalty(10)])
    plan = compile_plan([count("penalty")], events.vocabulary)
    with pytest.raises(InvalidError, match="2 enterprises, but 1 days"):
        aggregate(plan, events, np.zeros(2, np.int32), np.zeros(1, np.int32))


@given(histories(), st.lists(aggregates(), min_size=1, max_size=6), DAYS)
def test_the_kernel_agrees_with_the_slow_reading(
    records: list[Record], parts: list[Aggregate], as_of: int
) -> None:
    events = build(records, VOCABULARY)
    plan = compile_plan(parts, VOCABULARY)
    enterprise = np.arange(3, dtype=np.int32)
    found = aggregate(plan, events, enterprise, np.full(3, as_of, np.int32))
    rows = reference.rows_of(events)
    expected = [[reference.value(p, rows, e, as_of) for p in plan.aggregates] for e in range(3)]
    np.testing.assert_array_equal(found, expected)


@given(histories(), histories(), st.lists(aggregates(), min_size=1, max_size=6), DAYS)
def test_nothing_from_the_future_or_not_yet_known_changes_a_value(
    records: list[Record], more: list[Record], parts: list[Aggregate], as_of: int
) -> None:
    known = [
        r.as_known(as_of) for r in records if (r.available or 0) < as_of and r.occurred < as_of
    ]
    later = [r for r in more if (r.available or 0) >= as_of or r.occurred >= as_of]
    plan = compile_plan(parts, VOCABULARY)
    asked = np.arange(3, dtype=np.int32), np.full(3, as_of, np.int32)
    now = aggregate(plan, build(known, VOCABULARY), *asked)
    then = aggregate(plan, build([*records, *later], VOCABULARY), *asked)
    np.testing.assert_array_equal(now, then)


@given(histories(), st.lists(aggregates(), min_size=1, max_size=4), st.lists(DAYS, min_size=1))
def test_a_batch_equals_single_enterprises_bit_for_bit(
    records: list[Record], parts: list[Aggregate], days: list[int]
) -> None:
    events = build(records, VOCABULARY)
    plan = compile_plan(parts, VOCABULARY)
    as_of = np.array(days, np.int32)
    enterprise = (np.arange(len(days)) % 3).astype(np.int32)
    batch = aggregate(plan, events, enterprise, as_of, threads=2)
    for row in range(len(days)):
        one = slice(row, row + 1)
        alone = aggregate(plan, events.of(int(enterprise[row])), enterprise[one], as_of[one])
        assert alone.tobytes() == batch[one].tobytes()


@given(histories(), st.lists(aggregates(), min_size=1, max_size=6), st.lists(DAYS, max_size=9))
def test_many_days_in_one_pass_equal_single_days_bit_for_bit(
    records: list[Record], parts: list[Aggregate], days: list[int]
) -> None:
    events = build(records, VOCABULARY)
    plan = compile_plan(parts, VOCABULARY)
    as_of = np.tile(np.array(days, np.int32), 3)
    enterprise = np.repeat(np.arange(3, dtype=np.int32), len(days))
    together = aggregate(plan, events, enterprise, as_of)
    for row in range(len(as_of)):
        one = slice(row, row + 1)
        assert aggregate(plan, events, enterprise[one], as_of[one]).tobytes() == (
            together[one].tobytes()
        )


def test_more_days_than_fit_into_a_mask_are_taken_in_turns() -> None:
    events = build([penalty(d, case=d % 7, value=d) for d in range(0, 200, 3)])
    parts = [
        distinct("penalty", by="case", window=20),
        repeat("penalty", gap=4),
        peaks("*", by="case"),
    ]
    plan = compile_plan(parts, events.vocabulary)
    days = np.arange(3 * TOGETHER + 5, dtype=np.int32)
    found = aggregate(plan, events, np.zeros(len(days), np.int32), days)
    alone = [aggregate(plan, events, np.zeros(1, np.int32), days[[d]])[0] for d in days]
    np.testing.assert_array_equal(found, alone)


@given(histories(), st.lists(aggregates(), min_size=1, max_size=4), DAYS, st.integers(1, 40))
def test_values_stay_until_the_day_that_is_told(
    records: list[Record], parts: list[Aggregate], as_of: int, later: int
) -> None:
    events = build(records, VOCABULARY)
    plan = compile_plan(parts, VOCABULARY)
    enterprise = np.arange(3, dtype=np.int32)
    now, until = aggregate_until(plan, events, enterprise, np.full(3, as_of, np.int32))
    np.testing.assert_array_equal(
        now, aggregate(plan, events, enterprise, np.full(3, as_of, np.int32))
    )
    then = aggregate(plan, events, enterprise, np.full(3, as_of + later, np.int32))
    stays = as_of + later < until
    np.testing.assert_array_equal(now[stays], then[stays])


@pytest.mark.parametrize(
    ("part", "record", "as_of", "expected"),
    [
        (count("penalty", window=10), penalty(50), 55, 61),
        (count("penalty", window=10), penalty(50), 61, NEVER),
        (count("penalty", window=10), penalty(50, 58), 55, 59),
        (count("penalty", lag=9), penalty(50), 55, 60),
        (count("penalty"), penalty(50, happened=(withdrawn(70),)), 55, 71),
        (count("penalty"), penalty(50), 55, NEVER),
        (count("penalty", state="open"), penalty(50, ended=80), 55, 81),
        (count("penalty", state="overdue"), penalty(50, value=20), 55, 71),
        (count("complaint"), penalty(50), 55, NEVER),
        (count("penalty", window=900, cycle=(1, 3)), penalty(2), 3, 367),
        # the day before years turn, in years of either length
        (count("penalty", window=365, cycle=(7, 1)), penalty(20250), 20269, 20270),
        (count("penalty", window=365, cycle=(7, 1)), penalty(20250), 20270, 20635),
        (count("penalty", window=365, cycle=(7, 1)), penalty(19800), 19904, 19905),
    ],
)
def test_the_day_on_which_a_value_may_change(
    part: Aggregate, record: Record, as_of: int, expected: int
) -> None:
    events = build([record])
    plan = compile_plan([part], events.vocabulary)
    asked = np.zeros(1, np.int32), np.array([as_of], np.int32)
    assert aggregate_until(plan, events, *asked)[1].tolist() == [expected]


def test_days_of_change_are_told_of_one_row_an_enterprise() -> None:
    events = build([penalty(10)])
    plan = compile_plan([count("penalty")], events.vocabulary)
    with pytest.raises(InvalidError, match="one row an enterprise"):
        aggregate_until(plan, events, np.zeros(2, np.int32), np.arange(2, dtype=np.int32))


def test_many_keys_of_many_aggregates_do_not_collide() -> None:
    rng = np.random.default_rng(7)
    cases = rng.integers(-(2**63), 2**63 - 1, 400)
    records = [penalty(int(d), case=int(c)) for d, c in zip(range(400), cases, strict=True)]
    parts = [distinct("penalty", by="case", window=w) for w in (100, 200, 400, NEVER)]
    events = build(records)
    plan = compile_plan(parts, events.vocabulary)
    found = aggregate(plan, events, np.zeros(1, np.int32), np.full(1, 400, np.int32))
    assert found.tolist() == [[100, 200, 400, 400]]


OPEN_TODAY = """
import numpy as np, pyarrow as pa
from xinheng.core.time import NEVER
from xinheng.features import Events, count
from xinheng.features.events import COLUMNS
from xinheng.features.kernel import aggregate
from xinheng.features.plan import ALWAYS, compile_plan
kinds = {name: pa.from_numpy_dtype(np.dtype(kind)) for name, kind in COLUMNS.items()}
never = ("withdrawn", "repaired", "ended", "ended_available")
table = pa.table(
    {name: pa.array([NEVER if name in never else 0], kind) for name, kind in kinds.items()}
)
events = Events.from_table(table, [("penalty", "")])
plan = compile_plan([count("penalty", state="open")], events.vocabulary)
print(aggregate(plan, events, np.zeros(1, np.int32), np.full(1, 10, np.int32))[0, 0])
"""


@pytest.mark.slow
def test_machine_code_kept_on_disk_is_not_used_for_other_numbers(tmp_path: Path) -> None:
    package = tmp_path / "xinheng"
    for layer in ("core", "features"):
        source = Path(features.__file__).parents[1] / layer
        shutil.copytree(source, package / layer, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    declared = package / "features" / "aggregate.py"

    def counted() -> str:
        run = [sys.executable, "-c", OPEN_TODAY]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            run, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        )
        return done.stdout.strip()

    assert counted() == "1.0"
    text = declared.read_text(encoding="utf-8")
    states = '("any", "open", "closed", "overdue")'
    assert states in text
    swapped = '("any", "closed", "open", "overdue")'
    declared.write_text(text.replace(states, swapped), encoding="utf-8")
    assert counted() == "1.0"
