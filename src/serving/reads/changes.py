"""Changes: levels that changed since a cursor."""

import numpy as np

from ...ledger import Change
from ..answers import Values, change_values
from ..entrance.reach import Reach
from ..live.service import Service

__all__ = ["changes"]

MOST = 10_000
"""Changes that are looked through for one page: what lies beyond reach is many times more."""


def changes(service: Service, after: int, limit: int, reach: Reach) -> Values:
    """Return the changes of level after one, in the order in which runs made them.

    What is beyond reach is left out. The cursor goes past it all the same, so a page may be short,
    or empty, and be followed by more.

    Parameters
    ----------
    service
        That is asked.
    after, limit
        Number of a change, 0 for all, and how many at most.
    reach
        Whose changes are told.
    """
    found = list[Change]()
    seen, more, left = after, True, MOST
    while more and left > 0 and len(found) < limit:
        size = limit if reach.everywhere else max(limit, 1_000)
        part = service.ledger.history.changes(after=seen, limit=size + 1)
        more = len(part) > size
        part = part[:size]
        within = reach.among(np.array([each.number for each in part], np.int64))
        for change, told in zip(part, within.tolist(), strict=True):
            if len(found) == limit:
                more = True
                break
            seen, left = change.id, left - 1
            if told:
                found.append(change)
    return {"changes": [change_values(each) for each in found], "next": seen, "more": more}
