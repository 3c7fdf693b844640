"""Whole indicators read slowly: plain floats, one enterprise and one day at a time.

As `reference` does, it takes nothing from the code it checks but the words of the declarations.
"""

from collections.abc import Callable
from datetime import date, timedelta
from math import isnan, log, log2, log10, nan

from xinheng.features import Aggregate, Catalogue, Events, Rate
from xinheng.features.expression import (
    AsOf,
    Binary,
    Constant,
    Expression,
    IfMissing,
    Leaf,
    Unary,
    Where,
)

from . import reference

EPOCH = date(1970, 1, 1)


class Reading:
    """The indicators of a catalogue over some events; what is asked for twice is kept."""

    def __init__(self, catalogue: Catalogue, events: Events) -> None:
        self.catalogue = catalogue
        self.rows = reference.rows_of(events)
        self.of: dict[int, list[reference.Row]] = {}
        for row in self.rows:
            self.of.setdefault(row["enterprise"], []).append(row)
        self._outcomes: dict[tuple[Rate, int], list[reference.Row]] = {}
        self._groups: dict[tuple[str, int], dict[int, int | None]] = {}

    def row(self, enterprise: int, as_of: int) -> dict[str, float]:
        """Return every indicator; nan means that it does not apply."""
        known: dict[Leaf, float] = {}

        def leaf(node: Leaf) -> float:
            if node not in known:
                known[node] = self.leaf(node, enterprise, as_of)
            return known[node]

        member = {
            name: value_of(tree, leaf, as_of) > 0
            for name, tree in self.catalogue.populations.items()
        }
        row = {}
        for each in self.catalogue:
            value = value_of(each.expression, leaf, as_of)
            low, high = each.bounds
            if isnan(value):
                value = each.missing
            elif low is not None and value < low:
                value = low
            elif high is not None and value > high:
                value = high
            row[each.id] = value if any(member[name] for name in each.populations) else nan
        return row

    def leaf(self, node: Leaf, enterprise: int, as_of: int) -> float:
        """Return the value of one leaf."""
        match node:
            case Aggregate():
                return reference.value(node, self.of.get(enterprise, []), enterprise, as_of)
            case Rate():
                return self.rate(node, enterprise, as_of)
        raise NotImplementedError(type(node).__name__)

    def rate(self, node: Rate, enterprise: int, as_of: int) -> float:
        if (node, as_of) not in self._outcomes:
            self._outcomes[node, as_of] = reference.outcomes_of(node, self.rows, as_of)
        groups: dict[int, int | None] = {}
        if node.group != "city":
            if (node.group, as_of) not in self._groups:
                self._groups[node.group, as_of] = reference.groups_of(self.rows, node.group, as_of)
            groups = self._groups[node.group, as_of]
        return reference.rate_among(node, self._outcomes[node, as_of], groups, enterprise)


def value_of(  # noqa: PLR0911  one branch for each word of the grammar
    node: Expression, leaf: Callable[[Leaf], float], as_of: int
) -> float:
    """Return the value of a tree, nan where it is missing."""
    match node:
        case Leaf():
            return leaf(node)
        case AsOf():
            return float(as_of)
        case Constant(number):
            return number
        case IfMissing(operand, substitute):
            value = value_of(operand, leaf, as_of)
            return value_of(substitute, leaf, as_of) if isnan(value) else value
        case Where(test, yes, no):
            sign = value_of(test, leaf, as_of)
            return nan if isnan(sign) else value_of(yes if sign > 0 else no, leaf, as_of)
        case Unary(operator, operand):
            value = value_of(operand, leaf, as_of)
            return nan if isnan(value) else function(operator, value)
        case Binary(operator, left, right):
            x, y = value_of(left, leaf, as_of), value_of(right, leaf, as_of)
            return nan if isnan(x) or isnan(y) else combined(operator, x, y)
    raise NotImplementedError(type(node).__name__)


def function(operator: str, x: float) -> float:  # noqa: PLR0911
    match operator:
        case "ln":
            return log(x) if x > 0 else nan
        case "log10":
            return log10(x) if x > 0 else nan
        case "log10p1":
            return log10(1 + x) if x > -1 else nan
        case "log2p1":
            return log2(1 + x) if x > -1 else nan
        case "logit":
            return log(x / (1 - x)) if 0 < x < 1 else nan
        case "month":
            return float((EPOCH + timedelta(days=int(x))).month)
        case "year":
            return float((EPOCH + timedelta(days=int(x))).year)
    raise NotImplementedError(operator)


def combined(operator: str, x: float, y: float) -> float:  # noqa: PLR0911
    match operator:
        case "add":
            return x + y
        case "subtract":
            return x - y
        case "multiply":
            return x * y
        case "divide":
            return x / y if y else nan
        case "minimum":
            return min(x, y)
        case "maximum":
            return max(x, y)
        case "greater":
            return float(x > y)
    raise NotImplementedError(operator)
