"""The panel: all enterprises in business on each of a series of dates, and what came after.

The label of a row is whether a confirmed violation occurred within the horizon from its date on.
Records come late and may be withdrawn, so a row is settled only when the horizon and an
allowance for reporting have passed; each later change of its label is a further row with its own
stretch of days, of which at most one holds as of any day.
"""

from collections.abc import Collection
from datetime import date
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..core import time
from ..core.errors import InvalidError
from ..features import Aggregate, Catalogue, Events, count, matching
from .cohort import Cohort, Days, Texts
from .registration import registration

__all__ = ["Outcome", "OutcomeRule", "PanelRule", "last_heard", "panel"]

Ints = npt.NDArray[np.int64]
Population = Literal["entity", "operator", "producer"]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PanelRule(_Rule):
    """Which enterprises are looked at, and on which dates.

    Parameters
    ----------
    kind
        `panel`, by which a task file tells the cohorts apart.
    name
        Name of the cohort.
    populations
        As registered: those of the narrowest population that each belongs to.
    first, last
        First date, and a day after which there is none; without it, the latest settled one.
    every_months
        Months between two dates.
    sources
        Who registered the enterprises; anyone if not given.
    """

    kind: Literal["panel"] = "panel"
    name: str = "panel"
    populations: tuple[Population, ...] = Field(
        default=("entity", "operator", "producer"), min_length=1
    )
    first: date
    last: date | None = None
    every_months: int = Field(default=3, ge=1)
    sources: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if self.first.day > 28:
            message = f"first {self.first} lies on a day that not every month has; take one to 28"
            raise ValueError(message)
        if self.last is not None and self.last < self.first:
            message = f"last {self.last} lies before first {self.first}"
            raise ValueError(message)
        return self

    def days(self, until: int) -> Days:
        """Return the day numbers of the dates up to a day.

        Examples
        --------
        >>> rule = PanelRule(first="2024-11-01", every_months=3)
        >>> [time.show(day) for day in rule.days(time.day("2025-05-01"))]
        ['2024-11-01', '2025-02-01', '2025-05-01']
        """
        end = until if self.last is None else min(until, time.day(self.last))
        found: list[int] = []
        for month in range(self.first.month - 1, 12 * (date.max.year - self.first.year)):
            years, rest = divmod(month, 12)
            if (month - self.first.month + 1) % self.every_months:
                continue
            day = time.day(self.first.replace(year=self.first.year + years, month=rest + 1))
            if day > end:
                break
            found.append(day)
        return np.array(found, np.int32)


class Outcome(_Rule):
    """Events that count as a violation.

    Parameters
    ----------
    streams
        Patterns as indicators have them, such as `sampling:fail.*`.
    above
        Only events whose value is greater; all if not given.
    zh, en
        What it is, for people.
    """

    streams: tuple[str, ...]
    above: float | None = None
    zh: str = ""
    en: str = ""

    @model_validator(mode="after")
    def _declared(self) -> Self:
        self.aggregate  # noqa: B018  building it checks patterns and threshold
        return self

    @property
    def aggregate(self) -> Aggregate:
        """The same as an indicator would declare it."""
        above = None if self.above is None else ("value", self.above)
        return count(*self.streams, above=above)

    def __str__(self) -> str:
        least = "" if self.above is None else f" over {self.above:g}"
        return self.en or " or ".join(self.streams) + least


class OutcomeRule(_Rule):
    """What counts as a violation, how long it is waited for, and how long for its record.

    Parameters
    ----------
    kind
        `panel`: the label belongs to that kind of cohort.
    outcomes
        Any one of them makes a violation.
    horizon_days
        It counts if `as_of <= occurred < as_of + horizon_days`.
    allowance_days
        A row is settled when so many days more have passed.
    """

    kind: Literal["panel"] = "panel"
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    horizon_days: int = Field(default=365, ge=1)
    allowance_days: int = Field(default=90, ge=0)

    def __str__(self) -> str:
        what = ", or ".join(map(str, self.outcomes))
        return f"a confirmed violation within {self.horizon_days} days: {what}"


def last_heard(events: Events, label: OutcomeRule) -> int:
    """Return the last day on which a record came of any kind that the label reads.

    Records that are no violation, such as a passed check, are news as well. Beyond this day,
    nothing is known of outcomes.
    """
    kinds = {stream.partition(":")[0] for each in label.outcomes for stream in each.streams}
    chosen = np.zeros(len(events.vocabulary), bool)
    chosen[matching(kinds, events.vocabulary)] = True
    return int(events.available[chosen[events.stream]].max(initial=-time.NEVER))


