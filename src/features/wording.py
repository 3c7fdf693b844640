"""Wording: expressions in words, so that what a page says is what is computed.

Each leaf stands in square brackets, so that its own commas cannot be taken for those around it;
`t` is the day that is asked about. Patterns of streams are left as declared.
"""

import re

from ..core.errors import DeclarationError
from .aggregate import Aggregate
from .expression import (
    AsOf,
    Binary,
    Constant,
    Expression,
    IfMissing,
    Leaf,
    Missing,
    Unary,
    Where,
    leaves_of,
)
from .medians import Median
from .missed import Missed
from .persons import Persons
from .places import Nearby
from .rates import Rate
from .ties import Tied
from .words import LANGUAGES, Words

__all__ = ["operators_of", "told"]

SIGNS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "/", "greater": ">"}
DAYS = ("occurred", "ended")
BINDING = {"greater": 0, "add": 1, "subtract": 1, "multiply": 2, "divide": 2}
FUNCTIONS = {
    "ln": "ln({})",
    "log10": "log10({})",
    "log10p1": "log10(1 + {})",
    "log2p1": "log2(1 + {})",
    "minimum": "min({}, {})",
    "maximum": "max({}, {})",
}


def told(expression: Expression, language: str = "en") -> str:
    """Return an expression in words.

    Parameters
    ----------
    expression
        Any tree.
    language
        `en` or `zh`.

    Raises
    ------
    DeclarationError
        If there are no words for a node.

    Examples
    --------
    >>> from xinheng.features import AS_OF, count, log10p1, total
    >>> fines = total("penalty:market.*", window=1096, repaired="leaves")
    >>> print(told(log10p1(fines)))
    log10(1 + [total value of penalty:market.* in 1096 days, repaired ones left out])
    >>> print(told(log10p1(fines), "zh"))
    log10(1 + [近 1096 天 penalty:market.* (不计已修复)的数值之和])
    >>> print(told((AS_OF - 2 * count("complaint")) / 3))
    (t − 2 × [number of complaint]) / 3
    """
    return _Speaker(LANGUAGES[language]).tell(expression)


def operators_of(node: Expression) -> tuple[str, ...]:
    """Return by what names the parts of a tree are shared among records, each once.

    Examples
    --------
    >>> from xinheng.features import count, total
    >>> operators_of(total("penalty") / count("penalty") + count("award"))
    ('total', 'count')
    """
    return tuple(dict.fromkeys(map(_operator, leaves_of(node))))


def _operator(leaf: Leaf) -> str:
    names: dict[type[Leaf], str] = {
        Median: "median",
        Missed: "missed",
        Nearby: "nearby",
        Persons: "persons",
        Rate: "rate",
        Tied: "ties",
    }
    return leaf.operator if isinstance(leaf, Aggregate) else names[type(leaf)]


