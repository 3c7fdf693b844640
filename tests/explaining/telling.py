"""All that is said of indicators and changes, as the snapshots keep it.

`python -m tests.explaining.telling` writes them anew; read what it changed, line by line.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import nan
from pathlib import Path

import numpy as np

from xinheng.explaining import Change, Reason, Sentences, State, reason
from xinheng.explaining.changes import sentences_of, tell_cause
from xinheng.explaining.phrases import undone
from xinheng.features import Indicator, standard_catalogue

from .played import PLAYS, played

HERE = Path(__file__).parent
SNAPSHOTS = ("sentences.txt", "changes.txt")
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
}


@cache
def tables() -> dict[str, dict[str, object]]:
    """The tables of the forms, by indicator."""
    found = {}
    for path in files("xinheng.explaining").joinpath("forms").iterdir():
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
    """Every value with its name, the missing one, and that the indicator does not apply."""
    for value in values(indicator):
        yield f"{value:g}", value, State.KNOWN
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


def snapshot(name: str) -> str:
    """What a snapshot should hold."""
    lines = sentences() if name == SNAPSHOTS[0] else changes()
    return "\n".join(lines).strip() + "\n"


if __name__ == "__main__":
    for each in SNAPSHOTS:
        HERE.joinpath(each).write_text(snapshot(each), "utf-8")
