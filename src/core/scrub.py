"""Texts for logs and histories: what could be personal data or name an enterprise is left out."""

import re

__all__ = ["IDENTITY", "PHONE", "scrubbed", "scrubbed_error"]

IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx](?!\d)")
PHONE = re.compile(
    r"(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})(?!\d)"
)
CODE = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z]*\d)[0-9A-Za-z]{15,20}(?![0-9A-Za-z])")
TOKEN = re.compile(r"\bxhk_\w*|\beyJ[\w-]+\.[\w.-]*|(?i:bearer\s+)\S+")
PASSWORD = re.compile(r"(?<=://)([^:@/\s]*):[^@\s]*@")
QUERY = re.compile(r"(?<=\?)[^\s\"']+")
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”|「[^」\n]*」")
CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+(?:[·・][\u3400-\u9fff]+)*")
MARK = "…"
LONGEST = 2_000


def scrubbed(text: str, longest: int = LONGEST) -> str:
    """Return a text without what it could tell of persons, enterprises and keys; its end if long.

    Taken out are identity and telephone numbers, codes of enterprises, keys and passwords, query
    strings, whatever stands in quotes, and whatever is Chinese: our own messages are English, so
    that is data.

    Parameters
    ----------
    text
        Such as the message of an error, or what a command printed.
    longest
        Characters kept at most, of the end.

    Examples
    --------
    >>> scrubbed("there is no enterprise '91440300MA5XNG010A' of 13800138000 in /srv/archive")
    'there is no enterprise … of … in /srv/archive'
    >>> scrubbed("postgresql://xinheng:secret@db/ledger is locked")
    'postgresql://xinheng:…@db/ledger is locked'
    """
    text = PASSWORD.sub(rf"\1:{MARK}@", text)
    for pattern in (TOKEN, QUERY, QUOTED, IDENTITY, PHONE, CODE, CHINESE):
        text = pattern.sub(MARK, text)
    return text if len(text) <= longest else MARK + text[-longest:]


def scrubbed_error(error: BaseException) -> str:
    """Return what an error is, scrubbed: its kind, and its first line.

    Examples
    --------
    >>> scrubbed_error(KeyError("张三"))
    'KeyError: …'
    """
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {scrubbed(lines[0], 500)}"
