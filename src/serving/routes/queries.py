"""Queries: a parameter that a route does not take is told, and not passed over.

Else who mistypes the name of a day would be given the grade of today, and take it for that day's.
"""

from typing import get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant

from ...core.errors import unknown
from ..problem import FieldError, ProblemError, shown

__all__ = ["check_query"]

INVALID = 422
MOST = 20
"""Faults that are told at most."""


def check_query(request: Request) -> None:
    """Refuse parameters that the route of a request does not take, or takes only once.

    Raises
    ------
    ProblemError
        That has each of them, and says which there are.
    """
    route = request.scope["route"]
    if not request.scope["query_string"] or INVALID not in route.responses:
        return
    taken, given = _taken(route.dependant), request.query_params
    faults = [(name, _fault(name, len(given.getlist(name)), taken)) for name in given]
    errors = [
        FieldError(where=f"query.{shown(name)}", message=fault, value=shown(given[name]))
        for name, fault in faults
        if fault
    ]
    if errors:
        raise ProblemError(
            "invalid-request", "The address has parameters that cannot be used: see errors.",
            errors[:MOST],
        )  # fmt: skip


def _fault(name: str, times: int, taken: dict[str, bool]) -> str:
    if not taken:
        return "this route takes none in its address; a body has what is asked"
    if name not in taken:
        return unknown("parameter", shown(name), taken)
    return f"it stands {times} times, and is taken once" if times > 1 and not taken[name] else ""


def _taken(route: Dependant) -> dict[str, bool]:
    """Return the parameters that a route takes, and whether each may stand several times."""
    found = {each.alias: _several(each.field_info.annotation) for each in route.query_params}
    for each in route.dependencies:
        found |= _taken(each)
    return found


def _several(annotation: object) -> bool:
    return get_origin(annotation) is list or any(map(_several, get_args(annotation)))
