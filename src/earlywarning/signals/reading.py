"""Reading: the records of all sources in one table, with products by their names."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...archive import Archive, hash_texts
from ...core import time
from ...core.codes import CodeTable
from ..alarm import Lens
from .sources import SOURCES, Source

__all__ = ["LENSES", "SIGNALS", "Naming", "read_signals"]

Naming = Callable[[pa.Array], pa.Array]
"""Gives each of some texts the name of the product that it is about, or the text itself."""

NAMES = pa.dictionary(pa.int32(), pa.string())
LENSES: tuple[Lens, ...] = ("origin", "district", "supplier")
"""What signals are narrowed to, as far as records tell it."""
SIGNALS = pa.schema(
    [
        ("source", pa.int8()),
        ("record", pa.int64()),
        ("entity", pa.int32()),
        ("sequence", pa.int32()),
        ("told", pa.int32()),
        ("available", pa.int32()),
        ("withdrawn", pa.int32()),
        ("product", NAMES),
        ("hazard", NAMES),
        ("once", pa.int64()),
        ("case", pa.bool_()),
        ("severity", pa.int8()),
        *((lens, NAMES) for lens in LENSES),
    ]
)
"""Versions of records that name a product.

`source` is the place of the source among all, `told` the day on which the record was told first,
whichever version this is, `available` and `withdrawn` the days between which it stood, `once` a
hash of what several records of one event share, `case` whether it is a case, and `severity` that
of its hazard class, null where none is told.
"""


def read_signals(
    archive: Archive,
    sources: Sequence[Source] = SOURCES,
    naming: Naming | None = None,
    upto: int | None = None,
    day: int = time.NEVER,
) -> pa.Table:
    """Return what records tell of hazards in products, as columns of `SIGNALS`.

    Parameters
    ----------
    archive
        Where records are.
    sources
        Which tell.
    naming
        Gives texts the names of products, each distinct text once; by default they stay.
    upto
        Last delivery to see; all by default.
    day
        What became available after it is left out.
    """
    districts = _districts(archive, upto, day)
    read = [_read(archive, place, each, districts, upto) for place, each in enumerate(sources)]
    table = pa.concat_tables(read).unify_dictionaries().combine_chunks()
    table = table.filter(pc.field("available") <= day).combine_chunks()
    if naming is None or not table.num_rows:
        return table
    place = table.column_names.index("product")
    return table.set_column(place, "product", _named(table["product"].chunk(0), naming))


def _read(
    archive: Archive, place: int, source: Source, districts: pa.Array, upto: int | None
) -> pa.Table:
    table = archive.versions(source.kind, source.columns, upto=upto)
    if source.where is not None:
        table = table.filter(source.where)
    table = table.filter(pc.field("product").is_valid())
    rows, none = table.num_rows, pa.nulls(table.num_rows, pa.string())
    places = {lens: table[field] for lens, field in source.places}
    columns = {name: table[name] for name in ("record", "entity", "sequence")} | {
        "source": pa.repeat(pa.scalar(place, pa.int8()), rows),
        "told": _first(table),
        "available": table["available"],
        "withdrawn": table["withdrawn"],
        "product": table["product"],
        "hazard": pc.coalesce(*(table[each] for each in source.hazard)) if source.hazard else none,
        "once": pa.nulls(rows) if source.once is None else _hashed(table[source.once]),
        "case": _cases(table, source),
        "severity": _severity(table["hazard"]) if "hazard" in source.hazard else pa.nulls(rows),
        "origin": places.get("origin", none),
        "district": districts.take(table["entity"]),
        "supplier": places.get("supplier", none),
    }
    return pa.table([_coded(columns[field.name], field.type) for field in SIGNALS], SIGNALS)


def _coded(column: pa.ChunkedArray | pa.Array, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if kind == NAMES:
        texts = column.cast(pa.string())
        whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        return whole.dictionary_encode()
    return column.cast(kind)


def _hashed(texts: pa.ChunkedArray) -> pa.Array:
    """Return a number for each text, null for none."""
    whole = texts.combine_chunks()
    none = pc.is_null(whole).to_numpy(zero_copy_only=False)
    return pa.array(hash_texts(whole).view(np.int64), mask=none)


def _first(table: pa.Table) -> pa.Array:
    """Return the day on which each record was told first."""
    record, day = table["record"].to_numpy(), table["known_day"].to_numpy()
    if not len(record):
        return pa.array(day)
    order = np.argsort(record)
    begins = np.append(True, np.diff(record[order]) != 0)
    first = np.empty(len(order), np.int32)
    first[order] = np.minimum.reduceat(day[order], np.flatnonzero(begins))[np.cumsum(begins) - 1]
    return pa.array(first)


def _cases(table: pa.Table, source: Source) -> pa.Array:
    """Tell which records are cases: all, unless the source says which."""
    cases: npt.NDArray[np.bool_] = np.full(table.num_rows, source.case is None)
    if source.case is not None:
        numbered = table.append_column("place", pa.array(np.arange(table.num_rows)))
        cases[numbered.filter(source.case)["place"].to_numpy()] = True
    return pa.array(cases)


def _severity(classes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return how severe hazards of some classes are, from 1 to 5."""
    table = CodeTable.load("hazard_class").table
    place = pc.index_in(classes, value_set=table["code"])
    return pc.cast(table["ordinal"].take(place), pa.int8())


def _districts(archive: Archive, upto: int | None, day: int) -> pa.Array:
    """Return the district of each enterprise by dense number, as it was told last by a day."""
    told = archive.versions("enterprise", ("district",), upto=upto)
    told = told.filter(pc.field("district").is_valid() & pc.field("entity").is_valid())
    told = told.filter(pc.field("available") <= day)
    told = told.sort_by([("available", "ascending"), ("sequence", "ascending")])
    found = np.full(archive.enterprises(upto=upto).num_rows, None, object)
    found[told["entity"].to_numpy()] = told["district"].to_pylist()
    return pa.array(found, pa.string())


def _named(products: pa.DictionaryArray, naming: Naming) -> pa.DictionaryArray:
    names = naming(products.dictionary).dictionary_encode()
    return pa.DictionaryArray.from_arrays(names.indices.take(products.indices), names.dictionary)
