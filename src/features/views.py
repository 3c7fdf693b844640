"""Views: the events that are seen as of a day, with what of them is known by then."""

from collections.abc import Sequence

from ..core.time import NEVER
from .clauses import Scene, grouped
from .dialect import selected

__all__ = ["seen", "seen_of_all"]

Patterns = Sequence[tuple[str, ...]]

DAYS = ", (SELECT DISTINCT as_of FROM rows) AS days"


def seen(patterns: Patterns, scene: Scene) -> str:
    """Return the query of the events that each row sees; of one day, of all enterprises."""
    if scene.clock.day is not None:
        return _view("enterprise", f"events{scene.reads.join}", patterns, scene)
    source = f"events{scene.reads.join}\nJOIN asked USING (enterprise)"
    return _view("asked.*", source, patterns, scene)


def seen_of_all(table: str, patterns: Patterns, scene: Scene) -> str:
    """Return the query of the events of a table that are seen as of each day, whoever asks."""
    # A comma binds less than JOIN: the streams are joined to the events first.
    days = DAYS if scene.clock.day is None else ""
    return _view(scene.clock.keys, f"{table}{scene.reads.join}{days}", patterns, scene)


def _view(keys: str, source: str, patterns: Patterns, scene: Scene) -> str:
    as_of = scene.clock.as_of
    columns = [
        keys,
        "stream",
        *(["streams.* EXCLUDE (stream)"] if scene.reads.join else []),
        '"case"',
        "occurred",
        "(occurred, available, record, stream) AS place",
        "nullif(severity, 'NaN'::DOUBLE) AS severity",
        "nullif(value, 'NaN'::DOUBLE) AS value",
        f"CASE WHEN ended < {NEVER} AND ended_available < {as_of} THEN ended END AS ended",
        f"ended >= {as_of} OR ended_available >= {as_of} AS is_open",
        f"repaired < {as_of} AS is_repaired",
    ]
    where = [
        grouped(scene.reads.test(*patterns)),
        f"available < {as_of} AND withdrawn >= {as_of} AND occurred < {as_of}",
    ]
    return selected(columns, source, where=where)
