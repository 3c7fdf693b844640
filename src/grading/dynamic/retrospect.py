"""Retrospect: what the indicators of a few would be, had less been told since their last grade."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Events
from ...features.hindsight import known_before
from ..calibrator import Array
from .between import Between, Seen
from .least import Parts

if TYPE_CHECKING:
    from .matrices import Matrices

__all__ = ["Given", "Retrospect"]

Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Given:
    """When grades before were given: the day, and the last delivery that was seen."""

    as_of: int
    sequence: int


@dataclass(frozen=True, eq=False)
class Retrospect:
    """A few enterprises between two grades.

    Parameters
    ----------
    matrices
        What a bundle is told of the city.
    enterprises
        Dense numbers, rising; shape (n,).
    given, as_of
        When the grades before were given, and the day number of those now.
    """

    matrices: "Matrices"
    enterprises: Numbers
    given: Given
    as_of: int

    def before(self) -> Array:
        """Return the indicators as of the day before, from what was known then."""
        return self._values(self._known, self.given.as_of)

    def heard(self) -> Array:
        """Return the indicators as of now."""
        return self._values(self._heard, self.as_of)

    def rows(self, places: Places, back: Parts) -> Array:
        """Return the indicators of some with some things put back; see `Between.rows`."""
        return self._between.rows(self.matrices.bundle.catalogue, places, back)

    def told(self, places: Places) -> pd.DataFrame:
        """Return what was told of which record of some between the two; see `tellings`."""
        told = self._between.told
        return told[told["enterprise"].isin(self.enterprises[places])]

    @cached_property
    def _between(self) -> Between:
        references = self.matrices.references(self.as_of)
        return Between(
            self.enterprises,
            Seen(self._known, self.given.as_of, references),
            Seen(self._heard, self.as_of, references),
        )

    @cached_property
    def _known(self) -> Events:
        view = self.matrices.city.archive.events(
            enterprises=self.enterprises,
            upto=min(self.given.sequence, self.matrices.city.sequence),
        )
        return known_before(Events.from_view(view), self.given.as_of)

    @cached_property
    def _heard(self) -> Events:
        return known_before(self.matrices.city.read(self.enterprises), self.as_of)

    def _values(self, events: Events, as_of: int) -> Array:
        return self.matrices.values(self.matrices.of(events, self.enterprises, as_of))
