"""What the other departments of the city know of everybody, and the month in which they act.

They watch the city and change nothing in it: all chance is drawn from streams of their own, so
that whoever adds a department leaves every record of the others as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .areas import areas_of
from .arrays import Floats, Singles, Who
from .city import City
from .overheard import Overheard
from .world import World

__all__ = ["HEARD", "Affairs", "open_affairs", "rarely"]

HEARD = (
    "annual_report",
    "change",
    "complaint",
    "incident",
    "inspection",
    "licence",
    "penalty",
    "sampling",
)
STREAMS = (
    "sanctions",
    "cases",
    "courts",
    "people",
    "districts",
    "opinion",
    "calls",
    "standing",
    "samples",
    "register",
    "end",
    "payment",
)
FIRST_STREAM = 1001
MOST = 8.0


@dataclass(slots=True)
class Affairs:
    """A part of the city as other departments see it.

    Attributes
    ----------
    world, heard
        The part, and what its own processes record.
    rng
        A stream of random numbers for each process.
    area
        Places in `AREAS`.
    trait
        How much more than quality and finance let expect each keeps to rules at large.
    legal
        The person who represents each enterprise, and the day since which it does.
    """

    world: World
    heard: Overheard
    rng: Mapping[str, np.random.Generator]
    area: npt.NDArray[np.int8]
    trait: Singles
    legal: Who
    since: Who

    @property
    def city(self) -> City:
        """The part of the city."""
        return self.world.city

    def compliance(self, who: Who) -> Floats:
        """Return how well each keeps to rules that have nothing to do with food, hidden."""
        state = self.world.state
        mixed = 0.55 * state.quality[who] + 0.25 * state.finance[who] + 0.5 * self.trait[who]
        return np.asarray(mixed, np.float64)

    def finance(self, who: Who) -> Floats:
        """Return the financial health of each as far as the laws let it matter."""
        slope = self.world.laws.paper.finance
        return np.asarray(slope * self.world.state.finance[who], np.float64)

    def enter(self, kind: str, who: Who, **columns: npt.ArrayLike) -> None:
        """Write down what a department records of some enterprises."""
        self.world.records.add(kind, enterprise=who + self.city.first, **columns)

    def numbers(self, kind: str, count: int) -> Who:
        """Return the next numbers of a kind."""
        return self.world.records.numbers(kind, count)


def open_affairs(seed: list[int], world: World, heard: Overheard) -> Affairs:
    """Return the affairs of a part on its first day."""
    rng = {name: np.random.default_rng([*seed, FIRST_STREAM + n]) for n, name in enumerate(STREAMS)}
    city, count = world.city, len(world.city)
    persons = world.records.numbers("person", count)
    owned = city.owner >= 0
    first = np.zeros(int(city.owner.max(initial=0)) + 1, np.int64)
    first[city.owner[owned][::-1]] = persons[owned][::-1]
    return Affairs(
        world=world,
        heard=heard,
        rng=rng,
        area=areas_of(city.district, city.longitude),
        trait=rng["sanctions"].standard_normal(count, np.float32),
        legal=np.where(owned, first[city.owner], persons),
        since=city.established.astype(np.int64),
    )


def rarely(rng: np.random.Generator, who: Who, rate: float, weight: Callable[[Who], Floats]) -> Who:
    """Draw some, each with chance `rate * weight`, looking only at as many as might be drawn.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> len(rarely(rng, np.arange(10_000), 0.01, lambda who: np.where(who < 5_000, 2.0, 0.0)))
    92
    """
    most = min(1.0, rate * MOST)
    tried = who[np.sort(rng.choice(len(who), rng.binomial(len(who), most), replace=False))]
    return tried[rng.random(len(tried)) * most < rate * weight(tried)]
