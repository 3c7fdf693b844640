"""Any history: scores are the sum of their records, and those that a slow reading finds."""

from collections.abc import Sequence
from math import inf

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.time import NEVER, in_window, is_counted
from xinheng.features import Aggregate, Events
from xinheng.features.shares import counting
from xinheng.grading import (
    STATUTES,
    CardLine,
    CardPart,
    Entry,
    ScoreCard,
    entries,
    score,
)
from xinheng.grading.cards import marks
from xinheng.grading.cards.line import Deadlines

from ..features.histories import Record, build, happenings
from .world import rows_of

CARD = ScoreCard.default()
EDITION = CARD.on(20_000)
FIRST, LAST = 19_000, 20_400  # some four years, with three ends of June
PARTS = ("initial", "deductions", "bonus")
VOCABULARY = (
    ("licence", "production.0101"),
    ("licence", "production.2401"),
    ("sampling", "fail.0401.lead"),
    ("sampling", "fail.0401.mould"),
    ("sampling.level", "fail.national.production"),
    ("inspection.key", "routine"),
    ("inspection.general", "routine"),
    ("rectification", ""),
    ("penalty.kind", "market.food.fine"),
    ("penalty.kind", "market.food.stoppage"),
    ("penalty.kind", "market.food.revocation"),
    ("licence_event", "production.revoked"),
    ("licence_event", "production.granted"),
    ("licence_event", "operation.revoked"),
    ("enterprise.established", ""),
    ("annual_report.due", "on_time"),
    ("list_entry", "abnormal.x"),
    ("list_entry", "judgment_defaulter.x"),
    ("certificate", "haccp"),
    ("certificate", "gmp"),
    ("award", "city"),
)


@st.composite
def records(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(k for k, _ in VOCABULARY)) -> Record:
    kind, code = draw(st.sampled_from([each for each in VOCABULARY if each[0] in kinds]))
    occurred = draw(st.integers(FIRST, LAST))
    happened = [
        type(event)(FIRST + 25 * event.available, FIRST + 25 * event.occurred, event.change)
        for event in draw(happenings())
    ]
    return Record(
        kind=kind,
        code=code,
        enterprise=draw(st.integers(0, 2)),
        case=draw(st.integers(1, 3)),
        occurred=occurred,
        available=occurred + draw(st.sampled_from((0, 0, 1, 200))),
        severity=float(draw(st.integers(1, 5))),
        value=19_000.0 if kind == "enterprise.established" else float(draw(st.integers(0, 8))),
        ended=draw(st.sampled_from((NEVER, NEVER, occurred + 60, occurred + 500))),
        happened=tuple(happened),
    )


def histories(most: int = 14) -> st.SearchStrategy[list[Record]]:
    return st.lists(records(), max_size=most)


def events_of(own: Sequence[Record], seed: int = 0) -> Events:
    """Return the events, some of which come from one record."""
    events = build(own, VOCABULARY)
    joined = np.random.default_rng(seed).integers(0, 6, max(len(own), 1))
    return Events(
        **{name: getattr(events, name) for name in Events.__slots__ if name != "record"},
        record=np.where(events.record % 2, joined[events.record], 100 + events.record),
    )


DAYS = st.integers(FIRST, LAST + 900)


def hundredths(points: float) -> int:
    return round(points * 100)


@given(histories(), DAYS)
@settings(max_examples=25)
def test_the_points_of_the_entries_sum_to_the_parts_of_the_score(
    own: list[Record], as_of: int
) -> None:
    events = events_of(own)
    table = score(CARD, events, rows_of(*((number, as_of) for number in range(3))))
    for number in range(3):
        row = table.loc[(number, as_of)]
        found = entries(CARD, events, number, as_of)
        by_part = dict.fromkeys((*PARTS, "lowest", "bar"), 0)
        for entry in found:
            by_part[entry.part.value + "s" * (entry.part == "deduction")] += hundredths(
                entry.points
            )
        assert [by_part[part] for part in PARTS] == [hundredths(row[part]) for part in PARTS]
        assert by_part["lowest"] == by_part["bar"] == 0
        assert hundredths(row["score"]) == sum(hundredths(entry.points) for entry in found)


# ---- a slow reading of the same card


