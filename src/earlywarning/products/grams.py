"""Grams: runs of characters that several texts share and none had before."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["new_grams"]

SHORTEST, LONGEST = 2, 8
FACTOR = np.uint64(0x9E3779B97F4A7C15)

Rows = npt.NDArray[np.intp]
Hashes = npt.NDArray[np.uint64]


def new_grams(past: Sequence[str], recent: Sequence[str]) -> tuple[list[str], Rows, Rows]:
    """Return runs of 2 to 8 characters of recent texts that no past text has.

    Parameters
    ----------
    past, recent
        Plain texts, each once.

    Returns
    -------
    grams, gram, text
        The runs, and pairs of places: the run `grams[gram[i]]` stands in the text `text[i]`.

    Examples
    --------
    >>> grams, gram, text = new_grams(["椰子糖", "拿铁"], ["生椰拿铁", "拿铁"])
    >>> grams, gram.tolist(), text.tolist()
    (['生椰', '椰拿', '生椰拿', '椰拿铁', '生椰拿铁'], [0, 1, 2, 3, 4], [0, 0, 0, 0, 0])
    """
    before, after = _Characters(past), _Characters(recent)
    grams: list[str] = []
    gram, text = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    for length in range(SHORTEST, LONGEST + 1):
        hashes, starts = after.hashes(length)
        fresh = ~np.isin(hashes, before.hashes(length)[0])
        hashes, starts = hashes[fresh], starts[fresh]
        _, first, run = np.unique(hashes, return_index=True, return_inverse=True)
        place = np.argsort(np.argsort(first))
        pairs = np.unique(np.column_stack([place[run], after.owner[starts]]), axis=0)
        gram.append(pairs[:, 0] + len(grams))
        text.append(pairs[:, 1])
        grams += [after.text[start : start + length] for start in starts[np.sort(first)].tolist()]
    return grams, np.concatenate(gram), np.concatenate(text)


class _Characters:
    """The characters of texts behind each other, and whose each is."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "".join(texts)
        self.codes = np.frombuffer(self.text.encode("utf-32-le"), np.uint32).astype(np.uint64)
        self.owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])

    def hashes(self, length: int) -> tuple[Hashes, Rows]:
        """Return a hash of each run of so many characters of one text, and where it begins."""
        count = max(0, len(self.codes) - length + 1)
        found = np.zeros(count, np.uint64)
        for shift in range(length):
            found = found * FACTOR + self.codes[shift : shift + count]
        whole = np.flatnonzero(self.owner[:count] == self.owner[length - 1 : length - 1 + count])
        return found[whole], whole
