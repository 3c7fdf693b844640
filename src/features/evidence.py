"""Evidence: the records from which a value can be recomputed, exactly, with their shares.

How a value is shared among its records is a rule of the operator: a count in equal parts, a
distinct count in equal parts over its keys, a sum by value, an extreme or a latest value to the
records that hold it, a repeat to the offence and the one it repeats, what is overdue to the
deadlines missed, a number of others or of persons in equal parts over those that count. Where an
indicator rests on several aggregates, each that has records has an equal part. What was missed
has no record: there the deadlines have equal parts, and the records that met the others have
none.

What a record does to the value is its **effect** (`features.effects`): by how much the value would
be less without it, to first order. In a share of what came in time a record that did raises it, and
one that did not lowers it. What is usual among others is nobody's, and nobody's is a value that
stands in where no record tells one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from .aggregate import Aggregate, count, distinct
from .catalogue import Catalogue
from .effects import Part, difference, moved, spread
from .events import Events
from .examination import Examination, examine
from .expression import Leaf, evaluate
from .groups import CITY
from .indicator import Indicator
from .kernel import aggregate
from .medians import Median, Middle
from .missed import Missed
from .persons import Holders, Persons
from .places import LATITUDE, LONGITUDE, Nearby, Places
from .plan import compile_plan
from .rates import Rate, shrunk
from .references import References
from .shares import counting, shared
from .standing import finished
from .ties import Neighbours, Tied

__all__ = ["Evidence", "Usual", "evidence", "evidence_of", "recompute"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
WHOLE = 0  # the key of the city
OTHERS = (Rate, Median, Nearby)
"""Leaves that are of others."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a rate rests on: the outcomes of the group and of the city as of the day.

    `own` is how many of those of the group are the enterprise's.
    """

    rate: Rate
    n: int
    total: float
    city_n: int
    city_total: float
    own: int

    @property
    def value(self) -> float:
        """The rate, as the matrix has it."""
        n, total = np.array([self.n]), np.array([self.total])
        city_n, city_total = np.array([self.city_n]), np.array([self.city_total])
        city = shrunk(city_n, city_total, 0.0, np.zeros(1))
        is_city = self.rate.group == "city"
        return float((city if is_city else shrunk(n, total, self.rate.strength, city))[0])


class ByRecord(NamedTuple):
    """What each record does: its event that does most, its effect, and its part of `own_shares`."""

    rows: Rows
    effects: Floats
    shares: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Why an indicator has its value for an enterprise as of a day.

    Parameters
    ----------
    value
        As in the matrix; NaN if the indicator does not apply to the enterprise.
    events
        The events it rests on, sorted, with all their columns.
    shares
        One per event. With those of the deadlines they sum to one if there is any event or
        deadline that holds one, else the value rests on there being none.
    effects
        One per event, signed: what it does to the value; NaN of one that says the value, whichever
        way that works.
    own_shares
        As `shares`, but of the aggregates of the enterprise's own that make a difference to the
        value; all zero where none does.
    usual
        For each rate in it, what is usual.
    places
        For each count near a place, the rows of the place records counted.
    medians
        For each median in it, what it is the middle of.
    neighbours, holders
        For each number of others or of persons, who they are and which of them count, with the
        numbers of the records for which they do.
    deadlines
        For each count of deadlines missed, the day numbers of those; what `shares` leaves of one
        is theirs in equal parts.
    deadline_effects
        For each of these counts, what each of its deadlines does to the value.
    """

    indicator: Indicator
    enterprise: int
    as_of: int
    value: float
    events: Events
    shares: Floats
    effects: Floats
    own_shares: Floats
    usual: tuple[Usual, ...]
    places: tuple[tuple[Nearby, tuple[int, ...]], ...]
    medians: tuple[Middle, ...] = ()
    neighbours: tuple[Neighbours, ...] = ()
    holders: tuple[Holders, ...] = ()
    deadlines: tuple[tuple[Missed, tuple[int, ...]], ...] = ()
    deadline_effects: tuple[float, ...] = ()

    def by_record(self) -> ByRecord:
        """Return what each record does, whatever number of events it is told by."""
        if len(set(self.events.record.tolist())) == len(self.events):
            return ByRecord(np.arange(len(self.events)), self.effects, self.own_shares)
        first, at = np.unique(self.events.record, return_index=True, return_inverse=True)[1:]
        says = np.isnan(self.effects)
        told = np.where(says, 0.0, self.effects)
        effects = np.bincount(at, told, len(first)).astype(np.float64)
        effects[(effects == 0) & (np.bincount(at, says, len(first)) > 0)] = np.nan
        shares = np.bincount(at, self.own_shares, len(first)).astype(np.float64)
        most = np.lexsort((np.abs(told), self.own_shares, at))
        rows = np.empty(len(first), np.intp)
        rows[at[most]] = most
        order = np.argsort(first)
        return ByRecord(rows[order], effects[order], shares[order])

    def table(self) -> pd.DataFrame:
        """Return the records as a table, those that say the value first, then by their effect."""
        rows, effects, shares = self.by_record()
        events = self.events.take(rows)
        names = [events.vocabulary[stream] for stream in events.stream]
        table = pd.DataFrame(
            {
                "record": events.record,
                "kind": [kind for kind, _ in names],
                "code": [code for _, code in names],
                "occurred": events.occurred,
                "available": events.available,
                "severity": events.severity,
                "value": events.value,
                "effect": effects,
                "share": shares,
            }
        )
        by = np.lexsort((-shares, -np.nan_to_num(np.abs(effects), nan=np.inf)))
        return table.iloc[by].reset_index(drop=True)


