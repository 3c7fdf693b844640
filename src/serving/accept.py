"""Accept: which of some media types a request wants, and how weights are read (RFC 9110, 12.5.1).

The most specific range that a type is in says how much it is wanted; with a weight of 0 it is not.
What cannot be read wants nothing.
"""

import re
from collections.abc import Iterator, Mapping

__all__ = ["preferred", "quality"]

MOST = 50
QUALITY = re.compile(r"\s*[qQ]\s*=\s*(0?\.[0-9]{1,3}|0\.?|1(?:\.0{0,3})?)\s*")
QUOTED = r'"(?:[^"\\]|\\.)*"?'
PARTS = {each: re.compile(rf'(?:[^{each}"]|{QUOTED})+') for each in ",;"}
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  a token is what the standard calls it
RANGE = re.compile(rf"\*/\*|({TOKEN})/(\*|{TOKEN})")

Parameters = Mapping[str, str]
Range = tuple[str, Parameters, float]


def preferred(header: str | None, types: Mapping[str, Parameters], otherwise: str) -> str | None:
    """Return which of the types there are a header prefers; None if it wants none of them.

    Parameters
    ----------
    header
        Accept; everything is wanted where there is none.
    types
        What there is, each with the parameters that it has.
    otherwise
        Which of them where the header has no preference.

    Examples
    --------
    >>> types = {"text/csv": {"charset": "utf-8"}, "application/json": {}}
    >>> preferred("text/csv;q=0, */*", types, "text/csv")
    'application/json'
    >>> preferred("text/csv;charset=gbk", types, "text/csv") is None
    True
    """
    wanted = [*_ranges(header or "*/*")]
    found = {}
    for name, has in types.items():
        matching = [
            (_closeness(each), -place, each[2])
            for place, each in enumerate(wanted)
            if _is_in(name, has, each)
        ]
        if matching and (best := max(matching))[2]:
            found[name] = (best[2], best[0], best[1], name == otherwise)
    return max(found, key=found.__getitem__) if found else None


def quality(parameter: str) -> float | None:
    """Return the weight that a parameter is; None if it is none.

    Examples
    --------
    >>> [quality(text) for text in ("q=0.5", "Q=0", "q=2", "charset=utf-8")]
    [0.5, 0.0, None, None]
    """
    found = QUALITY.fullmatch(parameter)
    return float(found[1]) if found else None


def _ranges(header: str) -> Iterator[Range]:
    """Yield the ranges of a header that can be read: type, parameters and weight."""
    for element in _split(header, ",")[:MOST]:
        media, *rest = _split(element, ";") or [""]
        if not RANGE.fullmatch(media):
            continue
        parameters: dict[str, str] = {}
        weight: float | None = 1.0
        for each in filter(None, rest):
            name, _, value = each.partition("=")
            if name.strip().lower() == "q":
                weight = quality(each)
                break  # what follows a weight says nothing of the type
            parameters[name.strip().lower()] = value.strip().strip('"').lower()
        if weight is not None:
            yield media.lower(), parameters, weight


def _split(text: str, by: str) -> list[str]:
    """Return the parts of a text, which a character parts where it is not quoted."""
    return [each.strip() for each in PARTS[by].findall(text)]


def _is_in(name: str, has: Parameters, wanted: Range) -> bool:
    media, parameters, _ = wanted
    kind, _, sort = media.partition("/")
    named = media in {"*/*", name} or (sort == "*" and name.startswith(f"{kind}/"))
    return named and parameters.items() <= has.items()


def _closeness(wanted: Range) -> int:
    media, parameters, _ = wanted
    return len(parameters) + 2 - media.count("*")
