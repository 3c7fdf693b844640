"""Decisions: what people decided on grades, as a table for whoever learns from it.

One row for each decision that took effect, without names and without texts. A row is known from
the day on which it took effect, and counts for days after it, as records do: who learns of a day
joins the rows whose `known` lies before it.

Acts are kept with the state to which they led, so no case is folded for it.
"""

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import pyarrow as pa
from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.engine import Engine

from ...core import time
from .acts import Act, Decision, State
from .rows import aware
from .tables import CASE, EVENT

__all__ = ["DECISIONS", "LIFT", "decisions"]

LIFT = "lift"
ROWS = 10_000
SETTLING = (Act.DECIDE, Act.AGREE, Act.LIFT)
SETTLED = (State.CONFIRMED, State.IN_FORCE, State.SENT_BACK, State.LIFTED)
"""Acts that may settle something, and the states that they lead to if they do."""
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


def decisions(engine: Engine, as_of: int) -> Iterator[pa.Table]:
    """Yield the decisions that took effect before a day, in the order in which they did.

    Parameters
    ----------
    engine
        The operational database.
    as_of
        Day number; nothing that came on it or later is told.

    Yields
    ------
    Parts of one table with the columns `DECISIONS`, some thousand rows each; the first has none
    where there is nothing.
    """
    rows = _rows(engine, as_of)
    yield pa.Table.from_pylist([*islice(rows, ROWS)], DECISIONS)
    while part := [*islice(rows, ROWS)]:
        yield pa.Table.from_pylist(part, DECISIONS)


def _rows(engine: Engine, as_of: int) -> Iterator[dict[str, Any]]:
    """Yield rows by day and case; no more is held at once than what came in one day."""
    with engine.connect() as connection:
        settled = connection.execution_options(yield_per=ROWS).execute(_statement(as_of)).mappings()
        for day, found in groupby(settled, lambda each: time.day_of(aware(each["at"]))):
            for each in sorted(found, key=itemgetter("case", "position")):
                yield _row(each, day)


def _statement(as_of: int) -> Select[Any]:
    """Return what asks for acts that settled something, each beside the decision that it is of.

    Nobody decides anew while a decision waits for the second person or its level counts, so that
    is the last one made by then.
    """
    decided, made = EVENT.alias(), EVENT.alias()
    last = (
        select(func.max(made.c.position))
        .where(made.c.case == EVENT.c.case, made.c.act == Act.DECIDE.value)
        .where(made.c.position <= EVENT.c.position)
        .scalar_subquery()
    )
    columns = (EVENT.c.at, EVENT.c.case, EVENT.c.position, EVENT.c.act, EVENT.c.state)
    of = (CASE.c.number, CASE.c.enterprise, CASE.c.cause, CASE.c.as_of)
    return (
        select(*columns, *of, decided.c.detail)
        .join(CASE, CASE.c.id == EVENT.c.case)
        .join(decided, (decided.c.case == EVENT.c.case) & (decided.c.position == last))
        .where(EVENT.c.act.in_([each.value for each in SETTLING]))
        .where(EVENT.c.state.in_([each.value for each in SETTLED]))
        .where(EVENT.c.at <= time.instant(as_of - 1))
        .order_by(EVENT.c.at)
    )


def _row(found: RowMapping, day: int) -> dict[str, Any]:
    told = found["detail"]
    confirmed = told["decision"] == Decision.CONFIRM
    row = {
        "enterprise": found["number"],
        "id": found["enterprise"],
        "case": found["case"],
        "known": day,
        "cause": found["cause"],
        "as_of": time.day(found["as_of"]),
        "bundle": told.get("bundle"),
        "model_level": told.get("model_level"),
        "second": found["act"] == Act.AGREE,
    }
    if found["state"] == State.LIFTED:
        return row | {"decision": LIFT, "level_before": told.get("level")}
    until = told.get("until")
    return row | {
        "decision": told["decision"],
        "level_before": told.get("level_before"),
        "level_after": told.get("level_before") if confirmed else told.get("level"),
        "reason_code": told.get("reason_code"),
        "outcome": told.get("outcome"),
        "until": None if until is None else time.day(str(until)),
    }
