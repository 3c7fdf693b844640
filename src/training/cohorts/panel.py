"""The panel: all enterprises in business on each of a series of dates, and what came after.

The label of a row is whether a confirmed violation occurred within the horizon from its date on.
Records come late and may be withdrawn, so a row is settled only when the horizon and an
allowance for reporting have passed; each later change of its label is a further row with its own
stretch of days, of which at most one holds as of any day.

Where nobody looked, nothing is found, and that is no sign of being safe. A label may therefore
name the checks: then it is what the first check within the horizon found, and a row that nobody
checked has no outcome, as of any day.
"""

from collections.abc import Collection
from datetime import date
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...core import time
from ...core.errors import InvalidError
from ...features import Catalogue, Events
from .cohort import Cohort, Days, Texts
from .outcome import OutcomeRule, last_heard
from .readings import first_checks, readings
from .registration import registration

__all__ = ["PanelRule", "panel"]

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
    checked = None
    if label.checks:
        checked = first_checks(enterprise, as_of, settled, events, label)
    row, start, stop, value = readings(enterprise, as_of, settled, events, label, checked)
    waiting = int((known.active & wanted).sum()) - enterprise.size
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
        selection=empty if checked is None else checked.selection[row],
        nuisance={},
        unlabelled=waiting + int((start == time.NEVER).sum()),
    )
