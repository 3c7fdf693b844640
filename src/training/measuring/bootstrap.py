"""Bootstrap intervals, clustered by enterprise and paired across models.

An enterprise is drawn with all its rows (its outcomes hang together), and every model and
measure sees the same draws, so that differences are those of pairs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from ...core.errors import NotFoundError
from ..cohorts import Array
from .measures import Counts

__all__ = ["DRAWS", "Bootstrap", "Draws", "Estimate", "bootstrap", "draw_counts"]

Computation = Callable[[Counts | None], Array]
BLOCK = 50


class Draws(BaseModel):
    """How intervals are drawn.

    Parameters
    ----------
    draws, seed
        How many draws, and their seed.
    level
        Of the percentile intervals.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    draws: int = Field(default=2000, ge=100)
    seed: int = Field(default=0, ge=0)
    level: float = Field(default=0.95, gt=0.5, lt=1)


DRAWS = Draws()


class Estimate(NamedTuple):
    """A number with its interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap:
    """Values of every computation on the sample and on each draw, by name."""

    values: Mapping[str, float]
    draws: Mapping[str, Array]
    level: float

    def estimate(self, name: str) -> Estimate:
        """Return a computation's value with its percentile interval."""
        self._known(name)
        return self._interval(self.values[name], self.draws[name])

    def difference(self, name: str, other: str) -> Estimate:
        """Return value minus value of the other, with the interval of the paired differences."""
        self._known(name)
        self._known(other)
        value = self.values[name] - self.values[other]
        return self._interval(value, self.draws[name] - self.draws[other])

    def _known(self, name: str) -> None:
        if name not in self.values:
            raise NotFoundError.among("computation", name, self.values)

    def _interval(self, value: float, draws: Array) -> Estimate:
        defined = draws[~np.isnan(draws)]
        if not defined.size:
            return Estimate(value, np.nan, np.nan)
        tail = (1 - self.level) / 2
        lower, upper = np.quantile(defined, [tail, 1 - tail])
        return Estimate(value, float(lower), float(upper))


def draw_counts(
    cluster: npt.ArrayLike, draws: int, seed: int, block: int = BLOCK
) -> Iterator[Counts]:
    """Yield how often each row is drawn, in blocks of shape (up to `block`, n).

    Each draw takes as many clusters as there are, with replacement, and all rows of each. The
    same arguments give the same draws; the size of the blocks changes nothing.
    """
    names, member = np.unique(np.asarray(cluster), return_inverse=True)
    rng = np.random.default_rng(seed)
    for start in range(0, draws, block):
        size = min(block, draws - start)
        chosen = rng.integers(names.size, size=(size, names.size))
        chosen += names.size * np.arange(size)[:, None]
        counts = np.bincount(chosen.ravel(), minlength=size * names.size)
        yield counts.reshape(size, names.size)[:, member].astype(np.float64)


def bootstrap(
    computations: Mapping[str, Computation],
    cluster: npt.ArrayLike,
    draws: Draws = DRAWS,
) -> Bootstrap:
    """Run computations on the sample and on the same draws of it.

    Parameters
    ----------
    computations
        By name; each takes `counts`, shape (draws, n) or None, as the measures do.
    cluster
        What is drawn together, such as the enterprise; shape (n,).
    draws
        How many, and how wide the intervals are.

    Examples
    --------
    >>> from xinheng.training.measuring.measures import brier
    >>> found = bootstrap({"a": lambda counts: brier([1, 0], [0.5, 0.5], counts)}, [1, 2])
    >>> found.estimate("a")
    Estimate(value=0.25, lower=0.25, upper=0.25)
    """
    values = {name: float(compute(None)) for name, compute in computations.items()}
    parts: dict[str, list[Array]] = {name: [] for name in computations}
    for counts in draw_counts(cluster, draws.draws, draws.seed):
        for name, compute in computations.items():
            parts[name].append(compute(counts))
    drawn = {name: np.concatenate([*part, np.empty(0)]) for name, part in parts.items()}
    return Bootstrap(values, drawn, draws.level)
