"""Values that answers are made of, as they are before they become JSON."""

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

__all__ = ["Language", "Level", "Probability", "Values", "in_language"]

Values = dict[str, Any]
Language = Literal["zh", "en"]
Level = Annotated[
    Literal["A+", "A", "B", "C", "D", "E"],
    Field(description="Level of credit risk 信用风险等级, from A+ (lowest) to E (highest)."),
]
Probability = Annotated[float, Field(ge=0, le=1)]


def in_language(values: Values, language: Language, *names: str) -> Values:
    """Return values with some of their texts in one language only.

    Parameters
    ----------
    values
        With `zh` and `en`, or `NAME_zh` and `NAME_en`.
    language
        That which is kept.
    names
        What the texts are called; `name` stands for `zh` and `en` themselves.

    Examples
    --------
    >>> in_language({"id": 1, "zh": "甲", "en": "A", "unit_zh": "元", "unit_en": "yuan"}, "en",
    ...             "name", "unit")
    {'id': 1, 'name': 'A', 'unit': 'yuan'}
    """
    gone, wanted = _names(language, names)
    kept = {key: value for key, value in values.items() if key not in gone}
    return kept | {name: values[key] for name, key in wanted}


@cache
def _names(
    language: Language, names: tuple[str, ...]
) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """Return what is left out, and under which name each text of the language is found."""
    pairs = {name: (f"{name}_zh", f"{name}_en") for name in names}
    if "name" in pairs:
        pairs["name"] = "zh", "en"
    place = ("zh", "en").index(language)
    gone = frozenset(key for pair in pairs.values() for key in pair)
    return gone, tuple((name, pair[place]) for name, pair in pairs.items())
