"""Rows set aside: quarantined or in review, untouched, with everything that is wrong."""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from .collect import Collected
from .extract import Opened
from .fates import Rows
from .faults import NO_RECORD, WINDOW
from .reading import Reading
from .tables import HELD

__all__ = ["set_aside"]

encode = json.JSONEncoder(ensure_ascii=False).encode


def set_aside(opened: Opened, collected: Collected, fate: str, sequence: int) -> Iterator[pa.Table]:
    """Yield the source rows of one fate, as rows of `tables.HELD`, window by window.

    Parameters
    ----------
    opened, collected
        The delivery, and what was found in it.
    fate
        `"quarantined"` or `"review"`.
    sequence
        Number of the delivery.
    """
    for name, reading in opened.readings.items():
        fates, faults = collected.fates[name], collected.faults[name]
        if not fates.counts()[fate]:
            continue
        texts = _Texts(reading)
        for window in faults.windows:
            chosen = fates.among(window * WINDOW, (window + 1) * WINDOW, fate)
            if not len(chosen):
                continue
            source_rows = texts.of(chosen)
            found = faults.window(window)
            otherwise = [{"fault": NO_RECORD}] if fate == "quarantined" else []
            yield pa.Table.from_pylist(
                [
                    {
                        "sequence": sequence,
                        "file": name,
                        "row": row,
                        "source_row": source_rows[row],
                        "faults": encode(found.get(row, otherwise)),
                    }
                    for row in chosen.tolist()
                ],
                schema=HELD,
            )


class _Texts:
    """The rows of a file as JSON objects."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._broken = dict(
            zip(reading.faulty["_row"].to_pylist(), reading.faulty["text"].to_pylist(), strict=True)
        )

    def of(self, rows: Rows) -> dict[int, str]:
        """Return the text of each of some rows, ascending."""
        found = {row: {"": self._broken[row]} for row in rows.tolist() if row in self._broken}
        split = [row for row in rows.tolist() if row not in found]
        if split:
            places = np.searchsorted(self._reading.rows, split)
            near = self._reading.data.slice(places[0], places[-1] - places[0] + 1)
            cells = near.take(pa.array(places - places[0])).to_pylist()
            found |= {row.pop("_row"): row for row in cells}
        return {row: encode(cells) for row, cells in found.items()}
