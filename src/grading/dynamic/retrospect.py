"""Retrospect: what the indicators of a few would be, had less been told since their last grade."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Events
from ...features.hindsight import known_before
from ..calibrator import Array
from .telling import mixed, tellings

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
        return self._values(self._known, self.enterprises, self.given.as_of)

    def unheard(self) -> Array:
        """Return the indicators as of now, from what was known then of the enterprises' own."""
        return self._values(self._known, self.enterprises, self.as_of)

    def heard(self) -> Array:
        """Return the indicators as of now."""
        return self._values(self._heard, self.enterprises, self.as_of)

    def told(self, places: Places) -> pd.DataFrame:
        """Return what was told of which record of some between the two; see `tellings`."""
        return self._told(*self._events(places))

    def without(self, ways: Collection[str], places: Places) -> Array:
        """Return the indicators of some as of now, but for what was told in some ways."""
        known, heard = self._events(places)
        events = mixed(known, heard, self._told(known, heard), ways)
        return self._values(events, self.enterprises[places], self.as_of)

    def _told(self, known: Events, heard: Events) -> pd.DataFrame:
        return tellings(known, heard, (self.given.as_of, self.as_of))

    def _events(self, places: Places) -> tuple[Events, Events]:
        """Return what was known of some then, and is now."""
        who = self.enterprises[places]
        return _of(self._known, who), _of(self._heard, who)

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

    def _values(self, events: Events, enterprises: Numbers, as_of: int) -> Array:
        return self.matrices.values(self.matrices.of(events, enterprises, as_of))


def _of(events: Events, enterprises: Numbers) -> Events:
    return events.take(np.flatnonzero(np.isin(events.enterprise, enterprises)))
