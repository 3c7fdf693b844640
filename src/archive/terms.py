"""Terms: the texts of a field, such as districts, and the numbers by which events mean them."""

import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import NotFoundError
from .hashing import hash_texts
from .kinds import contract_of
from .store import Store

__all__ = ["terms"]

TERMS = pa.schema([("case", pa.int64()), ("text", pa.string())])


def terms(store: Store, kind: str, field: str) -> pa.Table:
    """Read the texts of a field, each once, and the case that stands for each, as of `TERMS`.

    The archive numbers texts the same on every day and in every delivery, so that a case of any
    event is named by this table, whatever the day that the event is seen as of.

    Raises
    ------
    NotFoundError
        If there is no such kind, or it has no such text that names no person.
    """
    contract = contract_of(kind)
    texts = [each.name for each in contract.fields if each.type == "text" and not each.personal]
    if field not in texts:
        raise NotFoundError.among(f"text of {kind}", field, texts)
    snapshot = store.snapshot(contract.kind)
    if snapshot is None:
        return TERMS.empty_table()
    found = pc.unique(snapshot.read([field])[field].combine_chunks().drop_null()).sort()
    return pa.table([pa.array(hash_texts(found).view("i8")), found.cast(pa.string())], TERMS)
