"""Aggregates: what one pass over an enterprise's events yields, declared as values.

An event **counts** as of a day if it is available before that day and not withdrawn by then,
its stream matches, it `occurred` in the window, it is in the wanted `state`, its credit repair
(信用修复) is treated as `repaired` says, and it lies `above` a threshold where one is given. The
operator then says what is made of the events that count.
"""

from dataclasses import dataclass
from typing import TypedDict, Unpack

import numpy as np

from ..core.errors import DeclarationError, unknown
from .expression import AS_OF, Expression, Leaf
from .streams import check_patterns

__all__ = [
    "Aggregate",
    "count",
    "days_since",
    "distinct",
    "largest",
    "latest",
    "peaks",
    "previous",
    "recurrent",
    "repeat",
    "smallest",
    "total",
]

OPERATORS: dict[str, tuple[str, ...]] = {
    "count": (),
    "distinct": ("by",),
    "total": ("field",),
    "smallest": ("field",),
    "largest": ("field",),
    "latest": ("field",),
    "repeat": ("gap",),
    "recurrent": (),
    "previous": ("field",),
    "peaks": ("field", "by"),
}
FIELDS = ("value", "severity", "occurred", "ended", "position")
STATES = ("any", "open", "closed", "overdue")
KEYS = ("case", "code", "day")
REPAIRS = ("stays", "leaves", "only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Leaf):
    """One operator over the events of some streams; built by the functions of this module.

    Parameters
    ----------
    operator
        `count`: how many events. `distinct`: how many different keys. `total`: sum of the
        field. `smallest`, `largest`: extreme of the field. `latest`: the field of the last
        event in the order (occurred, available, record) that has it. `repeat`: how many events
        follow one of the same stream on an earlier day, at most `gap` days before (which may
        itself lie before the window). `recurrent`: how many streams have two different cases.
        `previous`: the field of the last event that has it and has another case than the latest
        one. `peaks`: sum over different keys of the largest value of the field.
    streams
        Patterns `kind` or `kind:code` (`features.streams`).
    window
        Days, `as_of - window <= occurred < as_of`; None is all of the past.
    lag
        Days by which the window's end lies before `as_of`; what is known is still cut at `as_of`.
    cycle
        (month, day) on which years turn: the window ends, less the lag, at the last such day up
        to `as_of` rather than at `as_of`, which makes it one of whole years.
    field
        `value`, `severity`, `occurred` (day number), `ended` (day number, where known), or
        `position` (row of the events; of use inside one table only).
    by
        Key of `distinct` and `peaks`: `case`, `code` (the stream) or `day` (`occurred`).
    gap
        Days of `repeat`.
    state
        `any`; `open` or `closed` as of the day (`core.time.is_open`); `overdue`: open, and
        `value` days have passed since `occurred`.
    repaired
        `stays`: repair changes nothing; `leaves`: a repaired event does not count; `only`:
        only repaired ones do.
    above
        (field, threshold): only events whose field is greater.

    A total, count, distinct, repeat, recurrent or sum of peaks of no event is 0; the others are
    missing.
    Events without a number in the field are passed over.

    Raises
    ------
    DeclarationError
        If a part is unknown, absent or of no use to the operator.
    """

    operator: str
    streams: tuple[str, ...]
    window: int | None = None
    lag: int = 0
    field: str | None = None
    by: str | None = None
    gap: int | None = None
    state: str = "any"
    repaired: str = "stays"
    above: tuple[str, float] | None = None
    cycle: tuple[int, int] | None = None

    __hash__ = Leaf.__hash__

    def __post_init__(self) -> None:
        check_patterns(self.streams)
        _among("operator", self.operator, OPERATORS)
        _among("state", self.state, STATES)
        _among("treatment of repaired records", self.repaired, REPAIRS)
        for name in ("field", "by", "gap"):
            if (getattr(self, name) is not None) != (name in OPERATORS[self.operator]):
                _misfit(self.operator, name)
        if self.field is not None:
            _among("field", self.field, FIELDS)
        if self.by is not None:
            _among("key of distinct", self.by, KEYS)
        for name, least in (("window", 1), ("lag", 0), ("gap", 1)):
            _days(name, getattr(self, name), least)
        if self.above is not None:
            object.__setattr__(self, "above", _threshold(self.above))
        if self.cycle is not None:
            object.__setattr__(self, "cycle", _turn(self.cycle))


class Filters(TypedDict, total=False):
    """What every aggregate may say of the events that count; see `Aggregate`."""

    window: int | None
    lag: int
    state: str
    repaired: str
    above: tuple[str, float] | None
    cycle: tuple[int, int] | None


def count(*streams: str, **filters: Unpack[Filters]) -> Aggregate:
    """Declare the number of events.

    Examples
    --------
    >>> count("penalty:market.*", window=1096, repaired="leaves").window
    1096
    >>> count("penalty", state="opened")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    DeclarationError: there is no state 'opened'; did you mean 'open'? There are: any, ...
    """
    return Aggregate(operator="count", streams=streams, **filters)


def distinct(*streams: str, by: str, **filters: Unpack[Filters]) -> Aggregate:
    """Declare the number of different cases, codes or days."""
    return Aggregate(operator="distinct", streams=streams, by=by, **filters)


def total(*streams: str, field: str = "value", **filters: Unpack[Filters]) -> Aggregate:
    """Declare the sum of a field."""
    return Aggregate(operator="total", streams=streams, field=field, **filters)


def smallest(*streams: str, field: str = "value", **filters: Unpack[Filters]) -> Aggregate:
    """Declare the smallest value of a field."""
    return Aggregate(operator="smallest", streams=streams, field=field, **filters)


def largest(*streams: str, field: str = "value", **filters: Unpack[Filters]) -> Aggregate:
    """Declare the largest value of a field."""
    return Aggregate(operator="largest", streams=streams, field=field, **filters)


def latest(*streams: str, field: str = "value", **filters: Unpack[Filters]) -> Aggregate:
    """Declare the field of the last event that has it."""
    return Aggregate(operator="latest", streams=streams, field=field, **filters)


def previous(*streams: str, field: str = "value", **filters: Unpack[Filters]) -> Aggregate:
    """Declare the field of the last event of another case than the latest one."""
    return Aggregate(operator="previous", streams=streams, field=field, **filters)


def peaks(*streams: str, by: str, field: str = "value", **filters: Unpack[Filters]) -> Aggregate:
    """Declare the sum over different keys of the largest value of a field."""
    return Aggregate(operator="peaks", streams=streams, field=field, by=by, **filters)


def repeat(*streams: str, gap: int, **filters: Unpack[Filters]) -> Aggregate:
    """Declare the number of events that repeat an earlier one of the same code within a gap."""
    return Aggregate(operator="repeat", streams=streams, gap=gap, **filters)


def recurrent(*streams: str, **filters: Unpack[Filters]) -> Aggregate:
    """Declare the number of codes that two different cases share."""
    return Aggregate(operator="recurrent", streams=streams, **filters)


def days_since(*streams: str, **filters: Unpack[Filters]) -> Expression:
    """Build the days from the last event to `as_of`; missing where there is none."""
    return AS_OF - latest(*streams, field="occurred", **filters)


def _among(
    what: str, which: object, exists: "tuple[str, ...] | dict[str, tuple[str, ...]]"
) -> None:
    if which not in exists:
        raise DeclarationError(unknown(what, which, exists))


def _misfit(operator: str, name: str) -> None:
    if name in OPERATORS[operator]:
        raise DeclarationError(f"{operator} needs {name!r}")
    having = ", ".join(other for other, parts in OPERATORS.items() if name in parts)
    raise DeclarationError(f"{operator} has no use for {name!r}; what has is: {having}")


def _days(name: str, value: object, least: int) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DeclarationError(
            f"{name} {value!r} must be a whole number of days from {least} on; core.months(36) "
            "are those of 36 months"
        )


def _threshold(above: object) -> tuple[str, float]:
    match above:
        case (str() as field, int() | float() as number) if np.isfinite(number):
            _among("field", field, FIELDS)
            return field, float(number)
    raise DeclarationError(f"above {above!r} must be (field, number), such as ('value', 0)")


def _turn(cycle: object) -> tuple[int, int]:
    match cycle:
        case (int() as month, int() as day) if 1 <= month <= 12 and 1 <= day <= 28:
            return month, day
    raise DeclarationError(
        f"cycle {cycle!r} must be (month, day) of every year, such as (7, 1); days go up to 28"
    )