def evidence(
    catalogue: Catalogue,
    indicator: str,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    references: References | None = None,
    places: Places | None = None,
) -> Evidence:
    """Return the evidence of one indicator for one enterprise as of a day.

    Parameters are those of `compute`; `recompute` of the result is its `value`, to the bit.

    Raises
    ------
    NotFoundError
        If the catalogue has no such indicator.
    """
    alone = catalogue.select(ids=[indicator])
    found = examine(alone, events, enterprise, as_of, references=references, places=places)
    return evidence_of(found, indicator)


def evidence_of(found: Examination, indicator: str) -> Evidence:
    """Return the evidence of one indicator of an enterprise that was examined.

    Raises
    ------
    NotFoundError
        If the catalogue has no such indicator.
    """
    declared = found.catalogue[indicator]
    own, as_of, references, near = found.own, found.as_of, found.references, found.places
    value = found.value(indicator)
    asked = np.array([found.enterprise], np.int32), np.array([as_of], np.int32)
    leaves = declared.leaves if not np.isnan(value) else ()
    others = _others(leaves, found.enterprise, as_of, references)
    day = np.array([as_of], np.float64)
    absent = [leaf for leaf in leaves if isinstance(leaf, Missed)]
    parts = found.leaves
    deadlines = tuple((leaf, leaf.days([parts[p] for p in leaf.parts], day)) for leaf in absent)
    missed = {leaf: len(days) for leaf, days in deadlines if days}
    behind = [Part(leaf, *_own_part(leaf, own, as_of, others)) for leaf in leaves]
    rows = _rows_of(behind, len(own))
    moving = moved(declared, found, [part for part in behind if not isinstance(part.leaf, OTHERS)])
    late = {leaf: difference(declared, found, [leaf]) / n for leaf, n in missed.items()}
    grouped = [leaf for leaf in leaves if isinstance(leaf, Rate | Median)]
    groups = [_grouped(leaf, found, references) for leaf in grouped if references]
    nearby = [leaf for leaf in leaves if isinstance(leaf, Nearby)]
    return Evidence(
        declared,
        found.enterprise,
        as_of,
        value,
        own.take(rows),
        shares=spread(behind, len(missed), len(own))[rows],
        effects=moving.effects[rows],
        own_shares=spread(moving.parts, sum(map(bool, late.values())), len(own))[rows],
        usual=tuple(each for each in groups if isinstance(each, Usual)),
        places=tuple((leaf, _spots(leaf, own, *asked, near)) for leaf in nearby if near),
        medians=tuple(each for each in groups if isinstance(each, Middle)),
        neighbours=tuple(each for each in others.values() if isinstance(each, Neighbours)),
        holders=tuple(each for each in others.values() if isinstance(each, Holders)),
        deadlines=deadlines,
        deadline_effects=tuple(late.get(leaf, 0.0) for leaf, _ in deadlines),
    )


