"""Publicity: for how long the law makes records public, from a TOML file with dates."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.calendar import expected_working_day
from ...core.editions import DatedEdition, Editions, in_order, read_dates
from ...core.table import Table
from ...features import Events, in_streams
from ...features.streams import read_streams
from .following import each_in_turn

__all__ = ["Public", "Publicity", "PublicityEdition", "Term"]

AMOUNTS = ("penalty",)  # whose value is the fine with what was confiscated
_NOBODY = np.zeros(0, np.int64)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Term:
    """For how many months records of some streams are public, and by which law.

    With `removable` the end of a record is its removal, which ends its publicity too, and with
    `lapses` an entry ends with its term if nothing is told of it. A restriction in `longer` that
    is told to run longer is public for as long as it does, and no entry lapses while it runs.
    With `below` it is about penalties of a smaller amount (万元) alone, and no other term is about
    those.
    """

    id: str
    streams: tuple[str, ...]
    unless: tuple[str, ...]
    months: int
    basis: str
    removable: bool
    lapses: bool = False
    longer: tuple[str, ...] = ()
    below: float | None = None


@dataclass(frozen=True, slots=True)
class PublicityEdition(DatedEdition):
    """The terms that there were over a stretch of days.

    `note` says in Chinese and in English what has to be known about the days that are told.
    """

    terms: tuple[Term, ...]
    stop_working_days: int
    note: tuple[str, str]

    def of(self, own: Events, as_of: int) -> "Public":
        """Return what of an enterprise is public.

        Parameters
        ----------
        own
            Its events as known before the day.
        as_of
            Day number.
        """
        return Public(self, own, as_of, tuple(_about(term, own) for term in self.terms))


@dataclass(frozen=True, slots=True, eq=False)
class Public:
    """What of an enterprise is public as of a day, and for how long.

    Parameters
    ----------
    edition
        The terms that there are.
    own, as_of
        The events as known before the day, and day number.
    about
        Which events each term is about.
    """

    edition: PublicityEdition
    own: Events
    as_of: int
    about: tuple[Mask, ...]
    ends: dict[int, int] = field(init=False)
    """When the terms of records have passed, by number."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ends", self._ends())

    def until(self) -> dict[int, int]:
        """Return the day on which the publicity of each record ends, by number.

        Records that no term is about are not in it. Where several are, the longest counts. Of a
        record that is repaired, removed or withdrawn it ends so many working days after that.
        """
        stopped = self._stopped() if self.ends else {}
        return {record: min(end, stopped.get(record, end)) for record, end in self.ends.items()}

    def lapsed(self) -> Events:
        """Return the events with entries ended that end with their terms.

        The law removes them without being asked, so in the days ahead that is time passing. An
        entry that is open though its term has passed stays so: something keeps it open.
        """
        own, as_of, open_ = self.own, self.as_of, self._open()
        ended, told = own.ended.copy(), own.ended_available.copy()
        for term, about in zip(self.edition.terms, self.about, strict=True):
            rows = np.flatnonzero(about & open_) if term.lapses else np.empty(0, np.intp)
            if not len(rows):
                continue
            longer = in_streams(own.stream, term.longer, own.vocabulary) & open_
            runs = int(own.ended[longer].max(initial=as_of - 1))
            for row in rows.tolist():
                if max(as_of, runs) <= (end := self.ends[int(own.record[row])]) < own.ended[row]:
                    ended[row] = told[row] = end
        return replace(own, ended=ended, ended_available=told)

    def overdue(self) -> frozenset[int]:
        """Return the records that stand though their terms have passed, by number.

        Something keeps these entries public, and until when nobody knows.
        """
        own = self.own
        stands = self._open() & time.is_counted(own.available, own.withdrawn, self.as_of)
        records = own.record[stands & self._removable()].tolist()
        return frozenset(each for each in records if self.ends[each] < self.as_of)

    def _ends(self) -> dict[int, int]:
        own, found = self.own, dict[int, int]()
        if not any(about.any() for about in self.about):
            return found
        terms = tuple(zip(self.edition.terms, self.about, strict=True))
        anywhere = np.concatenate([_small(*each, own) for each in terms])
        for term, about in terms:
            if not about.any():
                continue
            small = anywhere if term.below is None else _small(term, about, own)
            belongs = np.isin(own.record, small) == (term.below is not None)
            rows = np.flatnonzero(about & belongs)
            longer = in_streams(own.stream[rows], term.longer, own.vocabulary)
            runs = np.where(longer & (own.ended[rows] < time.NEVER), own.ended[rows], 0)
            columns = (own.record, own.occurred)
            for record, since, last in zip(
                *(column[rows].tolist() for column in columns), runs.tolist(), strict=True
            ):
                end = max(time.months_after(since, term.months), last)
                found[record] = max(end, found.get(record, end))
        return found

    def _open(self) -> Mask:
        return time.is_open(self.own.ended, self.own.ended_available, self.as_of)

    def _removable(self) -> Mask:
        found = np.zeros(len(self.own), np.bool_)
        for term, about in zip(self.edition.terms, self.about, strict=True):
            if term.removable:
                found |= about
        return found

    def _stopped(self) -> dict[int, int]:
        """Return when the publicity of records that are cleared has to stop."""
        own, as_of = self.own, self.as_of
        counts = time.is_counted(own.available, own.withdrawn, as_of)
        removed = self._removable() & ~self._open()
        gone = ~np.isin(own.record, own.record[counts])
        days = np.where(
            gone,
            own.withdrawn,
            np.minimum(
                np.where(time.is_repaired(own.repaired, as_of), own.repaired, time.NEVER),
                np.where(removed, own.ended, time.NEVER),
            ),
        )
        rows = np.flatnonzero((counts | gone) & (days < time.NEVER))
        rows = rows[np.argsort(days[rows], kind="stable")]
        last = dict(zip(own.record[rows].tolist(), days[rows].tolist(), strict=True))
        working_days = self.edition.stop_working_days
        return {
            record: expected_working_day(day, working_days)[0]
            for record, day in last.items()
            if record in self.ends
        }


