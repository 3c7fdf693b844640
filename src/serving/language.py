"""Language: which one is asked for, by `lang` or else by Accept-Language."""

from .answers import Language

__all__ = ["DEFAULT", "accepted"]

DEFAULT: Language = "zh"
KNOWN: tuple[Language, ...] = ("zh", "en")
MOST = 50


def accepted(header: str | None) -> Language:
    """Return the language that a header prefers of those there are (RFC 9110, 12.5.4).

    Chinese where none of them is wanted, where both are alike, and where nothing can be made of it.

    Examples
    --------
    >>> [accepted(text) for text in (None, "en-GB", "fr, en;q=.5", "en;q=0.2, zh-CN", "de", "*")]
    ['zh', 'en', 'en', 'zh', 'zh', 'zh']
    """
    wanted: dict[str, float] = {}
    for part in (header or "").split(",")[:MOST]:
        name, _, parameter = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        wanted[language] = max(wanted.get(language, 0.0), _quality(parameter))
    others = wanted.get("*", 0.0)
    return max(KNOWN, key=lambda each: wanted.get(each, others))


def _quality(parameter: str) -> float:
    name, _, value = parameter.replace(" ", "").partition("=")
    if name.lower() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
