"""References: the one object of dated tables behind a catalogue, good for every `as_of`."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError, NotFoundError
from .cases import NOBODY, Cases
from .coverage import reads_of
from .dated import SELF, Asked, Dated, Days, Floats, Kept, Source, Table
from .events import Events
from .groups import Block
from .intervals import Ints, read_by
from .medians import Median, Middles
from .persons import Holders, Persons, holders
from .rates import Rate, counts
from .spans import Spans
from .ties import Neighbours, Tied, neighbours

__all__ = ["Contribution", "References", "require", "sources_of"]

OUTSIDE = np.array([-1], np.int32)
ANSWERS = 100_000  # rows of groups that are kept
BUILDING = Lock()  # one for all references, which can so be copied and pickled
Contribution = dict[Source, Spans]


class References:
    """The dated tables of a set of leaves.

    Built once over the events of **all** enterprises; a single enterprise is then computed from
    its own events and these. What each enterprise contributed is kept, so that it can be
    replaced when its events change.

    Parameters
    ----------
    leaves
        What the tables answer.
    kept
        What all enterprises contribute; None where only the tables are left.
    tables
        Worked out from it, if they were before; else each is when it is first asked.
    """

    def __init__(
        self,
        leaves: tuple[Dated, ...],
        kept: Kept | None,
        tables: Mapping[Table, Any] | None = None,
    ) -> None:
        self._leaves = leaves
        self._kept = kept
        self._wanted = (
            {t for leaf in leaves for t in leaf.tables} if tables is None else set(tables)
        )
        self._tables = dict(tables or {})
        self._answers: dict[tuple[Hashable, ...], Any] = {}

    @classmethod
    def of_tables(cls, leaves: Iterable[Dated], tables: Mapping[Table, Any]) -> "References":
        """Return references of tables worked out before: they answer values, and no evidence."""
        return cls(tuple(leaves), None, tables)

    @property
    def kept(self) -> Kept:
        """What all enterprises contribute, which evidence is found in.

        Raises
        ------
        InvalidError
            If only the tables are left.
        """
        if self._kept is None:
            raise InvalidError(
                "of these references only the tables are left, which answer values and no "
                "evidence; build_references(catalogue, events of all enterprises) keeps the rest"
            )
        return self._kept

    @classmethod
    def build(
        cls,
        leaves: Iterable[Dated],
        blocks: Iterable[Events],
        *,
        cases: Cases | None = None,
        bans: Events | None = None,
    ) -> "References":
        """Build the tables of some leaves.

        Parameters
        ----------
        leaves
            What they are to answer.
        blocks
            The events of all enterprises, in any number of parts, each seen once; all events of
            one enterprise lie in one part.
        cases
            Which enterprise a case means; required if a leaf counts ties.
        bans
            Bans of persons that name no enterprise (their enterprise is -1); required if a leaf
            counts persons.

        Raises
        ------
        InvalidError
            If something that is required is absent.
        """
        wanted = tuple(dict.fromkeys(leaves))
        return cls.of(wanted, (cls.read(wanted, block) for block in blocks), cases=cases, bans=bans)

    @staticmethod
    def read(leaves: Iterable[Dated], events: Events) -> Contribution:
        """Return what a block of events contributes to the tables of some leaves."""
        wanted = tuple(leaves)
        rows = read_by(_patterns(wanted), events)
        block = Block(events if len(rows) == len(events) else events.take(rows))
        return {source: source.read(block) for source in sources_of(wanted)}

    @classmethod
    def of(
        cls,
        leaves: Iterable[Dated],
        contributions: Iterable[Contribution],
        *,
        cases: Cases | None = None,
        bans: Events | None = None,
    ) -> "References":
        """Put together what blocks of events contribute; see `build` and `read`.

        They are emptied, so that nothing of a city is in memory twice.
        """
        wanted = tuple(dict.fromkeys(leaves))
        require(wanted, cases, bans)
        parts = [*contributions, *([] if bans is None else [cls.read(wanted, bans)])]
        spans = {s: Spans.joined(part.pop(s) for part in parts) for s in sources_of(wanted)}
        return cls(wanted, Kept(spans, NOBODY if cases is None else cases))

    def replaced(
        self,
        gone: npt.NDArray[np.int32],
        contributions: Iterable[Contribution],
        *,
        cases: Cases | None = None,
        bans: Events | None = None,
    ) -> "References":
        """Return the tables after the events of some enterprises changed, as if built anew.

        Parameters
        ----------
        gone
            Dense numbers of the enterprises whose events changed, or that are new, rising.
        contributions
            What all their events as they are now contribute; see `read`.
        cases, bans
            As in `build`, as they are now; what is not given stays.
        """
        parts = [*contributions]
        if bans is not None:
            gone = np.union1d(OUTSIDE, gone).astype(np.int32)
            parts.append(self.read(self._leaves, bans))
        spans = {
            source: old.spliced(gone, Spans.joined(part[source] for part in parts))
            for source, old in self.kept.spans.items()
        }
        known = self.kept.cases if cases is None else cases
        return self._after(Kept(spans, known))

    def _after(self, kept: Kept) -> "References":
        """Return the tables of other contributions; those of the same ones are not worked out."""
        then = self.kept
        moved = {source for source, spans in kept.spans.items() if spans is not then.spans[source]}
        if not moved and kept.cases is then.cases:
            return self
        found = References(self._leaves, kept)
        if kept.cases is then.cases:
            tables = self._tables.copy()
            same = {t: each for t, each in tables.items() if moved.isdisjoint(t.sources)}
            found._tables.update(same)
        return found

    def values(self, leaf: Dated, asked: Asked) -> Floats:
        """Return the value of a leaf for each row; one of a group is kept for who asks next."""
        if leaf.by == SELF or len(asked.keys) > 1:
            return self._answer(leaf, asked)
        row = leaf, asked.keys.item(), asked.as_of.item(), asked.member.item()
        found: Floats = self._kept_answer(row, lambda: self._answer(leaf, asked))
        return found.copy()  # whoever asks may write into what they get

    def _kept_answer(self, row: tuple[Hashable, ...], answer: Callable[[], Any]) -> Any:
        """Return what is answered of a group as of a day, which is worked out once."""
        found = self._answers.get(row)
        if found is None:
            if len(self._answers) >= ANSWERS:
                self._answers.clear()
            found = self._answers[row] = answer()
        return found

    def _answer(self, leaf: Dated, asked: Asked) -> Floats:
        return leaf.answer([self._table(leaf, table) for table in leaf.tables], asked)

    def counts(self, rate: Rate, key: int, as_of: int) -> tuple[int, float]:
        """Return n and the sum of a rate's outcomes in a group as of a day."""

        def counted() -> tuple[int, float]:
            n, total = counts(self._table(rate, rate.tables[0]), *_one(key, as_of))
            return int(n[0]), float(total[0])

        found: tuple[int, float] = self._kept_answer(("counts", rate, key, as_of), counted)
        return found

    def middles(self, median: Median, key: int, as_of: int) -> tuple[int, float]:
        """Return n and the median of the outcomes in a group as of a day."""

        def middle() -> tuple[int, float]:
            table: Middles = self._table(median, median.tables[0])
            n, half = table.at(*_one(key, as_of))
            return int(n[0]), float(half[0])

        found: tuple[int, float] = self._kept_answer(("middles", median, key, as_of), middle)
        return found

    def neighbours(self, leaf: Tied, enterprise: int, as_of: int) -> Neighbours:
        """Return to whom an enterprise is tied as of a day; see `ties.neighbours`."""
        return neighbours(leaf, self.kept, enterprise, as_of)

    def holders(self, leaf: Persons, enterprise: int, as_of: int) -> Holders:
        """Return who is in charge of an enterprise as of a day; see `persons.holders`."""
        return holders(leaf, self.kept, enterprise, as_of)

    def _table(self, leaf: Dated, table: Table) -> Any:
        if (built := self._tables.get(table)) is not None:
            return built
        if table not in self._wanted:
            kind = f"{type(leaf).__name__.lower()} in these references"
            raise NotFoundError.among(kind, table, self._wanted)
        with BUILDING:
            if table not in self._tables:
                self._tables[table] = table.build(self.kept)
        return self._tables[table]