def _small(term: Term, about: Mask, own: Events) -> npt.NDArray[np.int64]:
    """Return the penalties of an amount that a term calls small."""
    if term.below is None:
        return _NOBODY
    small = in_streams(own.stream, AMOUNTS, own.vocabulary) & (own.value < term.below)
    return np.intersect1d(own.record[small], own.record[about])


def _about(term: Term, own: Events) -> Mask:
    about = in_streams(own.stream, term.streams, own.vocabulary)
    if term.unless:
        about &= ~in_streams(own.stream, term.unless, own.vocabulary)
    return about


@dataclass(frozen=True, slots=True)
class Publicity(Editions[PublicityEdition]):
    """A file of terms of publicity.

    Examples
    --------
    >>> from datetime import date
    >>> [(each.id, each.months) for each in Publicity.default().on(date(2026, 3, 1)).terms][:2]
    [('criticism', 3), ('penalty', 36)]
    """

    KIND: ClassVar[str] = "file of publicity"
    SHIPPED: ClassVar[str] = "law/publicity.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read terms from text; `source` names it in errors.

        An edition that `follows` another has its note and terms, except for what it says anew.
        """
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(each_in_turn(tables, _edition), source), text)


def _edition(table: Table, before: PublicityEdition | None) -> PublicityEdition:
    dates = read_dates(table)
    stop = table.take("stop_working_days", int)
    if stop < 0:
        table.refuse("stop_working_days", stop, "0 or more")
    note = _note(table.table("note")) if before is None or "note" in table else before.note
    said = tuple(map(_term, table.tables("term", least=1 if before is None else 0)))
    table.finish()
    kept = () if before is None else before.terms
    terms = tuple({each.id: each for each in (*kept, *said)}.values())
    return PublicityEdition(*dates, terms=terms, stop_working_days=stop, note=note)


def _note(table: Table) -> tuple[str, str]:
    texts = table.take("zh", str), table.take("en", str)
    table.finish()
    return texts


def _term(table: Table) -> Term:
    months = table.take("months", int)
    if months < 1:
        table.refuse("months", months, "at least 1")
    below = table.take("below", float, float("inf"))
    if below <= 0:
        table.refuse("below", below, "an amount over 0, in 万元")
    term = Term(
        table.take("id", str),
        read_streams(table, "streams"),
        read_streams(table, "except") if "except" in table else (),
        months,
        table.take("basis", str),
        table.flag("removable"),
        table.flag("lapses"),
        read_streams(table, "longer") if "longer" in table else (),
        None if below == float("inf") else below,
    )
    table.finish()
    return term
