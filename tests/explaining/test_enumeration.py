"""Remedies: every set of steps as of every day, enumerated without what finds them.

What can be done, for how long it takes and what it changes is written down here once more, on
records rather than on columns, for the actions that the town has use for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, count, islice
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from xinheng.core.calendar import add_working_days
from xinheng.core.errors import InvalidError
from xinheng.core.time import EPOCH, NEVER, day
from xinheng.explaining import find_remedies
from xinheng.features import compute
from xinheng.grading import Level

from ..grading.world import TODAY, record, rows_of
from .duties import (
    ABNORMAL,
    CATALOGUE,
    DUE,
    FINE,
    IN_TIME,
    LABEL,
    SERIOUS,
    UNREPORTED,
    records,
    scorer,
)
from .spans import events_with

Record = dict[str, Any]
Deed = tuple[str, int]
HORIZON, NEXT_DEADLINE = 400, day("2026-06-30")
LATE = "annual_report.due:late"
LASTING, IN_SIX_MONTHS = 90, day("2026-09-01")
HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
CHECKED = "inspection.critical:routine"
ENDED = {  # how many years after the record, and for how many working days
    "rectification": ("rectify", 0, 10),
    DUE: ("perform_penalty", 0, 1),
    ABNORMAL: ("leave_abnormal_list", 0, 7),
    UNREPORTED: ("leave_list_of_reports", 0, 7),
    SERIOUS: ("leave_serious_list", 1, 17),
}


@dataclass(frozen=True)
class Choice:
    """What is done to which record, from when on, and how long it takes."""

    deed: Deed
    start: int
    working: int = 0
    until: int | None = None  # the day on which it is done, whenever it begins
    over: int = NEVER  # the day on which what it clears is over by itself

    def done(self, start: int) -> int:
        if self.until is not None:
            return self.until
        try:
            return add_working_days(start, self.working)
        except InvalidError:
            return next(islice(expected_to_be_worked(start), self.working - 1, None))


def expected_to_be_worked(start: int) -> Iterator[int]:
    """The days after one that are worked as far as is known: of years not yet announced."""
    for number in count(start + 1):
        then = EPOCH + timedelta(number)
        if then.weekday() < 5 and (then.month, then.day) not in HOLIDAYS:
            yield number


def anniversary(number: int, years: int) -> int:
    """The same day of a later year; of 29 February the 28th where there is none."""
    then = EPOCH + timedelta(number)
    leap = (then.month, then.day) == (2, 29) and years % 4
    return day(then.replace(year=then.year + years, day=28 if leap else then.day))


def lapsed(mine: list[Record]) -> list[Record]:
    """The records as they are ahead: an entry of the serious list ends after three years."""
    found = [dict(each) for each in mine]
    for each in found:
        end = anniversary(each["occurred"], 3)
        if each["stream"] == SERIOUS and is_open(each) and TODAY <= end < each["ended"]:
            each["ended"] = each["ended_available"] = end
    return found


def is_open(each: Record) -> bool:
    return max(each["ended"], each["ended_available"]) >= TODAY


def choices(mine: list[Record]) -> list[Choice]:
    """What one can do: by the law, read as of today."""
    found = [*repairs(mine), *certificates(mine), *reports(mine)]
    for each in mine:
        if each["stream"] in ENDED and is_open(each):
            action, wait, working = ENDED[each["stream"]]
            start = max(TODAY, anniversary(each["occurred"], wait) + (wait > 0))
            over = anniversary(each["occurred"], 3) if each["stream"] == SERIOUS else NEVER
            found.append(Choice((action, each["record"]), start, working, over=over))
    ends = {each["record"]: each["ended"] for each in mine}
    return [
        each
        for each in found
        if each.done(each.start) < min(each.over, ends.get(each.deed[1], NEVER))
        or (each.deed[0].startswith("repair") and each.done(each.start) < each.over)
    ]


def repairs(mine: list[Record]) -> list[Choice]:
    labels = [each for each in mine if each["stream"] == LABEL]
    again = {
        own["record"]
        for own in labels
        for other in labels
        if other["occurred"] > own["occurred"]
    }  # fmt: skip
    return [
        Choice(
            ("repair_food_penalty", each["record"]),
            max(TODAY, anniversary(each["occurred"], 1) + 1),
            17,
            over=anniversary(each["occurred"], 3),
        )
        for each in mine
        if each["stream"] == FINE and each["repaired"] == NEVER and each["record"] not in again
    ]


def certificates(mine: list[Record]) -> list[Choice]:
    held = {each["stream"] for each in mine}
    if "enterprise.population:producer" not in held:
        return []
    some = [name for name in ("haccp", "iso22000", "gmp") if f"certificate:{name}" not in held]
    return [Choice((name, -1), IN_SIX_MONTHS) for name in some]


def reports(mine: list[Record]) -> list[Choice]:
    filed = {each["occurred"] for each in mine if each["stream"] in {IN_TIME, LATE}}
    found = []
    if established(mine) and NEXT_DEADLINE not in filed:
        found.append(Choice(("file_report", -1), TODAY, until=NEXT_DEADLINE))
    return [*found, Choice(("file_late_report", -1), TODAY)] if unfiled(mine) else found


def established(mine: list[Record]) -> bool:
    return any(each["stream"] == "enterprise.established" for each in mine)


def unfiled(mine: list[Record]) -> list[int]:
    """The last three deadlines of who may be held to them, and those of open entries."""
    filed = {each["occurred"] for each in mine if each["stream"] in {IN_TIME, LATE}}
    due = {day(f"{year}-06-30") for year in (2023, 2024, 2025)} if established(mine) else set()
    for each in mine:
        if each["stream"] == UNREPORTED and is_open(each):
            last = (day(f"{year}-06-30") for year in range(2010, 2027))
            due.add(max(when for when in last if when < each["occurred"]))
    return sorted(due - filed)


def done_to(mine: list[Record], deeds: dict[Deed, int]) -> list[Record]:
    """The records if some things are done on some days."""
    after = [dict(each) for each in mine]
    new = max(each["record"] for each in mine)
    for (action, name), when in deeds.items():
        told = {"available": when}
        new += 1
        match action:
            case "repair_food_penalty":
                change = {"repaired": when}
            case "file_report":
                after.append(record(7, IN_TIME, NEXT_DEADLINE, record=new, case=new, **told))
                continue
            case "file_late_report":
                after += [record(7, LATE, d, record=new, case=new, **told) for d in unfiled(mine)]
                continue
            case "haccp" | "iso22000" | "gmp":
                after.append(record(7, f"certificate:{action}", when, record=new))
                continue
            case _:
                change = {"ended": when, "ended_available": when}
        for each in after:
            if each["record"] == name and not ("ended" in change and each["ended"] <= when):
                each.update(change)
    return after


def timetable(mine: list[Record], chosen: Iterable[Choice]) -> dict[Deed, int] | None:
    """When each is done if all are, each as soon as it may be; None if one never may."""
    chosen = list(chosen)
    starts = {each.deed: each.start for each in chosen}
    for _ in range(len(chosen) + 1):
        deeds = {each.deed: each.done(starts[each.deed]) for each in chosen}
        world = done_to(mine, deeds)
        for each in chosen:
            bars = [open_until(other, each.deed) for other in world]
            if each.deed[0] == "leave_list_of_reports" and unfiled(mine):
                bars.append(deeds.get(("file_late_report", -1), NEVER))
            if max(bars) == NEVER:
                return None
            starts[each.deed] = max(starts[each.deed], max(bars) + 1)
            if each.done(starts[each.deed]) >= each.over:
                return None
    return deeds


def open_until(other: Record, deed: Deed) -> int:
    """Until when a record keeps something from being begun."""
    action, name = deed
    bars = {
        "repair_food_penalty": other["stream"].startswith(("list_entry:abnormal", SERIOUS))
        or (other["stream"] == DUE and other["record"] == name),
        "leave_serious_list": other["stream"] == DUE,
    }
    bars_it = bars.get(action, False) and is_open(other)
    return max(other["ended"], other["ended_available"]) if bars_it else 0


def run_days(world: list[Record]) -> list[int]:
    """The first of every month, and the day after one has left the serious list."""
    named = {each["ended_available"] + 1 for each in world if each["stream"] == SERIOUS}
    ahead = range(TODAY + 1, TODAY + HORIZON + LASTING + 1)
    return [n for n in ahead if (EPOCH + timedelta(n)).day == 1 or n in named]


def folded(chances: Iterable[float], level: int) -> list[int]:
    """From which level each run starts: getting better must be clear by .15 in log-odds."""
    starts = []
    for chance in chances:
        starts.append(level)
        level = sum(
            np.log(chance / (1 - chance)) >= np.log(cut / (1 - cut)) - 0.15 * (place < level)
            for place, cut in enumerate((0.05, 0.15, 0.30, 0.45, 0.65))
        )
    return starts


def against(mine: list[Record], choice: Choice) -> bool:
    """Whether something makes an indicator worse than it would be, and is, on a run after it."""
    deeds = {choice.deed: choice.done(choice.start)}
    first, world = deeds[choice.deed] + 1, done_to(mine, deeds)
    rows = rows_of(*((7, when) for when in sorted({first, *run_days(world)}) if when >= first))
    before, after = (compute(CATALOGUE, events_with(*each), rows) for each in (mine, world))
    [now] = compute(CATALOGUE, events_with(*mine), rows_of((7, TODAY))).itertuples(index=False)
    ended = {"I"} if choice.deed[0] == "leave_serious_list" else set()  # one that has ended, then
    return any(
        (
            ((after[i.id] - before[i.id]) * i.direction > 0)
            & ((after[i.id] - value) * i.direction > 0)
        ).any()
        for i, value in zip(CATALOGUE, now, strict=True)
        if i.id not in ended
    )


def checked_again(world: list[Record], when: int, number: int) -> list[Record]:
    """The records for a day ahead: by then the last checks have come again, as they were."""
    later = [each | {"enterprise": number} for each in world]
    for each in later:
        if each["stream"] == CHECKED:
            each.update({name: each[name] + when - TODAY for name in ("occurred", "available")})
    return later


Found = set[tuple[frozenset[tuple[Deed, int]], int, Level, int | None]]


def enumerated(seen: list[Record], most: int) -> Found:
    """All sets on all days that lead to a better level, without those that others beat."""
    mine = lapsed(seen)

    def levels(world: list[Record], days: list[int], start: int) -> list[Level]:
        worlds = [checked_again(world, when, 100 + place) for place, when in enumerate(days)]
        events = events_with(*(each for some in worlds for each in some))
        rows = rows_of(*((100 + place, when) for place, when in enumerate(days)))
        plain = scorer().run(events, rows)
        grades = scorer().run(events, rows, previous=folded(plain["probability"], start))
        return [Level.of(each) for each in grades["level"].astype(str)]

    [today] = scorer().run(events_with(*mine), rows_of((7, TODAY))).itertuples()
    now, model = Level.of(today.level), Level.of(today.model_level)
    able = [each for each in choices(mine) if not against(mine, each)]
    found: list[tuple[frozenset[Deed], int, Level, int, dict[Deed, int]]] = []
    for size in range(most + 1):
        for chosen in combinations(able, size):
            deeds = timetable(mine, chosen)
            if deeds is None:
                continue
            world, all_done = done_to(mine, deeds), max(deeds.values(), default=0)
            days = run_days(world)
            runs = list(zip(days, levels(world, days, int(model)), strict=True))
            for when, level in runs:
                soon = [other for other_day, other in runs if when <= other_day <= when + LASTING]
                if all_done < when <= TODAY + HORIZON and max(soon) < now:
                    worse = [late for late, other in runs if late > when and other > level]
                    until = min(worse, default=NEVER)
                    found.append((frozenset(deeds), when, level, until, deeds))
    return {
        (frozenset(deeds.items()), when, level, None if until == NEVER else until)
        for names, when, level, until, deeds in found
        if not any(
            less <= names
            and early <= when
            and good <= level
            and long >= until
            and (less, early, good, long) != (names, when, level, until)
            for less, early, good, long, _ in found
        )
    }


def told(mine: list[Record], most: int) -> Found:
    found = find_remedies(scorer(), events_with(*mine), 7, TODAY, horizon=HORIZON, most=most)
    assert found.left_out == 0
    return {
        (
            frozenset(((s.action.id, max(s.record, -1)), s.done) for s in each.steps),
            each.day,
            each.level,
            each.until,
        )
        for each in found.outcomes
    }


def seven(some: list[Record]) -> list[Record]:
    return [each | {"enterprise": 7} for each in some]


def busy(least: int, most: int) -> list[int]:
    return [n for n, some in records().items() if least <= len(choices(seven(some))) <= most]


def fitting(test: Callable[[list[Record]], bool], many: int, most: int = 7) -> list[int]:
    return [n for n in busy(2, most) if test(records()[n])][:many]


def having(*streams: str) -> Callable[[list[Record]], bool]:
    return lambda some: set(streams) <= {each["stream"] for each in some}


SOME = sorted({
    *fitting(having(SERIOUS), 3),
    *fitting(having(SERIOUS, DUE), 1),
    *fitting(having(UNREPORTED, "enterprise.established"), 2),
    *fitting(having(LABEL, ABNORMAL), 1),
    *fitting(having("enterprise.population:producer"), 2),
    *busy(0, 1)[:2],
})  # fmt: skip


@pytest.mark.parametrize("number", SOME)
def test_no_smaller_set_exists_none_comes_earlier_and_none_is_left_out(number: int) -> None:
    mine = seven(records()[number])
    assert told(mine, 3) == enumerated(mine, 3)


def test_the_days_of_named_events_are_among_them() -> None:
    listed = [number for number in SOME if having(SERIOUS)(records()[number])]
    outcomes = [each for number in listed for each in told(seven(records()[number]), 2)]
    off_month = [each for each in outcomes if (EPOCH + timedelta(each[1])).day != 1]
    left = [
        ("leave_serious_list", when - 1) in {(name, done) for (name, _), done in steps}
        for steps, when, _, _ in off_month
    ]
    assert any(left)
    over = {
        each["ended"] + 1
        for number in listed
        for each in lapsed(seven(records()[number]))
        if each["stream"] == SERIOUS
    }
    kept = [when for steps, when, _, _ in off_month if not steps]
    assert kept
    assert over.issuperset(kept)


some_records = st.lists(
    st.tuples(
        st.sampled_from(
            [("rectification",), (FINE, LABEL), (FINE, DUE), (DUE,), (ABNORMAL,), (UNREPORTED,),
             (SERIOUS,), ("inspection.critical:routine",), ("enterprise.established",)]
        ),
        st.integers(1, 700),
        st.one_of(st.none(), st.integers(1, 300)),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@example([((SERIOUS,), 81, None)])  # seventeen working days from there pass a New Year's Day
@given(some_records)
def test_whatever_was_told_no_smaller_set_exists(seen: list[tuple[Any, ...]]) -> None:
    mine = [
        record(
            7, stream, TODAY - ago, record=number, severity=2.0,
            value=float(TODAY - 3000) if "established" in stream else 15.0,
            **({} if ends is None else {"ended": TODAY + ends, "ended_available": TODAY - ago}),
        )
        for number, (streams, ago, ends) in enumerate(seen)
        for stream in streams
    ]  # fmt: skip
    assert told(mine, 2) == enumerated(mine, 2)


def test_the_catalogue_has_a_direction_that_a_step_would_reverse() -> None:
    mine = [record(7, "enterprise.population:producer", TODAY - 1000, record=1)]
    assert [each.deed[0] for each in choices(mine) if against(mine, each)] == ["gmp"]