def _one(key: int, as_of: int) -> tuple[Ints, Days]:
    return np.array([key], np.int64), np.array([as_of], np.int32)


def require(leaves: Iterable[Dated], cases: Cases | None, bans: Events | None) -> None:
    """Refuse leaves for which something is not given."""
    wanted = tuple(leaves)
    for kind, given, where in (
        (Tied, cases, "pass cases=Cases.from_table(Archive.cases())"),
        (Persons, bans, "pass bans=Events.from_view(Archive.bans())"),
    ):
        needing = sum(isinstance(leaf, kind) for leaf in wanted)
        if needing and given is None:
            raise InvalidError(f"the catalogue counts {kind.__name__} {needing} times; {where}")


@lru_cache(maxsize=16)
def _patterns(leaves: tuple[Dated, ...]) -> tuple[str, ...]:
    """Return the streams that some leaves read, and those that tell who belongs to a group."""
    patterns = {pattern for leaf in leaves for pattern, _ in reads_of(leaf)}
    return tuple(sorted(patterns | {f"enterprise.{leaf.by}" for leaf in leaves}))


def sources_of(leaves: Iterable[Dated]) -> tuple[Source, ...]:
    """Return what is read for some leaves, each once."""
    tables = (table for leaf in leaves for table in leaf.tables)
    return tuple(dict.fromkeys(source for table in tables for source in table.sources))