def slow(events: Events, enterprise: int, as_of: int) -> tuple[list[int], str]:
    """Return the hundredths of each part, and the grade, record by record."""
    own = events.of(enterprise)
    given_by = {line.id: _given(line, own, as_of) for line in EDITION.lines}
    limit = _limited(given_by, own)
    faded: dict[str, dict[int, int]] = {
        line.id: {
            event: round(points * 0.5 ** ((as_of - own.occurred[event]) / (line.half_life or inf)))
            for event, points in limit[line.id].items()
        }
        for line in EDITION.lines
    }
    begin = [points for line in EDITION.of(CardPart.INITIAL) for points in faded[line.id].values()]
    deducted = sum(_once(line, faded[line.id], own) for line in EDITION.of(CardPart.DEDUCTION))
    deducted += sum(
        round(400 * 0.5 ** ((as_of - when) / 365))
        for line in EDITION.of(CardPart.DEDUCTION)
        if isinstance(line.counts, Deadlines)
        for when in _missed(line.counts, events, enterprise, as_of)
    )
    added = min(800, sum(_once(line, faded[line.id], own) for line in EDITION.of(CardPart.BONUS)))
    lowest = any(given_by[line.id] for line in EDITION.of(CardPart.LOWEST))
    met = EDITION.bars.conditions(events, rows_of((enterprise, as_of))).iloc[0]
    barred = lowest or any(met[rule.id] and rule.holds(as_of) for rule in EDITION.bars)
    parts = [min(begin, default=9000), -deducted, 0 if barred else added]
    reached = [g.name for g in EDITION.grades if sum(parts) >= hundredths(max(g.least, -1e9))]
    return parts, EDITION.grades[-1].name if lowest else reached[0]


def _given(line: CardLine, own: Events, as_of: int) -> dict[int, int]:
    """Return the hundredths that each event gives before it fades."""
    if isinstance(line.counts, Deadlines):
        return {}
    found = {}
    for event in counting(line.counts, own, as_of).tolist():
        if line.until and any(
            own.occurred[other] >= own.occurred[event]
            for other in counting(_any_of(line.until), own, as_of)
        ):
            continue
        points = line.points.of(own.severity[[event]], own.value[[event]])[0]
        for factor in line.factors:
            for other in counting(_any_of(factor.streams, line.repaired), own, as_of):
                gap = own.occurred[event] - own.occurred[other]
                again = (
                    own.stream[event] == own.stream[other] and own.case[event] != own.case[other]
                )
                if (
                    own.record[event] == own.record[other]
                    if factor.within is None
                    else again and 0 < gap <= factor.within
                ):
                    points *= factor.by
                    break
        if points > 0 or line.part is CardPart.LOWEST:
            found[event] = hundredths(points)
    return found


def _any_of(streams: tuple[str, ...], repaired: str = "stays") -> Aggregate:
    return Aggregate(operator="count", streams=streams, repaired=repaired)


def _limited(given_by: dict[str, dict[int, int]], own: Events) -> dict[str, dict[int, int]]:
    """Let each visit cost 1500 at most."""
    spent: dict[int, int] = {}
    left = dict(given_by)
    for line in EDITION.lines:
        if line.cap is not None and line.cap.per_record:
            left[line.id] = {}
            for event, points in given_by[line.id].items():
                record = int(own.record[event])
                left[line.id][event] = min(points, 1500 - spent.get(record, 0))
                spent[record] = spent.get(record, 0) + left[line.id][event]
    return left


def _once(line: CardLine, points: dict[int, int], own: Events) -> int:
    if line.once == "record":
        return sum(points.values())
    best: dict[int, int] = {}
    for event, amount in points.items():
        key = int(own.case[event]) if line.once == "case" else 0
        best[key] = max(best.get(key, 0), amount)
    return sum(best.values())


