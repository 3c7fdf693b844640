"""Entries: what each record does to a score or a grade, for people to read."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...core.time import NEVER
from ...features import Events, evidence
from ..rules import Rule, Rules
from .edition import LinedEdition
from .line import CardLine, CardPart, Deadlines, Part
from .marks import HUNDREDTHS, Marks

__all__ = ["Entry", "bars_of", "entries_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one record does to a score or a grade as of a day.

    Parameters
    ----------
    part, line, zh, en, basis
        The line of the card, or the statutory rule that bars the bonus.
    record, kind, code
        The record and the stream it was read from; None and empty of a deadline missed, and of
        the score to begin with where no licensed group is known.
    occurred
        Day of the record or the deadline; None where there is neither.
    full, points
        What it gave when it occurred, and what of it is in the score; deductions are negative.
        Nothing is left where another record of the lot or the line gives more, or a lower score
        to begin with; beyond a cap; and of a bonus under a bar. Lines of `lowest` and the
        records behind a bar give no points.
    until
        First day as of which it no longer counts by what is known; `NEVER` where that is not.
    """

    part: Part
    line: str
    zh: str
    en: str
    basis: str
    record: int | None
    kind: str
    code: str
    occurred: int | None
    full: float
    points: float
    until: int


def entries_of(
    edition: LinedEdition, own: Events, marks: Marks, as_of: int, signs: Mapping[Part, int]
) -> list[Entry]:
    """Return the entries of the marks of an enterprise, of whose parts each has a sign."""
    return [_entry(edition, own, marks, at, as_of, signs) for at in range(len(marks.row))]


def bars_of(rule: Rule, own: Events, enterprise: int, as_of: int) -> list[Entry]:
    """Return the records for which a statutory rule that is met bars the bonus."""
    behind = evidence(Rules((rule,)).catalogue, rule.id, own, enterprise, as_of).events
    return [
        Entry(
            part=CardPart.BAR,
            line=rule.id,
            zh=rule.zh,
            en=rule.en,
            basis=rule.basis,
            record=int(behind.record[at]),
            kind=behind.vocabulary[behind.stream[at]][0],
            code=behind.vocabulary[behind.stream[at]][1],
            occurred=int(behind.occurred[at]),
            full=0.0,
            points=0.0,
            until=NEVER,
        )
        for at in np.lexsort((behind.record, behind.occurred)).tolist()
    ]


def _entry(
    edition: LinedEdition,
    own: Events,
    marks: Marks,
    at: int,
    as_of: int,
    signs: Mapping[Part, int],
) -> Entry:
    line, event = edition.lines[marks.line[at]], int(marks.event[at])
    sign = signs[line.part]
    is_record = event >= 0
    kind, code = own.vocabulary[own.stream[event]] if is_record else ("", "")
    return Entry(
        part=line.part,
        line=line.id,
        zh=line.zh,
        en=line.en,
        basis=line.basis,
        record=int(own.record[event]) if is_record else None,
        kind=kind,
        code=code,
        occurred=int(marks.occurred[at]),
        full=sign * int(marks.full[at]) / HUNDREDTHS,
        points=sign * int(marks.points[at]) / HUNDREDTHS,
        until=_until(line, own, event, int(marks.occurred[at]), as_of),
    )


def _until(line: CardLine, own: Events, event: int, occurred: int, as_of: int) -> int:
    """Return the first day as of which a record no longer counts, by what is known."""
    last = NEVER
    if line.counts.window is not None:
        last = occurred + line.counts.window
    if isinstance(line.counts, Deadlines) or line.counts.state == "any":
        return min(last + 1, NEVER)
    if own.ended_available[event] < as_of:
        last = min(last, max(int(own.ended[event]), int(own.ended_available[event])))
    return min(last + 1, NEVER)
