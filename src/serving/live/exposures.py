"""Exposures: whom products concern as of today, read once for a day and a delivery."""

from threading import Lock

from ...archive import Archive
from ...earlywarning.exposure import Exposed, Exposure, Within

__all__ = ["Exposures"]


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
            Tells which enterprises, by their dense numbers, who asks reaches.
        most
            How many at most.
        """
        found = self._now(day, sequence)
        if product not in found.vocabulary.column("code"):
            return ()
        ranked = found.ranked([product], hazard).within(within)
        return ranked.told(found.city, found.weights, most)

    def _now(self, day: int, sequence: int) -> Exposure:
        with self._reading:
            if self._found is None or self._of != (day, sequence):
                self._found = Exposure.read(self._archive, day, upto=sequence)
                self._of = (day, sequence)
            return self._found
