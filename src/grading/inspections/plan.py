"""The inspection plan: what the gradings of each enterprise ask for, by policy."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core.errors import InvalidError
from ...core.time import NEVER, months
from ...features import Events
from ..values import holds, values_of
from .edition import NO_GRADE, InspectionEdition, PopulationPlan
from .inspectionpolicy import InspectionPolicy

__all__ = ["letters_of", "plan_inspections"]

YEAR = months(12)
GRADINGS = ("population", "level", "risk_grade", "catering_grade")
LETTERS = {"risk": "risk_grade", "catering": "catering_grade"}


def plan_inspections(
    policy: InspectionPolicy, events: Events, gradings: pd.DataFrame
) -> pd.DataFrame:
    """Return what each enterprise's gradings ask for in the year from its day.

    Parameters
    ----------
    policy
        How the plan combines them; each row is planned by the edition in force on its day.
    events
        The events of at least the enterprises asked for, with all columns.
    gradings
        From `side_by_side`.

    Returns
    -------
    Index as of `gradings`; its columns, and
    `least`, `most`, the visits that the grade of the population's own grading asks for;
    `visits`, those planned: the least or the most by the level of credit, and one at least where
    a full check is due within the year;
    `share`, of those of its level to be drawn at random; `intensity`, an id;
    `key`, whether it is supervised with priority;
    `checked`, the day of the last full check, and `due`, the day by which the next must be:
    `NEVER` where there is none, or no such duty; who was never fully checked is due at once.

    Raises
    ------
    InvalidError
        If a column is absent.
    PolicyError
        If no edition is in force on a day.
    """
    absent = [name for name in GRADINGS if name not in gradings]
    if absent:
        raise InvalidError(f"the gradings lack {', '.join(absent)}; take them from side_by_side")
    days = gradings.index.get_level_values("as_of").to_numpy(np.int32)
    for day in np.unique(days).tolist():
        policy.on(day)
    held = [edition.holds(days) for edition in policy.editions]
    parts = [
        _planned(edition, events, gradings[at])
        for edition, at in zip(policy.editions, held, strict=True)
    ]
    order = np.concatenate([np.flatnonzero(at) for at in held])
    return pd.concat(parts).iloc[np.argsort(order)]


def _planned(edition: InspectionEdition, events: Events, gradings: pd.DataFrame) -> pd.DataFrame:
    found = gradings.copy()
    as_of = gradings.index.get_level_values("as_of").to_numpy(np.int64)
    checked, licensed = _records(edition, events, gradings)
    columns = {
        name: np.zeros(len(found), kind)
        for name, kind in (("least", int), ("most", int), ("visits", int), ("share", float))
    }
    intensity = np.full(len(found), "", object)
    due = np.full(len(found), NEVER, np.int64)
    for plan in edition.plans.values():
        at = np.flatnonzero(gradings["population"] == plan.population)
        letters = letters_of(plan, gradings.iloc[at])
        credit = [plan.credit[level] for level in _texts(gradings["level"].iloc[at])]
        least = np.array([plan.visits[letter].least for letter in letters], int)
        most = np.array([plan.visits[letter].most for letter in letters], int)
        takes_most = np.array([line.take == "most" for line in credit], bool)
        columns["least"][at], columns["most"][at] = least, most
        columns["visits"][at] = np.where(takes_most, most, least)
        columns["share"][at] = [line.share for line in credit]
        intensity[at] = [line.intensity for line in credit]
        if plan.full_check is not None:
            never = checked[at] == NEVER
            due[at] = np.where(never, as_of[at], checked[at] + plan.full_check)
    columns["visits"] = np.maximum(columns["visits"], due < as_of + YEAR)
    grades = [str(grade) for grade in edition.key_grades]
    produces = (gradings["population"] == "producer").to_numpy()
    key = produces & (gradings["risk_grade"].isin(grades).to_numpy() | licensed)
    words = pd.Categorical(intensity, categories=list(edition.intensities))
    return found.assign(**columns, intensity=words, key=key, checked=checked, due=due)


def _records(
    edition: InspectionEdition, events: Events, gradings: pd.DataFrame
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the day of the last full check, and whether a licence asks for priority."""
    rows = gradings.index.to_frame(index=False)[["enterprise", "as_of"]].astype(np.int32)
    checked = values_of(edition.full_checks, NEVER, events, rows).astype(np.int64)
    return checked, holds(edition.key_licences, events, rows)


def letters_of(plan: PopulationPlan, gradings: pd.DataFrame) -> "pd.Series[str]":
    """Return the grade by which the visits of each row of a population are planned, as text."""
    if plan.by not in LETTERS:
        return pd.Series(NO_GRADE, gradings.index, dtype=object)
    return _texts(gradings[LETTERS[plan.by]])


def _texts(letters: "pd.Series[str]") -> "pd.Series[str]":
    return letters.astype(object).fillna(NO_GRADE)
