"""Slopes: by how much a value moves with each of the parts that it is computed from.

The derivative of an expression in its leaves at the values that they have, where caps hold and
branches are taken as they are. Where two values of a `minimum` are equal, either holds it back;
where two of a `maximum` are, neither holds it up alone.
"""

from collections.abc import Callable, Mapping
from math import log

import numpy as np

from ..core.errors import DeclarationError
from .expression import (
    BINARY,
    UNARY,
    AsOf,
    Binary,
    Constant,
    Expression,
    IfMissing,
    Leaf,
    Missing,
    Unary,
    Where,
    evaluate,
)

__all__ = ["slopes"]

Slopes = dict[Leaf, float]
Numbers = Mapping[Leaf, float]

OF_ONE: Mapping[str, Callable[[float], float]] = {
    "ln": lambda x: 1 / x,
    "log10": lambda x: 1 / (x * log(10)),
    "log10p1": lambda x: 1 / ((1 + x) * log(10)),
    "log2p1": lambda x: 1 / ((1 + x) * log(2)),
    "month": lambda _: 0.0,
    "year": lambda _: 0.0,
}
OF_TWO: Mapping[str, Callable[[float, float], tuple[float, float]]] = {
    "add": lambda _x, _y: (1.0, 1.0),
    "subtract": lambda _x, _y: (1.0, -1.0),
    "multiply": lambda x, y: (y, x),
    "divide": lambda x, y: (1 / y, -x / (y * y)),
    "minimum": lambda x, y: (float(x <= y), float(y <= x)),
    "maximum": lambda x, y: (float(x > y), float(y > x)),
    "greater": lambda _x, _y: (0.0, 0.0),
}


def slopes(node: Expression, values: Numbers, as_of: float) -> tuple[float, Slopes]:
    """Return the value of a tree, and its derivative in each leaf that moves it.

    Parameters
    ----------
    node
        The tree.
    values
        For each of its leaves the value.
    as_of
        Day number.

    Examples
    --------
    Of ten reports four came in time: one more in time, and one more due.

    >>> from xinheng.features import count
    >>> came, due = count("self_control:*.on_time"), count("self_control")
    >>> value, by = slopes(came / due, {came: 4.0, due: 10.0}, 20513)
    >>> value, by[came], by[due]
    (0.4, 0.1, -0.04)
    """
    with np.errstate(all="ignore"):
        return _slopes(node, values, as_of)


def _slopes(node: Expression, values: Numbers, as_of: float) -> tuple[float, Slopes]:  # noqa: PLR0911  one case for each node
    match node:
        case Leaf():
            return values[node], {node: 1.0}
        case AsOf() | Constant() | Missing():
            return float(evaluate(node, {}, np.array([as_of]))[0]), {}
        case Unary(operator, operand):
            x, by = _slopes(operand, values, as_of)
            value = float(UNARY[operator](np.array([x]))[0])
            return value, {} if np.isnan(value) else _scaled(by, OF_ONE[operator](x))
        case Binary(operator, left, right):
            x, by_x = _slopes(left, values, as_of)
            y, by_y = _slopes(right, values, as_of)
            value = float(BINARY[operator](np.array([x]), np.array([y]))[0])
            if np.isnan(value):
                return value, {}
            in_x, in_y = OF_TWO[operator](x, y)
            return value, _added(_scaled(by_x, in_x), _scaled(by_y, in_y))
        case IfMissing(operand, substitute):
            value, by = _slopes(operand, values, as_of)
            return _slopes(substitute, values, as_of) if np.isnan(value) else (value, by)
        case Where(test, yes, no):
            sign, _ = _slopes(test, values, as_of)
            if np.isnan(sign):
                return np.nan, {}
            return _slopes(yes if sign > 0 else no, values, as_of)
    raise DeclarationError(f"{type(node).__name__} is no node that can be evaluated")


def _scaled(by: Slopes, factor: float) -> Slopes:
    return {leaf: factor * slope for leaf, slope in by.items()} if factor else {}


def _added(left: Slopes, right: Slopes) -> Slopes:
    for leaf, slope in right.items():
        left[leaf] = left.get(leaf, 0.0) + slope
    return left
