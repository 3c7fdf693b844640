"""Deliveries: what became of their rows, month by month."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ...archive.entries import Delivery
from ...core import time
from .watched import Aspect, Bank, Key

__all__ = ["quarantined"]


def quarantined(deliveries: Iterable[Delivery], days: npt.NDArray[np.int32]) -> list[Bank]:
    """Return by source how many rows could not be taken in, of all that came in each month.

    Rows that were tried again are not counted anew.

    Parameters
    ----------
    deliveries
        Of an archive.
    days
        First days of months, and the day after the last month.
    """
    counted: dict[str, npt.NDArray[np.float64]] = {}
    for each in deliveries:
        month = int(np.searchsorted(days, time.day_of(each.received), "right")) - 1
        if each.replays is not None or not 0 <= month < len(days) - 1:
            continue
        rows = counted.setdefault(each.source, np.zeros((2, len(days) - 1)))
        rows[0, month] += sum(file.quarantined for file in each.files)
        rows[1, month] += sum(file.rows for file in each.files)
    if not counted:
        return []
    keys = [Key(Aspect.QUARANTINE, source, "*") for source in counted]
    table = np.stack(list(counted.values()))
    return [Bank(keys, table[:, 0], whole=table[:, 1])]
