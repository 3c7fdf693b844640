"""Texts as they are searched: what is written in different ways and read alike becomes one.

Width and compatible characters, case, traditional and simplified signs, numerals, blanks and
marks make no difference, as in `linking.reading`.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..linking.reading import DIGITS, NUMERALS, SIMPLIFIED, TRADITIONAL, uniform

__all__ = ["PARTED", "folded", "folded_texts"]

PARTED = "\x1f"
"""Between the names of one enterprise; nothing is found across it."""
ENDED = "\n"
ROWS = 250_000

Signs = npt.NDArray[np.uint32]


def folded(text: str) -> str:
    """Return a text as it is searched.

    Examples
    --------
    >>> folded("廣東 (ａｂｃ) 三號店"), folded("广东ABC3号店")
    ('广东ABC3号店', '广东ABC3号店')
    """
    return str(folded_texts(pa.chunked_array([[text]]))[0].as_py())


def folded_texts(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts as they are searched; what is missing says nothing."""
    parts = [_folded(texts.slice(at, ROWS)) for at in range(0, len(texts), ROWS)]
    return pa.chunked_array(parts, pa.large_string())


def _folded(texts: pa.ChunkedArray) -> pa.Array:
    plain = uniform(pc.fill_null(pc.replace_substring(texts, ENDED, " "), ""))
    whole = ENDED.join(plain.to_pylist())
    signs = _table()[np.frombuffer(whole.encode("utf-32-le"), np.uint32)]
    kept = signs[signs != 0].tobytes().decode("utf-32-le")
    return pa.array(kept.split(ENDED), pa.large_string())


@cache
def _table() -> Signs:
    """Return what each sign becomes, 0 where it is left out."""
    signs = range(0x110000)
    table = np.array([sign if chr(sign).isalnum() else 0 for sign in signs], np.uint32)
    for old, new in (
        (TRADITIONAL, SIMPLIFIED),
        (NUMERALS, DIGITS),
        *[(PARTED, PARTED), (ENDED, ENDED)],
    ):
        table[[ord(sign) for sign in old]] = [ord(sign) for sign in new]
    return table
