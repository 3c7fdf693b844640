"""Cases worked by hand: what an indicator is worth as of a day, by the records of an enterprise.

A table holds for each indicator its cases by what they show:

- `value`: what the records are worth;
- `edge`: the first and the last day of the window, and the days beside them;
- `late`: what is not known yet;
- `withdrawn`: what was withdrawn, and what was reinstated;
- `repaired`: what was repaired;
- `population`: to whom it does not apply;
- `missing`: where there is nothing to tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from xinheng.core.time import day
from xinheng.features import (
    Indicator,
    build_references,
    compute,
    evidence,
    recompute,
    standard_catalogue,
)
from xinheng.features.aggregate import Aggregate
from xinheng.features.expression import leaves_of
from xinheng.features.missed import Missed

from .histories import NAN, Record, build, reinstated, repaired, withdrawn
from .test_matrix import PLACES, rows

CATALOGUE = standard_catalogue()
TODAY = day("2026-03-02")
SHOWS = ("value", "edge", "late", "withdrawn", "repaired", "population", "missing")
REPAIRABLE = ("penalty", "list_entry")


@dataclass(frozen=True)
class Case:
    """What an indicator is worth."""

    expected: float
    records: tuple[Record, ...]
    population: str
    as_of: int


Table = Mapping[str, Mapping[str, Sequence[Case]]]


def case(expected: float, *records: Record, population: str = "producer", as_of: str = "") -> Case:
    return Case(expected, records, population, day(as_of) if as_of else TODAY)


def not_for(population: str, *records: Record) -> Case:
    return case(NAN, *records, population=population)


def ago(days: int, kind: str, code: str = "", **more: Any) -> Record:
    return Record(kind, TODAY - days, code=code, **more)


def late(record: Record) -> Record:
    """Return a record that is known today, which is too late to be seen today."""
    return replace(record, available=TODAY)


def in_time(record: Record) -> Record:
    """Return a record that is known since yesterday."""
    return replace(record, available=TODAY - 1)


def undone(record: Record) -> Record:
    return replace(record, happened=(*record.happened, withdrawn(TODAY - 1)))


def restored(record: Record) -> Record:
    return replace(undone(record), happened=(withdrawn(TODAY - 3), reinstated(TODAY - 1)))


def mended(record: Record) -> Record:
    return replace(record, happened=(*record.happened, repaired(TODAY - 1)))


def mended_late(record: Record) -> Record:
    """Return a record whose repair is not known yet."""
    return replace(record, happened=(*record.happened, repaired(TODAY)))


def worked(table: Table) -> list[Any]:
    """Return the indicator and a case of each, named by what it shows."""
    return [
        pytest.param(name, each, id=f"{name}-{what}-{number}")
        for name, shown in table.items()
        for what, cases in shown.items()
        for number, each in enumerate(cases)
    ]


def check(name: str, each: Case) -> None:
    """Hold an indicator to its case, and to its evidence."""
    catalogue = CATALOGUE.select(ids=[name])
    registered = Record("enterprise.population", 1, code=each.population)
    events = build([registered, *each.records])
    references = build_references(catalogue, events)
    more: dict[str, Any] = {"references": references, "places": PLACES}
    [value] = compute(catalogue, events, rows([0], [each.as_of]), **more)[name].tolist()
    assert value == pytest.approx(each.expected, nan_ok=True)
    found = evidence(catalogue, name, events, 0, each.as_of, **more)
    assert np.array_equal([found.value, recompute(found)], [value, value], equal_nan=True)


def needed(indicator: Indicator) -> set[str]:
    """Return what the cases of an indicator have to show."""
    shown = {"value", "late", "withdrawn", "missing"}
    parts: list[Aggregate] = []
    for leaf in leaves_of(indicator.expression):
        if isinstance(leaf, Missed):
            parts += leaf.parts
        elif isinstance(leaf, Aggregate):
            parts.append(leaf)
    if any(part.window for part in parts):
        shown.add("edge")
    kinds = {stream.split(":")[0].split(".")[0] for part in parts for stream in part.streams}
    if kinds & set(REPAIRABLE):
        shown.add("repaired")
    if "entity" not in indicator.populations:
        shown.add("population")
    return shown