def panel(
    events: Events,
    rule: PanelRule,
    label: OutcomeRule,
    catalogue: Catalogue,
    *,
    among: Collection[int] | None = None,
    threads: int = 1,
) -> Cohort:
    """Build the panel from the events of a city.

    Parameters
    ----------
    events
        Of all enterprises.
    rule, label
        Who is looked at when, and what counts as a violation. Rows of dates that are not settled
        by the last day that was heard of (`last_heard`) are counted in `unlabelled` and left out.
    catalogue
        Says who belongs to which population.
    among
        Dense numbers of the enterprises in question; all if not given.
    threads
        How many threads share the rows.

    Raises
    ------
    InvalidError
        If no row is left; the message says how far each condition reached.
    """
    heard = last_heard(events, label)
    span = label.horizon_days + label.allowance_days
    dates = rule.days(max(heard, time.day(rule.first)))
    everyone = np.unique(events.enterprise)
    if among is not None:
        everyone = everyone[np.isin(everyone, list(among))]
    as_of = np.repeat(dates, everyone.size)
    enterprise = np.tile(everyone, dates.size)
    known = registration(catalogue, events, enterprise, as_of, threads=threads)
    wanted = np.isin(known.population.astype(str), rule.populations)
    settled = as_of + np.int32(span - 1)
    kept = known.active & wanted & (settled <= heard)
    if not kept.any():
        shown = "none" if heard == -time.NEVER else time.show(heard)
        raise InvalidError(
            f"the panel {rule.name!r} has no row: of {everyone.size:,} enterprises on "
            f"{dates.size} dates from {rule.first} on, {int(known.active.sum()):,} rows are "
            f"registered as active and established, {int((known.active & wanted).sum()):,} of "
            f"them are {' or '.join(rule.populations)}; none is settled by the last day heard of, "
            f"{shown}, which takes {span} days after its date"
        )
    enterprise, as_of, settled = enterprise[kept], as_of[kept], settled[kept]
    row, start, stop, value = _readings(enterprise, as_of, settled, events, label)
    empty: Texts = np.full(row.size, "", object)
    return Cohort(
        name=rule.name,
        enterprise=enterprise[row],
        as_of=as_of[row],
        label=value,
        settled=settled[row],
        available=start,
        withdrawn=stop,
        number=empty,
        selection=empty,
        nuisance={},
        unlabelled=int((known.active & wanted).sum()) - enterprise.size,
    )


def _readings(
    enterprise: Days, as_of: Days, settled: Days, events: Events, label: OutcomeRule
) -> tuple[Ints, Days, Days, npt.NDArray[np.float64]]:
    """Return row, available, withdrawn and label of every stretch of every row, in that order.

    The rows come in order of (as_of, enterprise). A violation lasts as long as any event that
    counts stands, and nothing is read before the row is settled.
    """
    row, start, stop = _standing(enterprise, as_of, events, label)
    start = np.maximum(start, settled[row])
    live = start < stop
    row, start, stop = _joined(row[live], start[live], stop[live])
    # One stretch of none before each violation of a row, and one after its last.
    none = np.concatenate([np.arange(as_of.size), row])
    since = np.concatenate([settled.astype(np.int64), stop])
    order = np.lexsort((since, none))
    none, since = none[order], since[order]
    following = np.arange(none.size) - none
    before = np.append(row, -1)[following] == none
    until = np.where(before, np.append(start, 0)[following], time.NEVER)
    some = since < until
    row, start, stop, value = (
        np.concatenate(pair)
        for pair in (
            (row, none[some]),
            (start, since[some]),
            (stop, until[some]),
            (np.ones(row.size), np.zeros(some.sum())),
        )
    )
    order = np.lexsort((start, row))
    since, until = start[order].astype(np.int32), stop[order].astype(np.int32)
    return row[order], since, until, value[order]


def _standing(
    enterprise: Days, as_of: Days, events: Events, label: OutcomeRule
) -> tuple[Ints, Ints, Ints]:
    """Return (row, available, withdrawn) for each row and each violation in its horizon."""
    chosen = np.zeros(len(events), bool)
    for each in label.outcomes:
        streams = np.zeros(len(events.vocabulary), bool)
        streams[matching(each.streams, events.vocabulary)] = True
        over = True if each.above is None else events.value > each.above
        chosen |= streams[events.stream] & over
    found = events.take(np.flatnonzero(chosen))
    parts: list[tuple[Ints, Ints, Ints]] = []
    dates, first = np.unique(as_of, return_index=True)
    for day, low, high in zip(dates, first, [*first[1:], as_of.size], strict=True):
        inside = np.flatnonzero(
            (day <= found.occurred) & (found.occurred < day + label.horizon_days)
        )
        who = found.enterprise[inside]
        place = np.searchsorted(enterprise[low:high], who)
        there = np.append(enterprise[low:high], -1)[place] == who
        inside = inside[there]
        parts.append((low + place[there], found.available[inside], found.withdrawn[inside]))
    row, start, stop = (
        np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)
    )
    return row, start, stop


def _joined(row: Ints, start: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Join stretches of one row that overlap or touch; sorted by row and start."""
    order = np.lexsort((start, row))
    row, start, stop = row[order], start[order], stop[order]
    reach = np.maximum.accumulate((row << 33) + stop) - (row << 33)  # the row's furthest stop yet
    new = np.ones(row.size, bool)
    new[1:] = (row[1:] != row[:-1]) | (start[1:] > reach[:-1])
    last = np.append(new[1:], np.ones(min(row.size, 1), bool))
    return row[new], start[new], reach[last]
