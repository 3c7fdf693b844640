"""What calls have in common: how questions, keys and versions are written."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import uuid4

from ..call import Call

__all__ = ["Day", "Record", "Several", "Version", "do", "get", "given", "once", "post", "several"]

Day = date | str | None
Record = Mapping[str, Any]
Several = str | Sequence[str] | None
Version = int | Literal["*"]


def get(route: str, where: str, answer: Any, **params: Any) -> Call[Any]:
    """Return the call for something; what is None is left out."""
    return Call(route, "GET", where, answer, params=given(params))


def post(route: str, where: str, answer: Any, **body: Any) -> Call[Any]:
    """Return the call that posts a document; what is None is left out."""
    return Call(route, "POST", where, answer, json=given(body))


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not given, and write dates as they are asked for.

    Examples
    --------
    >>> given({"as_of": date(2026, 3, 1), "level": None, "after": 0})
    {'as_of': '2026-03-01', 'after': 0}
    """
    return {
        name: each.isoformat() if isinstance(each, date) else each
        for name, each in values.items()
        if each is not None
    }


def several(values: Several) -> tuple[str, ...] | None:
    """Return one or several texts as several; none as None.

    Examples
    --------
    >>> several("A+"), several(["D", "E"]), several(None)
    (('A+',), ('D', 'E'), None)
    """
    if values is None:
        return None
    return (values,) if isinstance(values, str) else tuple(values)


def once(key: str | None) -> dict[str, str]:
    """Return the header by which the service does something once, however often it is asked.

    Without a key of the caller's own it is a new one for each call, so that a call that is sent
    again is known, and a call that is made again is another.
    """
    return {"Idempotency-Key": key or str(uuid4())}


def do(
    route: str,
    where: str,
    answer: Any,
    body: dict[str, Any],
    key: str | None,
    version: Version | None = None,
) -> Call[Any]:
    """Return the call that does something once, on the version that was seen."""
    match = {} if version is None else {"If-Match": version if version == "*" else f'"{version}"'}
    return Call(route, "POST", where, answer, json=body, headers=once(key) | match)
