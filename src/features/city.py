"""The city: an archive as the parts in which its indicators are computed and kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import Archive
from .cases import Cases
from .catalogue import Catalogue
from .current import Advance, Current, advanced, begun
from .events import Events
from .keeping import keep, kept
from .places import Nearby, Places
from .sweep import Tell, sweep

__all__ = ["City", "brought_up"]

EVENTS_OF_PART = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """An archive as one delivery left it.

    Parameters
    ----------
    archive
        The archive.
    sequence
        The last delivery that counts.
    """

    archive: Archive
    sequence: int

    @classmethod
    def of(cls, archive: Archive) -> Self:
        """Return the city as the newest delivery left it."""
        return cls(archive, archive.sequence)

    def parts(self) -> list[Callable[[], Events]]:
        """Return what reads the events of each part; together they are the city."""
        number = max(1, -(-self.archive.size // EVENTS_OF_PART))
        return [partial(self._part, (part, number)) for part in range(number)]

    def _part(self, part: tuple[int, int]) -> Events:
        return Events.from_view(self.archive.events(part=part, upto=self.sequence))

    def read(self, enterprises: npt.NDArray[np.int32]) -> Events:
        """Read the events of some enterprises."""
        return Events.from_view(self.archive.events(enterprises=enterprises, upto=self.sequence))

    @property
    def enterprises(self) -> int:
        """How many enterprises have a number."""
        return len(self.archive.cases())

    @property
    def vocabulary(self) -> tuple[tuple[str, str], ...]:
        """Every stream that came, of enterprises and of persons."""
        nobody = self.archive.events(enterprises=np.empty(0, np.int32), upto=self.sequence)
        return tuple(dict.fromkeys((*nobody.vocabulary, *self.bans.vocabulary)))

    @property
    def cases(self) -> Cases:
        """By which case records mean each enterprise."""
        return Cases.from_table(self.archive.cases())

    @property
    def bans(self) -> Events:
        """Bans of persons that name no enterprise."""
        return Events.from_view(self.archive.bans(upto=self.sequence))

    def places(self, catalogue: Catalogue) -> Places | None:
        """Read the place records, if a catalogue counts what is near a place."""
        if any(isinstance(leaf, Nearby) for leaf in catalogue.leaves):
            return Places.from_table(self.archive.places(upto=self.sequence))
        return None

    def indicators(
        self,
        catalogue: Catalogue,
        as_of: list[int],
        *,
        threads: int = 1,
        progress: Tell | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Yield the indicators of everybody known as of some days, part after part; see `sweep`."""
        return sweep(
            catalogue,
            self.parts(),
            as_of,
            cases=self.cases,
            bans=self.bans,
            places=self.places(catalogue),
            threads=threads,
            progress=progress,
        )


def brought_up(
    city: City,
    catalogue: Catalogue,
    as_of: int,
    folder: Path,
    *,
    threads: int = 1,
) -> tuple[Current, Advance | None]:
    """Bring what is kept of a city in a folder up to a day, and keep it there.

    Parameters
    ----------
    city, catalogue
        Of what. Where nothing is kept of this catalogue, all is computed.
    as_of
        Day number.
    folder
        Where it is kept.
    threads
        How many parts are read and computed at once.

    Returns
    -------
    What is kept now, and whom it took; None where all were computed.

    Raises
    ------
    InvalidError
        If what is kept is of a later day.
    """
    known = {"cases": city.cases, "bans": city.bans}
    before = kept(folder) if (folder / "current.json").exists() else None
    if before is None or before.catalogue != catalogue:
        current = begun(
            catalogue,
            city.parts(),
            city.enterprises,
            as_of,
            city.sequence,
            threads=threads,
            **known,  # type: ignore[arg-type]
        )
        keep(current, folder)
        return current, None
    touched = city.archive.touched(before.sequence, city.sequence)
    current, took = advanced(
        before,
        city.read,
        city.enterprises,
        as_of,
        city.sequence,
        touched,
        threads=threads,
        **known,  # type: ignore[arg-type]
    )
    keep(current, folder)
    return current, took