class _Speaker:
    """Tells the nodes of a tree in the words of one language."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def tell(self, node: Expression) -> str:  # noqa: PLR0911  one case for each node
        match node:
            case AsOf():
                return "t"
            case Missing():
                return self.words["missing"]
            case Constant(number):
                return f"{number:.10g}".replace("-", "−")
            case Leaf():
                return f"[{' '.join(self.leaf(node).split())}]"
            case Unary():
                return self.function(node)
            case Binary(operator, left, right) if operator in FUNCTIONS:
                return FUNCTIONS[operator].format(self.inner(left, 0), self.inner(right, 0))
            case Binary():
                return self.sum(node)
            case IfMissing(operand, substitute):
                return self.words["if_missing"].format(
                    self.inner(operand, 0), self.inner(substitute, 0)
                )
            case Where(test, yes, no):
                parts = {"test": test, "yes": yes, "no": no}
                inner = {name: self.inner(part, 0) for name, part in parts.items()}
                return self.words["where"].format(**inner)
        raise DeclarationError(f"there are no words for a {type(node).__name__}: add them")

    def function(self, node: Unary) -> str:
        """Tell a function, whose operand stands in brackets where its words have none."""
        if node.operator in FUNCTIONS:
            return FUNCTIONS[node.operator].format(self.tell(node.operand))
        return self.words[node.operator].format(self.inner(node.operand, 0))

    def sum(self, node: Binary) -> str:
        """Tell an operation that has a sign, with no more brackets than are needed."""
        own = BINDING[node.operator]
        strict = node.operator in ("subtract", "divide", "greater")
        left = self.inner(node.left, own)
        right = self.inner(node.right, own + 1 if strict else own)
        return f"{left} {SIGNS[node.operator]} {right}"

    def inner(self, node: Expression, least: int = 3) -> str:
        """Tell an operand, in brackets if it binds less than `least`."""
        match node:
            case IfMissing() | Where() | Unary("month" | "year"):
                binding = -1
            case Binary(operator):
                binding = BINDING.get(operator, 3)
            case _:
                binding = 3
        return self.tell(node) if binding >= least else f"({self.tell(node)})"

    def leaf(self, leaf: Leaf) -> str:  # noqa: PLR0911  one case for each leaf
        match leaf:
            case Aggregate():
                return self.aggregate(leaf)
            case Rate():
                return self.rate(leaf)
            case Median():
                return self.median(leaf)
            case Tied(streams=streams, having=having):
                return self.words["tied"].format(
                    streams=self.streams(streams), having=self.having(having)
                )
            case Persons():
                return self.persons(leaf)
            case Missed():
                return self.missed(leaf)
            case Nearby(places=places, radius=radius, window=window):
                return self.words["nearby"].format(
                    streams=self.streams(places), radius=radius, window=self.window(window)
                )
        raise DeclarationError(f"there are no words for a {type(leaf).__name__}: add them")

    def aggregate(self, leaf: Aggregate) -> str:
        words = self.words
        name = f"operator.{leaf.operator}"
        if leaf.field in DAYS:
            name = f"{name}.day" if f"{name}.day" in words else name
        what = words[name].format(
            field=words.get(f"field.{leaf.field}", ""),
            key=words[f"key.{leaf.by}"] if leaf.by in ("code", "day") else self.case(leaf.streams),
            gap=leaf.gap,
        )
        turn = leaf.cycle and words["cycle"].format(self.turn(leaf.cycle))
        return words["leaf"].format(
            what=what,
            streams=self.streams(leaf.streams),
            state=words.get(f"state.{leaf.state}", ""),
            above=self.above(leaf.above),
            window=self.window(leaf.window) + (turn or ""),
            lag=words["lag"].format(leaf.lag) if leaf.lag else "",
            repaired=words.get(f"repaired.{leaf.repaired}", ""),
        )

    def case(self, patterns: tuple[str, ...]) -> str:
        """Return what the events of one case have in common, such as a lot of samples."""
        kinds = {re.split(r"[:.]", pattern)[0] for pattern in patterns}
        return self.words.get(f"case.{'|'.join(kinds)}", self.words["key.case"])

    def rate(self, leaf: Rate) -> str:
        name = f"measure.{leaf.measure}"
        if leaf.measure == "share" and not leaf.positive:
            name = "measure.share.above"
        return self.words[name].format(
            unit=self.words[f"unit.{leaf.unit}"].format(key=self.case(leaf.streams)),
            positive=self.streams(leaf.positive),
            streams=self.streams(leaf.streams),
            above=self.above(leaf.above),
            group=self.words[f"group.{leaf.group}"],
            window=self.window(leaf.window),
            shrunk=self.words["shrunk"].format(leaf.strength) if leaf.strength else "",
        )

    def median(self, leaf: Median) -> str:
        return self.words["median"].format(
            field=self.words[f"field.{leaf.field}"],
            streams=self.streams(leaf.streams),
            window=self.window(leaf.window),
            group=self.words[f"group.{leaf.group}"],
            least=self.words["least"].format(leaf.least) if leaf.least > 1 else "",
        )

    def persons(self, leaf: Persons) -> str:
        elsewhere = ""
        if leaf.elsewhere:
            elsewhere = self.words["elsewhere"].format(leaf.within, self.counts(leaf.elsewhere))
            elsewhere = self.words["besides"] * bool(leaf.having) + elsewhere
        return self.words["persons"].format(
            streams=self.streams(leaf.posts),
            having=self.having(leaf.having),
            elsewhere=elsewhere,
        )

    def missed(self, leaf: Missed) -> str:
        return self.words["missed"].format(
            years=leaf.years,
            turn=self.turn(leaf.turn),
            streams=self.streams(leaf.streams),
            start=self.aggregate(leaf.start),
            since=self.words["since"].format(leaf.since) if leaf.since else "",
        )

    def turn(self, day: tuple[int, int]) -> str:
        month, number = day
        return f"{month:02d}-{number:02d}"

    def having(self, parts: tuple[Aggregate, ...]) -> str:
        return self.words["having"].format(self.counts(parts)) if parts else ""

    def counts(self, parts: tuple[Aggregate, ...]) -> str:
        return self.words["and"].join(self.aggregate(part).strip() for part in parts)

    def streams(self, patterns: tuple[str, ...]) -> str:
        return self.words["streams"].format(self.words["or"].join(patterns))

    def above(self, above: tuple[str, float] | None) -> str:
        if above is None:
            return ""
        field, least = above
        return self.words["above"].format(field=self.words[f"field.{field}"], least=f"{least:g}")

    def window(self, days: int | None) -> str:
        return "" if days is None else self.words["window"].format(days)
