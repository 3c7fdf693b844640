"""What the archive says of everybody now: names, districts, lines of business and licences.

Of each fact the last record counts that was not withdrawn, in the version that stands. Names that
an enterprise had before are kept, since people go on asking by them.
"""

from collections.abc import Iterable

import pyarrow as pa

from ...core import time
from ..database import workbench
from ..manifest import State
from ..store import Store
from ..view import read
from .folding import PARTED

__all__ = ["READ", "told"]

COLUMNS = {
    "entity": ("number", "key"),
    "enterprise": (
        "entity", "record", "occurred", "available", "version", "precedence", "sequence", "row",
        "district", "category",
    ),
    "licence": (
        "entity", "record", "version", "precedence", "sequence", "licence", "category",
    ),
    "lifecycle": ("about", "change", "occurred", "available"),
    "personal": ("record", "sequence", "row", "kind", "field", "value"),
}  # fmt: skip
READ = tuple(COLUMNS)
"""The tables from which the directory follows."""

STANDING = """
    SELECT * FROM {kind} WHERE record NOT IN (SELECT record FROM withdrawn)
    QUALIFY row_number() OVER (
        PARTITION BY record ORDER BY precedence DESC, sequence DESC, version DESC) = 1"""
CHANGED = """
    SELECT about, change, occurred, available FROM lifecycle
    WHERE about IN (SELECT about FROM lifecycle WHERE change = 'withdrawn') AND about IN (
        SELECT record FROM enterprise UNION ALL SELECT record FROM licence)"""
FACTS = f"""
    SELECT entity,
        arg_max(name, moment) FILTER (name IS NOT NULL) AS name,
        string_agg(DISTINCT name, '{PARTED}' ORDER BY name) AS names,
        arg_max(district, moment) FILTER (district IS NOT NULL) AS district,
        arg_max(category, moment) FILTER (category IS NOT NULL) AS business
    FROM (SELECT entity, district, category, value AS name,
            row(occurred, available, record) AS moment
        FROM ({STANDING.format(kind="enterprise")}) LEFT JOIN (
            SELECT record, sequence, row, value FROM personal
            WHERE kind = 'enterprise' AND field = 'name') USING (record, sequence, row))
    GROUP BY entity"""
LICENSED = f"""
    SELECT entity, list_sort(list(DISTINCT category) FILTER (category IS NOT NULL)) AS categories
    FROM ({STANDING.format(kind="licence")}) GROUP BY entity"""
TOLD = f"""
    SELECT number, split_part(key, ':', 1) AS scheme, substr(key, strpos(key, ':') + 1) AS code,
        name, names, district, business, coalesce(categories, []) AS categories
    FROM entity LEFT JOIN ({FACTS}) AS facts ON facts.entity = number
        LEFT JOIN ({LICENSED}) AS licensed ON licensed.entity = number"""
LICENCES = f"""
    SELECT DISTINCT entity AS number, licence FROM ({STANDING.format(kind="licence")})
    WHERE licence IS NOT NULL"""


def told(store: Store, state: State) -> tuple[pa.Table, pa.Table]:
    """Return what a state of an archive says.

    Returns
    -------
    everybody : pa.Table
        `number`, `scheme`, `code`, `name`, `names` (all it has had, parted by `PARTED`),
        `district`, `business` and `categories` of each enterprise, in no order.
    licences : pa.Table
        `number` and `licence`: the licences that it has or had.
    """
    tables = {name: read(store, state, name, columns) for name, columns in COLUMNS.items()}
    with workbench(**tables) as connection:
        connection.execute("SET enable_progress_bar = false")
        changed = connection.sql(CHANGED).fetchall()
        withdrawn = pa.table({"record": pa.array(_withdrawn(changed), pa.int64())})
        connection.register("withdrawn", withdrawn)
        return (
            connection.sql(TOLD).to_arrow_table(),
            connection.sql(LICENCES).to_arrow_table(),
        )


def _withdrawn(changed: Iterable[tuple[int, str, object, int]]) -> list[int]:
    """Return the records that are withdrawn by all that happened to them."""
    happened: dict[int, list[time.Event]] = {}
    for about, change, occurred, available in changed:
        event = time.Event(available, time.day(occurred), time.Change(change))  # type: ignore[arg-type]
        happened.setdefault(about, []).append(event)
    begin = min((event.available for some in happened.values() for event in some), default=0) - 1
    return [
        record
        for record, events in happened.items()
        if all(span.withdrawn != time.NEVER for span in time.spans(time.Span(begin), events))
    ]
