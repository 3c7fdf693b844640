"""Decisions: what people decided on grades, as a table for whoever learns from it.

One row for each decision that took effect, without names and without texts. A row is known from
the day on which it took effect, and counts for days after it, as records do: who learns of a day
joins the rows whose `known` lies before it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from ...core import time
from .acts import Act, Decision, State
from .case import Case, Event, fold, follow

__all__ = ["DECISIONS", "LIFT", "decisions"]

LIFT = "lift"
DECISIONS = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("id", pa.string()),
        ("case", pa.int32()),
        ("known", pa.int32()),
        ("cause", pa.string()),
        ("as_of", pa.int32()),
        ("decision", pa.string()),
        ("level_before", pa.string()),
        ("level_after", pa.string()),
        ("model_level", pa.string()),
        ("bundle", pa.string()),
        ("reason_code", pa.string()),
        ("outcome", pa.string()),
        ("second", pa.bool_()),
        ("until", pa.int32()),
    ]
)
"""Columns of `decisions`; days are day numbers, `level_after` is missing where none was set."""


def decisions(cases: Iterable[Case], as_of: int) -> pa.Table:
    """Return the decisions that took effect before a day, in the order in which they did.

    Parameters
    ----------
    cases
        From `Reviews.everything`.
    as_of
        Day number; nothing that came on it or later is told.
    """
    rows = [row for case in cases for row in _rows(case) if row["known"] < as_of]
    rows.sort(key=lambda row: (row["known"], row["case"]))
    return pa.Table.from_pylist(rows, DECISIONS)


def _rows(case: Case) -> Iterator[dict[str, Any]]:
    first, *others = case.events
    now = fold(case.id, case.opening, [first], time.day_of(first.at))
    for event in others:
        day = time.day_of(event.at)
        before = now.on(day)
        now = follow(before, event)
        if event.act is Act.DECIDE and now.state is not State.PROPOSED:
            yield _decided(case, event, day, second=False)
        elif event.act is Act.AGREE and before.state is State.PROPOSED and before.proposal:
            yield _decided(case, before.proposal, day, second=True)
        elif now.state is State.LIFTED and before.state is not State.LIFTED and now.decision:
            lifted = _decided(case, now.decision, day, second=event.act is Act.AGREE)
            yield lifted | {
                "decision": LIFT,
                "level_before": lifted["level_after"],
                "level_after": None,
                "reason_code": None,
                "outcome": None,
                "until": None,
            }


def _decided(case: Case, event: Event, day: int, *, second: bool) -> dict[str, Any]:
    told = event.detail
    confirmed = told["decision"] == Decision.CONFIRM
    return {
        "enterprise": case.opening.number,
        "id": case.opening.enterprise,
        "case": case.id,
        "known": day,
        "cause": case.opening.cause,
        "as_of": case.opening.as_of,
        "decision": told["decision"],
        "level_before": told.get("level_before"),
        "level_after": told.get("level_before") if confirmed else told.get("level"),
        "model_level": told.get("model_level"),
        "bundle": told.get("bundle"),
        "reason_code": told.get("reason_code"),
        "outcome": told.get("outcome"),
        "second": second,
        "until": event.day("until"),
    }
