"""The records of an enterprise that stand: known, and not withdrawn."""

from collections.abc import Mapping, Sequence

import numpy as np

from ...archive import Archive
from ...core import time
from ...features import Events

__all__ = ["known_records", "standing_records", "withdrawn_of"]


def known_records(events: Events, day: int) -> frozenset[str]:
    """Return the numbers of the records that are known of an enterprise as of a day."""
    known = events.record[time.is_known(events.available, day)]
    return frozenset(map(str, known.tolist()))


def standing_records(events: Events, day: int) -> frozenset[str]:
    """Return those of them that are not withdrawn."""
    stands = time.is_known(events.available, day) & ~time.is_known(events.withdrawn, day)
    return frozenset(map(str, events.record[stands].tolist()))


def withdrawn_of(
    archive: Archive, named: Mapping[int, Sequence[str]], day: int
) -> dict[int, list[str]]:
    """Return which of some records of enterprises do not stand any more as of a day.

    Parameters
    ----------
    archive
        Where the records are.
    named
        Numbers of records by the dense number of their enterprise.
    day
        Day number.
    """
    if not named:
        return {}
    numbers = np.unique(np.fromiter(named, np.int32, len(named)))
    events = Events.from_view(archive.events(enterprises=numbers))
    standing = standing_records(events, day)
    gone = ((who, [each for each in named[who] if each not in standing]) for who in named)
    return {who: records for who, records in gone if records}
