"""What the archive knows enterprises by besides their codes: names, addresses and licences."""

import json
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .linking import Linker
from .source import Records
from .store import Store
from .table import Snapshot

__all__ = ["Known", "hinted", "told"]

# The tables that tell names, addresses and licences.
TOLD = ("personal", "licence")
REGISTER = pa.schema([(name, pa.string()) for name in ("code", "name", "address", "licence")])


class Known:
    """Finds the enterprises of one identifier scheme; reads the archive when asked, once.

    Parameters
    ----------
    store
        The archive's tables.
    scheme
        Scheme of the codes that are wanted.
    """

    def __init__(self, store: Store, scheme: str) -> None:
        self._store, self._scheme = store, scheme
        self._linker: Linker | None = None
        self._read: tuple[Snapshot | None, ...] = ()
        self._lock = Lock()

    def link(self, hints: pa.Table) -> pa.Table:
        """Find the enterprises of hints; see `linking.Links` for the columns."""
        with self._lock:
            now = tuple(map(self._store.snapshot, TOLD))
            if self._linker is None or now != self._read:
                self._linker, self._read = Linker(self._register()), now
            return self._linker.link(hints).table

    def decided(self, records: pa.Table, _about: Records) -> pa.Table:
        """Return records with the enterprises that a person chose: here, nobody did."""
        return records

    def _register(self) -> pa.Table:
        entity, personal, licence = map(self._store.snapshot, ("entity", "personal", "licence"))
        if entity is None:
            return REGISTER.empty_table()
        codes = _codes(entity.read(["number", "key"]), self._scheme)
        parts = [REGISTER.empty_table()]
        if personal is not None:
            said = personal.read(["entity", "kind", "field", "value"])
            said = said.filter(pc.equal(said["kind"], "enterprise"))
            for field in ("name", "address"):
                some = said.filter(pc.equal(said["field"], field))
                parts.append(_rows(codes, some["entity"], field, some["value"]))
        if licence is not None:
            held = licence.read(["entity", "licence"])
            parts.append(_rows(codes, held["entity"], "licence", held["licence"]))
        return pa.concat_tables(parts)


def _codes(entity: pa.Table, scheme: str) -> pa.Array:
    """Return the code of each enterprise by its number, null in another scheme."""
    keys = entity.sort_by("number")["key"].combine_chunks()
    mine = pc.starts_with(keys, f"{scheme}:")
    return pc.if_else(mine, pc.utf8_slice_codeunits(keys, len(scheme) + 1), None)


def _rows(
    codes: pa.Array, entity: pa.ChunkedArray, column: str, values: pa.ChunkedArray
) -> pa.Table:
    table = pa.table({"code": codes.take(entity.combine_chunks()), column: values})
    table = table.filter(pc.is_valid(table["code"])).group_by(["code", column]).aggregate([])
    nothing = pa.nulls(table.num_rows, pa.string())
    columns = [table[name] if name in table.column_names else nothing for name in REGISTER.names]
    return pa.Table.from_arrays(columns, schema=REGISTER)


def told(candidates: pa.ChunkedArray) -> list[str]:
    """Return candidates as JSON texts, for whoever decides."""
    return [json.dumps(some, ensure_ascii=False) for some in candidates.to_pylist()]


def hinted(records: pa.Table, hints: tuple[str, ...]) -> pa.Array:
    """Tell which records name no code but say by what their enterprise may be found."""
    without = pc.is_null(records["enterprise"]).to_numpy()
    some = np.logical_or.reduce([pc.is_valid(records[hint]).to_numpy() for hint in hints])
    return pa.array(without & some)
