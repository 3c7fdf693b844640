"""Rows of the ledger: keys, accounts, sessions and the like as JSON, and back.

What this version does not know is refused: a row that another version wrote is never understood
by half.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast, get_type_hints

from sqlalchemy import Table

from ...ledger import ACCOUNTS, FAILURES, KEYS, PENDING, SESSIONS
from .account import Account
from .grants import Grant
from .keys import ApiKey
from .lockouts import Failures
from .oidc import Pending
from .sessions import Session
from .store import Store

__all__ = ["TABLES", "Rows", "kept", "read_row", "write_row"]

Row = TypeVar("Row")

TABLES: Mapping[type, Table] = MappingProxyType(
    {Account: ACCOUNTS, ApiKey: KEYS, Failures: FAILURES, Pending: PENDING, Session: SESSIONS}
)
"""Where rows of each kind are kept."""


class Rows(Protocol):
    """Who keeps rows: the ledger, or a step that changes it."""

    def holding(
        self,
        table: Table,
        write: Callable[[Any], Mapping[str, Any]],
        read: Callable[[Mapping[str, Any]], Any],
    ) -> Store[Any]:
        """Return the rows of a table."""


def kept(rows: Rows, kind: type[Row]) -> Store[Row]:
    """Return where rows of a kind are kept.

    Examples
    --------
    >>> from xinheng.ledger import Ledger
    >>> kept(Ledger("sqlite://"), ApiKey).get("0123456789") is None
    True
    """
    return rows.holding(TABLES[kind], write_row, lambda row: read_row(kind, row))


def write_row(row: Any) -> dict[str, Any]:
    """Return a row as JSON can hold it; what is None is left out.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> write_row(Failures(1, at, at))
    {'count': 1, 'last': '2026-03-01T00:00:00+00:00', 'until': '2026-03-01T00:00:00+00:00'}
    """
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    return {name: _plain(value) for name, value in values.items() if value is not None}


def read_row(kind: type[Row], row: Mapping[str, Any]) -> Row:
    """Return the row of a kind that was written.

    Raises
    ------
    ValueError
        If it holds what this version does not know, lacks something, or holds another type.
    """
    wanted, needed = _shape(cast("Hashable", kind))
    more, less = sorted(row.keys() - wanted.keys()), sorted(needed - row.keys())
    for what, names in (("unknown", more), ("missing", less)):
        if names:
            message = f"{what} in a row of {kind.__name__}: {', '.join(names)}"
            raise ValueError(message)
    return kind(**{name: _value(name, wanted[name], row[name]) for name in row})


@cache
def _shape(kind: Hashable) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Return the types of the fields of a kind, and which of them have no default."""
    needed = (each.name for each in fields(cast("Any", kind)) if each.default is MISSING)
    return get_type_hints(kind), frozenset(needed)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Grant):
        return value.to_dict()
    return list(value) if isinstance(value, tuple) else value


def _value(name: str, wanted: Any, found: Any) -> Any:
    for kind, (form, read) in FORMS.items():
        if wanted in {kind, kind | None} and type(found) in form:
            return read(found)
    message = f"{name} is {type(found).__name__}, expected {wanted}"
    raise ValueError(message)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        message = f"the moment {text} has no zone"
        raise ValueError(message)
    return at


def _texts(found: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(each, str) for each in found):
        raise ValueError("expected texts only")
    return tuple(found)


def _grant(found: Mapping[str, Any]) -> Grant:
    more = found.keys() - {"role", "permissions", "districts", "categories", "sources"}
    if more:
        message = f"unknown in the grant: {', '.join(sorted(more))}"
        raise ValueError(message)
    return Grant.of(found)


FORMS: Mapping[Any, tuple[frozenset[type], Callable[[Any], Any]]] = MappingProxyType(
    {
        str: (frozenset({str}), str),
        int: (frozenset({int}), int),
        float: (frozenset({int, float}), float),
        datetime: (frozenset({str}), _moment),
        tuple[str, ...]: (frozenset({list}), _texts),
        Grant: (frozenset({dict}), _grant),
    }
)
"""By the type of a field: how JSON holds it, and how it is read."""
