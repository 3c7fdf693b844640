"""Profiles: the district and the categories of an enterprise, as of a day."""

from collections.abc import Collection, Mapping
from copy import copy
from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...archive import Archive
from ...core import time
from ...core.codes import CodeTable
from ...features import Events

__all__ = ["Profiles", "category_code", "district_code"]

DISTRICT, BUSINESS, LICENSED = "enterprise.district", "enterprise.category", "licence.category"
KINDS = (DISTRICT, BUSINESS, LICENSED)
NONE, OTHER = "", -1
Texts = Mapping[int, str]
Numbers = npt.NDArray[np.int64]


class Profiles:
    """Where each enterprise is and what it does, from the events that grades are made from.

    Nothing is built: it reads the few events of the one enterprise that is asked about.

    Parameters
    ----------
    events
        What is known of enterprises.
    districts, businesses
        `case` and `text`, as by `Archive.terms`: the districts and lines of business that sources
        name.

    Examples
    --------
    >>> nobody = pa.table({"case": pa.array([], pa.int64()), "text": pa.array([], pa.string())})
    >>> profiles = Profiles(Events.none(), nobody, nobody)
    >>> profiles.district(0, 20_000), profiles.categories(0, 20_000)
    (None, frozenset())
    """

    def __init__(self, events: Events, districts: pa.Table, businesses: pa.Table) -> None:
        self._follow(events)
        self._districts = {case: district_code(text) for case, text in _texts(districts).items()}
        self._businesses = {case: category_code(text) for case, text in _texts(businesses).items()}

    @classmethod
    def open(cls, archive: Archive, events: Events) -> Self:
        """Return the profiles of an archive, of which these are the events."""
        terms = (archive.terms("enterprise", field) for field in ("district", "category"))
        return cls(events, *terms)

    def among(
        self,
        numbers: Numbers,
        day: int,
        districts: Collection[str] | None,
        categories: Collection[str] | None,
    ) -> npt.NDArray[np.bool_]:
        """Tell which enterprises lie in one of some districts, and do one of some things.

        Parameters
        ----------
        numbers, day
            Dense numbers of the enterprises, and day number.
        districts, categories
            As `district` and `categories` tell them; None where any will do, known or not.
        """
        events = self._events.among(numbers.astype(np.int32))
        told = np.ones(len(numbers), bool)
        if districts is not None:
            told &= self._said(events, numbers, day, DISTRICT, self._districts, districts)
        if categories is not None:
            told &= self._said(
                events, numbers, day, BUSINESS, self._businesses, categories
            ) | self._licensed(events, numbers, day, categories)
        return told

    def district(self, number: int, day: int) -> str | None:
        """Return the district of an enterprise as of a day; None where nobody told it.

        A district of the table of codes is told by its code, whether the source has the code or
        the name; another as its source has it.

        Parameters
        ----------
        number, day
            Dense number of the enterprise, and day number.
        """
        events, rows = self._rows(number, day, DISTRICT)
        return self._districts.get(int(events.case[rows[-1]])) if rows else None

    def categories(self, number: int, day: int) -> frozenset[str]:
        """Return the food categories that it is licensed for as of a day, and its line of business.

        A line of business of the table of codes is told by its code; another as its source has it.

        Parameters
        ----------
        number, day
            Dense number of the enterprise, and day number.
        """
        events, rows = self._rows(number, day, LICENSED)
        found = {
            self._codes[events.stream[row]]
            for row in rows
            if time.is_open(int(events.ended[row]), int(events.ended_available[row]), day)
        }
        events, rows = self._rows(number, day, BUSINESS)
        if rows:
            found.add(self._businesses.get(int(events.case[rows[-1]]), NONE))
        return frozenset(found - {NONE})

    def over(self, archive: Archive, events: Events, *, terms: bool) -> Self:
        """Return the profiles after newer events.

        Parameters
        ----------
        archive, events
            As they are now; the vocabulary is that of before, or begins with it.
        terms
            Whether sources may have named further districts and lines of business.
        """
        if terms:
            return self.open(archive, events)
        found = copy(self)
        found._follow(events)  # noqa: SLF001
        return found

    def _follow(self, events: Events) -> None:
        self._events = events
        self._codes = [code for _, code in events.vocabulary]
        kinds = [KINDS.index(kind) if kind in KINDS else OTHER for kind, _ in events.vocabulary]
        self._kinds = np.array(kinds, np.int8)

    def _said(
        self,
        events: Events,
        numbers: Numbers,
        day: int,
        kind: str,
        texts: Texts,
        wanted: Collection[str],
    ) -> npt.NDArray[np.bool_]:
        """Tell of which enterprises the newest record of a kind says one of some texts."""
        rows, owners = self._counted(events, numbers, day, kind)
        newest = np.append(owners[1:] != owners[:-1], True)[: len(owners)]
        cases = [case for case, text in texts.items() if text in wanted]
        said = np.zeros(len(numbers), bool)
        said[owners[newest]] = np.isin(events.case[rows[newest]], cases)
        return said

    def _licensed(
        self, events: Events, numbers: Numbers, day: int, wanted: Collection[str]
    ) -> npt.NDArray[np.bool_]:
        """Tell which enterprises have a licence for one of some categories."""
        rows, owners = self._counted(events, numbers, day, LICENSED)
        held = np.array([code in wanted for code in self._codes], bool)[events.stream[rows]]
        held &= time.is_open(events.ended[rows], events.ended_available[rows], day)
        return np.bincount(owners[held], minlength=len(numbers)) > 0

    def _counted(
        self, events: Events, numbers: Numbers, day: int, kind: str
    ) -> tuple[Numbers, Numbers]:
        """Return the rows of one kind that count as of a day, and the place of whose each is."""
        first, last = events.bounds(numbers)
        owners = np.repeat(np.arange(len(numbers)), last - first)
        rows = np.arange(len(owners)) + np.repeat(last - np.cumsum(last - first), last - first)
        kept = self._kinds[events.stream[rows]] == KINDS.index(kind)
        rows, owners = rows[kept], owners[kept]
        kept = (events.occurred[rows] < day) & time.is_counted(
            events.available[rows], events.withdrawn[rows], day
        )
        return rows[kept], owners[kept]

    def _rows(self, number: int, day: int, kind: str) -> tuple[Events, list[int]]:
        """Return events, and the rows of one kind that count as of a day, in order."""
        events, first, last = self._events.stretch(number)
        kinds = self._kinds[events.stream[first:last]]
        rows = np.flatnonzero(kinds == KINDS.index(kind)) + first
        return events, [
            row
            for row in rows.tolist()
            if events.occurred[row] < day
            and time.is_counted(int(events.available[row]), int(events.withdrawn[row]), day)
        ]


def district_code(text: str) -> str:
    """Return the code of a district of the table of codes; another text as it stands.

    Examples
    --------
    >>> district_code("福田区"), district_code("440304"), district_code("Loop")
    ('440304', '440304', 'Loop')
    """
    return _codes("district").get(text, text)


def category_code(text: str) -> str:
    """Return the code of a line of business of the table of codes; another text as it stands.

    Examples
    --------
    >>> category_code("小型餐馆"), category_code("2401"), category_code("Bakery")
    ('restaurant_small', '2401', 'Bakery')
    """
    return _codes("line_of_business").get(text, text)


@cache
def _codes(name: str) -> Mapping[str, str]:
    table = CodeTable.load(name).table
    return dict(zip(table["zh"].to_pylist(), table["code"].to_pylist(), strict=True))


def _texts(terms: pa.Table) -> Texts:
    return dict(zip(terms["case"].to_pylist(), terms["text"].to_pylist(), strict=True))
