"""Risk grades from records, and the records behind the points of one.

Static and dynamic points are summed, each up to its limit, and the sum has its band. Then the
grade moves: by the widest of what raises it; or, where nothing raises it, by the widest of what
lowers it. It never leaves A to D.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core.time import NEVER
from ...features import Events
from ..cards.entry import Entry, entries_of
from ..cards.line import Part
from ..cards.marks import HUNDREDTHS, Marks, marked, within_limit
from ..gradetypes import RiskGrade
from ..values import members
from .edition import RiskEdition, RiskPart
from .risktable import RiskTable

__all__ = ["risk_entries", "risk_grades"]

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
SIGNS: Mapping[Part, int] = {part: -1 if part is RiskPart.LOWER else 1 for part in RiskPart}
LETTERS = pd.CategoricalDtype([str(grade) for grade in RiskGrade], ordered=True)


def risk_grades(table: RiskTable, events: Events, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the food-safety risk grade of each row.

    Parameters
    ----------
    table
        What counts; each row is graded by the edition in force on its day.
    events
        The events of at least the enterprises asked for, with all columns.
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order.

    Returns
    -------
    Index (enterprise, as_of) in the order of `rows`; `static` and `dynamic` points, which sum to
    `score`; `by_score`, the grade that these give; `raised` and `lowered`, the steps by which it
    moved; `risk_grade`, where it came to; `applies`, whether the enterprise belongs to the
    population that the table is meant for.

    Raises
    ------
    PolicyError
        If no edition is in force on a day.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> print(risk_grades(RiskTable.default(), Events.none(), rows).iloc[0].to_dict())
    {'static': 34.0, 'dynamic': 0.0, 'score': 34.0, 'by_score': 'B', 'raised': 0, 'lowered': 0, \
'risk_grade': 'B', 'applies': False}
    """
    applies = members(table.population, events, rows)
    enterprise, as_of = (rows[name].to_numpy(np.int32) for name in ("enterprise", "as_of"))
    columns = np.zeros((4, len(rows)), np.int64)
    band = np.zeros(len(rows), np.int64)
    for edition, at in table.over(as_of):
        columns[:, at] = _summed(edition, events, enterprise[at], as_of[at])
        bounds = [round(each.most * HUNDREDTHS) for each in edition.bands[:-1]]
        band[at] = np.searchsorted(bounds, columns[:2, at].sum(axis=0), side="left")
    static, dynamic, raised, lowered = columns
    lowered = np.where(raised > 0, 0, np.minimum(lowered, band))
    raised = np.minimum(raised, len(RiskGrade) - 1 - band)
    return pd.DataFrame(
        {
            "static": static / HUNDREDTHS,
            "dynamic": dynamic / HUNDREDTHS,
            "score": (static + dynamic) / HUNDREDTHS,
            "by_score": pd.Categorical.from_codes(band, dtype=LETTERS),
            "raised": raised,
            "lowered": lowered,
            "risk_grade": pd.Categorical.from_codes(band + raised - lowered, dtype=LETTERS),
            "applies": applies,
        },
        index=pd.MultiIndex.from_frame(rows[["enterprise", "as_of"]]),
    )


def risk_entries(
    table: RiskTable, events: Events, enterprise: int, as_of: int
) -> tuple[Entry, ...]:
    """Return every record that counts for the risk grade of an enterprise as of a day.

    Points of category and static lines sum to `static`, those of dynamic lines to `dynamic`, to
    the hundredth; those of what raises and lowers are steps, of which the widest counts. They
    stand in the order of the lines, and of one line in the order in which they occurred.

    Raises
    ------
    PolicyError
        If no edition is in force on the day.

    Examples
    --------
    >>> [entry] = risk_entries(RiskTable.default(), Events.none(), 7, 20513)
    >>> entry.en, entry.points
    ('no licensed food category known', 34.0)
    """
    edition, own = table.on(as_of), events.of(enterprise)
    asked = np.array([enterprise], np.int32), np.array([as_of], np.int32)
    [marks] = _limited(edition, own, *asked)
    found = entries_of(edition, own, marks, as_of, SIGNS)
    if any(entry.part is RiskPart.CATEGORY for entry in found):
        return tuple(found)
    others = sum(entry.points for entry in found if entry.part is RiskPart.STATIC)
    return (_unknown(edition, min(edition.unknown, edition.static - others)), *found)


def _summed(edition: RiskEdition, events: Events, enterprise: Days, as_of: Days) -> Ints:
    """Return hundredths of static and dynamic points, and steps up and down, 4 x rows."""
    size = len(enterprise)
    found, known = np.zeros((4, size), np.int64), np.zeros(size, np.bool_)
    for marks in _limited(edition, events, enterprise, as_of):
        for number, parts in enumerate(edition.limits):
            at = edition.are_of(marks.line, *parts)
            np.add.at(found[number], marks.row[at], marks.points[at])
        for number, part in ((2, RiskPart.RAISE), (3, RiskPart.LOWER)):
            at = edition.are_of(marks.line, part)
            np.maximum.at(found[number], marks.row[at], marks.points[at] // HUNDREDTHS)
        known[marks.row[edition.are_of(marks.line, RiskPart.CATEGORY)]] = True
    unknown = round(edition.unknown * HUNDREDTHS)
    most = round(edition.static * HUNDREDTHS)
    found[0, ~known] = np.minimum(found[0, ~known] + unknown, most)
    return found


def _limited(
    edition: RiskEdition, events: Events, enterprise: Days, as_of: Days
) -> Iterator[Marks]:
    """Yield the marks of block after block of rows, within the limits of their parts."""
    for marks in marked(edition, events, enterprise, as_of):
        points = marks.points.copy()
        for parts, most in edition.limits.items():
            at = np.flatnonzero(edition.are_of(marks.line, *parts))
            points[at] = within_limit(points[at], round(most * HUNDREDTHS), marks.row[at])
        yield replace(marks, points=points)


def _unknown(edition: RiskEdition, points: float) -> Entry:
    return Entry(
        part=RiskPart.CATEGORY,
        line="unknown",
        zh="无已知许可食品类别",
        en="no licensed food category known",
        basis="design",
        record=None,
        kind="",
        code="",
        occurred=None,
        full=edition.unknown,
        points=points,
        until=NEVER,
    )
