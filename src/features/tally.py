"""The tally: what the parts of a city contribute to dated tables, summed up as the parts come.

What has to be replaced later is kept enterprise by enterprise (`References.of`). Whoever asks
once needs of most outcomes only their sums, which take no room.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .cases import NOBODY, Cases
from .dated import Dated, Kept, Source, Table
from .events import Events
from .rates import Outcomes
from .references import Contribution, References, require, sources_of
from .spans import Spans
from .steps import Steps

__all__ = ["Tally"]

TOGETHER = 32  # parts, which are summed up at once


class Tally:
    """What was contributed so far.

    Parameters
    ----------
    leaves
        What the tables are to answer.
    """

    def __init__(self, leaves: Iterable[Dated]) -> None:
        self._leaves = tuple(dict.fromkeys(leaves))
        self._spans: dict[Source, list[Spans]] = {s: [] for s in sources_of(self._leaves)}
        self._sums: dict[Outcomes, Steps] = {}

    def add(self, contribution: Contribution) -> None:
        """Add what a part of the city contributes."""
        for source, spans in contribution.items():
            parts = self._spans[source]
            parts.append(spans)
            if len(parts) == TOGETHER and isinstance(source, Outcomes):
                self._sum_up(source)

    def references(self, cases: Cases | None = None, bans: Events | None = None) -> References:
        """Return the tables of all that was added, which is forgotten, so that it is held once.

        They answer values, and no evidence.

        Parameters
        ----------
        cases, bans
            As in `References.build`.
        """
        require(self._leaves, cases, bans)
        if bans is not None:
            self.add(References.read(self._leaves, bans))
        spans: dict[Source, Spans] = {}
        for source, parts in self._spans.items():
            if isinstance(source, Outcomes):
                self._sum_up(source)
            else:
                spans[source] = Spans.joined(parts)
                parts.clear()
        kept = Kept(spans, NOBODY if cases is None else cases)
        tables: Mapping[Table, Any] = {
            table: self._sums.pop(table) if isinstance(table, Outcomes) else table.build(kept)
            for table in dict.fromkeys(table for leaf in self._leaves for table in leaf.tables)
        }
        return References.of_tables(self._leaves, tables)

    def _sum_up(self, source: Outcomes) -> None:
        parts = self._spans[source]
        before = [self._sums[source]] if source in self._sums else []
        self._sums[source] = Steps.joined([*before, source.summed(Spans.together(parts))])
        parts.clear()
