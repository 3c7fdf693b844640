"""Changes: levels that changed since a cursor."""

from ..answers import Values, change_values
from ..service import Service

__all__ = ["changes"]


def changes(service: Service, after: int, limit: int) -> Values:
    """Return the changes of level after one, in the order in which runs made them.

    Parameters
    ----------
    service
        That is asked.
    after, limit
        Number of a change, 0 for all, and how many at most.
    """
    found = service.ledger.history.changes(after=after, limit=limit + 1)
    page = found[:limit]
    return {
        "changes": [change_values(each) for each in page],
        "next": page[-1].id if page else after,
        "more": len(found) > limit,
    }
