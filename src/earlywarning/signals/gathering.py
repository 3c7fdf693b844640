"""Gathering: signals put together by series, as a panel."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..alarm import Lens
from ..counts import Integers
from .panel import Panel
from .rows import Mask, Numbers, Rows
from .sources import SOURCES, Source

__all__ = ["gather"]


class _Coded(NamedTuple):
    """Signals in numbers: those of a lens that tell where they are from."""

    source: Integers
    product: Integers
    hazard: Integers
    once: pa.ChunkedArray
    case: Mask
    severity: Integers
    rows: Rows
    products: tuple[str, ...]
    places: tuple[str, ...]
    hazards: tuple[str, ...]


def gather(signals: pa.Table, sources: Sequence[Source] = SOURCES, lens: Lens = "") -> Panel:
    """Return the panel of signals, as `read_signals` reads them from the same sources.

    Cases are failed tests where there are tests, and else those of the first source that tells of
    hazards.

    Parameters
    ----------
    signals
        Columns of `SIGNALS`.
    sources
        What they are from.
    lens
        What products are narrowed to; signals that do not tell it are left out.
    """
    coded = _coded(signals, lens)
    series, product, hazard = _series(coded, sources)
    severity = np.zeros(len(product), np.int32)
    np.maximum.at(severity, series[series >= 0], coded.severity[series >= 0])
    by_series, by_product, tests = {}, {}, None
    for number, source in enumerate(sources):
        mine = coded.source == number
        if not mine.any():
            continue
        if source.tells != "product":
            by_series[source.kind] = _rows(coded, series, mine & (series >= 0))
        if source.tells == "tests":
            tests = _rows(coded, coded.product, mine)
        elif source.tells == "product":
            by_product[source.kind] = _rows(coded, coded.product, mine)
    main = next((kind for kind, rows in by_series.items() if len(rows.row)), None)
    cases = by_series.pop(main) if main else coded.rows.take(np.zeros(0, np.int64))
    return Panel(
        lens, coded.products, coded.places, coded.hazards, product, hazard, severity,
        main or "", cases, tests, by_series, by_product,
    )  # fmt: skip


def _coded(signals: pa.Table, lens: Lens) -> _Coded:
    table = signals.filter(signals[lens].is_valid()) if lens else signals
    table = table.combine_chunks()
    narrowed = _numbers(table, lens) if lens else np.zeros(table.num_rows, np.int64)
    names, places = (_names(table, each) if each else [""] for each in ("product", lens))
    both, product = np.unique(
        _numbers(table, "product") * len(places) + narrowed, return_inverse=True
    )
    row = product.astype(np.int32)
    rows = Rows(
        row,
        table["told"].to_numpy(),
        table["available"].to_numpy(),
        table["withdrawn"].to_numpy(),
        table["sequence"].to_numpy(),
        table["record"].to_numpy(),
        table["entity"].fill_null(-1).to_numpy(),
        np.full(table.num_rows, -1),
    )
    return _Coded(
        table["source"].to_numpy(),
        row,
        _numbers(table, "hazard").astype(np.int32),
        table["once"],
        table["case"].to_numpy(),
        table["severity"].fill_null(0).to_numpy(),
        rows,
        tuple(names[place] for place in both // max(len(places), 1)),
        tuple(places[place] for place in both % max(len(places), 1)),
        tuple(_names(table, "hazard")),
    )


def _series(coded: _Coded, sources: Sequence[Source]) -> tuple[Integers, Integers, Integers]:
    """Return the series of each signal, -1 for none, and the product and hazard of each series."""
    of_hazards = [number for number, each in enumerate(sources) if each.tells != "product"]
    named = coded.case & (coded.hazard >= 0) & np.isin(coded.source, of_hazards)
    width = max(len(coded.hazards), 1)
    pair = coded.product[named].astype(np.int64) * width + coded.hazard[named]
    pairs, series = np.unique(pair, return_inverse=True)
    found = np.full(len(named), -1, np.int32)
    found[named] = series
    return found, (pairs // width).astype(np.int32), (pairs % width).astype(np.int32)


def _rows(coded: _Coded, row: Integers, chosen: Mask) -> Rows:
    """Return some signals as rows; of those of a row that share an event, which event it is."""
    rows = coded.rows._replace(row=row).take(chosen)
    once = coded.once.filter(pa.array(chosen))
    shared = np.flatnonzero(pc.is_valid(once).to_numpy())
    key = once.drop_null().to_numpy() * (int(row.max(initial=0)) + 1) + rows.row[shared]
    repeated = shared[_repeated(key)]
    rows.event[repeated] = np.unique(key[_repeated(key)], return_inverse=True)[1]
    return rows


def _repeated(key: Numbers) -> Mask:
    """Tell which keys there are more than once."""
    order = np.argsort(key)
    same = np.zeros(len(key) + 1, bool)
    same[1:-1] = np.diff(key[order]) == 0
    found = np.empty(len(key), bool)
    found[order] = same[1:] | same[:-1]
    return found


def _numbers(table: pa.Table, name: str) -> Numbers:
    """Return the number of each text, -1 for none."""
    column = table[name].combine_chunks()
    return np.asarray(column.indices.fill_null(-1).to_numpy(), np.int64)


def _names(table: pa.Table, name: str) -> list[str]:
    return list(table[name].combine_chunks().dictionary.to_pylist())
