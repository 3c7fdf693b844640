"""Enterprises that a person chose for rows in review, given to their records as they are mapped."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .collect import nowhere
from .contract import HINTS
from .decisions import DECIDED, Decision
from .kinds import KINDS
from .known import Known
from .source import Records
from .store import Store

__all__ = ["Chosen"]


class Chosen(Known):
    """Finds enterprises as `Known` does, and where that finds none takes what a person chose.

    Parameters
    ----------
    store, scheme
        The archive's tables, and the scheme of the codes that are wanted.
    decisions
        What was decided on rows of one delivery; enterprises with their scheme.
    """

    def __init__(self, store: Store, scheme: str, decisions: Sequence[Decision]) -> None:
        super().__init__(store, scheme)
        self._chosen = {
            (each.file, each.row, each.kind): each for each in decisions if each.enterprise
        }
        self._met: dict[Decision, set[tuple[str, tuple[str | None, ...]]]] = {}

    @property
    def nobody(self) -> bool:
        """Whether no enterprise was chosen for any row."""
        return not self._chosen

    def decided(self, records: pa.Table, about: Records) -> pa.Table:
        """Return records with the enterprises that a person chose, `linked` by that decision.

        Only a record that would otherwise wait gets one.
        """
        rows = records["_row"].to_numpy()
        mine = [row for file, row, _ in self._chosen if file == about.rows]
        waits = np.flatnonzero(nowhere(KINDS[about.kind], records) & np.isin(rows, mine))
        choices = ((place, self._of(about, int(rows[place]))) for place in waits.tolist())
        found = {place: each for place, each in choices if each is not None}
        if not found:
            return records
        hints = records.select(HINTS).take(pa.array(list(found))).to_pylist()
        for each, said in zip(found.values(), hints, strict=True):
            self._met.setdefault(each, set()).add((about.kind, tuple(said.values())))
        where = np.zeros(len(rows), bool)
        where[list(found)] = True
        codes = [str(each.enterprise).partition(":")[2] for each in found.values()]
        linked = [f"{DECIDED}{each.by}" for each in found.values()]
        for name, texts in (("enterprise", codes), ("linked", linked)):
            column = records[name].combine_chunks()
            filled = pc.replace_with_mask(column, pa.array(where), pa.array(texts, pa.string()))
            records = records.set_column(records.column_names.index(name), name, filled)
        return records

    def problems(self) -> Iterator[str]:
        """Say which choices fit no record, or records that may be about several enterprises."""
        for each in self._chosen.values():
            met = self._met.get(each, set())
            kinds = sorted({kind for kind, _ in met})
            if not met:
                yield (
                    f"{each}: no {each.kind or 'record'} of the row waits for an enterprise by the "
                    "mapping of today; replay the delivery"
                )
            elif len({hints for _, hints in met}) > 1 and len(kinds) > 1:
                yield (
                    f"{each}: its records name enterprises in different words, so that they may "
                    f"be about several; decide for each kind: {', '.join(kinds)}"
                )
            elif len({hints for _, hints in met}) > 1:
                yield (
                    f"{each}: the row yields several {kinds[0]} records that name enterprises in "
                    "different words, which no decision can tell apart; have the mapping tell "
                    "their codes, or ask the department for a row of each"
                )

    def _of(self, about: Records, row: int) -> Decision | None:
        kind = self._chosen.get((about.rows, row, about.kind))
        return kind or self._chosen.get((about.rows, row, None))
