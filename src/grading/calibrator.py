"""The calibrator: from a booster's margin to the probability of a violation, and back.

The logit of the probability is a strictly increasing, once continuously differentiable
function of the margin: its slope is positive and linear between knots, so the function itself
is piecewise quadratic, a straight line beyond the outer knots, and has an inverse in closed
form. It ranks nothing anew, and a cut point in probability is exactly one cut point in margin.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ..core.errors import InvalidError

__all__ = ["Band", "Calibrator", "integral"]

Array = npt.NDArray[np.float64]
Numbers = npt.ArrayLike
YEAR = 365.25
TURNS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The interval of a probability as a function of the margin, tabled for many rows."""

    nodes: Array
    lower: Array
    upper: Array

    def interval(self, margin: Array, centre: Array) -> tuple[Array, Array]:
        """Return lower and upper probability around the logit `centre` of each margin."""
        low = np.minimum(np.interp(margin, self.nodes, self.lower), centre)
        high = np.maximum(np.interp(margin, self.nodes, self.upper), centre)
        return expit(low), expit(high)


@dataclass(frozen=True, slots=True, eq=False)
class Calibrator:
    """A strictly increasing, smooth map from margin to probability with its uncertainty.

    Parameters
    ----------
    knots
        Margins, strictly ascending, at least two; shape (K,).
    slopes
        Slope of the logit at each knot, above zero; shape (K,).
    offset
        Logit at the first knot.
    replicate_slopes, replicate_offsets
        The same for each bootstrap replicate, shapes (R, K) and (R,); R may be 0.
    drift
        How far the level of each replicate wanders within a year, in log-odds; shape (R,), all
        zero if not given.
    since
        The day that the level is of.

    Raises
    ------
    InvalidError
        If knots do not ascend, a slope is not above zero, or shapes do not fit.

    Examples
    --------
    >>> calibrator = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 1.0]), offset=-1.0)
    >>> calibrator.probability(0.0).item()
    0.5
    >>> calibrator.margin(0.5).item()
    0.0
    """

    knots: Array
    slopes: Array
    offset: float
    replicate_slopes: Array = field(default_factory=lambda: np.empty((0, 0)))
    replicate_offsets: Array = field(default_factory=lambda: np.empty(0))
    drift: Array = field(default_factory=lambda: np.empty(0))
    since: int = 0

    def __post_init__(self) -> None:
        if not len(self.drift):
            object.__setattr__(self, "drift", np.zeros(len(self.replicate_offsets)))
        shapes = {
            "knots": (-1,),
            "slopes": (-1,),
            "replicate_slopes": (-1, len(self.knots)),
            "replicate_offsets": (-1,),
            "drift": (-1,),
        }
        for name, shape in shapes.items():
            value = np.array(getattr(self, name), np.float64).reshape(shape)
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        object.__setattr__(self, "offset", float(self.offset))
        self._check()

    def _check(self) -> None:
        if self.knots.size < 2 or not np.all(np.diff(self.knots) > 0):
            raise InvalidError(f"knots must be two or more and ascend strictly, not {self.knots}")
        if self.slopes.shape != self.knots.shape:
            raise InvalidError(f"{self.slopes.size} slopes for {self.knots.size} knots")
        replicates = (self.replicate_slopes, self.replicate_offsets, self.drift)
        if len(set(map(len, replicates))) > 1:
            raise InvalidError(
                "{} replicates of slopes, but {} of offsets and {} of drift".format(
                    *map(len, replicates)
                )
            )
        everything = (self.knots, self.slopes, *replicates, self.offset)
        if not all(np.isfinite(part).all() for part in everything):
            raise InvalidError("a calibrator holds finite numbers only")
        if not (np.all(self.slopes > 0) and np.all(self.replicate_slopes > 0)):
            raise InvalidError("every slope must be above zero, or the ranking would change")

    def logit(self, margin: Numbers) -> Array:
        """Return the logit of the probability at each margin, in the shape of `margin`."""
        return integral(self.knots, self.slopes, self.offset, margin)

    def probability(self, margin: Numbers) -> Array:
        """Return the probability of a violation within the horizon at each margin."""
        return np.asarray(expit(self.logit(margin)))

    def margin(self, probability: Numbers) -> Array:
        """Return the margin at which the probability is reached: the inverse, in closed form.

        Raises
        ------
        InvalidError
            If a probability is not strictly between 0 and 1.
        """
        chance = np.asarray(probability, np.float64)
        if not np.all((chance > 0) & (chance < 1)):
            raise InvalidError(f"probability {chance} must lie strictly between 0 and 1")
        return self.margin_at(logit(chance))

    def margin_at(self, height: Numbers) -> Array:
        """Return the margin at which the logit has the given height."""
        heights = np.asarray(height, np.float64)
        curve = _segments(self.knots, self.slopes, self.offset)
        segment = np.searchsorted(curve.heights[1:], heights, side="right")
        rise = heights - curve.heights[segment]
        slope, bend = curve.slopes[segment], curve.bends[segment]
        root = np.sqrt(np.maximum(slope * slope + 2.0 * bend * rise, 0.0))
        return np.asarray(curve.starts[segment] + 2.0 * rise / (slope + root))

    def shifted(self, by: float, since: int | None = None) -> Self:
        """Return a calibrator whose logits, and those of its replicates, are all moved.

        Parameters
        ----------
        by
            How far.
        since
            The day that the level is of from now on; the same as before if not given.

        Examples
        --------
        >>> calibrator = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 1.0]), offset=-1.0)
        >>> calibrator.shifted(0.5).logit(0.0).item()
        0.5
        """
        return replace(
            self,
            offset=self.offset + by,
            replicate_offsets=self.replicate_offsets + by,
            since=self.since if since is None else since,
        )

    def interval(
        self, margin: Numbers, level: float = 0.95, at: int | None = None
    ) -> tuple[Array, Array]:
        """Return lower and upper bound of the probability at each margin.

        The bounds are bootstrap percentiles (equal tails), widened where needed to hold the
        probability itself, and rise with the margin.

        Parameters
        ----------
        margin, level
            Of any shape, and how sure the interval is to be.
        at
            The day as of which it is asked: the longer after `since`, the wider the interval, for
            the level wanders. If not given, the day `since` itself.

        Raises
        ------
        InvalidError
            If the calibrator was built without replicates, or `level` is not inside (0, 1).
        """
        return self.band(level, at).interval(np.asarray(margin, np.float64), self.logit(margin))

    def band(self, level: float = 0.95, at: int | None = None) -> Band:
        """Table the interval over margins, to be used for many rows at once; see `interval`."""
        if not 0 < level < 1:
            raise InvalidError(f"a level of {level} is no share; expected between 0 and 1")
        if not self.replicate_offsets.size:
            raise InvalidError("this calibrator has no replicates; fit it with replicates > 0")
        span = self.knots[-1] - self.knots[0]
        beyond = span * np.geomspace(1 / 16, 8, 8)
        nodes = np.concatenate(
            [
                self.knots[0] - beyond[::-1],
                np.union1d(np.linspace(self.knots[0], self.knots[-1], 257), self.knots),
                self.knots[-1] + beyond,
            ]
        )
        heights = integral(self.knots, self.replicate_slopes, self.replicate_offsets, nodes)
        years = 0.0 if at is None else max(0, at - self.since) / YEAR
        wandered = (heights.T[:, None] + self._wandered(years)).reshape(nodes.size, -1)
        wandered.sort()  # else the quantiles are selected, which takes longer
        tails = [(1 - level) / 2, (1 + level) / 2]
        lower, upper = np.quantile(wandered, tails, axis=1)
        return Band(nodes, lower, upper)

    def _wandered(self, years: float) -> Array:
        """Return how far each replicate may wander in some years; shape (ways, R).

        What a sample leaves open and where the level goes have nothing to do with each other, so
        each replicate takes the steps of several, and each step is as likely up as down: the tails
        of two hundred replicates alone are five of them, and an interval would lean as these lie.
        """
        if not years or not self.drift.any():
            return np.zeros((1, self.drift.size))
        turns = range(0, self.drift.size, -(-self.drift.size // TURNS))
        steps = np.sqrt(years) * np.array([np.roll(self.drift, turn) for turn in turns])
        return np.concatenate([steps, -steps])

    def to_json(self) -> str:
        """Return the calibrator as JSON text, from which `from_json` makes the same one."""
        return json.dumps(
            {
                "kind": "increasing piecewise quadratic on the logit",
                "knots": self.knots.tolist(),
                "slopes": self.slopes.tolist(),
                "offset": self.offset,
                "replicate_slopes": self.replicate_slopes.tolist(),
                "replicate_offsets": self.replicate_offsets.tolist(),
                "drift": self.drift.tolist(),
                "since": self.since,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a calibrator written by `to_json`.

        Raises
        ------
        InvalidError
            If the text is no JSON or lacks a field.
        """
        try:
            fields = json.loads(text)
            fields.pop("kind")
            return cls(**fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidError(f"this is no calibrator: {error}") from error


@dataclass(frozen=True, slots=True)
class _Segments:
    """Where each piece starts: line on the left, the pieces between knots, line on the right."""

    starts: Array
    heights: Array
    slopes: Array
    bends: Array


def _segments(knots: Array, slopes: Array, offset: Numbers) -> _Segments:
    widths = np.diff(knots)
    rises = widths * (slopes[..., 1:] + slopes[..., :-1]) / 2
    none = 0.0 * slopes[..., :1]
    heights = np.asarray(offset)[..., None] + np.concatenate([none, np.cumsum(rises, -1)], -1)
    return _Segments(
        starts=np.concatenate([knots[:1], knots]),
        heights=np.concatenate([heights[..., :1], heights], -1),
        slopes=np.concatenate([slopes[..., :1], slopes], -1),
        bends=np.concatenate([none, np.diff(slopes) / widths, none], -1),
    )


def integral(knots: Array, slopes: Array, offset: Numbers, margin: Numbers) -> Array:
    """Integrate a slope that is linear between knots and constant beyond them.

    Parameters
    ----------
    knots, slopes
        Where the slope is given, and the slope there; shapes (K,) and (..., K).
    offset
        Value at the first knot; shape (...).
    margin
        Where to evaluate, of any shape; the result has that shape after the one of `offset`.

    Examples
    --------
    >>> integral(np.array([0.0, 2.0]), np.array([0.0, 2.0]), 1.0, [-1.0, 0.0, 1.0, 2.0, 3.0])
    array([1. , 1. , 1.5, 3. , 5. ])
    """
    where = np.asarray(margin, np.float64)
    curve = _segments(knots, slopes, offset)
    segment = np.searchsorted(knots, where, side="right")
    along = where - curve.starts[segment]
    steepness = curve.slopes[..., segment] + 0.5 * curve.bends[..., segment] * along
    return np.asarray(curve.heights[..., segment] + steepness * along)
