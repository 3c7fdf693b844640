"""The quantitative grade 量化分级 of catering, as its inspectors gave it: read, not modelled.

The grade given last is the grade: it supersedes every earlier one, which does not revive when
it ends. One that was withdrawn was never given. It is in force to its last day, and only while
the enterprise may trade: a grade lapses with the last operation licence, or by its revocation.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.time import NEVER, is_open
from ..features import Events, count, if_missing, intervals, latest, meetings, where
from .gradetypes import CateringGrade
from .values import holds

__all__ = ["CateringState", "catering_grades"]

GIVEN = count("catering_grade")
LICENCES = "licence:operation.*"
REVOKED = latest("licence_event:operation.revoked", field="occurred") - if_missing(
    latest("licence_event:operation.granted", field="occurred"), 0
)
# Where no operation licence is on file, none is missed.
LICENSED = where(
    if_missing(REVOKED, 0), 0, where(count(LICENCES), count(LICENCES, state="open"), 1)
)
LETTERS = pd.CategoricalDtype([str(grade) for grade in CateringGrade], ordered=True)
NONE = -1


class CateringState(StrEnum):
    """Whether an enterprise has a quantitative grade, or why not."""

    IN_FORCE = "in_force"
    """The grade given last holds."""
    EXPIRED = "expired"
    """Its last day is over."""
    LAPSED = "lapsed"
    """No operation licence is valid any more."""
    NEVER_GIVEN = "never_given"
    """None is on file."""


def catering_grades(events: Events, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the quantitative grade in force of each row.

    Parameters
    ----------
    events
        The events of at least the enterprises asked for, with all columns.
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order.

    Returns
    -------
    Index (enterprise, as_of) in the order of `rows`; `state`, a word of `CateringState`;
    `catering_grade`, missing unless it is in force; `record`, `given`, `until` (the record's
    number, its day and its last day) and `score` of the grade given last, in force or not.
    Where there is none `record` is -1 and the days are `NEVER`.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> catering_grades(Events.none(), rows)["state"].tolist()
    ['never_given']
    """
    last = _last(events, *(rows[name].to_numpy(np.int64) for name in ("enterprise", "as_of")))
    found, as_of = last != NONE, rows["as_of"].to_numpy(np.int32)
    at = last[found]
    until = _filled(
        found, np.where(events.ended_available[at] < as_of[found], events.ended[at], NEVER)
    )
    in_time = np.zeros(len(rows), np.bool_)
    in_time[found] = is_open(events.ended[at], events.ended_available[at], as_of[found])
    licensed = holds(LICENSED, events, rows)
    order = [CateringState.NEVER_GIVEN, CateringState.LAPSED, CateringState.EXPIRED]
    state = np.select([~found, ~licensed, ~in_time], order, CateringState.IN_FORCE)
    letters = [CateringGrade.of(events.vocabulary[stream][1]) for stream in events.stream[at]]
    codes = _filled(found, np.array([letter.value for letter in letters], np.int64), NONE)
    score = np.full(len(rows), np.nan)
    score[found] = events.value[at]
    return pd.DataFrame(
        {
            "state": pd.Categorical(state, categories=list(CateringState)),
            "catering_grade": pd.Categorical.from_codes(
                np.where(state == CateringState.IN_FORCE, codes, NONE), dtype=LETTERS
            ),
            "record": _filled(found, events.record[at], NONE),
            "given": _filled(found, events.occurred[at]),
            "until": until,
            "score": score,
        },
        index=pd.MultiIndex.from_frame(rows[["enterprise", "as_of"]]),
    )


def _last(
    events: Events, enterprise: npt.NDArray[np.int64], as_of: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the row of the grade given last, as known on the day, or -1."""
    given, start, stop = intervals(GIVEN, events)
    whose = events.enterprise[given].astype(np.int64)
    row, held, _, _ = meetings((enterprise, as_of - 1, as_of), (whose, start, stop))
    event = given[held]
    order = np.lexsort((events.record[event], events.available[event], events.occurred[event], row))
    last = np.full(len(enterprise), NONE, np.int64)
    last[row[order]] = event[order]
    return last


def _filled(
    found: npt.NDArray[np.bool_], values: npt.NDArray[np.integer], rest: int = NEVER
) -> npt.NDArray[np.int64]:
    """Return values where something was found, and the rest elsewhere."""
    whole = np.full(len(found), rest, np.int64)
    whole[found] = values
    return whole
