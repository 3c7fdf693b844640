"""The leak test: what is computed as of a day does not depend on what comes from that day on.

The same deliveries are taken in twice, once as they are and once altered from a day on, by the
whole road from files to values. Up to that day every indicator of every enterprise and every label
must then be the same, to the bit. From that day on nearly every indicator must differ, else the
test would be none.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import KINDS, Alteration, Archive, Source, altered_archive
from ..core import time
from ..features import Catalogue
from .cells import Cells, Leak
from .side import Side
from .task import Task

__all__ = ["Altered", "Leaks", "compare_archives", "find_leaks"]

YEAR = 365


@dataclass(frozen=True, slots=True)
class Altered:
    """How many records of a kind became available from the day on, and what was done to them."""

    later: int
    left_out: int
    turned: int


@dataclass(frozen=True, slots=True)
class Leaks:
    """What a leak test found.

    Attributes
    ----------
    day
        The day from which on records differ.
    rows, cells, labels
        How many rows (enterprise, as_of) up to the day, values of indicators in them, and labels
        known before the day were compared.
    found
        One leak for each indicator that has any.
    records
        What was altered, by kind of record.
    later
        A day after it, as of which values were compared too.
    moved, unmoved
        Indicators that differ as of the later day, and those that vary among enterprises and do
        not differ: whether these leak was not tested.
    """

    day: str
    rows: int
    cells: int
    labels: int
    found: tuple[Leak, ...]
    records: Mapping[str, Altered]
    later: str
    moved: tuple[str, ...]
    unmoved: tuple[str, ...]

    def __str__(self) -> str:
        """Say every leak in a line of its own, or that there is none."""
        none = f"none of {self.cells:,} values up to {self.day} depends on what came later"
        return "\n".join(map(str, self.found)) or none


def find_leaks(
    deliveries: Iterable[tuple[Source, Path]],
    task: Task,
    catalogue: Catalogue,
    alteration: Alteration,
    *,
    threads: int = 1,
) -> Leaks:
    """Take deliveries in as they are and altered, and compare what is computed from both.

    Both archives lie in a folder of their own that is removed again.

    Parameters
    ----------
    deliveries
        Mapping and folder of each delivery, in order.
    task, catalogue
        Whose cohort is looked at, and by which indicators.
    alteration
        From which day on records differ, and when deliveries are received: what a source does
        not vouch for (`backfill = "untrusted"`) is available only then.
    threads
        How many threads compute.

    Raises
    ------
    XinhengError
        If a delivery cannot be taken in, or the cohort is empty.
    """
    given = tuple(deliveries)
    with tempfile.TemporaryDirectory(prefix="xinheng-") as name:
        one = Archive(Path(name) / "as-delivered")
        for source, folder in given:
            one.ingest(source, folder, alteration.received)
        other = altered_archive(Path(name) / "altered", given, alteration)
        return compare_archives(one, other, task, catalogue, alteration.day, threads=threads)


def compare_archives(
    one: Archive, other: Archive, task: Task, catalogue: Catalogue, day: int, *, threads: int = 1
) -> Leaks:
    """Compare what is computed from two archives whose records are the same up to a day.

    Compared are all indicators in the rows of the task's cohort up to the day and of everybody
    known as of the day itself, the labels known before it, and who is known.

    Parameters
    ----------
    one, other
        As delivered, and altered.
    task, catalogue, day, threads
        As for `find_leaks`.
    """
    whole, altered = (Side.of(archive, task, catalogue, threads) for archive in (one, other))
    known = whole.known(day), altered.known(day)
    later = min(day + YEAR, whole.last + 1, altered.last + 1)
    rows = whole.rows(day)
    rows = rows[rows["enterprise"].isin(known[1])]
    before = Cells(whole.values(rows), altered.values(rows))
    everybody = pd.DataFrame({"enterprise": known[0].intersection(known[1]), "as_of": later})
    after = Cells(whole.values(everybody), altered.values(everybody))
    labels = Cells(whole.labels(day), altered.labels(day))
    return Leaks(
        day=time.show(day),
        rows=len(rows),
        cells=before.one.size,
        labels=len(labels.one),
        found=(*_strangers(*known, day), *labels.leaks(), *before.leaks()),
        records=_altered(one, other, day),
        later=time.show(later),
        moved=after.names(after.differ.any()),
        unmoved=after.names(after.vary & ~after.differ.any()),
    )


def _strangers(one: pd.Index, other: pd.Index, day: int) -> Iterator[Leak]:
    """Yield a leak if not the same enterprises are known as of a day."""
    strangers = one.symmetric_difference(other)
    if len(strangers):
        here = float(strangers[0] in one)
        yield Leak("known", len(strangers), strangers[0], time.show(day), here, 1 - here)


def _altered(one: Archive, other: Archive, day: int) -> dict[str, Altered]:
    """Count what was done to the records of each kind that are available from a day on."""
    found = {}
    for kind in KINDS:
        later, after = (_told(archive, kind, day) for archive in (one, other))
        if len(later):
            stays = _among(later, after, ["record", "known_day"])
            same = _among(later, after, ["record", "known_day", "content"])
            found[kind] = Altered(len(later), int((~stays).sum()), int((stays & ~same).sum()))
    return found


def _told(archive: Archive, kind: str, day: int) -> pd.DataFrame:
    names = ["record", "known_day", "content", "available"]
    told: pd.DataFrame = archive.records(kind).select(names).to_pandas()
    return told[told["available"] >= day]


def _among(some: pd.DataFrame, others: pd.DataFrame, columns: list[str]) -> npt.NDArray[np.bool_]:
    keys = (pd.MultiIndex.from_frame(each[columns]) for each in (some, others))
    return next(keys).isin(next(keys))
