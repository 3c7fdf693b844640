"""Districts of a few enterprises, as of a day, so that the queue can be asked by district."""

from collections.abc import Sequence

import numpy as np

from ...archive import Archive
from ...core import time
from ...core.codes import CodeTable
from ...features import Events

__all__ = ["districts_of"]

STREAM = "enterprise.district"


def districts_of(archive: Archive, numbers: Sequence[int], day: int) -> dict[int, str]:
    """Return the district of each of some enterprises as of a day, where somebody told it.

    A district of the table of codes is told by its code, whether the source has the code or the
    name; another as its source has it.

    Parameters
    ----------
    archive
        Where the records are.
    numbers
        Dense numbers.
    day
        Day number.
    """
    if not numbers:
        return {}
    events = Events.from_view(archive.events(enterprises=np.unique(np.array(numbers, np.int32))))
    kinds = np.array([kind == STREAM for kind, _ in events.vocabulary], bool)
    counted = time.is_known(events.available, day) & ~time.is_known(events.withdrawn, day)
    rows = np.flatnonzero(counted & (events.occurred < day) & kinds[events.stream])
    terms = archive.terms("enterprise", "district")
    texts = dict(zip(terms["case"].to_pylist(), terms["text"].to_pylist(), strict=True))
    table = CodeTable.load("district").table
    codes = dict(zip(table["zh"].to_pylist(), table["code"].to_pylist(), strict=True))
    cases = zip(events.enterprise[rows].tolist(), events.case[rows].tolist(), strict=True)
    found = {number: str(texts[case]) for number, case in cases if case in texts}
    return {number: codes.get(text, text) for number, text in found.items()}
