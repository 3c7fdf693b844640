"""Which enterprises a few deliveries told of."""

import numpy as np
import numpy.typing as npt

from .sets import unique
from .store import Store

__all__ = ["told_in", "touched", "touched_by_each"]

TELLING = ("event", "lifecycle")


def touched(store: Store, after: int, upto: int | None = None) -> npt.NDArray[np.int32]:
    """Return the enterprises whose events some deliveries added to or changed.

    Events, and what happened to records, lie with the enterprise whose record it is; so do
    corrections. Only files and journals are read that hold rows of these deliveries.

    Parameters
    ----------
    store
        The archive's tables.
    after, upto
        The delivery before the first of them, and the last; the newest when None.

    Returns
    -------
    numpy.ndarray
        Dense numbers, ascending. Nothing changed in the event view of any other enterprise.
    """
    state = store.state()
    last = state.sequence if upto is None else upto
    found = [np.empty(0, np.int64)]
    for name in TELLING:
        snapshot = store.snapshot(name, state)
        if snapshot is not None:
            told = snapshot.read(["entity"], upto=last, since=after + 1)
            found.append(unique(told["entity"].drop_null().to_numpy()))
    return unique(np.concatenate(found)).astype(np.int32)


def touched_by_each(store: Store, after: int, upto: int) -> list[npt.NDArray[np.int32]]:
    """Return what `touched` does, for each delivery after one up to another."""
    state = store.state()
    pairs = [np.empty((2, 0), np.int64)]
    for name in TELLING:
        snapshot = store.snapshot(name, state)
        if snapshot is not None:
            told = snapshot.read(["sequence", "entity"], upto=upto, since=after + 1).drop_null()
            pairs.append(np.stack([told[each].to_numpy() for each in ("sequence", "entity")]))
    sequences, who = np.concatenate(pairs, axis=1)
    each = range(after + 1, upto + 1)
    return [unique(who[sequences == number]).astype(np.int32) for number in each]


def told_in(store: Store, after: int, upto: int) -> frozenset[str]:
    """Return the tables to which some deliveries added rows.

    Parameters
    ----------
    store
        The archive's tables.
    after, upto
        The delivery before the first of them, and the last.

    Returns
    -------
    frozenset
        Of a delivery that was too large for a journal, every table.
    """
    found: set[str] = set()
    for number in range(after + 1, upto + 1):
        delivery = store.manifest.delivery(number)
        little = delivery.within or delivery.journal
        found |= set(little.rows if little else delivery.tables)
    return frozenset(found)
