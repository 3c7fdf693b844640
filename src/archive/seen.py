"""Records of a kind as whoever looked on a day saw them: each once, and none that was withdrawn."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.time import NEVER, is_counted, is_known, is_open
from .contract import Contract
from .kinds import contract_of
from .spans import HAPPENING, ROW, folded, touched
from .store import Store
from .tables import record_schema
from .view import read

__all__ = ["SEEN", "seen"]

SEEN = pa.schema(
    [
        ("record", pa.int64()),
        ("enterprise", pa.int32()),
        ("available", pa.int32()),
        ("sequence", pa.int32()),
        ("open", pa.bool_()),
    ]
)
ENDS = ("valid_to", "until")
TOLD = ("entity", "sequence", *ROW[:-1])


def seen(
    store: Store, kind: str, as_of: int, fields: Sequence[str], *, upto: int | None = None
) -> pa.Table:
    """Read the records of a kind that count as of a day, in the version that stood then.

    Parameters
    ----------
    store
        The archive's store.
    kind
        Kind of record.
    as_of
        Day number; see `core.time`.
    fields
        Fields of the kind that are wanted.
    upto
        Last delivery to see; the newest when None.

    Returns
    -------
    pyarrow.Table
        Columns of `SEEN`, then the fields. `available` is the day from which the record was known,
        in whichever version, and `open` tells whether it still holds: it was not ended, and is
        not past the last day that it names.

    Raises
    ------
    NotFoundError
        If there is no such kind.
    """
    contract, state = contract_of(kind), store.state()
    ending = _ending(contract)
    columns = dict.fromkeys([*TOLD, *ending, *fields])
    rows = read(store, state, kind, list(columns), upto)
    happenings = read(store, state, "lifecycle", HAPPENING, upto)
    ended = _ended(rows, ending)
    changed = touched(rows, happenings)
    known = rows["available"].to_numpy()
    plain = np.flatnonzero(~changed & is_known(known, as_of))
    some = np.flatnonzero(changed)
    told = rows.select(ROW[:-1]).append_column("ended", pa.array(ended)).take(pa.array(some))
    spans = folded(told, happenings)
    counted = is_counted(spans["available"].to_numpy(), spans["withdrawn"].to_numpy(), as_of)
    spans = spans.filter(pa.array(counted))
    row = np.concatenate([plain, some[spans["row"].to_numpy()]])
    first = np.concatenate([known[plain], _first(told)[spans["row"].to_numpy()]])
    last = np.concatenate([ended[plain], spans["ended"].to_numpy()])
    told_of = np.concatenate([known[plain], spans["ended_available"].to_numpy()])
    found = rows.take(pa.array(row))
    made = [
        found["record"],
        found["entity"],
        pa.array(first),
        found["sequence"],
        pa.array(is_open(last, told_of, as_of)),
    ]
    schema = record_schema(kind)
    return pa.table(
        [*made, *(found[field] for field in fields)],
        schema=pa.schema([*SEEN, *(schema.field(field) for field in fields)]),
    )


def _ending(contract: Contract) -> list[str]:
    """Return the field that names the last day on which a record of the kind holds, if any."""
    return [field.name for field in contract.fields if field.name in ENDS]


def _ended(rows: pa.Table, ending: Sequence[str]) -> npt.NDArray[np.int32]:
    if not ending:
        return np.full(rows.num_rows, NEVER, np.int32)
    days = rows[ending[0]].cast(pa.int32())
    return np.asarray(pc.fill_null(days, NEVER).to_numpy(), np.int32)


def _first(told: pa.Table) -> npt.NDArray[np.int32]:
    """Return for each row from when on any version of its record was known."""
    record, place = np.unique(told["record"].to_numpy(), return_inverse=True)
    first = np.full(len(record), NEVER, np.int32)
    np.minimum.at(first, place, told["available"].to_numpy())
    return first[place]
