"""What was told of an enterprise's records between two grades."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...features import Events
from ...features.events import COLUMNS, ORDER

__all__ = ["TOLD", "keys_of", "mixed", "tellings"]

TOLD = ("new", "withdrawn", "repaired", "ended", "corrected", "reinstated")
KEY = ["enterprise", "record"]
SAID = ["stream", "case", "occurred", "severity", "value"]
CLOCKS = ["repaired", "ended", "ended_available", "available"]
PLACE = [*KEY, "stream", "nth"]


def tellings(before: Events, now: Events, as_of: tuple[int, int]) -> pd.DataFrame:
    """Return what happened to each record of which something was told.

    A record is one, whatever streams tell of it: a result that is corrected from one stream to
    another is neither withdrawn nor new.

    Parameters
    ----------
    before, now
        Events of the same enterprises, as known at the grade before and as known now.
    as_of
        Day numbers of the two.

    Returns
    -------
    `enterprise`, `record`, and `told`, one of `TOLD`: it is new; it counts no more; it counts as
    repaired, or as ended, and did not; it says something else; or it stands again as it did, for a
    withdrawal, a repair or an end was undone.
    """
    before, now = _unlike(before, now)
    old, new = _standing(before, as_of[0]), _standing(now, as_of[1])
    flags = _flags(old.merge(new, on=PLACE, how="outer", suffixes=("_before", "")))
    known = _index(before).unique()
    each = flags.groupby(KEY).any().reindex(known.union(_index(now).unique()), fill_value=False)
    counted = each["counted"]
    told = np.select(
        [
            ~each.index.isin(known) & each["counts"],
            counted & ~each["counts"],
            counted & each["repaired"],
            counted & each["ended"],
            counted & each["corrected"],
            each["counts"] & (each["reinstated"] | ~counted),
        ],
        TOLD,
        "",
    )
    found: pd.DataFrame = each.index[told != ""].to_frame(index=False)
    return found.assign(told=told[told != ""])


def mixed(before: Events, now: Events, told: pd.DataFrame, back: Collection[str]) -> Events:
    """Return the events now, with what was told in some ways put back to what was known before."""
    some = pd.MultiIndex.from_frame(told.loc[told["told"].isin(back), KEY])
    parts = (
        now.take(np.flatnonzero(~_index(now).isin(some))),
        before.take(np.flatnonzero(_index(before).isin(some))),
    )
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    order = np.lexsort([columns[name] for name in reversed(ORDER)])
    return Events(**{n: column[order] for n, column in columns.items()}, vocabulary=now.vocabulary)


def keys_of(events: Events) -> npt.NDArray[np.int64]:
    """Return a number for the record and the enterprise of each event."""
    return events.record * 1_000_003 + events.enterprise


def _unlike(before: Events, now: Events) -> tuple[Events, Events]:
    """Return the events of records of which any event is not the same in both, to the bit.

    Of all others nothing was told. Events are found in one another by a number for all that they
    say, and then compared.
    """
    _, *places = np.intersect1d(_numbered(before), _numbered(now), return_indices=True)
    same = np.ones(places[0].size, np.bool_)
    for name in COLUMNS:
        one, other = (
            getattr(events, name)[at] for events, at in zip((before, now), places, strict=True)
        )
        same &= (one == other) | ((one != one) & (other != other))  # noqa: PLR0124
    keys, others = [], []
    for events, at in zip((before, now), places, strict=True):
        alike = np.zeros(len(events), np.bool_)
        alike[at[same]] = True
        keys.append(keys_of(events))
        others.append(keys[-1][~alike])
    unlike = np.unique(np.concatenate(others))
    kept = (np.flatnonzero(np.isin(key, unlike)) for key in keys)
    return before.take(next(kept)), now.take(next(kept))


def _numbered(events: Events) -> npt.NDArray[np.uint64]:
    """Return a number for all that each event says."""
    found = np.zeros(len(events), np.uint64)
    for name, kind in COLUMNS.items():
        column = getattr(events, name).astype(np.float64 if kind is np.float64 else np.int64)
        found ^= column.view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        found *= np.uint64(0xBF58476D1CE4E5B9)
        found ^= found >> np.uint64(29)
    return found


def _index(events: Events) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([getattr(events, name) for name in KEY], names=KEY)


def _standing(events: Events, as_of: int) -> pd.DataFrame:
    """Return the events that count, and how; numbered where a record has several of a stream."""
    some = events.take(np.flatnonzero(time.is_counted(events.available, events.withdrawn, as_of)))
    frame = pd.DataFrame({name: getattr(some, name) for name in (*KEY, *SAID, *CLOCKS)})
    frame["over"] = ~time.is_open(some.ended, some.ended_available, as_of) * 1
    frame["mended"] = time.is_repaired(some.repaired, as_of) * 1
    frame = frame.sort_values([*KEY, "stream", "ended"], kind="stable")
    return frame.assign(nth=frame.groupby([*KEY, "stream"]).cumcount())


def _flags(both: pd.DataFrame) -> pd.DataFrame:
    """Tell of each event that counts what became of it since, or of which it became."""
    counted, counts = both["available_before"].notna(), both["available"].notna()
    over, mended = (both[name] - both[f"{name}_before"] for name in ("over", "mended"))
    again = (over < 0) | (mended < 0)
    return both[KEY].assign(
        counted=counted,
        counts=counts,
        repaired=mended > 0,
        ended=(over > 0) & _differs(both, ["ended"]),
        corrected=(counted != counts) | (_differs(both, [*SAID[1:], *CLOCKS[:2]]) & ~again),
        reinstated=again | _differs(both, CLOCKS),
    )


def _differs(both: pd.DataFrame, names: list[str]) -> npt.NDArray[np.bool_]:
    before = both[[f"{name}_before" for name in names]].to_numpy()
    now = both[names].to_numpy()
    return np.asarray(((before != now) & ~(np.isnan(before) & np.isnan(now))).any(axis=1))
