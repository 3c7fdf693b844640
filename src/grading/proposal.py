"""Proposals for cut points: where the six levels could begin, and what that would do.

Every level begins at so many times the odds of the one before it, as many for all. Two numbers are
then open: how many times, and where the middle stands. The middle follows from capacity: the
lowest cut points whose visits can be made. What capacity leaves open is chosen so that what comes
of each level will be told from what comes of its neighbours as surely as can be: with levels too
near, they are alike; too far, and the outer ones hold too few to show anything; and where most
enterprises are of much the same risk, as the better ones are, the middle stands above them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ..core.errors import InvalidError
from .calibrator import Array
from .scale import Level

__all__ = ["LevelOutlook", "Wanted", "migration", "outlook", "propose_cuts", "told_apart"]

PLACES: Array = np.arange(1.0, len(Level)) - Level.C
FURTHEST, NEAREST, STEP = 2.0, 0.02, 0.01
SMALL, UNEVEN = 1e-9, 0.2
MIDDLES = np.linspace(0.05, 0.95, 46)
HALVINGS = 60
DIGITS = (2, 3, 4, 6)

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What levels are wanted for.

    Parameters
    ----------
    visits
        Visits a year to an enterprise of each level, A+ first; they must not fall.
    capacity
        Visits a year that can be made to all of them; None: that is not what decides.
    least
        Least share of the enterprises at each level, so that each can be reached.
    apart
        Least distance of neighbouring cut points in log-odds: no less than a hysteresis is wide.

    Raises
    ------
    InvalidError
        If there are not six, they fall or are negative, or the share leaves no choice.
    """

    visits: tuple[float, ...]
    capacity: float | None = None
    least: float = 0.01
    apart: float = 0.0

    def __post_init__(self) -> None:
        if len(self.visits) != len(Level) or min(self.visits) < 0:
            raise InvalidError(f"give visits a year for six levels, A+ to E, not {self.visits}")
        if list(self.visits) != sorted(self.visits) or self.visits[0] == self.visits[-1]:
            raise InvalidError(
                f"visits a year {self.visits} must rise from A+ to E: a worse level is seen more"
            )
        if not 0 < self.least < 1 / len(Level):
            raise InvalidError(
                f"a least share of {self.least} is impossible for six levels; give one between 0 "
                f"and {1 / len(Level):.3f}"
            )
        if self.capacity is not None and not self.capacity > 0:
            raise InvalidError(f"a capacity of {self.capacity} visits a year plans nothing")
        if not 0 <= self.apart <= FURTHEST:
            raise InvalidError(f"levels {self.apart} apart in log-odds: give 0 to {FURTHEST}")


@dataclass(frozen=True, slots=True)
class LevelOutlook:
    """What a level would hold.

    `start` is the probability at which it begins, `promised` the mean probability of its
    enterprises with the means of their intervals (NaN where there are none), `visits` how many a
    year they would be due.
    """

    level: Level
    start: float
    enterprises: int
    promised: tuple[float, float, float]
    visits: float


def propose_cuts(probability: npt.ArrayLike, wanted: Wanted) -> tuple[float, ...]:
    """Propose the five cut points for a population.

    Parameters
    ----------
    probability
        Calibrated probabilities of all enterprises that are graded; shape (n,).
    wanted
        What the levels are for.

    Raises
    ------
    InvalidError
        If no cut points do all that is wanted; the message says what stands in the way.

    Examples
    --------
    >>> chances = expit(np.random.default_rng(0).normal(-2, 0.6, 20_000))
    >>> wanted = Wanted(visits=(0, 0.25, 0.5, 1, 2, 4), capacity=20_000)
    >>> propose_cuts(chances, wanted)
    (0.066, 0.093, 0.13, 0.18, 0.24)
    """
    crowd = _Crowd.of(probability)
    _check_capacity(crowd.size, wanted)
    fewest = wanted.least * crowd.size
    best, surest = None, 0.0
    for apart, middle in _tried(crowd, wanted):
        cuts = middle + apart * PLACES
        if crowd.counts(cuts).min() < fewest:
            continue
        between = crowd.between(cuts)
        if np.diff(between).min() < wanted.apart + SMALL:
            continue
        if (sure := crowd.told_apart(between).min()) > surest:
            best, surest = between, sure
    if best is not None:
        return _rounded(expit(best), crowd, wanted)
    raise InvalidError(
        f"no cut points put {wanted.least:.1%} of {crowd.size:,} enterprises at each of six "
        f"levels {wanted.apart:g} apart in log-odds{_within(wanted)}: their probabilities are too "
        f"much alike ({crowd.spread}); ask for a smaller share, or for other visits"
    )


def outlook(
    cuts: Sequence[float],
    probability: npt.ArrayLike,
    interval: tuple[Array, Array],
    visits: Sequence[float],
) -> tuple[LevelOutlook, ...]:
    """Tell what cut points would do: who stands where, what is promised of them, what it takes.

    Parameters
    ----------
    cuts
        Five probabilities, ascending.
    probability, interval
        Of every enterprise; shapes (n,).
    visits
        A year, by level.
    """
    chance = np.asarray(probability, np.float64)
    codes = np.searchsorted(cuts, chance, "right")
    found = []
    for level, start in zip(Level, (0.0, *cuts), strict=True):
        inside = codes == level
        count = int(inside.sum())
        means = [
            float(part[inside].mean()) if count else float("nan") for part in (chance, *interval)
        ]
        promised = means[0], means[1], means[2]
        found.append(LevelOutlook(level, start, count, promised, count * visits[level]))
    return tuple(found)


