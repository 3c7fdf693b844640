"""The SQL of a stream's code as a pattern that people read: `{organ}.{food or general}`."""

import re
from collections import deque

__all__ = ["pattern"]

TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\|\||\w+|\S")


def pattern(code: str) -> str:
    """Return the codes that an SQL expression can yield, what varies in braces.

    Parameters
    ----------
    code
        Texts, columns, `coalesce` and `CASE`, joined by `||`: what streams are written in.

    Examples
    --------
    >>> pattern("organ || CASE WHEN food THEN '.food.' ELSE '.general.' END || violation")
    '{organ}.{food or general}.{violation}'
    >>> pattern("type || '.' || coalesce(decision, 'pending')")
    '{type}.{decision or pending}'
    """
    tokens = deque(TOKEN.findall(code))
    text = _joined(tokens)
    return " or ".join(text) if len(text) > 1 else text[0]


def _joined(tokens: deque[str]) -> list[str]:
    """Read terms joined by `||`; a lone choice stays a list of what may be chosen."""
    terms = [_term(tokens)]
    while tokens and tokens[0] == "||":
        tokens.popleft()
        terms.append(_term(tokens))
    return terms[0] if len(terms) == 1 else ["".join(_braced(term) for term in terms)]


def _term(tokens: deque[str]) -> list[str]:
    word = tokens.popleft()
    if word == "CASE":
        return _choices(tokens)
    if word == "coalesce":
        return [_fallback(tokens)]
    return [word[1:-1]] if word[0] == "'" else ["{" + word.strip('"') + "}"]


def _choices(tokens: deque[str]) -> list[str]:
    found = []
    while (word := tokens.popleft()) != "END":
        if word in ("THEN", "ELSE"):
            found.extend(_joined(tokens))
    return found


def _fallback(tokens: deque[str]) -> str:
    tokens.popleft()
    parts = []
    while (word := tokens.popleft()) != ")":
        if word != ",":
            parts.append(word.strip("'\""))
    return "{" + " or ".join(filter(None, parts)) + "}"


def _braced(choices: list[str]) -> str:
    """Put choices into braces, with the dots that all of them share outside."""
    if len(choices) == 1:
        return choices[0]
    before = "." if all(choice.startswith(".") for choice in choices) else ""
    after = "." if all(choice.endswith(".") for choice in choices) else ""
    return before + "{" + " or ".join(choice.strip(".") for choice in choices) + "}" + after
