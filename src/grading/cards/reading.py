"""Lines of a card or a table of points, read from the tables of a TOML file."""

from typing import TypedDict, Unpack

from ...core.errors import DeclarationError, PolicyError, unknown
from ...core.table import Table
from ...core.time import months
from ...features import Aggregate, Missed, count, latest
from ...features.aggregate import Filters
from .line import Cap, CardLine, Deadlines, Factor, Part, Points, Unless

__all__ = ["LineReader", "check_distinct", "months_of", "positive", "standing_count", "words"]

YEAR, MOST_YEARS = 365, 20
PER = ("record", "all")
ONCE = ("record", "case", "line")
STEPPED = ("by_severity", "by_value")
STATES = ("any", "open", "overdue")
DAYS = ("any", "same", "later")
REPAIRED = ("leaves", "stays")


class LineReader:
    """Reads lines, with the caps that those of an edition share."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.caps = {cap.id: cap for cap in map(_cap, table.tables("cap"))}

    def line(
        self,
        table: Table,
        part: Part,
        *,
        points: Points | None = None,
        fading: tuple[int, int] | None = None,
    ) -> CardLine:
        """Read one line.

        Parameters
        ----------
        table
            Its table.
        part
            What it is for.
        points
            What each record gives, where the line itself does not say.
        fading
            Half-life and days after which nothing is left, of lines that fade while their records
            count in any state.
        """
        state = table.among("state", STATES, "any")
        half_life, window = fading if fading and state == "any" else (None, None)
        if "within" in table:
            window = months_of(table, "within")
        scores = points is None
        line = CardLine(
            part=part,
            counts=_counts(table, state, window),
            points=_points(table) if points is None else points,
            half_life=half_life,
            once=table.among("once", ONCE, "record") if scores else "record",
            cap=self._shared(table) if scores and "cap" in table else None,
            factors=tuple(map(_factor, table.tables("factor"))) if scores else (),
            until=_patterns(table, table.texts("until", [])),
            unless=tuple(map(_unless, table.tables("unless"))),
            **words(table),
        )
        table.finish()
        return line

    def _shared(self, table: Table) -> Cap:
        name = table.take("cap", str)
        if name not in self.caps:
            raise PolicyError(f"{table.place}: {unknown('cap', name, self.caps)}")
        return self.caps[name]

    def check_caps(self, lines: list[CardLine]) -> None:
        """Refuse a cap that lines of different parts share, or none at all."""
        for name, cap in self.caps.items():
            parts = {line.part for line in lines if line.cap == cap}
            if len(parts) != 1:
                found = " and ".join(sorted(parts)) or "no line at all"
                self.table.refuse("cap", name, f"caps of lines of one part; this is of {found}")


class Words(TypedDict):
    id: str
    zh: str
    en: str
    basis: str


def words(table: Table) -> Words:
    """Read the names of a line, in words, and what it rests on."""
    return {
        "id": table.take("id", str),
        "zh": table.take("zh", str),
        "en": table.take("en", str),
        "basis": table.take("basis", str, "design"),
    }


def _cap(table: Table) -> Cap:
    name, points = table.take("id", str), positive(table, "points")
    cap = Cap(name, points, table.among("per", PER) == "record")
    table.finish()
    return cap


def _counts(table: Table, state: str, window: int | None) -> Aggregate | Deadlines:
    streams = table.texts("streams")
    if "missed" not in table:
        repaired = table.among("repaired", REPAIRED, "leaves")
        lag = months_of(table, "after") if "after" in table else 0
        return standing_count(
            table, streams, state=state, window=window, repaired=repaired, lag=lag
        )
    if window is None:
        raise PolicyError(
            f"{table.place}: deadlines missed are for deductions that fade, in any state"
        )
    missed = table.table("missed")
    turn, start = missed.take("turn", list), _patterns(missed, (missed.take("start", str),))
    since = missed.take("since", int, 0)
    missed.finish()
    if len(turn) != 2:
        missed.refuse("turn", turn, "[month, day], such as [7, 1]")
    month, day = turn
    years = min(window // YEAR + 1, MOST_YEARS)
    try:
        leaf = Missed(
            streams=streams, years=years, turn=(month, day), start=latest(*start), since=since
        )
    except DeclarationError as error:
        raise PolicyError(f"{missed.place}: {error}") from error
    return Deadlines(leaf, window)


def standing_count(table: Table, streams: tuple[str, ...], **filters: Unpack[Filters]) -> Aggregate:
    """Declare which records count."""
    try:
        return count(*streams, **filters)
    except DeclarationError as error:
        raise PolicyError(f"{table.place}: {error}") from error


def _unless(table: Table) -> Unless:
    """Read records while which a line does not count."""
    window = months_of(table, "within") if "within" in table else None
    found = standing_count(
        table,
        table.texts("streams"),
        state=table.among("state", STATES, "any"),
        repaired=table.among("repaired", REPAIRED, "leaves"),
        window=window,
    )
    day = table.among("day", DAYS, "any")
    table.finish()
    return Unless(found, day)


def _patterns(table: Table, streams: tuple[str, ...]) -> tuple[str, ...]:
    """Return patterns that are of use."""
    return standing_count(table, streams).streams if streams else ()


def _points(table: Table) -> Points:
    if sum(key in table for key in ("points", *STEPPED)) != 1:
        raise PolicyError(f"{table.place}: expected one of points, {' or '.join(STEPPED)}")
    times = "times" in table and bool(table.among("times", ("value",)))
    if "points" in table:
        return Points(each=positive(table, "points"), times_value=times)
    if "by_value" in table:
        return Points(by_value=_steps(table, "by_value"))
    return Points(by_severity=_steps(table, "by_severity"), times_value=times)


def _steps(table: Table, key: str) -> tuple[tuple[float, float], ...]:
    """Read points by a number that rises."""
    steps = table.table(key)
    found = [(_number(steps, each), positive(steps, each)) for each in steps.values]
    if not found or sorted(found) != found:
        what = key.removeprefix("by_")
        table.refuse(key, steps.values, f"points by rising {what}, such as {{ 1 = 6 }}")
    return tuple(found)


def _number(table: Table, key: str) -> float:
    try:
        return float(key)
    except ValueError:
        what = table.prefix.rstrip(".").rpartition("by_")[2]
        raise PolicyError(f"{table.place}: {key!r} is no {what}; expected a number") from None


def _factor(table: Table) -> Factor:
    factor = Factor(
        zh=table.take("zh", str),
        en=table.take("en", str),
        by=positive(table, "by"),
        streams=_patterns(table, table.texts("streams")),
        within=months_of(table, "within") if "within" in table else None,
    )
    table.finish()
    return factor


def positive(table: Table, key: str) -> float:
    """Read a number that is over zero."""
    number = table.take(key, float)
    if not 0 < number <= 10_000:
        table.refuse(key, number, "a number over 0, up to 10000")
    return number


def months_of(table: Table, key: str) -> int:
    """Read months, as days."""
    return months(positive(table, key))


def check_distinct(table: Table, what: str, names: list[str]) -> None:
    """Refuse a name that two have."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PolicyError(f"{table.place}: two {what} are named {twice[0]!r}")
