"""Grades: as of a day, of a list, and those that runs gave."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...grading import Grade
from ...ledger import Run
from ..answers import Values, given_values, grade_values
from ..live.service import Service
from ..problem import ProblemError

__all__ = ["grade", "history", "run_of_grade", "scores"]

COMPARED = ["enterprise", "model_level", "previous", "card_level", "probability", "margin", "rules"]
Rows = Mapping[int, Mapping[str, Any]]


def grade(service: Service, number: int, identifier: str, day: int) -> Values:
    """Return the grade of an enterprise as of a day."""
    found = service.of.days.grade(number, day)
    run = run_of_grade(service, number, found)
    people = service.of.reviewed.of(number, day)
    return grade_values(found, identifier, service.book.sequence, run, people)


def run_of_grade(service: Service, number: int, grade: Grade) -> int | None:
    """Return the number of the run that gave this very grade; None if none did."""
    run = service.of.days.run_on(grade.as_of)
    if run is None:
        return None
    given = service.of.days.was_given(number, run)
    if given is None:
        return _giver(grade, run, _kept(service, run, number), number)
    return run.id if given else None


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
    tell = _teller(service, np.unique(numbers[numbers >= 0]), day)
    found: list[Values] = []
    for identifier, number in zip(identifiers, numbers.tolist(), strict=True):
        problem = problems.get(identifier)
        if problem is not None:
            fault = problem.fault.model_dump()
            found.append({"enterprise": identifier, "grade": None, "error": fault})
            continue
        each, run = tell(number)
        people = service.of.reviewed.of(number, day)
        values = grade_values(each, identifier, service.book.sequence, run, people)
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


def _teller(
    service: Service, some: npt.NDArray[np.int64], day: int
) -> Callable[[int], tuple[Grade, int | None]]:
    """Return what tells the grades of some enterprises, by rising number, and who gave them."""
    days, book = service.of.days, service.book
    if days.whole(day):

        def ahead(number: int) -> tuple[Grade, int | None]:
            found = days.grade(number, day)
            return found, run_of_grade(service, number, found)

        return ahead
    frame, run = book.grades(some, day), days.run_on(day)
    rows = {} if run is None else _kept(service, run)

    def computed(number: int) -> tuple[Grade, int | None]:
        found = book.scorer.grade(frame, int(np.searchsorted(some, number)))
        return found, None if run is None else _giver(found, run, rows, number)

    return computed


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
        "model_level": str(grade.model_level),
        "previous": None if grade.previous is None else str(grade.previous),
        "card_level": None if grade.card_level is None else str(grade.card_level),
        "probability": grade.probability,
        "margin": grade.margin,
        "rules": " ".join(rule.id for rule in grade.rules),
    }
    return run.id if dict(row) == mine else None
