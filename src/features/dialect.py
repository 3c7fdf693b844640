"""Expressions, patterns and numbers in the SQL of DuckDB.

A missing value is NULL there and NaN in the matrix; a NaN must not enter a comparison, for DuckDB
holds it to be the greatest of numbers.
"""

from collections.abc import Callable, Iterable, Mapping

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
)

__all__ = ["DAY_0", "date_of", "indented", "like", "number", "quoted", "selected", "spelled"]

ZERO_WITHOUT_EVENTS = ("count", "distinct", "total", "repeat", "recurrent", "peaks")
WHOLE = 1e15
DAY_0 = "DATE '1970-01-01'"

UNARY: dict[str, Callable[[str], str]] = {
    "ln": lambda x: f"ln({_positive(x)})",
    "log10": lambda x: f"log10({_positive(x)})",
    "log10p1": lambda x: f"log10({_positive(f'1 + {x}')})",
    "log2p1": lambda x: f"log2({_positive(f'1 + {x}')})",
    "month": lambda x: f"month({date_of(x)})",
    "year": lambda x: f"year({date_of(x)})",
}
SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "greater": ">"}
EXTREMES = {"minimum": "least", "maximum": "greatest"}


def spelled(node: Expression, names: Mapping[Leaf, str], as_of: str) -> str:
    """Return the SQL of a tree over the columns that hold its leaves.

    Parameters
    ----------
    node
        The tree.
    names
        The column of each leaf; a number, NULL where it is missing.
    as_of
        What stands for the day number: a column or a number.

    Examples
    --------
    >>> from xinheng.features import count, latest, log10, minimum, where, years
    >>> names = {count("award"): "awards", latest("enterprise.established"): "established"}
    >>> spelled(years(latest("enterprise.established")), names, "as_of")
    '(as_of - established) / 365.25'
    >>> spelled(minimum(count("award") / 3, 1), names, "as_of")
    'least(awards / 3, 1)'
    >>> spelled(where(count("award"), 0, log10(latest("enterprise.established"))), names, "as_of")
    'CASE WHEN awards > 0 THEN 0 ELSE log10(nullif(greatest(established, 0), 0)) END'
    """
    return _Speaker(names, as_of).say(node)


class _Speaker:
    """Carries the names along the walk through a tree."""

    def __init__(self, names: Mapping[Leaf, str], as_of: str) -> None:
        self._names = names
        self._as_of = as_of

    def say(self, node: Expression) -> str:  # noqa: PLR0911  one case for each node
        match node:
            case Leaf():
                return self._names[node]
            case AsOf():
                return self._as_of
            case Constant(value):
                return number(value)
            case Missing():
                return "NULL"
            case Unary(operator, operand):
                return UNARY[operator](self._inner(operand))
            case Binary():
                return self._binary(node)
            case IfMissing(operand, substitute):
                return f"coalesce({self.say(operand)}, {self.say(substitute)})"
            case Where(test, yes, no):
                otherwise = f"WHEN {self._inner(test)} IS NOT NULL THEN" if misses(test) else "ELSE"
                return (
                    f"CASE WHEN {self._inner(test)} > 0 THEN {self.say(yes)} "
                    f"{otherwise} {self.say(no)} END"
                )
        raise DeclarationError(f"{type(node).__name__} is no node that can be said in SQL")

    def _binary(self, node: Binary) -> str:
        left, right = self._inner(node.left), self._inner(node.right)
        if node.operator in EXTREMES:
            return self._extreme(node)
        if node.operator == "divide":
            divisor = right if _never_zero(node.right) else f"nullif({self.say(node.right)}, 0)"
            return f"{left} / {divisor}"
        said = f"{left} {SIGNS[node.operator]} {right}"
        return f"CAST({said} AS INTEGER)" if node.operator == "greater" else said

    def _extreme(self, node: Binary) -> str:
        """Say the smaller or larger of two; DuckDB's own leaves out what is missing."""
        left, right = self.say(node.left), self.say(node.right)
        said = f"{EXTREMES[node.operator]}({left}, {right})"
        known = [f"({side}) IS NOT NULL" for side in _missing_sides(node, left, right)]
        return f"CASE WHEN {' AND '.join(known)} THEN {said} END" if known else said

    def _inner(self, node: Expression) -> str:
        said = self.say(node)
        compound = isinstance(node, Binary) and node.operator not in (*EXTREMES, "greater")
        return f"({said})" if compound or said.startswith("-") else said


