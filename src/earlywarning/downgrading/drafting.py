"""Drafting: the downgrade warnings for which warnings of a city, or of one enterprise, suffice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.errors import ConflictError
from ...features import Events
from ...grading import Level
from ...grading.dynamic import Gradings
from ...grading.dynamic.inforce import read_in_force, since_everybody
from ...grading.reviewing import districts_of
from ...ledger.downgrades import (
    ESCALATED,
    Downgrade,
    Downgrades,
    Draft,
    Drafted,
    severity,
)
from ..enterprises.drafts import draft_all
from ..enterprises.warningpolicy import WarningPolicy
from ..enterprises.warnings import Warnings, warn, warn_city
from .desk import Desk

__all__ = ["CityDrafts", "draft_city", "escalate"]


@dataclass(frozen=True, slots=True, eq=False)
class CityDrafts:
    """What came of the warnings of a city.

    Attributes
    ----------
    warnings
        Of everybody, by columns.
    drafts
        What came of each draft; those that rest on nothing new are not.
    """

    warnings: Warnings
    drafts: tuple[Drafted, ...]

    @property
    def new(self) -> list[Downgrade]:
        """The warnings that were drafted now."""
        return [each.case for each in self.drafts if each.is_new]


def draft_city(
    gradings: Gradings,
    downgrades: Downgrades,
    policy: WarningPolicy,
    day: int,
    *,
    at: datetime,
    actor: str,
    threads: int = 1,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> CityDrafts:
    """Warn everybody as of a day, and keep the drafts that follow, each ground once.

    Parameters
    ----------
    gradings
        The archive, and the levels in force: nothing is drafted where the level is as bad already.
    downgrades
        Of the ledger.
    policy
        What suffices, and by when it is decided.
    day
        Day number.
    at, actor
        When, and by whom.
    threads, progress
        As for `warn_city`.
    """
    city = gradings.city
    warnings = warn_city(
        city.archive, day, sequence=city.sequence, policy=policy, threads=threads, progress=progress
    )
    some = candidates(warnings)
    drafts: list[Draft] = []
    if len(some):
        events = Events.from_view(city.archive.events(enterprises=some))
        drafts = _drafts(gradings, downgrades, warnings, events, some.tolist())
    desk = Desk(downgrades, policy)
    return CityDrafts(warnings, tuple(desk.draft(drafts, at=at, actor=actor)))


def escalate(
    gradings: Gradings,
    downgrades: Downgrades,
    policy: WarningPolicy,
    found: Downgrade,
    events: Events,
    *,
    at: datetime,
    actor: str,
    purpose: str = "",
) -> Downgrade:
    """Draft a severer warning after one in force, on what is new since; return it.

    Parameters
    ----------
    gradings, downgrades, policy, at, actor
        As for `draft_city`.
    found
        The warning that is escalated.
    events
        Of at least its enterprise.
    purpose
        For the audit.

    Raises
    ------
    ConflictError
        If it is not in force, or rules tell of nothing new that is severer.
    """
    number, day = found.draft.number, time.day_of(at)
    if found.state not in ESCALATED:
        raise ConflictError(
            f"warning {found.id} is {found.state}, and only one in force is escalated"
        )
    warnings = warn(events, day, [number], policy=policy)
    drafts = _drafts(gradings, downgrades, warnings, events, [number])
    severer = [
        replace(each, follows=found.id)
        for each in drafts
        if severity(each.level) > severity(found.level)
    ]
    made = Desk(downgrades, policy).draft(severer, at=at, actor=actor, purpose=purpose)
    if not made or not made[0].is_new:
        raise ConflictError(
            f"no rule tells of anything new about {found.draft.enterprise} that asks for worse "
            f"than {found.level}; GET its warnings to see what rules tell"
        )
    return made[0].case


def candidates(warnings: Warnings) -> npt.NDArray[np.int32]:
    """Return the enterprises, by dense number, of whom enough rules of some measure tell."""
    ids, found = warnings.rules.ids, [np.empty(0, np.int32)]
    for measure in warnings.edition.measures:
        places = [ids.index(rule) for rule in measure.rules]
        who, count = np.unique(
            warnings.enterprise[np.isin(warnings.rule, places)], return_counts=True
        )
        found.append(who[count >= measure.least])
    return np.unique(np.concatenate(found)).astype(np.int32)


def _drafts(
    gradings: Gradings,
    downgrades: Downgrades,
    warnings: Warnings,
    events: Events,
    numbers: list[int],
) -> list[Draft]:
    """Return the drafts of some enterprises as the ledger keeps them."""
    archive, day = gradings.city.archive, warnings.as_of
    return draft_all(
        warnings.tell(events, numbers),
        warnings.edition,
        codes=archive.codes(numbers),
        districts=districts_of(archive, numbers, day),
        levels=_levels(gradings, numbers, day),
        known={number: downgrades.known(number) for number in numbers},
    )


def _levels(gradings: Gradings, numbers: list[int], day: int) -> Mapping[int, Level]:
    """Return the levels in force of some enterprises, as far as a run gave them one."""
    runs = since_everybody(gradings.history.runs(), day)
    found = read_in_force(gradings.store, runs, ()) if runs else None
    codes = [] if found is None else found.level.tolist()
    return {
        number: Level(codes[number])
        for number in numbers
        if number < len(codes) and codes[number] >= 0
    }
