"""The leak test: what is computed as of a day does not depend on what comes from that day on.

The same deliveries are taken in twice, once as they are and once altered from a cut day on, by the
whole road from files to values. Up to that day everything that a grade is made of, all that a plan
of visits knew, and every label that was known, must then be the same, to the bit. From that day on
nearly every indicator must differ, else the test would be none.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import KINDS, Alteration, Archive, Source, altered_archive
from ...core import time
from ...core.errors import InvalidError
from ...features import Catalogue
from ..experiment import Progress
from ..inputs import cut_days
from ..task import Task
from .cells import Cells, Leak
from .planned import planned_cells
from .side import Side

__all__ = ["Altered", "Leaks", "compare_archives", "find_leaks"]

AFTER = 2 * 365  # days, in which nearly every value of somebody changes
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Altered:
    """How many records of a kind became available from the day on, and what was done to them."""

    later: int
    left_out: int
    turned: int


@dataclass(frozen=True, slots=True)
class Leaks:
    """What a leak test found at one cut.

    Attributes
    ----------
    cut
        The day from which on records differ.
    rows, cells, labels
        How many rows (enterprise, as_of) up to the cut, values in them, and labels known before
        it were compared.
    visits, planned
        How many visits of plans begun by the cut, and values that a forecast knew of them then,
        were compared (see `planned_cells`); none of a panel.
    found
        One leak for each indicator, or other value, that has any.
    records
        What was altered, by kind of record.
    later
        A day after the cut, as of which values were compared too.
    moved, unmoved
        Values that differ as of the later day, and those that vary among enterprises and do not
        differ: whether these leak was not tested.
    """

    cut: str
    rows: int
    cells: int
    labels: int
    visits: int
    planned: int
    found: tuple[Leak, ...]
    records: Mapping[str, Altered]
    later: str
    moved: tuple[str, ...]
    unmoved: tuple[str, ...]

    def __str__(self) -> str:
        """Say every leak in a line of its own, or that there is none."""
        cells = self.cells + self.planned
        none = f"none of {cells:,} values up to {self.cut} depends on what came later"
        return "\n".join(map(str, self.found)) or none


def find_leaks(
    deliveries: Iterable[tuple[Source, Path]],
    task: Task,
    catalogue: Catalogue,
    received: datetime,
    *,
    cuts: Sequence[int] = (),
    seed: int = 0,
    threads: int = 1,
    progress: Progress = lambda _, __, ___: None,
) -> Iterator[Leaks]:
    """Take deliveries in as they are and altered, and compare what is computed from both.

    The archives lie in a folder of their own that is removed at the end.

    Parameters
    ----------
    deliveries
        Mapping and folder of each delivery, in order.
    task, catalogue
        Whose rows and labels are looked at, and by which indicators.
    received
        When all deliveries are received: what a source does not vouch for
        (`backfill = "untrusted"`) is available only then.
    cuts
        Days from which on records differ, each a test of its own; where the task's test windows
        start, if none is given.
    seed
        By which half of the later records is left out.
    threads
        How many threads compute.
    progress
        Told what is being done.

    Yields
    ------
    What was found at each cut, in order of the days.

    Raises
    ------
    XinhengError
        If a delivery cannot be taken in, the cohort is empty, or a cut has no outcome before it or
        no record after it.
    """
    given = tuple(deliveries)
    with tempfile.TemporaryDirectory(prefix="xinheng-") as folder:
        archive = Archive(Path(folder) / "as-delivered")
        for source, delivered in _telling(given, "Taking in deliveries", progress):
            archive.ingest(source, delivered, received)
        progress("Reading what was known", 0, 1)
        whole = Side.of(archive, task, catalogue, threads)
        days = sorted(set(cuts) or cut_days(task, whole.cohort))
        for day in days:
            _check(whole, day)
        for day in days:
            cut = time.show(day)
            altered = altered_archive(
                Path(folder) / cut,
                _telling(given, f"Altering what came from {cut} on", progress),
                Alteration(day, received, seed),
            )
            progress(f"Comparing what was known before {cut}", 0, 1)
            yield _compared(whole, Side.of(altered, task, catalogue, threads), task, day)


def compare_archives(
    one: Archive, other: Archive, task: Task, catalogue: Catalogue, cut: int, *, threads: int = 1
) -> Leaks:
    """Compare what is computed from two archives whose records are the same up to a day.

    Compared are all values in the rows of the task's cohort up to the day and of everybody known
    as of the day itself, the labels known before it, who is known, and where the task's rows are
    visits, what plans begun by the day knew of them.

    Parameters
    ----------
    one, other
        As delivered, and altered.
    task, catalogue, threads
        As for `find_leaks`.
    cut
        The day.

    Raises
    ------
    InvalidError
        If there is no outcome before the cut, or no record after it.
    """
    whole = Side.of(one, task, catalogue, threads)
    _check(whole, cut)
    return _compared(whole, Side.of(other, task, catalogue, threads), task, cut)


def _compared(whole: Side, altered: Side, task: Task, day: int) -> Leaks:
    known = whole.known(day), altered.known(day)
    both = known[0].intersection(known[1])
    rows = whole.rows(day)
    rows = rows[rows["enterprise"].isin(known[1])]
    later = min(day + AFTER, whole.last + 1, altered.last + 1)
    before = Cells(whole.values(rows), altered.values(rows))
    everybody = pd.DataFrame({"enterprise": both, "as_of": later})
    after = Cells(whole.values(everybody), altered.values(everybody))
    labels = Cells(whole.labels(day), altered.labels(day))
    plans = planned_cells(whole, altered, day, task.plan_months, both) if task.planning else ()
    return Leaks(
        cut=time.show(day),
        rows=len(rows),
        cells=before.one.size,
        labels=len(labels.one),
        visits=max((len(each.one) for each in plans), default=0),
        planned=sum(each.one.size for each in plans),
        found=(
            *_strangers(*known, day),
            *labels.leaks(),
            *before.leaks(),
            *(leak for each in plans for leak in each.leaks()),
        ),
        records=_altered(whole.archive, altered.archive, day),
        later=time.show(later),
        moved=after.names(after.differ.any()),
        unmoved=after.names(after.vary & ~after.differ.any()),
    )


def _check(whole: Side, day: int) -> None:
    """Refuse a cut with nothing on one of its sides."""
    labels = len(whole.labels(day))
    if not labels or whole.last < day:
        raise InvalidError(
            f"a cut at {time.show(day)} tests nothing: {labels:,} outcomes were known before it, "
            f"and the last record became available on {time.show(whole.last)}; take a day with "
            'years on both sides, and see that sources vouch for their past (`backfill = "trusted"`'
            ")"
        )


def _telling(some: Sequence[T], step: str, progress: Progress) -> Iterator[T]:
    for done, each in enumerate(some):
        progress(step, done, len(some))
        yield each


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
