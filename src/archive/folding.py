"""Folding in: the rows of journals are written into the tables, a file for each table."""

from datetime import datetime

import pyarrow as pa
from deltalake import Transaction

from .files import Owners, write_file
from .ordering import as_filed
from .store import Store
from .tables import schema_of

__all__ = ["fold", "fold_in", "is_due"]

JOURNALS = 64
ROWS = 200_000


def is_due(store: Store) -> bool:
    """Tell whether so much lies in journals that reading it each time costs more than folding."""
    journals = store.state().journals.values()
    return len(journals) >= JOURNALS or sum(journal.count for journal in journals) >= ROWS


def fold(store: Store, at: datetime) -> int:
    """Write what journals hold into the tables; no row changes.

    Parameters
    ----------
    store
        The archive's tables.
    at
        The present moment.

    Returns
    -------
    int
        How many journals there were. Their files stay until `vacuum` removes them.
    """
    with store.writing():
        return fold_in(store, at)


def fold_in(store: Store, at: datetime) -> int:
    """Do the same as `fold`, for who holds the writer's lock."""
    state = store.state()
    if not state.journals:
        return 0
    files = {}
    for name in sorted({name for journal in state.journals.values() for name in journal.rows}):
        snapshot = store.snapshot(name)
        pieces = snapshot.overlay.pieces(schema_of(name).names, Owners()) if snapshot else ()
        files[name] = [write_file(store.path(name), as_filed(name, pa.concat_tables(pieces)))]
    versions = store.append(files, Transaction("fold", state.sequence))
    store.journal.replaced(state.journals)
    store.manifest.publish_upkeep("fold", at, versions, state.sequence)
    return len(state.journals)
