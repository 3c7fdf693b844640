"""A made-up town: a handful of enterprises, and records that name products."""

from collections.abc import Mapping, Sequence
from functools import cache

import pyarrow as pa

from xinheng.earlywarning.exposure import City, Exposure, Weights, read_weights
from xinheng.earlywarning.exposure.city import ENTERPRISES, LICENCES, TIES
from xinheng.earlywarning.products import Recogniser, Vocabulary
from xinheng.earlywarning.sightings import Sightings

__all__ = ["known", "seen", "town", "watched"]


@cache
def known(day: int) -> Recogniser:
    return Recogniser(Vocabulary.default(), day)


def town(
    districts: Sequence[str | None],
    *,
    licences: Mapping[int, str] | None = None,
    ties: Sequence[tuple[int, int, str]] = (),
    brands: Mapping[int, str] | None = None,
    sites: Mapping[int, str] | None = None,
) -> City:
    """Return enterprises E0, E1, ... by district, food category of their licence, and ties."""
    numbers = range(len(districts))
    rows = [
        (n, f"E{n}", districts[n], (brands or {}).get(n), (sites or {}).get(n)) for n in numbers
    ]
    held = [(n, 900 + n, category, 0) for n, category in (licences or {}).items()]
    tied = [(one, other, role, 800 + n, 0) for n, (one, other, role) in enumerate(ties)]
    return City(
        _table(rows, ENTERPRISES),
        _table(held, LICENCES),
        _table(tied, TIES),
    )


def seen(
    record: int, enterprise: int | None, text: str, outcome: str, occurred: int, **more: object
) -> dict[str, object]:
    """Return a record; a declared product is still made, unless it says otherwise."""
    kinds = {"passed": "sampling", "failed": "sampling", "declared": "product"}
    kinds |= {"harmed": "incident", "complained": "complaint", "told": "opinion"}
    return {
        "kind": kinds[outcome],
        "record": record,
        "enterprise": enterprise,
        "source": "bureau",
        "text": text,
        "outcome": outcome,
        "occurred": occurred,
        "available": occurred,
        "open": True,
        **more,
    }


def watched(
    city: City, rows: Sequence[Mapping[str, object]], day: int, weights: Weights | None = None
) -> Exposure:
    """Return a town at the end of a day."""
    recogniser = known(day)
    return Exposure(
        Sightings.of(rows, day, recogniser),
        city,
        recogniser.vocabulary,
        weights or read_weights(),
    )


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.table(
        [pa.array(list(column), each.type) for column, each in zip(columns, schema, strict=True)],
        schema=schema,
    )
