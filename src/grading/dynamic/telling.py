"""What was told of an enterprise's records between two grades."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...features import Events
from ...features.events import COLUMNS, ORDER

__all__ = ["TOLD", "mixed", "tellings"]

TOLD = ("new", "withdrawn", "repaired", "ended", "corrected")
KEY = ["enterprise", "record", "stream"]
CLOCKS = ["available", "withdrawn", "repaired", "ended"]
SAID = ["case", "occurred", "severity", "value"]


def tellings(before: Events, now: Events, as_of: tuple[int, int]) -> pd.DataFrame:
    """Return what happened to each record of which something was told.

    Parameters
    ----------
    before, now
        Events of the same enterprises, as known at the grade before and as known now.
    as_of
        Day numbers of the two.

    Returns
    -------
    `enterprise`, `record`, `stream`, and `told`, one of `TOLD`: it is new; it counts no more; it
    counts as repaired, or as ended, and did not; or it says something else.
    """
    old, new = _standing(before, as_of[0]), _standing(now, as_of[1])
    both = old.merge(new, on=KEY, how="outer", suffixes=("_before", ""), indicator="where")
    came, stays = both["where"] == "right_only", both["where"] == "both"
    counted = both["counts_before"].eq(True)  # noqa: FBT003
    counts = both["counts"].eq(True)  # noqa: FBT003
    says = np.logical_or.reduce([_differs(both, name) for name in SAID])
    told = np.select(
        [
            came,
            stays & counted & ~counts,
            stays & _turned(both, "repaired"),
            stays & _turned(both, "ended"),
            stays & ((counts & ~counted) | (counts & says)),
        ],
        TOLD,
        "",
    )
    found: pd.DataFrame = both.assign(told=told).loc[told != "", [*KEY, "told"]]
    return found


def mixed(before: Events, now: Events, told: pd.DataFrame, back: str) -> Events:
    """Return the events now, with what was told in one way put back to what was known before."""
    some = pd.MultiIndex.from_frame(told.loc[told["told"] == back, KEY])
    parts = (
        now.take(np.flatnonzero(~_index(now).isin(some))),
        before.take(np.flatnonzero(_index(before).isin(some))),
    )
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    order = np.lexsort([columns[name] for name in reversed(ORDER)])
    return Events(**{n: column[order] for n, column in columns.items()}, vocabulary=now.vocabulary)


def _index(events: Events) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([getattr(events, name) for name in KEY], names=KEY)


def _standing(events: Events, as_of: int) -> pd.DataFrame:
    """Return how each record stands: by its last span that was available."""
    columns = {name: getattr(events, name) for name in (*KEY, *CLOCKS, *SAID)}
    frame = pd.DataFrame(columns)
    frame = frame[time.is_known(frame["available"].to_numpy(), as_of)]
    last = frame.sort_values([*KEY, "available"], kind="stable").drop_duplicates(KEY, keep="last")
    counts = time.is_counted(last["available"].to_numpy(), last["withdrawn"].to_numpy(), as_of)
    return last.assign(counts=counts)


def _turned(both: pd.DataFrame, clock: str) -> "pd.Series[bool]":
    """Tell where a record is known to have ended or been repaired, and was not."""
    return both[f"{clock}_before"].eq(time.NEVER) & both[clock].ne(time.NEVER)


def _differs(both: pd.DataFrame, name: str) -> npt.NDArray[np.bool_]:
    one, other = both[f"{name}_before"], both[name]
    return ((one != other) & ~(one.isna() & other.isna())).to_numpy()
