"""Matrices: the indicators and the conditions of statutory rules of a city, for one bundle."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Catalogue, City, Events, Indicator, References, brought_up, compute
from ...features.current import Current, begun
from ...features.keeping import POINTER, kept
from ...features.references import Contribution
from ...features.workers import each
from ..bundle import Bundle
from ..calibrator import Array
from ..cards import card_levels
from ..policy import Combination
from ..scores import NO_LEVEL, Codes
from .blocks import blocks
from .retrospect import Given, Retrospect

__all__ = ["Matrices"]

Numbers = npt.NDArray[np.int32]
CARDED = "CARDED"
FEW = 8  # where deliveries told of no more than one in so many, what is kept stays as it is


class Matrices:
    """What a bundle is told of a city, as one delivery left it.

    Parameters
    ----------
    city
        The city.
    bundle
        Whose indicators, and whose rules.
    kept
        Folder in which they are kept for everybody and brought up from run to run; they are
        computed anew where it is None, or what is kept there is of a later day.
    threads
        How many parts are read and computed at once.
    beside
        What another bundle is told of the same city, whose dated tables serve this one as well.
    """

    def __init__(
        self,
        city: City,
        bundle: Bundle,
        kept: Path | None = None,
        *,
        threads: int = 1,
        beside: "Matrices | None" = None,
    ) -> None:
        conditions = [rule.indicator for rule in bundle.rules]
        if any(each.score_card is Combination.WORSE for each in bundle.policy.editions):
            conditions.append(_carded(bundle))
        self.catalogue = bundle.catalogue.extended(*conditions)
        self.city = city
        self.bundle = bundle
        self._indicators = len(bundle.catalogue)
        self._kept = kept
        self._threads = threads
        self._current: Current | None = None
        self._resting: References | None = None
        self._beside = beside

    def under(self, bundle: Bundle) -> "Matrices":
        """Return what another bundle is told of the city; what rests on others is shared."""
        return Matrices(self.city, bundle, threads=self._threads, beside=self)

    def everybody(self, as_of: int) -> Iterator[pd.DataFrame]:
        """Yield indicators and conditions of all that are known as of a day, block by block."""
        current = self._brought(as_of)
        places = self.city.places(self.catalogue)
        yield from current.frames(places=places, threads=self._threads)

    def some(self, enterprises: Numbers, as_of: int) -> pd.DataFrame:
        """Return indicators and conditions of a few as of a day."""
        return self.of(self.city.read(enterprises), enterprises, as_of)

    def of(self, events: Events, enterprises: Numbers, as_of: int) -> pd.DataFrame:
        """Return indicators and conditions of a few, from their events as they are given."""
        days = np.full(len(enterprises), as_of, np.int32)
        return compute(
            self.catalogue,
            events,
            pd.DataFrame({"enterprise": enterprises, "as_of": days}),
            references=self.references(as_of),
            places=self.city.places(self.catalogue),
            threads=self._threads,
        )

    def retrospect(self, enterprises: Numbers, given: Given, as_of: int) -> Retrospect:
        """Return what tells why a few have other indicators than when they were graded before."""
        return Retrospect(self, enterprises, given, as_of)

    def split(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Part a frame into the matrix of indicators and whether each condition is met."""
        here = self._indicators
        return frame.iloc[:, :here], frame.iloc[:, here:] > 0

    def cards(self, frame: pd.DataFrame, as_of: int) -> Codes | None:
        """Return the levels of the score card of the rows of a frame, where they count as of a day.

        Only the records of those for whom the card is meant are read; None if it does not count.
        """
        if not self.bundle.policy.lets_cards_count(as_of).any():
            return None
        meant = np.flatnonzero(frame[CARDED].to_numpy() > 0)
        found = np.full(len(frame), NO_LEVEL, np.int8)
        who = frame.index.get_level_values("enterprise").to_numpy().astype(np.int32)[meant]
        rows = pd.DataFrame({"enterprise": who, "as_of": np.full(len(who), as_of, np.int32)})
        card, policy = self.bundle.score_card, self.bundle.policy
        found[meant] = card_levels(card, policy, self.city.read(who), rows)
        return found

    def values(self, frame: pd.DataFrame) -> Array:
        """Return the indicators of a frame as the bundle's blend takes them."""
        return np.ascontiguousarray(self.split(frame)[0].to_numpy(np.float64))

    def references(self, as_of: int) -> References | None:
        """Return the dated tables behind values that rest on others; they are good for any day."""
        dated, beside = self.catalogue.dated, self._beside
        if not dated:
            return None
        if self._current is not None:
            return self._current.references
        if beside is not None and {*dated} <= {*beside.catalogue.dated}:
            return beside.references(as_of)
        if self._resting is None:
            self._resting = self._dated(as_of)
        return self._resting

    def _dated(self, as_of: int) -> References:
        """Return the dated tables from those that are kept, where there are any to begin with."""
        city, before = self.city, self._found()
        if before is not None and before.sequence <= city.sequence:
            told = city.archive.touched(before.sequence, city.sequence)
            if told.size * FEW <= city.enterprises:
                return self._replaced(before.references, told)
        if self._kept is not None and not self._later(as_of):
            return self._brought(as_of).references
        with city.workers(self._threads) as pool:
            found = each(pool, partial(_contributed, self.catalogue), city.parts())
            return References.of(self.catalogue.dated, found, cases=city.cases, bans=city.bans)

    def _replaced(self, before: References, told: Numbers) -> References:
        city = self.city
        with city.workers(self._threads) as pool:
            some = partial(_contributed_by, self.catalogue, city.read)
            found = each(pool, some, blocks(city, told))
            return before.replaced(told, found, cases=city.cases, bans=city.bans)

    def _brought(self, as_of: int) -> Current:
        if self._current is None or self._current.as_of != as_of:
            self._current = self._resting = None  # nothing of a city is in memory twice
            self._current = self._computed(as_of)
        return self._current

    def _computed(self, as_of: int) -> Current:
        city, folder = self.city, self._kept
        if folder is not None and not self._later(as_of):
            return brought_up(city, self.catalogue, as_of, folder, threads=self._threads)[0]
        with city.workers(self._threads) as pool:
            return begun(
                self.catalogue,
                city.parts(),
                city.enterprises,
                as_of,
                city.sequence,
                cases=city.cases,
                bans=city.bans,
                pool=pool,
            )

    def _later(self, as_of: int) -> bool:
        """Tell whether what is kept is of a later day or delivery than is asked for."""
        found = self._found()
        return found is not None and (found.as_of > as_of or found.sequence > self.city.sequence)

    def _found(self) -> Current | None:
        """Return what is kept of this city and catalogue; None if nothing is."""
        folder = self._kept
        if folder is None or not (folder / POINTER).exists():
            return None
        return kept(folder, self.catalogue, self.city.origin)


def _contributed(catalogue: Catalogue, read: Callable[[], Events]) -> Contribution:
    return References.read(catalogue.dated, read())


def _contributed_by(
    catalogue: Catalogue, read: Callable[[Numbers], Events], some: Numbers
) -> Contribution:
    return References.read(catalogue.dated, read(some))


def _carded(bundle: Bundle) -> Indicator:
    """Return what tells for whom the score card of a bundle is meant."""
    return Indicator(
        id=CARDED,
        zh="评分表适用",
        en="Score card applies",
        dimension="RL",
        expression=Catalogue(()).populations[bundle.score_card.population],
        missing=0.0,
        basis="design",
        formula="as declared",
        use="scheduling",
    )
