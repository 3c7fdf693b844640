"""Writing the directory: everybody in order of names, and what they are found by."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from ...core.identifiers import USCC
from ..enterprises import are_credit_codes
from .folding import folded_texts
from .postings import Postings, pairs_of_texts

__all__ = ["LONGEST", "write"]

LONGEST = 40
"""Bytes of a code by which it is put in order."""
LAST = b"\xff"
INDIVIDUAL = "92"
"""How the code of an individual business 个体工商户 begins (GB 32100-2015)."""

Numbers = npt.NDArray[np.int32]


def write(folder: Path, everybody: pa.Table, licences: pa.Table) -> None:
    """Write a directory into an empty folder; see `told` for the tables.

    Rows are in order of names, as GB 18030 has it, which is that of pinyin for common signs; those
    whose name nobody told come last. Every list of rows therefore is in that order too.
    """
    table = everybody.take(_order(everybody)).combine_chunks()
    number = table["number"].to_numpy().astype(np.int32)
    row_of = np.full(int(number.max(initial=-1)) + 1, -1, np.int32)
    row_of[number] = np.arange(len(number), dtype=np.int32)
    np.save(folder / "number.npy", number)
    np.save(folder / "row_of.npy", row_of)
    _write_sorted(folder, "codes", table["code"], np.arange(len(number), dtype=np.int32))
    holders = row_of[licences["number"].to_numpy()]
    _write_sorted(folder, "licences", licences["licence"], holders)
    np.save(folder / "individual.npy", _individual(table))
    _write_categories(folder, table)
    names = folded_texts(table["names"])
    Postings.write(folder, "names", pairs_of_texts(names))
    _write_texts(folder, table, names)


def _order(everybody: pa.Table) -> pa.Array:
    names = [
        LAST if name is None else name.encode("gb18030", "replace")
        for name in everybody["name"].to_pylist()
    ]
    keys = pa.table({"name": pa.array(names, pa.large_binary()), "code": everybody["code"]})
    return pc.sort_indices(keys, [("name", "ascending"), ("code", "ascending")])


def _individual(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Tell who is an individual operator, or may be one for all that the code says."""
    codes = table["code"].combine_chunks().cast(pa.string())
    named = pc.and_(pc.equal(table["scheme"], USCC), pc.invert(pc.starts_with(codes, INDIVIDUAL)))
    found: npt.NDArray[np.bool_] = ~(named.to_numpy() & are_credit_codes(codes))
    return found


def _write_sorted(folder: Path, name: str, texts: pa.ChunkedArray, rows: Numbers) -> None:
    """Write texts in order, the row of each, and the place of the first of each row."""
    keys = np.array([text.encode()[:LONGEST] for text in folded_texts(texts).to_pylist()], "S")
    order = np.argsort(keys, kind="stable")
    np.save(folder / f"{name}.keys.npy", keys[order])
    np.save(folder / f"{name}.rows.npy", rows[order])
    if name == "codes":
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        np.save(folder / "codes.place.npy", place)


def _write_categories(folder: Path, table: pa.Table) -> None:
    """Write who has which line of business, or a licence for which category."""
    rows = np.arange(len(table), dtype=np.int32)
    categories = table["categories"].combine_chunks()
    every = pa.chunked_array([table["business"].combine_chunks(), categories.flatten()])
    owners = np.concatenate([rows, pc.list_parent_indices(categories).to_numpy().astype(np.int32)])
    terms = every.combine_chunks().dictionary_encode()
    said = pc.is_valid(terms).to_numpy(zero_copy_only=False)
    keys = pc.fill_null(terms.indices, 0).to_numpy()[said].astype(np.uint32)
    Postings.write(folder, "categories", [(keys, owners[said])])
    with ipc.new_file(str(folder / "terms.arrow"), pa.schema([("category", pa.string())])) as file:
        file.write_batch(pa.record_batch({"category": terms.dictionary.cast(pa.string())}))


def _write_texts(folder: Path, table: pa.Table, names: pa.ChunkedArray) -> None:
    """Write what is shown of everybody, and the names as they are searched."""
    codes = table["code"]
    counts = pc.value_counts(codes.combine_chunks())
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    full = pc.binary_join_element_wise(table["scheme"], codes, ":")
    shown = pc.if_else(pc.is_in(codes, value_set=twice), full, codes)
    columns = {
        "enterprise": shown.cast(pa.large_string()),
        "name": table["name"].cast(pa.large_string()),
        "folded": names,
        "district": table["district"].cast(pa.string()).dictionary_encode(),
        "business": table["business"].cast(pa.string()).dictionary_encode(),
        "categories": table["categories"].cast(pa.list_(pa.string())),
    }
    [batch] = pa.table(columns).combine_chunks().unify_dictionaries().to_batches() or [None]
    if batch is None:
        batch = pa.record_batch({n: c.combine_chunks() for n, c in columns.items()})
    with ipc.new_file(str(folder / "texts.arrow"), batch.schema) as file:
        file.write_batch(batch)
