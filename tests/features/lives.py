"""Lives: random histories of the streams of the standard catalogue, at its own distances."""

from functools import cache

from hypothesis import strategies as st

from xinheng.core.time import NEVER, Change, Event, day
from xinheng.features import (
    Aggregate,
    Median,
    Missed,
    Persons,
    Rate,
    Tied,
    matching,
    standard_catalogue,
)
from xinheng.features.expression import Leaf
from xinheng.features.groups import CITY, GROUPS

from .histories import NAN, Record
from .others import CODES, NOBODYS
from .vocabulary import vocabulary

CASES_OF = (*CODES.values(), NOBODYS)
TODAY = day("2026-01-05")
REGISTERED = ("enterprise.population", *(f"enterprise.{name}" for name in GROUPS if name != CITY))


@cache
def pools() -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return for each leaf of the standard catalogue the streams that feed it."""
    names = vocabulary()
    found = [matching(patterns_of(leaf), names) for leaf in standard_catalogue().leaves]
    return tuple(tuple(names[n] for n in pool) for pool in found if pool)


def patterns_of(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case Aggregate(streams=streams):
            return streams
        case Rate(streams=streams) | Median(streams=streams):
            return streams
        case Missed(streams=streams, start=start):
            return (*streams, *start.streams)
        case Tied(streams=streams, having=having):
            return (*streams, *(pattern for part in having for pattern in part.streams))
        case Persons(posts=posts, having=having, elsewhere=elsewhere):
            parts = (*having, *elsewhere)
            return (*posts, *(pattern for part in parts for pattern in part.streams))
    return ()


@cache
def registered() -> tuple[tuple[str, str], ...]:
    """Return the streams that say who an enterprise is."""
    return tuple(pair for pair in vocabulary() if pair[0] in REGISTERED)


@cache
def distances() -> tuple[int, ...]:
    """Return how long before a day things are let happen: at the edges of every window too."""
    leaves = [leaf for leaf in standard_catalogue().leaves if isinstance(leaf, Aggregate)]
    windows = {(leaf.window or 0) + leaf.lag for leaf in leaves} | {leaf.lag for leaf in leaves}
    return tuple(sorted({days + off for days in windows for off in (-1, 0, 1)}))


def days() -> st.SearchStrategy[int]:
    near = st.sampled_from(distances())
    return st.one_of(near, near, st.integers(0, 2200)).map(lambda before: TODAY - before)


def deadlines() -> st.SearchStrategy[int]:
    """Return the days on which a report was due."""
    return st.integers(2018, 2025).map(lambda year: day(f"{year}-06-30"))


@st.composite
def happenings(draw: st.DrawFn, occurred: int) -> tuple[Event, ...]:
    event = st.builds(
        lambda after, late, change: Event(occurred + after + late, occurred + after, change),
        st.integers(0, 900),
        st.sampled_from([0, 0, 3, 40]),
        st.sampled_from(Change),
    )
    return tuple(draw(st.lists(event, max_size=2)))


@st.composite
def records(draw: st.DrawFn, streams: tuple[tuple[str, str], ...]) -> Record:
    kind, code = draw(st.sampled_from(streams))
    occurred = draw(deadlines() if kind == "annual_report.due" else days())
    numbers = st.one_of(st.just(NAN), st.sampled_from([0.0, 0.25, 1.0, 2.0, 3.0, 4.0, 30.0, 900.0]))
    return Record(
        kind=kind,
        code=code,
        enterprise=-1 if kind == "ban" and draw(st.booleans()) else draw(st.integers(0, 3)),
        case=draw(st.sampled_from(CASES_OF if kind == "relation" else (1, 2, 3))),
        occurred=occurred,
        available=occurred + draw(st.sampled_from([0, 0, 1, 9, 200])),
        severity=draw(st.one_of(st.just(NAN), st.integers(0, 6).map(float))),
        value=draw(days().map(float) if kind == "enterprise.established" else numbers),
        ended=draw(st.one_of(st.just(NEVER), st.integers(occurred, occurred + 900))),
        happened=draw(st.one_of(st.just(()), happenings(occurred))),
    )


@st.composite
def lives(draw: st.DrawFn, kinds: tuple[str, ...] = ()) -> list[Record]:
    """Draw records of four enterprises, of the streams of a few leaves and of who they are.

    With kinds, of their streams alone and of who they are.
    """
    of_kinds = tuple(tuple(s for s in vocabulary() if s[0] == kind) for kind in kinds)
    chosen = of_kinds or draw(st.lists(st.sampled_from(pools()), min_size=1, max_size=4))
    each = st.one_of(*(records(pool) for pool in chosen), records(registered()))
    return draw(st.lists(each, max_size=40))
