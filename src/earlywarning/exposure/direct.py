"""What records and licences tell of those who make or sell a product."""

import numpy as np
import numpy.typing as npt

from ..sightings import OUTCOMES, Sightings
from .city import City
from .traces import ROLES, Floats, Numbers, Traces
from .weights import REASONS, Weights

__all__ = ["fading", "licensed", "sighted"]

FAILED = [OUTCOMES.index("failed"), OUTCOMES.index("harmed")]
DECLARED, TOLD = OUTCOMES.index("declared"), OUTCOMES.index("told")
REASON = np.array([REASONS.index(each) if each in REASONS else -1 for each in OUTCOMES])


def fading(age: Numbers, weights: Weights) -> Floats:
    """Return how much records of some age in days still weigh, 1 at first.

    Examples
    --------
    >>> from .weights import read_weights
    >>> fading(np.array([0, 365, 730]), read_weights()).tolist()
    [1.0, 0.5, 0.25]
    """
    return np.exp2(-np.maximum(age, 0) / weights.half_life_days)


def sighted(
    seen: Sightings,
    rows: npt.NDArray[np.intp],
    city: City,
    hazard: str,
    weights: Weights,
) -> Traces:
    """Return a hint for each of some records that names an enterprise and still tells something.

    Whose lot was sampled in production makes it, whose lot was sampled elsewhere sells it, and
    where no stage is told whoever holds a production licence makes it. A failure by another
    hazard tells no more than that there is the product, and an opinion that speaks no ill nothing.
    """
    stage, stages = seen.codes("stage")
    whom, day = seen.numbers("enterprise")[rows], seen.numbers("occurred")[rows]
    outcome, ended = seen.numbers("outcome")[rows], seen.numbers("open")[rows] == 0
    # What is declared and made to this day does not age.
    age = np.where(outcome == DECLARED, 0, seen.day - day)
    kept = (whom >= 0) & (age <= weights.past_days) & (outcome != TOLD)
    kept &= ~((outcome == DECLARED) & ended)
    reason = REASON[outcome]
    failed = np.isin(outcome, FAILED)
    other = failed & ~_concerned(seen, rows, hazard)
    reason = np.where(other, REASONS.index("other_fault"), reason)
    made = np.array([name == "production" for name in stages] + [False])[stage[rows]]
    told = stage[rows] >= 0
    holds = np.append(city.producers(), False)[whom]
    role = np.where(np.where(told, made, holds), ROLES.index("makes"), ROLES.index("sells"))
    heavy = np.array([weights.reasons[name].weight for name in REASONS])[reason]
    found = Traces(
        whom,
        role,
        reason,
        heavy * fading(age, weights),
        seen.numbers("record")[rows],
        day,
        np.full(len(rows), -1, np.int64),
    )
    return found.kept(kept)


def licensed(city: City, categories: frozenset[str], weights: Weights) -> Traces:
    """Return a hint for each open production licence of some food categories or groups."""
    held = np.array(
        [any(each.startswith(one) for one in categories) for each in _categories(city)], bool
    )
    licences = city.licences.filter(held)
    whom, record, since = (
        licences[name].to_numpy().astype(np.int64) for name in ("enterprise", "record", "occurred")
    )
    weight = np.full(len(whom), weights.reasons["licensed"].weight)
    return Traces.alike("makes", "licensed", whom, weight, record, since)


def _categories(city: City) -> list[str]:
    return [str(each) for each in city.licences["category"].to_pylist()]


def _concerned(seen: Sightings, rows: npt.NDArray[np.intp], hazard: str) -> npt.NDArray[np.bool_]:
    """Tell which records may be about a hazard: those of it, and those that name none."""
    if not hazard:
        return np.ones(len(rows), bool)
    same, silent = np.zeros(len(rows), bool), np.ones(len(rows), bool)
    for column in ("item", "hazard"):
        place, words = seen.codes(column)
        same |= np.array([word == hazard for word in words] + [False])[place[rows]]
        silent &= place[rows] < 0
    return same | silent
