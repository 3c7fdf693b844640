"""Taking: the records of an enterprise as they would be, had it taken some steps."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...core import time
from ...features import Events
from ...features.events import COLUMNS, ORDER
from ..law.actions import Deed
from ..law.filing import filed
from ..law.steps import Do, Step, rows_of

__all__ = ["taken", "worlds"]

CHANGED = ("withdrawn", "repaired", "ended", "ended_available")
Rows = npt.NDArray[np.intp]
Record = dict[str, float]


def taken(own: Events, enterprise: int, steps: Sequence[Step]) -> Events:
    """Return the events of an enterprise as they would be, had it taken some steps."""
    events = worlds(own, [steps])
    return replace(events, enterprise=np.full(len(events), enterprise, np.int32))


def worlds(own: Events, sets: Sequence[Sequence[Step]]) -> Events:
    """Return the events of an enterprise in many worlds, in each of which it took one set of steps.

    In place of its number each event has that of its world, which is the place of the set.

    Parameters
    ----------
    own
        The events of the enterprise.
    sets
        What is done in each world.
    """
    size, vocabulary = len(own), list(own.vocabulary)
    columns = {name: np.tile(getattr(own, name), len(sets)) for name in COLUMNS}
    columns["enterprise"] = np.repeat(np.arange(len(sets), dtype=np.int32), size)
    rows: dict[Do, Rows] = {}
    added: list[Record] = []
    for world, steps in enumerate(sets):
        here = {name: columns[name][world * size : (world + 1) * size] for name in CHANGED}
        for step in steps:
            if step.action.adds:
                more = _records(step, own, vocabulary)
                added += [each | {"enterprise": world} for each in more]
                continue
            if step.deed not in rows:
                rows[step.deed] = rows_of(step, own)
            _change(step, rows[step.deed], here)
            if step.action.does is Deed.EXTEND:
                more = _renewed(step, rows[step.deed], own)
                added += [each | {"enterprise": world} for each in more]
    if added:
        columns = _with_more(columns, added, own)
    return Events(**columns, vocabulary=tuple(vocabulary))


def _change(step: Step, rows: Rows, here: dict[str, npt.NDArray[np.int32]]) -> None:
    """Change the clocks of the records that a step is about."""
    ended, told = here["ended"], here["ended_available"]
    match step.action.does:
        case Deed.END:
            rows = rows[ended[rows] > step.done]
            ended[rows] = told[rows] = step.done
        case Deed.REPAIR:
            here["repaired"][rows] = np.minimum(here["repaired"][rows], step.done)
        case Deed.EXTEND:
            here["withdrawn"][rows] = np.minimum(here["withdrawn"][rows], step.done)


def _renewed(step: Step, rows: Rows, own: Events) -> Iterator[Record]:
    """Yield the records of a step that extends them, as they read once it is decided.

    The new term begins with the decision, and includes its last day.
    """
    last = time.months_after(step.done, step.action.extend_months) - 1
    for row in rows.tolist():
        record = {name: getattr(own, name)[row].item() for name in COLUMNS}
        ends = {"ended": max(last, record["ended"]), "ended_available": step.done}
        yield record | ends | {"available": step.done}


def _with_more(
    columns: dict[str, npt.NDArray[np.generic]], added: list[Record], own: Events
) -> dict[str, npt.NDArray[np.generic]]:
    """Return columns of worlds with records added, each where it stands in order."""
    more = {name: np.array([each[name] for each in added], kind) for name, kind in COLUMNS.items()}
    order = np.lexsort([more[name] for name in reversed(ORDER)])
    more = {name: column[order] for name, column in more.items()}
    at = more["enterprise"].astype(np.intp) * len(own) + _before(own, more)
    return {name: np.insert(column, at, more[name]) for name, column in columns.items()}


def _before(own: Events, more: dict[str, npt.NDArray[np.generic]]) -> Rows:
    """Return how many events of an enterprise stand before each of some more."""
    keys = [np.concatenate([getattr(own, name), more[name]]) for name in reversed(ORDER[1:])]
    order = np.lexsort(keys)
    counted = np.empty(len(order), np.intp)
    counted[order] = np.cumsum(order < len(own))
    return counted[len(own) :]


def _records(step: Step, own: Events, vocabulary: list[tuple[str, str]]) -> Iterator[Record]:
    """Yield the records that a step adds."""
    clocks = dict.fromkeys(CHANGED, time.NEVER)
    action = step.action
    if action.deadline is None:
        kind, _, code = action.streams[0].partition(":")
        said = iter([((kind, code), {"occurred": step.done, "value": np.nan, "severity": np.nan})])
    else:
        said = filed(action, action.deadline, step.deadlines, step.done, own)
    for stream, figures in said:
        if stream not in vocabulary:
            vocabulary.append(stream)
        yield {
            "stream": vocabulary.index(stream),
            "record": step.record,
            "case": step.record,
            "available": step.done,
            **figures,
            **clocks,
        }
