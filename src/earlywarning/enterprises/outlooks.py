"""Outlooks: the forecast of everybody as of a day, and whose risk rose while the level stayed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError
from ...grading import GradeBook
from .forecast import Forecast, Outlook
from .looks import STEP, Look, look_back
from .sample import BEFORE, Sample, row_block
from .warningpolicy import WarningPolicy

__all__ = ["Outlooks", "look_out"]

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Outlooks:
    """What is to be expected of everybody whose level can be worse, as of a day.

    Attributes
    ----------
    rows
        What the forecast read.
    by_days
        The forecasts of a fall, by horizon.
    looks
        The looks that it rests on, the last one of the day itself.
    """

    rows: Sample
    by_days: Mapping[int, Outlook]
    looks: Sequence[Look]

    def most(self, days: int, number: int) -> Iterator[tuple[int, float, float, float]]:
        """Yield those of whom a fall is the most probable, the first one first.

        Parameters
        ----------
        days
            The horizon.
        number
            How many at most.

        Yields
        ------
        tuple
            Dense number, probability, and its interval.
        """
        told = self.by_days[days]
        order = np.lexsort((self.rows.enterprise, -told.probability))[:number]
        columns = (self.rows.enterprise, told.probability, told.lower, told.upper)
        yield from zip(*(each[order].tolist() for each in columns), strict=True)


def look_out(
    book: GradeBook,
    forecast: Forecast,
    day: int,
    *,
    some: npt.ArrayLike | None = None,
    policy: WarningPolicy | None = None,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Outlooks:
    """Forecast for everybody, or some, that their level falls.

    Parameters
    ----------
    book
        Archive and model.
    forecast
        Fitted for that model.
    day
        Day number.
    some
        Dense numbers of whom; everybody known when None.
    policy
        Of warnings; that of the package if not given.
    progress
        Told of how many days were looked at, of how many.

    Raises
    ------
    InvalidError
        If the forecast is of another model, or nobody was known `BEFORE` looks ago.
    """
    forecast.check(book.bundle.digest)
    days = [day - STEP * back for back in range(BEFORE, -1, -1)]
    looks: list[Look] = []
    for found in look_back(book, days, ahead=lambda each: each == day, some=some, policy=policy):
        looks.append(found)
        progress(len(looks), len(days))
    if not len(looks[0].enterprise):
        raise InvalidError(
            f"of nobody asked for was anything known {STEP * BEFORE} days before; ask for a later "
            "day"
        )
    rows = row_block(looks, BEFORE)
    by_days = {
        horizon: each.outlook(rows, book.scorer.threads)
        for horizon, each in forecast.horizons.items()
    }
    return Outlooks(rows, by_days, looks)
