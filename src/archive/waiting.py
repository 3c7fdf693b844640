"""Rows set aside, and which of them still wait: nobody has settled them, or it was taken back."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from .manifest import State
from .store import Store
from .tables import HELD

__all__ = ["FATES", "WHERE", "held_rows", "open_rows"]

FATES = ("quarantined", "review")
WHERE = ("sequence", "file", "row")


def held_rows(
    store: Store,
    fates: Sequence[str] = FATES,
    since: int = 1,
    upto: int | None = None,
    state: State | None = None,
) -> pa.Table:
    """Return rows that deliveries set aside, as rows of `tables.HELD`, in order.

    Parameters
    ----------
    store
        The archive's tables.
    fates
        Some of `FATES`.
    since, upto
        First and last delivery; the newest when None.
    state
        What was published when the reader began; what is published now when None.
    """
    parts = [HELD.empty_table()]
    for fate in fates:
        snapshot = store.snapshot(fate, state)
        if snapshot is not None:
            parts.append(snapshot.read(upto=upto, since=since))
    return pa.concat_tables(parts).sort_by([(name, "ascending") for name in WHERE])


def open_rows(
    store: Store,
    fates: Sequence[str] = FATES,
    since: int = 1,
    upto: int | None = None,
    state: State | None = None,
) -> pa.Table:
    """Return those that still wait; see `held_rows` for the parameters."""
    state = state or store.state()
    held = held_rows(store, fates, since, upto, state)
    snapshot = store.snapshot("settled", state)
    if snapshot is None or not held.num_rows:
        return held
    settled = snapshot.read(since=since).sort_by("sequence")
    last = settled.group_by(["held", "file", "row"], use_threads=False)
    last = last.aggregate([("waits", "last")]).rename_columns([*WHERE, "waits"])
    done = last.filter(pc.invert(pc.fill_null(last["waits"], fill_value=False)))
    return held.join(done.drop_columns("waits"), list(WHERE), join_type="left anti").sort_by(
        [(name, "ascending") for name in WHERE]
    )
