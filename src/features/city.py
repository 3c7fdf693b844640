"""The city: an archive as the parts in which its indicators are computed and kept."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from filelock import FileLock

from ..archive import Archive
from .cases import Cases
from .catalogue import Catalogue
from .current import Advance, Current, advanced, begun
from .events import Events
from .keeping import POINTER, keep, kept
from .pages import keep_pages
from .places import Nearby, Places
from .sweep import Tell, gather

__all__ = ["City", "brought_up"]

EVENTS_OF_PART = 1_000_000  # so few that their columns are used again before they leave a cache
MANY = 8_000_000  # events, from which on processes are worth their start
ROWS_TOGETHER = 4_000_000

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
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
        least = max(1, -(-self.archive.size // EVENTS_OF_PART))
        number = 1 << (least - 1).bit_length()
        folder = self.archive.folder
        return [partial(_read_part, folder, self.sequence, (n, number)) for n in range(number)]

    @property
    def read(self) -> Callable[[Numbers], Events]:
        """What reads the events of some enterprises, given by their dense numbers."""
        return partial(_read_some, self.archive.folder, self.sequence)

    @contextmanager
    def workers(self, threads: int) -> Iterator[Executor]:
        """Yield what reads and computes parts: threads, or processes for a city of many parts.

        A script that starts processes has to guard its main part, as `multiprocessing` demands.
        """
        many = self.archive.size > MANY
        with (
            ProcessPoolExecutor(threads, get_context("spawn"), keep_pages)
            if many and threads > 1
            else ThreadPoolExecutor(threads)
        ) as pool:
            yield pool

    @property
    def enterprises(self) -> int:
        """How many enterprises have a number."""
        return int(self.cases.enterprise.max(initial=-1)) + 1

    @property
    def vocabulary(self) -> tuple[tuple[str, str], ...]:
        """Every stream that came, of enterprises and of persons."""
        nobody = self.archive.events(enterprises=np.empty(0, np.int32), upto=self.sequence)
        return tuple(dict.fromkeys((*nobody.vocabulary, *self.bans.vocabulary)))

    def origin(self, sequence: int) -> str:
        """Return the digest of a delivery, by which an archive is told from another."""
        return self.archive.digest(sequence)

    @cached_property
    def cases(self) -> Cases:
        """By which case records mean each enterprise."""
        return Cases.from_table(self.archive.cases(upto=self.sequence))

    @cached_property
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
        """Yield the indicators of everybody known as of some days, a few parts at a time.

        See `sweep.gather`. Of a large city, so many days are computed at once as memory is meant
        to hold. A script has to guard its main part: a large city is read by processes.
        """
        places = self.places(catalogue)
        together = max(1, ROWS_TOGETHER // max(1, self.enterprises))
        days = sorted(set(as_of))
        for at in range(0, len(days), together):
            with self.workers(threads) as pool:
                found = gather(
                    catalogue,
                    self.parts(),
                    days[at : at + together],
                    pool,
                    cases=self.cases,
                    bans=self.bans,
                    progress=progress,
                )
            yield from found.frames(places, threads)


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
        Of what. Where nothing is kept of this archive and catalogue, all is computed.
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
    WorkerError
        If a process ended before its part was computed; what was kept before is still there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"), city.workers(threads) as pool:
        before = kept(folder, catalogue, city.origin) if (folder / POINTER).exists() else None
        if before is None:
            current, took = _begun(city, catalogue, as_of, pool), None
        else:
            current, took = _advanced(city, before, as_of, pool)
        keep(current, folder, city.origin(city.sequence))
    return current, took


def _begun(city: City, catalogue: Catalogue, as_of: int, pool: Executor) -> Current:
    return begun(
        catalogue,
        city.parts(),
        city.enterprises,
        as_of,
        city.sequence,
        cases=city.cases,
        bans=city.bans,
        pool=pool,
    )


def _advanced(city: City, before: Current, as_of: int, pool: Executor) -> tuple[Current, Advance]:
    return advanced(
        before,
        city.read,
        city.enterprises,
        as_of,
        city.sequence,
        city.archive.touched(before.sequence, city.sequence),
        cases=city.cases,
        bans=city.bans,
        pool=pool,
        order=city.archive.side_by_side,
    )


def _archive(folder: Path) -> Archive:
    """Open an archive, once for all parts of it; another one in its place is opened anew."""
    there = folder.stat()
    return _opened(folder, (there.st_ino, there.st_ctime_ns))


@lru_cache(maxsize=1)
def _opened(folder: Path, _: tuple[int, int]) -> Archive:
    return Archive(folder)


def _read_part(folder: Path, sequence: int, part: tuple[int, int]) -> Events:
    return Events.from_view(_archive(folder).events(part=part, upto=sequence))


def _read_some(folder: Path, sequence: int, enterprises: Numbers) -> Events:
    return Events.from_view(_archive(folder).events(enterprises=enterprises, upto=sequence))
