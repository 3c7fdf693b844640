"""Rows set aside: quarantined or in review, untouched, with everything that is wrong."""

import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from .collect import Collected
from .extract import Opened
from .fates import Fates
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
        broken = dict(
            zip(*(reading.faulty[each].to_pylist() for each in ("_row", "text")), strict=True)
        )
        for window, near in _windows(reading, fates):
            chosen = fates.among(window * WINDOW, (window + 1) * WINDOW, fate)
            if not len(chosen):
                continue
            cells = {row: {"": broken[row]} for row in chosen.tolist() if row in broken}
            wanted = near.filter(pc.is_in(near["_row"], value_set=pa.array(chosen)))
            cells |= {row.pop("_row"): row for row in wanted.to_pylist()}
            found = faults.window(window)
            otherwise = [{"fault": NO_RECORD}] if fate == "quarantined" else []
            yield pa.Table.from_pylist(
                [
                    {
                        "sequence": sequence,
                        "file": name,
                        "row": row,
                        "source_row": encode(cells[row]),
                        "faults": encode(found.get(row, otherwise)),
                    }
                    for row in chosen.tolist()
                ],
                schema=HELD,
            )


def _windows(reading: Reading, fates: Fates) -> Iterator[tuple[int, pa.Table]]:
    """Yield the number of each window of rows, and those of its rows that could be split."""
    before = 0
    for window in range(fates.last // WINDOW + 1):
        count = len(fates.split(window * WINDOW, (window + 1) * WINDOW))
        yield window, reading.data.slice(before, count)
        before += count
        reading.release()
