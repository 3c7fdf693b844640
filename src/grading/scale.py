"""The six levels of credit risk, and where each one starts.

Cut points are probabilities, fixed by policy; through the inverse of the calibrator each is
exactly one margin. Levels are decided on the margin, so that the explanation of a margin is the
explanation of its level.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ..core.errors import NotFoundError, PolicyError
from .calibrator import Calibrator

__all__ = ["Hysteresis", "Level", "Placement", "Scale"]

Array = npt.NDArray[np.float64]


class Level(IntEnum):
    """A level of credit risk 信用风险等级, from A+ (lowest) to E (highest).

    Examples
    --------
    >>> Level.of("A+") < Level.E
    True
    >>> [f"{level} -> {level.national}" for level in Level]
    ['A+ -> A', 'A -> A', 'B -> B', 'C -> C', 'D -> D', 'E -> D']
    """

    A_PLUS = 0
    A = 1
    B = 2
    C = 3
    D = 4
    E = 5

    def __str__(self) -> str:
        return "A+" if self is Level.A_PLUS else self.name

    @property
    def national(self) -> str:
        """The class A to D of the national frame (国市监信发〔2022〕6号), by our crosswalk."""
        return "AABCDD"[self]

    @classmethod
    def of(cls, text: str) -> "Level":
        """Return the level that is written so.

        Raises
        ------
        NotFoundError
            If no level is written so.
        """
        for level in cls:
            if str(level) == text:
                return level
        raise NotFoundError.among("level", text, cls)

    def worse_by(self, steps: int, *, not_beyond: "Level") -> "Level":
        """Return the level some steps worse, stopping at a limit, never better than this one.

        Examples
        --------
        >>> str(Level.A.worse_by(2, not_beyond=Level.D))
        'C'
        >>> str(Level.E.worse_by(2, not_beyond=Level.D))
        'E'
        """
        return max(self, Level(min(self + steps, not_beyond)))


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """How far beyond a cut point, in log-odds, a level must go before it changes.

    `worse` holds back a change for the worse, `better` one for the better; neither is negative.
    """

    worse: float = 0.0
    better: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where margins lie on the scale.

    `codes` are those of the levels; `better` and `worse` the distances in margin to the next
    better and worse level, NaN where there is none. At a distance of 0 to the better level, the
    margin stands on the cut point itself, which belongs to the worse one.
    """

    codes: npt.NDArray[np.int8]
    better: Array
    worse: Array


@dataclass(frozen=True, slots=True)
class Scale:
    """Five cut points in probability, strictly ascending: where A, B, C, D and E start.

    Raises
    ------
    PolicyError
        If the cut points are not five, do not ascend inside (0, 1), or stand closer together
        (in log-odds) than the hysteresis is wide.

    Examples
    --------
    >>> scale = Scale((0.05, 0.15, 0.3, 0.45, 0.65))
    >>> [str(Level(code)) for code in scale.level_of([0.01, 0.05, 0.2, 0.9])]
    ['A+', 'A', 'B', 'E']
    """

    cut_points: tuple[float, ...]
    hysteresis: Hysteresis = Hysteresis()

    def __post_init__(self) -> None:
        cuts = (0.0, *self.cut_points, 1.0)
        if len(self.cut_points) != len(Level) - 1:
            raise PolicyError(f"six levels need five cut points, not {len(self.cut_points)}")
        if not all(low < high for low, high in pairwise(cuts)):
            raise PolicyError(f"cut points {self.cut_points} must ascend strictly inside (0, 1)")
        width = max(self.hysteresis.worse, self.hysteresis.better)
        if min(self.hysteresis.worse, self.hysteresis.better) < 0:
            raise PolicyError(f"{self.hysteresis} must not be negative")
        closest = float(np.diff(logit(self.cut_points)).min())
        if width > closest:
            raise PolicyError(
                f"a hysteresis of {width} is wider than the closest cut points, which are "
                f"{closest:.3f} apart in log-odds: a level could be skipped"
            )

    def level_of(
        self, probability: npt.ArrayLike, previous: Level | None = None
    ) -> npt.NDArray[np.int8]:
        """Return the code of the level of each probability; for `previous` see `margin_cuts`."""
        cuts = self.cut_points if previous is None else expit(self._heights(previous))
        codes = np.searchsorted(cuts, np.asarray(probability, np.float64), "right")
        return np.asarray(codes, np.int8)

    def margin_cuts(self, calibrator: Calibrator, previous: Level | None = None) -> Array:
        """Return the margins at which A, B, C, D and E start; shape (5,), strictly ascending.

        From a `previous` level, the cut points that lie below it are lowered and the others
        raised by the hysteresis. A level found with them lies between the previous one and the
        one without hysteresis, and at most one step from the latter.
        """
        return calibrator.margin_at(self._heights(previous))

    def _heights(self, previous: Level | None) -> Array:
        """Return the log-odds at which A, B, C, D and E start."""
        heights: Array = logit(np.array(self.cut_points))
        if previous is not None:
            below = np.arange(heights.size) < previous
            heights += np.where(below, -self.hysteresis.better, self.hysteresis.worse)
        return heights

    def place(
        self,
        margins: npt.ArrayLike,
        calibrator: Calibrator,
        previous: npt.ArrayLike | None = None,
    ) -> Placement:
        """Return level and distances of each margin.

        Parameters
        ----------
        margins
            Shape (n,); where one is no number, the level is the worst.
        calibrator
            The calibrator of the same bundle.
        previous
            Codes of the previous levels, -1 where there is none; shape (n,).
        """
        values = np.asarray(margins, np.float64)
        before = np.full(values.shape, -1, np.int8) if previous is None else np.asarray(previous)
        codes = np.unique(before)
        each = [_cuts(self, calibrator, code) for code in codes.tolist()]
        cuts = np.array(each).reshape(-1, len(self.cut_points))
        which = np.searchsorted(codes, before)
        found = np.sum([~(values < cut[which]) for cut in cuts.T], axis=0)
        edges = np.pad(cuts, [(0, 0), (1, 1)], constant_values=np.nan)
        return Placement(
            found.astype(np.int8), values - edges[which, found], edges[which, found + 1] - values
        )


@lru_cache(maxsize=64)
def _cuts(scale: Scale, calibrator: Calibrator, code: int) -> Array:
    """Return the margins at which levels start from a level of a code; -1 is none."""
    return scale.margin_cuts(calibrator, None if code < 0 else Level(code))