def _missed(counts: Deadlines, events: Events, enterprise: int, as_of: int) -> list[int]:
    """Return the ends of June of the window that bound the enterprise and saw no report."""
    own = events.of(enterprise)
    if not len(counting(_any_of(counts.missed.start.streams), own, as_of)):
        return []
    ends = [int(pd.Timestamp(year, 6, 30).timestamp() // 86_400) for year in range(2023, 2030)]
    filed = own.occurred[counting(_any_of(counts.missed.streams), own, as_of)]
    return [
        end
        for end in ends
        if in_window(end, as_of, counts.window)
        and not any(in_window(int(when), end + 1, 365) for when in filed)
    ]


@given(histories(), DAYS, st.integers(0, 99))
@settings(max_examples=25)
def test_scores_are_those_of_a_slow_reading(own: list[Record], as_of: int, seed: int) -> None:
    check_reading(events_of(own, seed), as_of)


@pytest.mark.slow
@given(histories(40), DAYS, st.integers(0, 99))
@settings(max_examples=600)
def test_scores_of_long_histories_are_those_of_a_slow_reading(
    own: list[Record], as_of: int, seed: int
) -> None:
    check_reading(events_of(own, seed), as_of)


def check_reading(events: Events, as_of: int) -> None:
    table = score(CARD, events, rows_of(*((number, as_of) for number in range(3))))
    for number in range(3):
        row = table.loc[(number, as_of)]
        expected = [hundredths(row[part]) for part in PARTS], row["grade"]
        assert slow(events, number, as_of) == expected


@given(histories(), st.lists(DAYS, min_size=1, max_size=3))
@settings(max_examples=12)
def test_rows_do_not_know_of_each_other(own: list[Record], days: list[int]) -> None:
    events = events_of(own)
    rows = rows_of(*((number, when) for when in days for number in (2, 0, 1)))
    whole = score(CARD, events, rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(marks, "TOGETHER", 2)
        pd.testing.assert_frame_equal(score(CARD, events, rows), whole)
    alone = [
        score(CARD, events.of(number), rows_of((number, when))) for number, when in rows.to_numpy()
    ]
    pd.testing.assert_frame_equal(pd.concat(alone), whole)


@given(histories(), DAYS)
@settings(max_examples=25)
def test_nothing_from_the_future_is_seen_or_told(own: list[Record], as_of: int) -> None:
    known = [r.as_known(as_of) for r in own if r.available is None or r.available < as_of]
    known = [r for r in known if r.occurred < as_of]
    for number in range(3):
        told = entries(CARD, events_of_named(own), number, as_of)
        assert told == entries(CARD, events_of_named(known), number, as_of)


def events_of_named(own: Sequence[Record]) -> Events:
    """Return the events, whose records are numbered by what they say."""
    events = build(own, VOCABULARY)
    numbers = [hash((r.kind, r.code, r.occurred, r.available, r.case, r.value)) for r in own]
    named = np.array(numbers, np.int64)[events.record] if own else events.record
    return Events(
        **{name: getattr(events, name) for name in Events.__slots__ if name != "record"},
        record=named,
    )


@given(histories(), DAYS)
@settings(max_examples=25)
def test_an_entry_counts_until_the_day_it_says_if_nothing_happens(
    own: list[Record], as_of: int
) -> None:
    events = events_of_named([r.as_known(as_of) for r in own])

    def counted(found: tuple[Entry, ...]) -> set[tuple[str, int | None, int | None]]:
        return {(entry.line, entry.record, entry.occurred) for entry in found}

    for entry in entries(CARD, events, 0, as_of):
        if entry.until < NEVER and entry.record is not None:
            key = (entry.line, entry.record, entry.occurred)
            assert key in counted(entries(CARD, events, 0, entry.until - 1))
            assert key not in counted(entries(CARD, events, 0, entry.until))


@given(st.lists(records(("licence_event",)), max_size=8), DAYS)
@settings(max_examples=25)
def test_a_revocation_lasts_as_long_as_the_rule_of_law(own: list[Record], as_of: int) -> None:
    events = build(own, VOCABULARY)
    rows = rows_of(*((number, as_of) for number in range(3)))
    law = STATUTES.conditions(events, rows)["licence_revoked"].to_numpy()
    assert ((score(CARD, events, rows)["grade"] == "D").to_numpy() == law).all()


@given(histories(), DAYS)
@settings(max_examples=15)
def test_certificates_never_lower_a_score(own: list[Record], as_of: int) -> None:
    rows = rows_of(*((number, as_of) for number in range(3)))
    without = [r for r in own if r.kind not in ("certificate", "award")]
    more = score(CARD, build(own, VOCABULARY), rows)
    less = score(CARD, build(without, VOCABULARY), rows)
    assert (more["score"] >= less["score"]).all()
    assert (more["bonus"] <= 8).all()


def test_a_record_is_open_to_the_helpers_of_time() -> None:
    """The clocks of a mark are those of `core.time`, on each day of a record's life."""
    own = Record("penalty.kind", 19_100, code="market.food.fine", available=19_150)
    events = build([own], VOCABULARY)
    days = range(19_000, 20_300)
    table = score(CARD, events, rows_of(*((0, when) for when in days)))
    for when, points in zip(days, table["deductions"], strict=True):
        counts = is_counted(19_150, NEVER, when) and in_window(19_100, when, 1096)
        assert (points < 0) == counts
