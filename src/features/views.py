"""Views: the events that are seen as of a day, with what of them is known by then."""

from collections.abc import Sequence

from ..core.time import NEVER
from .clauses import Scene, grouped
from .dialect import selected

__all__ = ["seen", "seen_of_all", "seen_of_nobody"]

Patterns = Sequence[tuple[str, ...]]

PLACE = "(occurred, available, record, stream)"


def seen(patterns: Patterns, scene: Scene) -> str:
    """Return the query of the events that each row sees; of one day, of all enterprises."""
    if scene.clock.day is not None:
        return _view(_named("enterprise", scene), "events", patterns, scene)
    return _view(
        _named("asked.*", scene), "events", patterns, scene, "\nJOIN asked USING (enterprise)"
    )


def seen_of_all(patterns: Patterns, scene: Scene) -> str:
    """Return the query of the events that are seen as of each day, whoever asks."""
    return _view(_named(scene.clock.keys, scene), "events", patterns, scene, _days(scene))


def seen_of_nobody(patterns: Patterns, scene: Scene) -> str:
    """Return the query of the bans without an enterprise that are seen as of each day.

    They are told apart by kind and code, for their streams are numbered apart.
    """
    names = [*([scene.days] if scene.days else []), "kind", "code"]
    return _view(names, "bans", patterns, scene, _days(scene))


def _named(keys: str, scene: Scene) -> list[str]:
    flags = ["streams.* EXCLUDE (stream)"] if scene.reads.join else []
    return [keys, "stream", *flags, f"{PLACE} AS place"]


def _days(scene: Scene) -> str:
    # A comma binds less than JOIN: the streams are joined to the events first.
    return ", (SELECT DISTINCT as_of FROM rows) AS days" if scene.days else ""


def _view(
    names: Sequence[str], table: str, patterns: Patterns, scene: Scene, join: str = ""
) -> str:
    as_of = scene.clock.as_of
    columns = [
        *names,
        '"case"',
        "occurred",
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
    return selected(columns, f"{table}{scene.reads.join}{join}", where=where)
