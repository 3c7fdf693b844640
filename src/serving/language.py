"""Language: which one is asked for, by `lang` or else by Accept-Language."""

from .accept import quality
from .answers import Language

__all__ = ["DEFAULT", "accepted"]

DEFAULT: Language = "zh"
KNOWN: tuple[Language, ...] = ("zh", "en")
MOST = 50


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
        weight = quality(parameter) if parameter.strip() else 1.0
        wanted[language] = max(wanted.get(language, 0.0), weight or 0.0)
    others = wanted.get("*", 0.0)
    return max(KNOWN, key=lambda each: (wanted.get(each, others), each == default))