def told_apart(
    cuts: Sequence[float], probability: npt.ArrayLike, outcomes: float
) -> npt.NDArray[np.float64]:
    """Return how surely outcomes would tell each level from the next one; shape (5,).

    Parameters
    ----------
    cuts
        Five probabilities, ascending.
    probability
        Of everybody; no level may be empty.
    outcomes
        How many outcomes are known a year. They are taken to fall on all alike.

    Returns
    -------
    The difference of two neighbours' mean probabilities over the standard errors of both together:
    from 1.96 on, their 95 % intervals leave a gap.
    """
    crowd = _Crowd.of(probability)
    whole = crowd.told_apart(logit(np.array(cuts, np.float64)))
    return np.asarray(whole * np.sqrt(outcomes / crowd.size))


def migration(before: Codes, after: Codes) -> npt.NDArray[np.int64]:
    """Count enterprises by level before (rows) and after (columns).

    Examples
    --------
    >>> migration(np.array([0, 0, 5], np.int8), np.array([0, 1, 5], np.int8))[0]
    array([1, 1, 0, 0, 0, 0])
    """
    size = len(Level)
    return np.bincount(before.astype(np.int64) * size + after, minlength=size * size).reshape(
        size, size
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Crowd:
    """Log-odds of everybody in order, and the sums of the probabilities up to each."""

    heights: Array
    sums: Array

    @classmethod
    def of(cls, probability: npt.ArrayLike) -> "_Crowd":
        chance = np.sort(np.asarray(probability, np.float64))
        return cls(logit(chance), np.concatenate([[0.0], np.cumsum(chance)]))

    @property
    def size(self) -> int:
        return self.heights.size

    @property
    def spread(self) -> str:
        low, middle, high = expit(np.quantile(self.heights, [0.05, 0.5, 0.95]))
        return f"nine in ten lie between {low:.1%} and {high:.1%}, half above {middle:.1%}"

    def counts(self, cuts: Array) -> npt.NDArray[np.intp]:
        return np.diff(self._places(cuts))

    def told_apart(self, cuts: Array) -> Array:
        """Return how surely outcomes of all would tell each level from the next.

        By how many standard errors of both together their means differ: from 1.96 on, neighbouring
        95 % intervals leave a gap.
        """
        places = self._places(cuts)
        counts = np.diff(places)
        means = np.diff(self.sums[places]) / counts
        errors = np.sqrt(means * (1 - means) / counts)
        return np.asarray(np.diff(means) / (errors[1:] + errors[:-1]))

    def between(self, cuts: Array) -> Array:
        """Return cuts that part the same ones, halfway between those on either side."""
        places = self._places(cuts)[1:-1]
        return np.asarray((self.heights[places - 1] + self.heights[places]) / 2)

    def _places(self, cuts: Array) -> npt.NDArray[np.intp]:
        inner = np.searchsorted(self.heights, cuts, "left")
        return np.concatenate([[0], inner, [self.size]])


def _tried(crowd: _Crowd, wanted: Wanted) -> Iterator[tuple[float, float]]:
    """Yield how far levels could lie apart, and at which log-odds C could then begin."""
    anywhere = np.quantile(crowd.heights, MIDDLES).tolist()
    for apart in np.arange(max(wanted.apart, NEAREST), FURTHEST + STEP, STEP).tolist():
        if wanted.capacity is None:
            yield from ((apart, middle) for middle in anywhere)
        else:
            yield apart, _lowest(crowd, apart, wanted.visits, wanted.capacity)


def _lowest(crowd: _Crowd, apart: float, visits: Sequence[float], capacity: float) -> float:
    """Return the lowest log-odds at which C can begin within a capacity."""
    reach = apart * len(Level)
    low, high = crowd.heights[0] - reach, crowd.heights[-1] + reach
    steps = apart * PLACES
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if crowd.counts(middle + steps) @ np.array(visits) > capacity:
            low = middle
        else:
            high = middle
    return float(high)


def _check_capacity(size: int, wanted: Wanted) -> None:
    if size < len(Level):
        raise InvalidError(f"{size} enterprises are too few for six levels")
    if wanted.capacity is None:
        return
    fewest, most = size * wanted.visits[0], size * wanted.visits[-1]
    if not fewest < wanted.capacity < most:
        raise InvalidError(
            f"{wanted.capacity:,.0f} visits a year decide nothing: {size:,} enterprises take "
            f"{fewest:,.0f} if all are at A+ and {most:,.0f} if all are at E; give a capacity "
            "between, or other visits by level"
        )


def _rounded(cuts: Array, crowd: _Crowd, wanted: Wanted) -> tuple[float, ...]:
    """Round to the fewest digits that keep levels even and full, and visits few, as wanted."""
    most = np.inf if wanted.capacity is None else wanted.capacity
    for digits in DIGITS:
        rounded = tuple(float(f"{cut:.{digits}g}") for cut in cuts)
        heights = logit(np.array(rounded))
        counts = crowd.counts(heights)
        steps = np.diff(heights)
        even = np.ptp(steps) < UNEVEN * steps.mean() and steps.min() > wanted.apart
        if even and counts.min() >= wanted.least * crowd.size and counts @ wanted.visits <= most:
            return rounded
    return tuple(cuts.tolist())


def _within(wanted: Wanted) -> str:
    return "" if wanted.capacity is None else f" within {wanted.capacity:,.0f} visits a year"
