"""Expressions: what an indicator makes of its aggregates, as a small immutable tree.

Every node is a frozen value: equal trees are equal, can be hashed, written as JSON (`codec`)
and turned into another language. Behaviour lives in `evaluate`. A missing value is NaN and
spreads through every operation but `if_missing`; so do a division by zero and a logarithm of
what has none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import cast

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError, unknown

__all__ = [
    "AS_OF",
    "MISSING",
    "AsOf",
    "Binary",
    "Constant",
    "Expression",
    "IfMissing",
    "Leaf",
    "Missing",
    "Unary",
    "Where",
    "evaluate",
    "follows_the_day",
    "if_missing",
    "leaves_of",
    "ln",
    "log2p1",
    "log10",
    "log10p1",
    "maximum",
    "minimum",
    "month",
    "only_if",
    "where",
    "year",
    "years",
]

Floats = npt.NDArray[np.float64]


class Expression:
    """A node; the arithmetic signs build larger ones.

    Examples
    --------
    >>> (AS_OF - 365) / 2
    Binary(operator='divide', left=Binary(operator='subtract', left=AsOf(), \
right=Constant(number=365.0)), right=Constant(number=2.0))
    """

    __slots__ = ()

    def __add__(self, other: "Expression | float") -> "Expression":
        return Binary("add", self, expression(other))

    def __radd__(self, other: float) -> "Expression":
        return Binary("add", expression(other), self)

    def __sub__(self, other: "Expression | float") -> "Expression":
        return Binary("subtract", self, expression(other))

    def __rsub__(self, other: float) -> "Expression":
        return Binary("subtract", expression(other), self)

    def __mul__(self, other: "Expression | float") -> "Expression":
        return Binary("multiply", self, expression(other))

    def __rmul__(self, other: float) -> "Expression":
        return Binary("multiply", expression(other), self)

    def __truediv__(self, other: "Expression | float") -> "Expression":
        return Binary("divide", self, expression(other))

    def __rtruediv__(self, other: float) -> "Expression":
        return Binary("divide", expression(other), self)


class Leaf(Expression):
    """A node that is computed from records rather than from other nodes.

    Values are looked up by their leaf, so its hash is worked out once.
    """

    __slots__ = ("_hash",)
    _hash: int

    def __hash__(self) -> int:
        """Return the hash of all parts."""
        try:
            return self._hash
        except AttributeError:
            parts = tuple(getattr(self, field.name) for field in fields(cast("Binary", self)))
            object.__setattr__(self, "_hash", hash(parts))
            return self._hash


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A number."""

    number: float

    def __post_init__(self) -> None:
        if isinstance(self.number, bool) or not isinstance(self.number, int | float):
            raise DeclarationError(f"the constant {self.number!r} is no number")
        if not np.isfinite(self.number):
            raise DeclarationError(f"the constant {self.number!r} is not finite")
        object.__setattr__(self, "number", float(self.number))


@dataclass(frozen=True, slots=True)
class AsOf(Expression):
    """The day number of `as_of`."""


