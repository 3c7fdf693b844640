"""Entity tags: by which a caller who has an answer already is told that it still holds."""

import hashlib
import json

__all__ = ["etag", "holds"]

DIGITS = 32


def etag(*parts: object) -> str:
    """Return the weak tag of what an answer follows from.

    Parameters
    ----------
    parts
        Values that JSON knows: model, delivery, run, day, language and whatever else was asked for.

    Examples
    --------
    >>> etag("grade", "A", 1) == etag("grade", "A", 1), etag("grade", "A", 1) == etag("grade", "A1")
    (True, False)
    """
    text = json.dumps(parts, sort_keys=True)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"'


def holds(tag: str, header: str) -> bool:
    """Tell whether If-None-Match names a tag (RFC 9110, 13.1.2), strong and weak alike.

    Examples
    --------
    >>> [holds('W/"a"', header) for header in ('"b", W/"a"', '"a"', "*", '"b"', "")]
    [True, True, True, False, False]
    """
    named = [each.strip() for each in header.split(",")]
    return "*" in named or tag.removeprefix("W/") in [each.removeprefix("W/") for each in named]
