"""Language: which one is asked for, by `lang` or else by Accept-Language."""

import re

from .answers import Language

__all__ = ["DEFAULT", "accepted"]

DEFAULT: Language = "zh"
KNOWN: tuple[Language, ...] = ("zh", "en")
MOST = 50
QUALITY = re.compile(r"\s*[qQ]\s*=\s*(0?\.[0-9]{1,3}|[01](?:\.[0-9]{0,3})?)\s*")


def accepted(header: str | None, default: Language = DEFAULT) -> Language:
    """Return the language that a header prefers of those there are (RFC 9110, 12.5.4).

    The default where none of them is wanted, where both are alike, and where nothing can be made
    of it.

    Examples
    --------
    >>> [accepted(text) for text in (None, "en-GB", "fr, en;q=.5", "en;q=0.2, zh-CN", "de", "*")]
    ['zh', 'en', 'en', 'zh', 'zh', 'zh']
    >>> accepted("de", "en")
    'en'
    """
    wanted: dict[str, float] = {}
    for part in (header or "").split(",")[:MOST]:
        name, _, parameter = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        wanted[language] = max(wanted.get(language, 0.0), _quality(parameter))
    others = wanted.get("*", 0.0)
    return max(KNOWN, key=lambda each: (wanted.get(each, others), each == default))


def _quality(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    found = QUALITY.fullmatch(parameter)
    return float(found[1]) if found else 0.0
