"""Lettering: texts of figures, cut or broken to a width, and safe to be shown."""

from html import escape
from unicodedata import east_asian_width

__all__ = ["lines_of", "short", "width_of", "wrapped"]

WIDEST = 26
CLOSING = ")）」》，。；：、"


def width_of(text: str) -> int:
    """Return the width of a text in Latin letters; a Chinese character is as wide as two.

    Examples
    --------
    >>> width_of("A级")
    3
    """
    return sum(2 if _wide(letter) else 1 for letter in text)


def short(text: str, widest: int = WIDEST) -> str:
    """Cut a text to a width in Latin letters.

    Examples
    --------
    >>> short("BAKERY"), short("CHILDREN'S SERVICES FACILITY")
    ('BAKERY', "CHILDREN'S SERVICES FACIL…")
    """
    if width_of(text) <= widest:
        return text
    end = len(text)
    while width_of(text[:end]) >= widest:
        end -= 1
    return text[:end] + "…"


def lines_of(text: str, widest: int) -> list[str]:
    """Break a text into lines of about one width, between words or Chinese characters.

    Examples
    --------
    >>> lines_of("Penalties and negative lists", 16)
    ['Penalties and', 'negative lists']
    >>> lines_of("近三年最重处罚种类", 14)
    ['近三年最重', '处罚种类']
    """
    lines = _filled(text, widest)
    for narrower in range(widest - 1, 0, -1):
        tried = _filled(text, narrower)
        if len(tried) > len(lines) or max(map(width_of, tried)) > narrower:
            break
        lines = tried
    return lines


def _filled(text: str, widest: int) -> list[str]:
    """Fill line after line."""
    lines, current = [], ""
    for word in _words(text):
        if current and width_of(current + word.rstrip()) > widest:
            lines.append(current.rstrip())
            current = ""
        current += word
    return [*lines, current.rstrip()]


def wrapped(text: str, widest: int) -> str:
    """Break a text for a figure, in which nothing of it can be taken for a tag.

    Examples
    --------
    >>> wrapped("about <b>six</b> letters", 12)
    'about<br>&lt;b&gt;six&lt;/b&gt;<br>letters'
    """
    return "<br>".join(escape(line, quote=False) for line in lines_of(text, widest))


def _words(text: str) -> list[str]:
    """Split a text where a line may end: after spaces, and around wide characters."""
    words = [""]
    for letter in text:
        before = words[-1][-1:]
        if before and letter not in CLOSING and (before == " " or _wide(letter) or _wide(before)):
            words.append("")
        words[-1] += letter
    return words


def _wide(letter: str) -> bool:
    return east_asian_width(letter) in "WF"