def misses(node: Expression) -> bool:  # noqa: PLR0911  one case for each node
    """Tell whether the value of a tree can be missing."""
    match node:
        case AsOf() | Constant():
            return False
        case Aggregate(operator=operator):
            return operator not in ZERO_WITHOUT_EVENTS
        case Binary("divide", left, right):
            return misses(left) or not _never_zero(right)
        case Binary(_, left, right):
            return misses(left) or misses(right)
        case IfMissing(operand, substitute):
            return misses(operand) and misses(substitute)
        case Where(test, yes, no):
            return misses(test) or misses(yes) or misses(no)
        case Unary("month" | "year", operand):
            return misses(operand)
    return True


def _missing_sides(node: Binary, left: str, right: str) -> list[str]:
    return [said for side, said in ((node.left, left), (node.right, right)) if misses(side)]


def _never_zero(node: Expression) -> bool:
    return isinstance(node, Constant) and node.number != 0


def _positive(x: str) -> str:
    """Say a number that has a logarithm; NULL for what has none."""
    return f"nullif(greatest({x}, 0), 0)"


def date_of(x: str) -> str:
    """Return the calendar date of a day number."""
    return f"{DAY_0} + CAST(trunc({x}) AS INTEGER)"


def number(value: float) -> str:
    """Return a number as SQL has it, whole ones without a point."""
    return str(int(value)) if value == int(value) and abs(value) < WHOLE else repr(float(value))


def quoted(text: str) -> str:
    """Return a text as SQL has it.

    Examples
    --------
    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def like(column: str, pattern: str) -> str:
    r"""Return the test of a column against one half of a stream's pattern.

    DuckDB's `GLOB` goes by bytes, so that its `?` and `[...]` miss a Chinese character: patterns
    with these are said as regular expressions.

    Examples
    --------
    >>> like("kind", "penalty"), like("code", "*.food.*"), like("code", "*.27??")
    ("kind = 'penalty'", "code GLOB '*.food.*'", "regexp_full_match(code, '.*\\.27..', 's')")
    """
    if not set("*?[") & set(pattern):
        return f"{column} = {quoted(pattern)}"
    if not set("?[\\") & set(pattern):
        return f"{column} GLOB {quoted(pattern)}"
    return f"regexp_full_match({column}, {quoted(_regular(pattern))}, 's')"


def _regular(pattern: str) -> str:
    said, at = "", 0
    while at < len(pattern):
        end = _closing(pattern, at)
        if end > at:
            said += _set(pattern[at + 1 : end])
            at = end
        else:
            said += {"*": ".*", "?": "."}.get(pattern[at], _literal(pattern[at]))
        at += 1
    return said


def _closing(pattern: str, at: int) -> int:
    """Return where the set that opens at this place closes, or -1."""
    if pattern[at] != "[":
        return -1
    first = at + 2 if pattern[at + 1 : at + 2] == "!" else at + 1
    return pattern.find("]", first + 1)


def _set(inside: str) -> str:
    negated, members = inside[:1] == "!", inside.removeprefix("!")
    escaped = "".join(c if c.isalnum() or c == "-" else _literal(c) for c in members)
    return f"[{'^' if negated else ''}{escaped}]"


def _literal(character: str) -> str:
    plain = character.isalnum() or character in "_ :" or ord(character) > 127
    return character if plain else "\\" + character


def indented(text: str, by: str = "    ") -> str:
    """Return lines of SQL one step further in."""
    return "\n".join(by + line if line else line for line in text.split("\n"))


def selected(
    columns: Iterable[str], source: str, *, where: Iterable[str] = (), by: str = ""
) -> str:
    """Return a query, a column and a condition to a line.

    Examples
    --------
    >>> print(selected(["enterprise", "count(*) AS n"], "events", by="enterprise"))
    SELECT
        enterprise,
        count(*) AS n
    FROM events
    GROUP BY enterprise
    """
    listed = indented(",\n".join(columns))
    tests = "\n    AND ".join(where)
    filtered = f"\nWHERE {tests}" if tests else ""
    return f"SELECT\n{listed}\nFROM {source}{filtered}" + (f"\nGROUP BY {by}" if by else "")
