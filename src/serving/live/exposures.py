"""Exposures: whom products concern as of today, read once for a day and a delivery."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import numpy as np
import numpy.typing as npt

from ...archive import Archive
from ...earlywarning.exposure import Exposed, Exposure

__all__ = ["Exposures"]

Within = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]]


class Exposures:
    """The exposure of a city as of a day, read when it is first asked for.

    Parameters
    ----------
    archive
        Where records are.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._reading = Lock()
        self._of: tuple[int, int] | None = None
        self._found: Exposure | None = None

    def exposed(
        self, product: str, hazard: str, day: int, sequence: int, within: Within, most: int
    ) -> tuple[Exposed, ...]:
        """Return the enterprises that a product concerns, those most concerned first.

        Parameters
        ----------
        product, hazard
            Code of the vocabulary, and item or hazard class; nobody is known to be concerned by
            what is not in the vocabulary.
        day, sequence
            Day number at whose end, and the last delivery that is read.
        within
            Tells of which enterprises, by their dense numbers, is told.
        most
            How many at most.
        """
        found = self._now(day, sequence)
        if product not in found.vocabulary.column("code"):
            return ()
        ranked = found.ranked([product], hazard)
        told = within(ranked.enterprise.astype(np.int64))
        some = replace(
            ranked,
            enterprise=ranked.enterprise[told],
            role=ranked.role[told],
            failed=ranked.failed[told],
            strength=ranked.strength[told],
        )
        return some.told(found.city, found.weights, most)

    def _now(self, day: int, sequence: int) -> Exposure:
        with self._reading:
            if self._found is None or self._of != (day, sequence):
                self._found = Exposure.read(self._archive, day, upto=sequence)
                self._of = (day, sequence)
            return self._found
