"""What changes from month to month: quality, what the authority thinks, who is still open."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from .city import QUALITY, City

__all__ = ["LATE", "Inspectors", "Month", "State", "appoint", "entered", "open_state"]

PERSISTENCE, FORGETTING = 0.98, 0.93
STRICTNESS, PER_INSPECTOR = 0.25, 120
LATE, LATEST = 0.02, 200
STILL_OPEN = np.iinfo(np.int64).max

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its number from the first January, its first day and the day after its last."""

    number: int
    first: int
    after: int
    label: str

    @property
    def calendar(self) -> int:
        """Month of the year, 1 to 12."""
        return self.number % 12 + 1


@dataclass(frozen=True, slots=True)
class Inspectors:
    """Who inspects where, and how strict each is (log-odds); a nuisance, never an input."""

    first: Days
    count: Days
    strictness: Floats

    def assign(self, rng: np.random.Generator, who: Days) -> Days:
        """Draw an inspector of its district for each visit."""
        return self.first[who] + rng.integers(0, self.count[who])


def appoint(rng: np.random.Generator, city: City) -> Inspectors:
    """Give every district its inspectors."""
    district = pd.factorize(city.enterprises["district"], sort=True)[0]
    staff = 2 + np.bincount(district) // PER_INSPECTOR
    first = np.cumsum(staff) - staff
    strictness = rng.normal(0, STRICTNESS, int(staff.sum()))
    return Inspectors(first[district], staff[district], strictness)


@dataclass(slots=True)
class State:
    """The state of every enterprise in the month that is being lived.

    Attributes
    ----------
    quality, finance
        Hidden; they drift.
    suspicion
        What the authority thinks of it, from what was found and complained about.
    visited
        Day of the last full inspection.
    closed
        Day on which it closes or loses its licence.
    penalised
        Recent penalties, fading.
    """

    quality: Floats
    finance: Floats
    suspicion: Floats
    visited: Days
    closed: Days
    penalised: Floats
    numbers: Counter[str] = field(default_factory=Counter)

    def active(self, city: City, month: Month) -> Days:
        """Return who is in business during the whole month."""
        founded = city.enterprises["established"].to_numpy() <= month.first
        return np.flatnonzero(founded & (self.closed >= month.after))

    def drift(self, rng: np.random.Generator) -> None:
        """Move on by a month: quality wanders around its mean, memories fade."""
        count = len(self.quality)
        spread = QUALITY * np.sqrt(1 - PERSISTENCE**2)
        self.quality = PERSISTENCE * self.quality + rng.normal(0, spread, count)
        self.finance = PERSISTENCE * self.finance + rng.normal(0, 0.2, count)
        self.suspicion = FORGETTING * self.suspicion
        self.penalised = FORGETTING * self.penalised

    def suspect(self, who: Days, weight: npt.ArrayLike) -> None:
        """Let the authority think worse of some, who may be named several times."""
        np.add.at(self.suspicion, who, weight)

    def number(self, prefix: str, month: Month, count: int) -> npt.NDArray[np.object_]:
        """Return the next record numbers of a kind."""
        start = self.numbers[prefix]
        self.numbers[prefix] += count
        return np.array(
            [f"{prefix}{month.label}{n:06d}" for n in range(start, start + count)], dtype=object
        )


def open_state(rng: np.random.Generator, city: City, start: int) -> State:
    """Return the state on the first day: last visits lie up to two years back."""
    count = len(city)
    return State(
        quality=city.quality.copy(),
        finance=city.finance.copy(),
        suspicion=np.maximum(0, rng.normal(-0.3, 0.5, count) - 0.4 * city.quality),
        visited=start - rng.integers(60, 700, count),
        closed=np.full(count, STILL_OPEN),
        penalised=np.zeros(count),
    )


def entered(rng: np.random.Generator, days: Days, usual: int) -> Days:
    """Return when records of those days were entered: within `usual` days, a few much later."""
    late = rng.random(len(days)) < LATE
    return (
        days
        + rng.integers(0, usual + 1, len(days))
        + np.where(late, rng.integers(30, LATEST, len(days)), 0)
    )