def recompute(found: Evidence) -> float:
    """Return the value that the evidence alone yields."""
    if np.isnan(found.value):
        return found.value
    leaves = found.indicator.leaves
    absent = [leaf for leaf in leaves if isinstance(leaf, Missed)]
    parts = [leaf for leaf in leaves if isinstance(leaf, Aggregate)]
    parts += [part for leaf in absent for part in leaf.parts]
    plan = compile_plan(parts, found.events.vocabulary)
    asked = np.array([found.enterprise], np.int32), np.array([found.as_of], np.int32)
    table = aggregate(plan, found.events, *asked)
    values: dict[Leaf, Floats] = dict(zip(plan.aggregates, table.T, strict=True))
    values.update((usual.rate, np.array([usual.value])) for usual in found.usual)
    values.update((leaf, np.array([float(len(rows))])) for leaf, rows in found.places)
    values.update((middle.median, np.array([middle.value])) for middle in found.medians)
    values.update((tied.leaf, np.array([tied.value])) for tied in found.neighbours)
    values.update((held.leaf, np.array([held.value])) for held in found.holders)
    day = np.array([found.as_of], np.float64)
    values.update((leaf, leaf.value([values[p] for p in leaf.parts], day)) for leaf in absent)
    raw = evaluate(found.indicator.expression, values, day)
    return float(finished(found.indicator, raw)[0])


def _rows_of(parts: Iterable[Part], events: int) -> Rows:
    """Return the rows that any of some parts rests on."""
    held = np.zeros(events, np.bool_)
    for part in parts:
        held[part.rows] = True
    return np.flatnonzero(held)


def _others(
    leaves: tuple[Leaf, ...], enterprise: int, as_of: int, references: References | None
) -> dict[Leaf, Neighbours | Holders]:
    """Return for each number of others or of persons who they are."""
    found: dict[Leaf, Neighbours | Holders] = {}
    for leaf in leaves:
        if isinstance(leaf, Tied) and references:
            found[leaf] = references.neighbours(leaf, enterprise, as_of)
        elif isinstance(leaf, Persons) and references:
            found[leaf] = references.holders(leaf, enterprise, as_of)
    return found


def _own_part(
    leaf: Leaf, own: Events, as_of: int, others: dict[Leaf, Neighbours | Holders]
) -> tuple[Rows, Floats]:
    """Return the enterprise's own events that a leaf rests on and their shares."""
    match leaf:
        case Aggregate():
            return shared(leaf, own, as_of)
        case Missed():
            parts = [Part(part, *shared(part, own, as_of)) for part in leaf.parts]
            rows = _rows_of(parts, len(own))
            return rows, np.zeros(len(rows))
        case Rate():
            return shared(_outcomes(leaf), own, as_of)
        case Tied(ties=source) | Persons(current=source):
            rows = counting(source.part, own, as_of)
            carried = others[leaf].shares
            weight = np.array([carried.get(r, 0.0) for r in own.record[rows].tolist()])
            return rows[weight > 0], weight[weight > 0]
    return np.empty(0, np.intp), np.empty(0)


@lru_cache(maxsize=1024)
def _outcomes(leaf: Rate) -> Aggregate:
    """Return what counts the enterprise's own outcomes of a rate."""
    if leaf.unit == "case":
        return distinct(*leaf.streams, by="case", window=leaf.window)
    return count(*leaf.streams, window=leaf.window)


def _grouped(leaf: Rate | Median, found: Examination, references: References) -> Usual | Middle:
    key, as_of = found.key(leaf.group), found.as_of
    if isinstance(leaf, Median):
        whole = references.middles(leaf.city, WHOLE, as_of)
        own = (0, np.nan) if key is None else references.middles(leaf, key, as_of)
        return Middle(leaf, *own, *whole)
    city = references.counts(leaf.city, WHOLE, as_of)
    group = (0, 0.0) if key is None else references.counts(leaf, key, as_of)
    mine = _mine(leaf, found) if key is not None or leaf.group == CITY else 0
    return Usual(leaf, *group, *city, mine)


def _mine(leaf: Rate, found: Examination) -> int:
    """Return how many outcomes of a rate are the enterprise's own."""
    rows = counting(_outcomes(leaf), found.own, found.as_of)
    if leaf.above is not None:
        rows = rows[~np.isnan(getattr(found.own, leaf.above[0])[rows])]
    if leaf.measure == "mean":
        rows = rows[~np.isnan(found.own.value[rows])]
    return len(np.unique(found.own.case[rows])) if leaf.unit == "case" else len(rows)


def _spots(
    leaf: Nearby,
    own: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
    places: Places,
) -> tuple[int, ...]:
    plan = compile_plan([LONGITUDE, LATITUDE], own.vocabulary)
    longitude, latitude = aggregate(plan, own, enterprise, as_of)[0]
    if np.isnan(longitude) or np.isnan(latitude):
        return ()
    return tuple(places.near(leaf, longitude, latitude, int(as_of[0])))
