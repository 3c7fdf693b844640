"""Who inspects: every district has its own people, and each is as strict as he is."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .arrays import Floats, Who
from .city import DISTRICTS, City
from .laws import Laws

__all__ = ["Inspectors", "appoint", "probability"]

PER_INSPECTOR, AT_LEAST = 900, 3
GRID = np.linspace(-12, 12, 4801)


@dataclass(frozen=True, slots=True)
class Inspectors:
    """Who inspects where, and how strict each is (log-odds); a nuisance, never an input.

    Attributes
    ----------
    first, count
        Number of a district's first inspector within the part, and how many it has.
    strictness
        How strict each is.
    before
        Number of the part's first inspector in the whole city.
    mean
        Chance of a finding in each district by log-odds, over its inspectors; shape (districts,
        points of `GRID`).
    """

    first: Who
    count: Who
    strictness: Floats
    before: int
    mean: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Average over the inspectors of each district, once for all visits to come."""
        staff = np.split(self.strictness, self.first[1:])
        mean = [probability(GRID[:, None] + each).mean(axis=1) for each in staff]
        object.__setattr__(self, "mean", np.array(mean))

    def assign(self, rng: np.random.Generator, district: npt.NDArray[np.int8]) -> Who:
        """Draw an inspector of its district for each visit."""
        return self.first[district] + rng.integers(0, self.count[district])

    def chance(self, odds: Floats, district: npt.NDArray[np.int8]) -> Floats:
        """Return the chance of a finding before it is known who inspects.

        The mean over a district's inspectors is read from a fine grid of log-odds.
        """
        found = np.empty(len(odds))
        for place, mean in enumerate(self.mean):
            here = district == place
            found[here] = np.interp(odds[here], GRID, mean)
        return found


def appoint(rng: np.random.Generator, laws: Laws, city: City, before: int) -> Inspectors:
    """Give every district of a part its inspectors."""
    staff = AT_LEAST + np.bincount(city.district, minlength=len(DISTRICTS)) // PER_INSPECTOR
    strictness = rng.normal(0, laws.inspection.strictness, int(staff.sum()))
    return Inspectors(np.cumsum(staff) - staff, staff, strictness, before)


def probability(log_odds: npt.ArrayLike) -> Floats:
    """Return the probability of log-odds.

    Examples
    --------
    >>> probability([0.0, 100.0]).tolist()
    [0.5, 1.0]
    """
    return np.asarray(1 / (1 + np.exp(-np.asarray(log_odds, np.float64))), dtype=np.float64)
