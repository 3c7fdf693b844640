"""Witnesses: departments that tell of a record which another one delivered before."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from .files import Owners
from .register import Registered
from .sets import among, unique
from .store import Store
from .tables import WITNESS

if TYPE_CHECKING:
    from .landing import Terms

__all__ = ["witnesses"]

HEARD = ["record", "kind", "sequence"]


def witnesses(
    store: Store,
    terms: "Terms",
    kind: str,
    told: pa.Table,
    stored: pa.Table,
    registered: Registered,
) -> pa.Table:
    """Return the rows of `tables.WITNESS` that duplicates of a delivery add.

    A source bears witness to a record once: not to what it delivered itself, nor again.

    Parameters
    ----------
    store, terms, registered
        The archive's tables, what the delivery's records have in common, and numbers of all
        enterprises.
    kind
        Kind of the records.
    told
        Records that did not land, with `agrees`: whether they say the same as one that stays.
    stored
        Versions in the archive, and those that just landed, with `record` and `sequence`.
    """
    if not told.num_rows or not stored.num_rows:
        return WITNESS.empty_table()
    heard = _heard(store, kind, told["owner"].to_numpy())
    mine = _own(store, terms, pa.concat_tables([stored.select(["record", "sequence"]), heard]))
    known = told["record"].to_numpy()
    first = np.zeros(len(known), bool)
    first[np.unique(known, return_index=True)[1]] = True
    there = among(known, unique(stored["record"].to_numpy()))
    some = told.filter(pa.array(first & there & ~among(known, unique(mine))))
    count = some.num_rows
    available = time.available(
        some["known_day"].to_numpy(),
        np.full(count, terms.received, np.int32),
        trusted=terms.trusted,
        delay=terms.delay,
    )
    columns = {
        "entity": registered.entities(some),
        "kind": pa.repeat(kind, count),
        "available": pa.array(available, pa.int32()),
        **terms.members.placed(some, terms.sequence),
    }
    return pa.table(
        [columns[name] if name in columns else some[name] for name in WITNESS.names],
        schema=WITNESS,
    )


def _heard(store: Store, kind: str, owners: "np.ndarray") -> pa.Table:
    snapshot = store.snapshot("witness")
    if snapshot is None:
        return pa.schema([WITNESS.field("record"), WITNESS.field("sequence")]).empty_table()
    heard = snapshot.read(HEARD, Owners.of(owners))
    return heard.filter(pc.equal(heard["kind"], kind)).select(["record", "sequence"])


def _own(store: Store, terms: "Terms", told: pa.Table) -> "np.ndarray":
    """Return the records that the source of this delivery has told of, before or in it."""
    landing = range(terms.sequence, terms.sequence + terms.members.count)
    earlier = (n for n in pc.unique(told["sequence"]).to_pylist() if n not in landing)
    same = [n for n in earlier if store.manifest.delivery(n).source == terms.source]
    same += landing
    mine = pc.is_in(told["sequence"], pa.array(same, pa.int32()))
    return np.asarray(told["record"].filter(mine).to_numpy())
