"""Whole indicators read slowly: plain floats, one enterprise and one day at a time.

As `reference` does, it takes nothing from the code it checks but the words of the declarations.
"""

from collections.abc import Callable
from datetime import date, timedelta
from math import isnan, log, log2, log10, nan
from statistics import median
from typing import Any

from xinheng.core.time import NEVER
from xinheng.features import (
    Aggregate,
    Catalogue,
    Events,
    Median,
    Missed,
    Persons,
    Rate,
    Tied,
    count,
)
from xinheng.features.expression import (
    AsOf,
    Binary,
    Constant,
    Expression,
    IfMissing,
    Leaf,
    Missing,
    Unary,
    Where,
)

from . import reference
from .reference import Row

EPOCH = date(1970, 1, 1)


class Reading:
    """The indicators of a catalogue over some records; what is asked for twice is kept.

    `codes` tells of each enterprise the scheme and the number of its code.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        events: Events,
        bans: Events,
        codes: dict[int, tuple[int, int]],
    ) -> None:
        self.catalogue = catalogue
        self.rows = reference.rows_of(events)
        self.bans = reference.rows_of(bans)
        self.codes = codes
        self.of: dict[int, list[Row]] = {}
        for row in self.rows:
            self.of.setdefault(row["enterprise"], []).append(row)
        self.kept: dict[Any, Any] = {}

    def keep(self, make: Callable[..., Any], *asked: Any) -> Any:
        """Return what a function yields, which is asked once."""
        if (make.__name__, *asked) not in self.kept:
            self.kept[make.__name__, *asked] = make(*asked)
        return self.kept[make.__name__, *asked]

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
            case Missed():
                return self.missed(node, enterprise, as_of)
            case Rate():
                groups = self.groups(node.group, as_of)
                outcomes = self.keep(self.outcomes, node, as_of)
                return reference.rate_among(node, outcomes, groups, enterprise)
            case Median():
                return self.median(node, enterprise, as_of)
            case Tied():
                others = self.keep(self.related, node.streams, as_of).get(enterprise, set())
                return float(sum(self.has(node.having, other, as_of) for other in others))
            case Persons():
                return float(len(self.persons(node, enterprise, as_of)))
        raise NotImplementedError(type(node).__name__)

    def read(self, *streams: str) -> list[Row]:
        """Return the records that patterns match."""
        return [row for row in self.rows if reference.matches(row, streams)]

    def groups(self, group: str, as_of: int) -> dict[int, int | None]:
        return {} if group == "city" else self.keep(self.groups_of, group, as_of)

    def groups_of(self, group: str, as_of: int) -> dict[int, int | None]:
        return reference.groups_of(self.read(f"enterprise.{group}"), group, as_of)

    def outcomes(self, node: Rate, as_of: int) -> list[Row]:
        return reference.outcomes_of(node, self.keep(self.read, *node.streams), as_of)

    def missed(self, node: Missed, enterprise: int, as_of: int) -> float:
        """Go through the deadlines back from the last that has passed."""
        mine = self.of.get(enterprise, [])
        began = reference.value(node.start, mine, enterprise, as_of)
        if isnan(began):
            return nan
        first_year = (EPOCH + timedelta(days=int(began))).year
        today, missed = EPOCH + timedelta(days=as_of), 0
        report = count(*node.streams)
        turn = date(today.year, *node.turn)
        turn = turn if turn <= today else turn.replace(year=today.year - 1)
        for _ in range(node.years):
            before = turn.replace(year=turn.year - 1)
            met = any(
                reference.counts(row, report, as_of)
                and before <= EPOCH + timedelta(days=row["occurred"]) < turn
                for row in mine
            )
            deadline = turn - timedelta(days=1)
            missed += deadline.year > first_year and deadline.year >= node.since and not met
            turn = before
        return float(missed)

    def median(self, node: Median, enterprise: int, as_of: int) -> float:
        found = self.keep(self.numbers, node.streams, node.field, node.window, as_of)
        groups = self.groups(node.group, as_of)
        mine = groups.get(enterprise)
        own = [x for who, x in found if mine is not None and groups.get(who) == mine]
        if node.group != "city" and own and len(own) >= node.least:
            return median(own)
        return median([x for _, x in found]) if found else nan

    def numbers(
        self, streams: tuple[str, ...], field: str, window: int | None, as_of: int
    ) -> list[tuple[int, float]]:
        part = count(*streams, window=window)
        live = [row for row in self.keep(self.read, *streams) if inside(row, part, as_of)]
        return [(row["enterprise"], row[field]) for row in live if not isnan(row[field])]

    def related(self, streams: tuple[str, ...], as_of: int) -> dict[Any, set[Any]]:
        """Return to whom everyone is tied, whoever of the two said so."""
        whose = {code: enterprise for enterprise, code in self.codes.items()}
        related: dict[Any, set[Any]] = {}
        part = count(*streams, state="open")
        for row in self.read(*streams):
            if reference.counts(row, part, as_of):
                one = row["enterprise"]
                scheme = self.codes[one][0] if one in self.codes else None
                other = whose.get((scheme, row["case"]), f"nobody {row['case']}")
                if one != other:
                    related.setdefault(one, set()).add(other)
                    related.setdefault(other, set()).add(one)
        return related

    def has(self, parts: tuple[Aggregate, ...], enterprise: Any, as_of: int) -> bool:
        mine = self.of.get(enterprise, [])
        return not parts or any(inside(row, part, as_of) for part in parts for row in mine)

    def persons(self, node: Persons, enterprise: int, as_of: int) -> set[int]:
        posts = count(*node.posts, state="open")
        mine = self.of.get(enterprise, [])
        found = {row["case"] for row in mine if reference.counts(row, posts, as_of)}
        if not node.having and not node.elsewhere:
            return found
        banned = self.keep(self.banned, node.having, as_of)
        former = self.keep(self.former, node.posts, node.within, as_of)
        return {
            person
            for person in found
            if person in banned
            or any(
                other != enterprise and node.elsewhere and self.has(node.elsewhere, other, as_of)
                for other in former.get(person, set())
            )
        }

    def banned(self, parts: tuple[Aggregate, ...], as_of: int) -> set[int]:
        rows = [*self.keep(self.read, "ban"), *self.bans]
        return {row["case"] for row in rows for part in parts if inside(row, part, as_of)}

    def former(self, posts: tuple[str, ...], within: int, as_of: int) -> dict[int, set[int]]:
        """Return where everyone holds a post or held one not long ago."""
        former: dict[int, set[int]] = {}
        ever, still = count(*posts), count(*posts, state="open")
        for row in self.read(*posts):
            held = reference.counts(row, ever, as_of)
            is_open = held and reference.counts(row, still, as_of)
            if held and (is_open or row["ended"] >= as_of - within):
                former.setdefault(row["case"], set()).add(row["enterprise"])
        return former


def inside(row: Row, part: Aggregate, as_of: int) -> bool:
    """Tell whether an event counts and did not occur before the window."""
    start = -NEVER if part.window is None else as_of - part.lag - part.window
    return reference.counts(row, part, as_of) and row["occurred"] >= start


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
        case Missing():
            return nan
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


def function(operator: str, x: float) -> float:
    match operator:
        case "ln":
            return log(x) if x > 0 else nan
        case "log10":
            return log10(x) if x > 0 else nan
        case "log10p1":
            return log10(1 + x) if x > -1 else nan
        case "log2p1":
            return log2(1 + x) if x > -1 else nan
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
