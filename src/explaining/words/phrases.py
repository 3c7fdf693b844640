"""Phrases: texts with places for the figures of a value, in Chinese and in English.

In braces stand `x` (the value, with a logarithm undone), `size` (without its sign), `percent`,
`size_percent`, `money` (of 10,000 yuan) and `label`. Of `[penalty|penalties]` the first follows a
figure of 1.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, isnan, log, log2, log10
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.errors import DeclarationError, unknown
from ...features import Indicator
from ...features.expression import Unary
from .amounts import DIGITS, amount, figure, money, percent

__all__ = [
    "Measure",
    "Pair",
    "Phrase",
    "alternatives",
    "logarithm",
    "measures_of",
    "names_in",
    "phrase",
    "redone",
    "undone",
]

Measure = Callable[[float, int], str]
Array = npt.NDArray[np.float64]

NAMED = re.compile(r"\{(\w*)\}")
CHOICE = re.compile(r"\[([^|\[\]]*)\|([^|\[\]]*)\]")
UNDO: Mapping[str, Callable[[float], float]] = {
    "ln": exp,
    "log10": lambda value: 10.0**value,
    "log10p1": lambda value: 10.0**value - 1,
    "log2p1": lambda value: 2.0**value - 1,
}
REDO: Mapping[str, Callable[[float], float]] = {
    "ln": lambda value: log(value) if value else -inf,
    "log10": lambda value: log10(value) if value else -inf,
    "log10p1": lambda value: log10(1 + value),
    "log2p1": lambda value: log2(1 + value),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in one language with a `%s` for each figure; `one` where the first of them is 1."""

    one: str
    many: str
    measures: tuple[Measure, ...] = ()

    def tell(self, value: float, digits: int = DIGITS) -> str:
        """Return the text with the figures of a value.

        Examples
        --------
        >>> days = phrase("{x} [day|days]", {"x": figure})
        >>> days.tell(1.0), days.tell(2.5)
        ('1 day', '2.5 days')
        """
        if not self.measures:
            return self.many
        told = [measure(value, digits) for measure in self.measures]
        return (self.one if told[0] == "1" else self.many) % tuple(told)


class Pair(NamedTuple):
    """A phrase in Chinese and one in English."""

    zh: Phrase
    en: Phrase


def phrase(text: str, measures: Mapping[str, Measure]) -> Phrase:
    """Compile a text.

    Raises
    ------
    DeclarationError
        If there is no measure of a name in braces.
    """
    names = names_in(text)
    for name in names:
        if name not in measures:
            raise DeclarationError(unknown("name in braces", name, measures))
    placed = NAMED.sub("%s", text.replace("%", "%%")) if names else text
    return Phrase(*alternatives(placed), tuple(measures[name] for name in names))


def alternatives(text: str) -> tuple[str, str]:
    """Return a text as it follows a figure of 1, and any other.

    Examples
    --------
    >>> alternatives("{} [record was|records were] repaired")
    ('{} record was repaired', '{} records were repaired')
    """
    return CHOICE.sub(r"\1", text), CHOICE.sub(r"\2", text)


def names_in(text: str) -> list[str]:
    """Return the names in braces, in their order."""
    return NAMED.findall(text)


def measures_of(
    indicator: Indicator, labels: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """Return how the values of an indicator are measured, in Chinese and in English.

    Parameters
    ----------
    indicator
        A logarithm at the root of its expression is undone.
    labels
        What the values 0, 1, 2 … mean in Chinese and in English, where they stand for words.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> zh, en = measures_of(standard_catalogue()["PN07"])
    >>> zh["money"](1.0, 3), en["money"](1.0, 3)
    ('9万元', '90,000 yuan')
    """
    undo = UNDO.get(logarithm(indicator))

    def measured(tell: Measure) -> Measure:
        if undo is None:
            return tell
        return lambda value, digits: tell(undo(value), digits)

    both = {
        "x": measured(figure),
        "size": measured(lambda value, digits: figure(abs(value), digits)),
        "percent": measured(percent),
        "size_percent": measured(lambda value, digits: percent(abs(value), digits)),
    }
    return (
        {
            **both,
            "amount": lambda value, digits: amount(indicator, value, digits)[0],
            "money": measured(lambda value, _: money(value, zh=True)),
            "label": _label(labels[0]),
        },
        {
            **both,
            "amount": lambda value, digits: amount(indicator, value, digits)[1],
            "money": measured(lambda value, _: money(value, zh=False)),
            "label": _label(labels[1]),
        },
    )


def undone(indicator: Indicator) -> Callable[[Array], Array]:
    """Return what undoes the logarithm at the root of an indicator, as `measures_of` does.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> undone(standard_catalogue()["PN07"])(np.array([1.0])).tolist()  # in 10,000 yuan
    [9.0]
    """
    undo = UNDO.get(logarithm(indicator))
    return (
        (lambda values: values) if undo is None else lambda values: np.array([*map(undo, values)])
    )


def redone(indicator: Indicator, told: float) -> float:
    """Return of what value one tells so much, zero or more; see `undone`.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> redone(standard_catalogue()["PN07"], 9.0), redone(standard_catalogue()["PN06"], 9.0)
    (1.0, 9.0)
    >>> redone(standard_catalogue()["BC02"], 0.0)
    -inf
    """
    redo = REDO.get(logarithm(indicator))
    return told if redo is None else redo(told)


def logarithm(indicator: Indicator) -> str:
    """Return the function at the root of an indicator, where it has one, such as `log10p1`."""
    root = indicator.expression
    return root.operator if isinstance(root, Unary) else ""


def _label(labels: Sequence[str]) -> Measure:
    def tell(value: float, digits: int) -> str:
        fits = not isnan(value) and value == round(value) and 0 <= value < len(labels)
        return labels[int(value)] if fits else figure(value, digits)

    return tell