@dataclass(frozen=True, slots=True)
class Missing(Expression):
    """What nobody knows: NaN in every row."""


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """A function of one operand, named by `UNARY`."""

    operator: str
    operand: Expression

    def __post_init__(self) -> None:
        _check(self, UNARY)


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """A function of two operands, named by `BINARY`."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _check(self, BINARY)


@dataclass(frozen=True, slots=True)
class IfMissing(Expression):
    """The operand, or the substitute where the operand is NaN."""

    operand: Expression
    substitute: Expression

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class Where(Expression):
    """One of two values: `yes` where the test is over zero, `no` where not, else NaN."""

    test: Expression
    yes: Expression
    no: Expression

    def __post_init__(self) -> None:
        _check(self)


AS_OF = AsOf()
MISSING = Missing()


def expression(operand: Expression | float) -> Expression:
    """Return the operand as a node, a number as a constant."""
    return operand if isinstance(operand, Expression) else Constant(operand)


def minimum(left: Expression | float, right: Expression | float) -> Expression:
    """Build the smaller of two values."""
    return Binary("minimum", expression(left), expression(right))


def maximum(left: Expression | float, right: Expression | float) -> Expression:
    """Build the larger of two values."""
    return Binary("maximum", expression(left), expression(right))


def if_missing(operand: Expression, substitute: Expression | float) -> Expression:
    """Build a value with a substitute where it is missing."""
    return IfMissing(operand, expression(substitute))


def where(test: Expression, yes: Expression | float, no: Expression | float) -> Expression:
    """Build a choice: `yes` where the test is over zero, `no` where it is not."""
    return Where(test, expression(yes), expression(no))


def only_if(test: Expression, value: Expression | float) -> Expression:
    """Build a value that is missing where the test is not over zero."""
    return Where(test, expression(value), MISSING)


def ln(operand: Expression) -> Expression:
    """Build the natural logarithm."""
    return Unary("ln", operand)


def log10(operand: Expression) -> Expression:
    """Build the common logarithm."""
    return Unary("log10", operand)


def log10p1(operand: Expression) -> Expression:
    """Build log10(1 + x)."""
    return Unary("log10p1", operand)


def log2p1(operand: Expression) -> Expression:
    """Build log2(1 + x)."""
    return Unary("log2p1", operand)


def month(operand: Expression) -> Expression:
    """Build the calendar month, 1 to 12, of a day number."""
    return Unary("month", operand)


def year(operand: Expression) -> Expression:
    """Build the calendar year of a day number."""
    return Unary("year", operand)


def years(day: Expression) -> Expression:
    """Build the years (of 365.25 days) from a day number to `as_of`."""
    return (AS_OF - day) / 365.25


def leaves_of(node: Expression) -> Iterator[Leaf]:
    """Yield the leaves of a tree from left to right, each as often as it occurs."""
    if isinstance(node, Leaf):
        yield node
        return
    for field in fields(cast("Binary", node)):
        child = getattr(node, field.name)
        if isinstance(child, Expression):
            yield from leaves_of(child)


def follows_the_day(node: Expression) -> bool:
    """Tell whether a tree reads the day itself.

    Examples
    --------
    >>> follows_the_day(AS_OF / 7), follows_the_day(maximum(1, 2))
    (True, False)
    """
    if isinstance(node, AsOf):
        return True
    if isinstance(node, Leaf):
        return False
    children = (getattr(node, field.name) for field in fields(cast("Binary", node)))
    return any(follows_the_day(each) for each in children if isinstance(each, Expression))


def evaluate(node: Expression, columns: Mapping[Leaf, Floats], as_of: Floats) -> Floats:
    """Return the value of a tree for each row.

    Parameters
    ----------
    node
        The tree.
    columns
        For each of its leaves the values by row, contiguous, so that one row and a million
        rows take the same arithmetic.
    as_of
        Day numbers by row.

    Examples
    --------
    >>> evaluate(if_missing(10 / (AS_OF - 1), 0), {}, np.array([1.0, 3.0])).tolist()
    [0.0, 5.0]
    """
    with np.errstate(all="ignore"):
        return _value(node, columns, as_of)


def _value(  # noqa: PLR0911  one case for each node
    node: Expression, columns: Mapping[Leaf, Floats], as_of: Floats
) -> Floats:
    match node:
        case Leaf():
            return columns[node]
        case AsOf():
            return as_of
        case Constant(number):
            return np.full(len(as_of), number)
        case Missing():
            return np.full(len(as_of), np.nan)
        case Unary(operator, operand):
            return UNARY[operator](_value(operand, columns, as_of))
        case Binary(operator, left, right):
            both = _value(left, columns, as_of), _value(right, columns, as_of)
            return BINARY[operator](*both)
        case IfMissing(operand, substitute):
            return filled(*(_value(each, columns, as_of) for each in (operand, substitute)))
        case Where(test, yes, no):
            return chosen(*(_value(each, columns, as_of) for each in (test, yes, no)))
    raise DeclarationError(f"{type(node).__name__} is no node that can be evaluated")


def filled(value: Floats, substitute: Floats) -> Floats:
    """Return values with a substitute where they are missing."""
    return np.where(np.isnan(value), substitute, value)


def chosen(test: Floats, yes: Floats, no: Floats) -> Floats:
    """Return one of two values where the test is over zero, the other where not, else NaN."""
    return np.where(np.isnan(test), np.nan, np.where(test > 0, yes, no))


def _finite(value: Floats) -> Floats:
    return np.where(np.isfinite(value), value, np.nan)


def _months(day: Floats) -> Floats:
    """Return the months from the beginning of the year 0 to the month of each day."""
    number = np.where(np.isnan(day), 0, day).astype("datetime64[D]").astype("datetime64[M]")
    return np.where(np.isnan(day), np.nan, number.astype(np.int64) + 12.0 * 1970)


def _greater(left: Floats, right: Floats) -> Floats:
    return np.where(np.isnan(left) | np.isnan(right), np.nan, left > right)


UNARY: dict[str, Callable[[Floats], Floats]] = {
    "ln": lambda x: _finite(np.log(x)),
    "log10": lambda x: _finite(np.log10(x)),
    "log10p1": lambda x: _finite(np.log10(1 + x)),
    "log2p1": lambda x: _finite(np.log2(1 + x)),
    "month": lambda x: _months(x) % 12 + 1,
    "year": lambda x: _months(x) // 12,
}
BINARY: dict[str, Callable[[Floats, Floats], Floats]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": lambda x, y: _finite(x / y),
    "minimum": np.minimum,
    "maximum": np.maximum,
    "greater": _greater,
}


def _check(
    node: Unary | Binary | IfMissing | Where, operators: Mapping[str, object] | None = None
) -> None:
    name = type(node).__name__
    for field in fields(node):
        value = getattr(node, field.name)
        if field.name == "operator":
            if operators is not None and value not in operators:
                raise DeclarationError(unknown(f"{name} operator", value, operators))
        elif not isinstance(value, Expression):
            raise DeclarationError(f"{field.name} of {name} must be an expression, not {value!r}")
