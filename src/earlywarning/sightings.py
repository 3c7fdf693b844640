"""Sightings: records that name a product, as they stood at the end of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..archive import Archive
from .products import Recogniser

__all__ = ["KINDS", "OUTCOMES", "SIGHTED", "Sightings", "read_sightings"]

OUTCOMES = ("passed", "declared", "failed", "harmed", "complained", "told")
"""A lot that conforms; a product declared; a lot that fails, a recall or an alert; an accident; a
complaint or an opinion that speaks ill; any other opinion."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "sampling": ("product", "item", "hazard", "stage", "passed", "counterfeit"),
    "product": ("product",),
    "complaint": ("product", "topic"),
    "opinion": ("product", "topic", "polarity"),
    "alert": ("product", "item", "hazard"),
    "recall": ("product",),
    "incident": ("product",),
}
"""Kinds of records that name a product, and the fields of them that are read."""

WORDS = pa.dictionary(pa.int32(), pa.string())
SIGHTED = pa.schema(
    [
        ("kind", WORDS),
        ("record", pa.int64()),
        ("enterprise", pa.int32()),
        ("source", WORDS),
        ("text", WORDS),
        ("product", WORDS),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("outcome", pa.int8()),
        ("item", WORDS),
        ("hazard", WORDS),
        ("stage", WORDS),
        ("topic", WORDS),
        ("open", pa.bool_()),
    ]
)
TOLD = ("item", "hazard", "stage", "topic")


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Records that name a product, each once.

    Attributes
    ----------
    table
        Columns of `SIGHTED`, in order of `available`. `product` is a code of the vocabulary,
        missing where none was recognised; `outcome` is a place in `OUTCOMES`; `enterprise` is a
        dense number, missing where a record names nobody, or a lot proved to be counterfeit.
    day
        The day at whose end they stood so.
    """

    table: pa.Table
    day: int

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, object]], day: int, recogniser: Recogniser) -> Self:
        """Build it from rows by column of `SIGHTED`, without `product`; `outcome` by its name.

        Examples
        --------
        >>> from .products import Vocabulary
        >>> row = {"kind": "sampling", "record": 7, "enterprise": 1, "text": "鲜河粉",
        ...        "occurred": 90, "available": 95, "outcome": "failed", "item": "米酵菌酸"}
        >>> seen = Sightings.of([row], 100, Recogniser(Vocabulary.default(), 100))
        >>> seen.table["product"].to_pylist(), OUTCOMES[seen.table["outcome"][0].as_py()]
        (['ho_fun'], 'failed')
        """
        plain = {
            each.name: pa.string() if each.type == WORDS else each.type
            for each in SIGHTED
            if each.name not in ("product", "outcome")
        }
        columns = {
            name: pa.array([row.get(name) for row in rows], kind) for name, kind in plain.items()
        }
        outcomes = [OUTCOMES.index(str(row["outcome"])) for row in rows]
        columns["outcome"] = pa.array(outcomes, pa.int8())
        return cls(_named(pa.table(columns), recogniser), day)

    def codes(self, column: str) -> tuple[npt.NDArray[np.int32], list[str]]:
        """Return a column of words as places in a list, -1 where there is none, and the list."""
        words = self.table[column].unify_dictionaries().combine_chunks()
        if isinstance(words, pa.ChunkedArray):
            words = words.chunk(0) if words.num_chunks else pa.array([], WORDS)
        return (
            np.asarray(pc.fill_null(words.indices, -1).to_numpy(), np.int32),
            words.dictionary.to_pylist(),
        )

    def numbers(self, column: str) -> npt.NDArray[np.int64]:
        """Return a column of numbers, -1 where there is none."""
        found: npt.NDArray[np.int64] = (
            pc.fill_null(self.table[column].cast(pa.int64()), -1).combine_chunks().to_numpy()
        )
        return found


def read_sightings(
    archive: Archive, day: int, recogniser: Recogniser, *, upto: int | None = None
) -> Sightings:
    """Return the records that name a product, as they stood at the end of a day.

    Parameters
    ----------
    archive
        Where records are.
    day
        Day number; what became available on it is seen.
    recogniser
        Of the vocabulary of that day.
    upto
        Number of the last delivery that is read; all by default.
    """
    sources = {each.sequence: each.source for each in archive.deliveries()}
    parts = []
    for kind, fields in KINDS.items():
        rows = archive.seen(kind, day + 1, ["occurred", *fields], upto=upto)
        parts.append(_plain(kind, rows.filter(pc.field("product").is_valid()), sources))
    told = pa.concat_tables(parts).sort_by([("available", "ascending"), ("record", "ascending")])
    return Sightings(_named(told, recogniser), day)


def _plain(kind: str, rows: pa.Table, sources: Mapping[int, str]) -> pa.Table:
    """Return the rows of a kind with the columns of `SIGHTED`, but the product."""
    words = pa.DictionaryArray.from_arrays
    count = rows.num_rows
    numbers = pa.array(list(sources), pa.int32())
    source = pc.index_in(rows["sequence"], value_set=numbers).combine_chunks()
    columns = {
        "kind": words(pa.array(np.zeros(count, np.int32)), pa.array([kind])).cast(pa.string()),
        "record": rows["record"],
        "enterprise": _whom(rows),
        "source": words(source, pa.array(list(sources.values()), pa.string())).cast(pa.string()),
        "text": rows["product"],
        "occurred": rows["occurred"].cast(pa.int32()),
        "available": rows["available"],
        "outcome": _outcome(kind, rows),
        "open": rows["open"],
    }
    for name in TOLD:
        held = name in rows.column_names
        columns[name] = rows[name] if held else pa.nulls(count, pa.string())
    return pa.table(columns)


def _whom(rows: pa.Table) -> pa.ChunkedArray:
    if "counterfeit" not in rows.column_names:
        return rows["enterprise"]
    proved = pc.fill_null(rows["counterfeit"], fill_value=False)
    return pc.if_else(proved, pa.scalar(None, pa.int32()), rows["enterprise"])


def _outcome(kind: str, rows: pa.Table) -> pa.Array:
    place = {name: pa.scalar(number, pa.int8()) for number, name in enumerate(OUTCOMES)}
    if kind == "sampling":
        return pc.if_else(rows["passed"], place["passed"], place["failed"])
    if kind == "opinion":
        ill = pc.equal(rows["polarity"], "negative")
        return pc.if_else(ill, place["complained"], place["told"])
    always = {"product": "declared", "complaint": "complained", "incident": "harmed"}
    return pa.array(np.full(rows.num_rows, place[always.get(kind, "failed")].as_py(), np.int8))


def _named(told: pa.Table, recogniser: Recogniser) -> pa.Table:
    """Add the product that each text names."""
    product = recogniser.recognise(told["text"])["product"]
    whole = told.append_column("product", product)
    return pa.table(
        [
            pc.dictionary_encode(whole[each.name]).cast(each.type)
            if each.type == WORDS and each.name != "product"
            else whole[each.name].cast(each.type)
            for each in SIGHTED
        ],
        schema=SIGHTED,
    ).combine_chunks()
