"""Small histories: records as a test writes them, and any number of random ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from xinheng.core.time import NEVER, Change, Event, Span, spans
from xinheng.features import Aggregate, Events
from xinheng.features.aggregate import OPERATORS
from xinheng.features.events import COLUMNS, ORDER

NAN = float("nan")
VOCABULARY = (
    ("penalty", "market.food.label"),
    ("penalty", "market.food.hygiene"),
    ("penalty", "other.tax"),
    ("complaint", "food.report.label.verified"),
    ("sampling", "pass"),
    ("sampling", "fail.0401.lead"),
    ("inspection.critical", "routine"),
    ("enterprise.category", ""),
    ("enterprise.brand", ""),
)


@dataclass(frozen=True)
class Record:
    """A record as delivered, and what happened to it later."""

    kind: str
    occurred: int
    available: int | None = None
    code: str = ""
    enterprise: int = 0
    case: int = 0
    severity: float = NAN
    value: float = NAN
    ended: int = NEVER
    happened: tuple[Event, ...] = field(default=())

    def rows(self, number: int, stream: int) -> list[dict[str, float]]:
        since = self.occurred if self.available is None else self.available
        known = NEVER if self.ended == NEVER else since
        whole = Span(since, ended=self.ended, ended_available=known)
        return [
            {
                "enterprise": self.enterprise,
                "stream": stream,
                "record": number,
                "case": self.case,
                "occurred": self.occurred,
                "severity": self.severity,
                "value": self.value,
                "available": span.available,
                "withdrawn": span.withdrawn,
                "repaired": span.repaired,
                "ended": span.ended,
                "ended_available": span.ended_available,
            }
            for span in spans(whole, self.happened)
        ]

    def as_known(self, as_of: int) -> "Record":
        """Return the record without whatever happened to it that is not known by then."""
        return replace(self, happened=tuple(e for e in self.happened if e.available < as_of))


def withdrawn(day: int) -> Event:
    return Event(day, day, Change.WITHDRAWN)


def repaired(day: int) -> Event:
    return Event(day, day, Change.REPAIRED)


def reinstated(day: int) -> Event:
    return Event(day, day, Change.REINSTATED)


def ended(day: int, known: int | None = None) -> Event:
    return Event(day if known is None else known, day, Change.ENDED)


def build(
    records: Sequence[Record], vocabulary: tuple[tuple[str, str], ...] | None = None
) -> Events:
    """Return the events of some records; without a vocabulary, it is what they have."""
    names = vocabulary or tuple(dict.fromkeys((r.kind, r.code) for r in records))
    numbered = enumerate(records)
    rows = [row for n, r in numbered for row in r.rows(n, names.index((r.kind, r.code)))]
    rows.sort(key=lambda row: tuple(row[name] for name in ORDER))
    table = pa.table(
        {
            name: pa.array([row[name] for row in rows], pa.from_numpy_dtype(np.dtype(kind)))
            for name, kind in COLUMNS.items()
        }
    )
    return Events.from_table(table, names)


def happenings() -> st.SearchStrategy[tuple[Event, ...]]:
    event = st.builds(Event, st.integers(0, 60), st.integers(0, 60), st.sampled_from(Change))
    return st.lists(event, max_size=3).map(tuple)


@st.composite
def records(draw: st.DrawFn) -> Record:
    kind, code = draw(st.sampled_from(VOCABULARY))
    occurred = draw(st.integers(0, 40))
    numbers = st.one_of(st.just(NAN), st.integers(0, 4).map(float))
    return Record(
        kind=kind,
        code=code,
        enterprise=draw(st.integers(0, 2)),
        case=draw(st.integers(1, 3)),
        occurred=occurred,
        available=occurred + draw(st.integers(0, 15)),
        severity=draw(numbers),
        value=draw(numbers),
        ended=draw(st.one_of(st.just(NEVER), st.integers(0, 60))),
        happened=draw(happenings()),
    )


def histories(most: int = 25) -> st.SearchStrategy[list[Record]]:
    return st.lists(records(), max_size=most)


@st.composite
def aggregates(draw: st.DrawFn) -> Aggregate:
    operator = draw(st.sampled_from(list(OPERATORS)))
    patterns = ("*", "penalty", "penalty:market.*", "sampling:fail.*", "inspection.critical")
    fields = st.sampled_from(["value", "severity", "occurred", "ended"])
    needed = OPERATORS[operator]
    return Aggregate(
        operator=operator,
        streams=tuple(draw(st.lists(st.sampled_from(patterns), min_size=1, max_size=2))),
        window=draw(st.one_of(st.none(), st.integers(1, 30))),
        lag=draw(st.sampled_from([0, 0, 5, 12])),
        field=draw(fields) if "field" in needed else None,
        by=draw(st.sampled_from(["case", "code", "day"])) if "by" in needed else None,
        gap=draw(st.integers(1, 20)) if operator == "repeat" else None,
        state=draw(st.sampled_from(["any", "any", "open", "closed", "overdue"])),
        repaired=draw(st.sampled_from(["stays", "leaves", "only"])),
        above=draw(st.one_of(st.none(), st.tuples(fields, st.integers(0, 30).map(float)))),
        cycle=draw(st.sampled_from([None, None, (1, 15), (2, 28)])),
    )


DAYS = st.integers(0, 70)
