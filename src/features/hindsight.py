"""Hindsight: events as they stood before a day, and indicators that see more than that."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from .cases import Cases
from .catalogue import Catalogue
from .events import Events
from .matrix import build_references, compute

__all__ = ["hindsight", "known_before"]


def known_before(events: Events, as_of: int) -> Events:
    """Return the events as they stood before a day: what was told later is undone.

    Parameters
    ----------
    events
        Of any enterprises, all columns read.
    as_of
        Day number.
    """
    known = events.take(np.flatnonzero(time.is_known(events.available, as_of)))
    end_known = time.is_known(known.ended_available, as_of)
    return replace(
        known,
        withdrawn=_only(known.withdrawn, time.is_known(known.withdrawn, as_of)),
        repaired=_only(known.repaired, time.is_known(known.repaired, as_of)),
        ended=_only(known.ended, end_known),
        ended_available=_only(known.ended_available, end_known),
    )


def hindsight(
    catalogue: Catalogue,
    events: Events,
    as_of: int,
    *,
    cases: Cases | None = None,
    bans: Events | None = None,
) -> dict[str, int]:
    """Return how many values of each indicator as of a day rest on what was told later.

    Every value is computed twice, from all events and from those known before the day; none may
    differ. An indicator that is not in the result has no such value.

    Parameters
    ----------
    catalogue
        The indicators.
    events
        Of all enterprises, some of them told of after the day.
    as_of
        Day number.
    cases, bans
        As for `build_references`.
    """
    then = known_before(events, as_of)
    rows = pd.DataFrame({"enterprise": np.unique(then.enterprise)}).assign(as_of=as_of)
    earlier = None if bans is None else known_before(bans, as_of)
    now, before = (
        compute(
            catalogue,
            seen,
            rows,
            references=build_references(catalogue, seen, cases=cases, bans=banned),
        )
        for seen, banned in ((events, bans), (then, earlier))
    )
    differs = ~((now == before) | (now.isna() & before.isna()))
    counted = differs.sum()
    return {str(name): int(count) for name, count in counted[counted > 0].items()}


def _only(days: npt.NDArray[np.int32], told: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    return np.where(told, days, np.int32(time.NEVER))
