"""Grades: as of a day, of a list, and those that runs gave."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...grading import Grade
from ...ledger import Run
from ..answers import Values, given_values, grade_values
from ..problem import ProblemError
from ..service import Service

__all__ = ["grade", "history", "run_of_grade", "scores"]

COMPARED = ["enterprise", "level", "previous", "card_level", "probability", "margin", "rules"]
Rows = Mapping[int, Mapping[str, Any]]


def grade(service: Service, number: int, identifier: str, day: int) -> Values:
    """Return the grade of an enterprise as of a day."""
    found = service.of.days.grade(number, day)
    run = run_of_grade(service, number, found)
    return grade_values(found, identifier, service.book.sequence, run)


def run_of_grade(service: Service, number: int, grade: Grade) -> int | None:
    """Return the number of the run that gave this very grade; None if none did."""
    run = _run_on(service, grade.as_of)
    if run is None:
        return None
    return _giver(grade, run, _kept(service, run, number), number)


def scores(
    service: Service,
    identifiers: Sequence[str],
    numbers: npt.NDArray[np.int64],
    problems: Mapping[str, ProblemError],
    day: int,
) -> Values:
    """Return a grade or an error for each of many enterprises, in their order.

    Parameters
    ----------
    service
        That is asked.
    identifiers, numbers, problems
        As asked for, and as `Register.find` has them.
    day
        Day number.
    """
    book = service.book
    graded = np.unique(numbers[numbers >= 0])
    frame = book.grades(graded, day)
    run = _run_on(service, day)
    rows = {} if run is None else _kept(service, run)
    places = np.searchsorted(graded, numbers).tolist()
    found: list[Values] = []
    for identifier, number, place in zip(identifiers, numbers.tolist(), places, strict=True):
        problem = problems.get(identifier)
        if problem is not None:
            fault = problem.fault.model_dump()
            found.append({"enterprise": identifier, "grade": None, "error": fault})
            continue
        each = book.scorer.grade(frame, place)
        given = None if run is None else _giver(each, run, rows, number)
        values = grade_values(each, identifier, book.sequence, given)
        found.append({"enterprise": identifier, "grade": values, "error": None})
    failed = sum(each["error"] is not None for each in found)
    return {
        "as_of": time.show(day),
        "graded": len(found) - failed,
        "failed": failed,
        "scores": found,
    }


def history(service: Service, number: int, identifier: str, after: int, limit: int) -> Values:
    """Return the grades that runs after one gave an enterprise, oldest first.

    Parameters
    ----------
    service, number, identifier
        That is asked, and about whom.
    after, limit
        Number of a run, and how many grades at most.
    """
    store, found = service.gradings.store, list[tuple[Run, Mapping[str, Any]]]()
    for run in service.gradings.history.runs():
        if run.id > after:
            found += [(run, row) for row in store.read(run.digest, enterprise=number).to_pylist()]
        if len(found) > limit:
            break
    page = found[:limit]
    return {
        "enterprise": identifier,
        "grades": [given_values(run, row) for run, row in page],
        "next": page[-1][0].id if len(found) > limit else None,
    }


def _run_on(service: Service, day: int) -> Run | None:
    """Return the run of a day; there is one at most."""
    runs = service.gradings.history.runs()
    return next((run for run in runs if run.as_of == day), None)


def _kept(service: Service, run: Run, number: int | None = None) -> Rows:
    """Return what a run gave, to one enterprise or to all, by dense number."""
    store = service.gradings.store
    table = store.read(run.digest, columns=COMPARED, enterprise=number)
    return {row["enterprise"]: row for row in table.to_pylist()}


def _giver(grade: Grade, run: Run, rows: Rows, number: int) -> int | None:
    row = rows.get(number)
    if row is None or run.bundle != grade.bundle:
        return None
    mine = {
        "enterprise": number,
        "level": str(grade.level),
        "previous": None if grade.previous is None else str(grade.previous),
        "card_level": None if grade.card_level is None else str(grade.card_level),
        "probability": grade.probability,
        "margin": grade.margin,
        "rules": " ".join(rule.id for rule in grade.rules),
    }
    return run.id if dict(row) == mine else None
