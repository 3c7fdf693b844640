"""All that is said of indicators and changes, as the snapshots keep it.

`python -m tests.explaining.telling` writes them anew; read what it changed, line by line.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import nan
from pathlib import Path

import numpy as np

from xinheng.explaining import Change, Reason, Sentences, State, reason
from xinheng.explaining.explanation import states_of
from xinheng.explaining.movement.changes import sentences_of, tell_cause
from xinheng.explaining.words.phrases import undone
from xinheng.features import Indicator, build_references, examine, standard_catalogue

from ..grading.world import TODAY, events_of, record
from .played import PLAYS, played

HERE = Path(__file__).parent
SNAPSHOTS = ("sentences.txt", "changes.txt", "enterprises.txt")
CATALOGUE = standard_catalogue()
EFFECTS = {"up": 0.314, "down": -0.127, "none": 0.004}
COUNTED = {name: {"count": 2} for name in ("new", "withdrawn", "ended", "corrected", "reinstated")}
DAYS = {"was": "2025-12-01", "now": "2026-03-15"}
CAUSES = {
    **{f"{name}_records": told for name, told in COUNTED.items()},
    "repaired_records": {"count": 1},
    "aged_out": DAYS,
    "time": DAYS,
    "others": DAYS,
    "model": {"was": "3f6c0e1d9a7b2c48", "now": "b81d4407c5aa90e2"},
    "calibration": {"was": "3f6c0e1d9a7b2c48", "now": "b81d4407c5aa90e2"},
    "policy": {"was": "2025", "now": "2026"},
    "rules": {"was": ("无", "none"), "now": ("食品安全处罚", "food-safety penalty")},
    "card": {"was": "B", "now": "C"},
    "hysteresis": {"was": "B", "now": "C"},
    "override": {"was": ("无", "none"), "now": "D"},
    "downgrade_warning": {"was": ("无", "none"), "now": "D"},
    "others_told": DAYS,
}

ONE = 7
TOLD = re.compile(r"BC|RL0[1-7]|RL11|EA0[67]|CC0[1-357]|IH_(RATE|SCORE|LAST|ROUTINE|SINCE_ROUTINE)")
REGISTERED = (
    record(ONE, "enterprise.population:producer", TODAY - 1500),
    record(ONE, "enterprise.established", TODAY - 1500, value=float(TODAY - 1500)),
)
LICENSED = record(ONE, "licence:production.0101", TODAY - 1400, value=20.0)
EXPIRED = LICENSED | {"ended": TODAY - 60, "ended_available": TODAY - 60}
CAPITAL = record(ONE, "enterprise.capital", TODAY - 1500, value=100.0)
SEEN = (
    record(ONE, "inspection:routine.pass", TODAY - 40, severity=0.0),
    record(ONE, "inspection.critical:routine", TODAY - 40, value=0.0),
    record(ONE, "inspection.serious:routine", TODAY - 40, value=0.0),
    record(ONE, "inspection.score:routine", TODAY - 40, value=90.0),
    record(ONE, "inspection.key", TODAY - 40, value=0.0),
    record(ONE, "inspection.general", TODAY - 40, value=1.0),
    record(ONE, "sampling:pass", TODAY - 40, case=1),
)
REPORTED = tuple(
    record(ONE, f"annual_report.{what}", TODAY - 600, value=value)
    for what, value in (("year", 2023.0), ("paid_in", 50.0), ("leverage", 0.4), ("revenue", 9.0))
)
ENTERPRISES = {
    "nothing but the register": REGISTERED,
    "licensed, never inspected, no report ever": (*REGISTERED, LICENSED, CAPITAL),
    "inspected once, a report of long ago": (*REGISTERED, LICENSED, CAPITAL, *SEEN, *REPORTED),
    "closed, its licence run out": (
        *REGISTERED,
        EXPIRED,
        record(ONE, "enterprise.status:revoked", TODAY - 50, severity=4.0),
    ),
    "stopped, never licensed": (
        *REGISTERED,
        record(ONE, "enterprise.status:stopped", TODAY - 50, severity=2.0),
    ),
}
OTHERS = tuple(
    each | {"enterprise": number, "occurred": each["occurred"] - number, "value": found, **more}
    for number in range(10, 30)
    for found in (float(number % 4 == 0),)
    for each in SEEN
    for more in ({"severity": found} if each["stream"] == "inspection:routine.pass" else {},)
)


@cache
def tables() -> dict[str, dict[str, object]]:
    """The tables of the forms, by indicator."""
    found = {}
    for path in files("xinheng.explaining.words").joinpath("forms").iterdir():
        for table in tomllib.loads(path.read_text("utf-8"))["form"]:
            found |= dict.fromkeys(table["ids"], table)
    return found


def values(indicator: Indicator) -> list[float]:
    """Zero, one and several, one below zero where there may be, and all that has its own words."""
    table = tables()[indicator.id]
    text = str(table["some"])
    share = "percent" in text
    some = {0.0, 1.0, 0.125 if share else 2.0}
    if "labels" in table:
        some = {float(place) for place in range(len(table["labels"]["zh"]))}
    elif {"0", "1"} == set(table.get("at", {})) and not share:
        some = {0.0, 1.0}
    if "below" in table:
        some |= {-1.0 if indicator.id == "RL04" else -0.25}
    low, high = indicator.limits
    some |= {float(value) for value in table.get("at", {})}
    return sorted(value for value in some if low <= value <= high)


def cases(indicator: Indicator) -> Iterator[tuple[str, float, State]]:
    """Every value with its name, one of others, the missing one, and that it does not apply."""
    for value in values(indicator):
        yield f"{value:g}", value, State.KNOWN
    if "unseen" in tables()[indicator.id]:
        share = "percent" in str(tables()[indicator.id]["some"])
        yield "unseen", 0.125 if share else 0.0, State.UNSEEN
    yield "missing", indicator.missing, State.MISSING
    yield "not applicable", nan, State.NOT_APPLICABLE


def clauses(found: Reason) -> tuple[str, str]:
    """What is said of the value, without the effect."""
    return found.zh.rpartition("，")[0], found.en.rpartition("; this ")[0]


def effects(contribution: float) -> tuple[str, str]:
    """What is said of the effect."""
    found = reason(CATALOGUE["PN06"], 1.0, State.KNOWN, contribution)
    return found.zh.rpartition("，")[2], found.en.rpartition("; ")[2]


def sentences() -> Iterator[str]:
    """Lines of what is said of values, each followed by one of the effects at the top."""
    for name, contribution in EFFECTS.items():
        yield from (f"{name}: {text}" for text in effects(contribution))
    for indicator in CATALOGUE:
        yield ""
        yield f"{indicator.id} {indicator.zh} {indicator.en}"
        for name, value, state in cases(indicator):
            zh, en = clauses(reason(indicator, value, state, 0.5))
            yield f"  {name}: {zh}"
            yield f"  {' ' * len(name)}  {en}"


def change(
    indicator: Indicator, was: float, now: float, cause: str, *, alone: bool = True
) -> Change:
    """A change of an indicator by a cause; one that is not alone worked the other way."""
    why = tell_cause(cause, **CAUSES[cause])
    first, last = undone(indicator)(np.array([was, now]))
    by = last - first if alone else first - last
    form = Sentences.default().form(indicator)
    return Change(indicator, was, now, float(by), why, form, alone=alone)


def changes() -> Iterator[str]:
    """Lines of what is said of causes and of changes."""
    pair = [change(CATALOGUE[name], 2.0, 1.0, "repaired_records") for name in ("PN06", "PN07")]
    for cause, told in CAUSES.items():
        yield ""
        yield cause
        moved = pair if cause == "repaired_records" else []
        for odds, steps in ((0.314, 0.5), (-0.127, 0.0), (0.0, -1.0), (0.001, 0.0)):
            yield from (
                f"  {text}" for text in sentences_of(tell_cause(cause, **told), moved, odds, steps)
            )
    for place, indicator in enumerate(CATALOGUE):
        some = values(indicator)
        cause = [*CAUSES][place % 9]
        yield ""
        yield f"{indicator.id} {indicator.zh} {indicator.en}"
        for was, now in ((some[0], some[-1]), (some[-1], some[-2]), (nan, some[0])):
            found = change(indicator, was, now, cause)
            yield f"  {found.zh}"
            yield f"  {found.en}"
        found = change(indicator, some[0], some[-1], cause, alone=False)
        for each in (found, replace(found, now=found.was)):
            yield f"  {each.zh}"
            yield f"  {each.en}"
    for name, play in PLAYS.items():
        yield ""
        yield name
        for part in played(*play).parts:
            yield f"  {part.zh}"
            yield f"  {part.en}"
            for each in part.changes:
                yield f"    {each.zh}"
                yield f"    {each.en}"


def enterprises() -> Iterator[str]:
    """Lines of what is said of enterprises of which little is on record, and not of the first."""
    told = CATALOGUE.select(ids=[each.id for each in CATALOGUE if TOLD.match(each.id)])
    before: set[str] = set()
    for name, records in ENTERPRISES.items():
        events = events_of(*records, *OTHERS)
        references = build_references(told, events)
        seen = examine(told, events, ONE, TODAY, references=references)
        yield ""
        yield name
        for indicator, value, state in zip(told, seen.row.tolist(), states_of(seen), strict=True):
            zh, en = clauses(reason(indicator, value, state, 0.5))
            if zh not in before:
                yield f"  {indicator.id} {state}: {zh}"
                yield f"  {' ' * len(f'{indicator.id} {state}')}  {en}"
            if records is REGISTERED:
                before.add(zh)


def snapshot(name: str) -> str:
    """What a snapshot should hold."""
    written = dict(zip(SNAPSHOTS, (sentences, changes, enterprises), strict=True))
    return "\n".join(written[name]()).strip() + "\n"


if __name__ == "__main__":
    for each in SNAPSHOTS:
        HERE.joinpath(each).write_text(snapshot(each), "utf-8")
