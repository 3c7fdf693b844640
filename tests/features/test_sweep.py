"""The sweep of a city in parts yields what one computation over all of it does."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.features import Events, build_references, compute, standard_catalogue, sweep
from xinheng.features.sweep import gather, known_rows

from .histories import Record, build
from .lives import TODAY, lives
from .others import CASES
from .vocabulary import vocabulary

CATALOGUE = standard_catalogue().select(use="grade")


def split(events: Events, parts: int) -> list[Events]:
    bounds = np.linspace(0, int(events.enterprise.max(initial=0)) + 1, parts + 1).astype(int)
    ends = np.searchsorted(events.enterprise, bounds)
    return [events.take(slice(a, b)) for a, b in pairwise(ends)]


@settings(deadline=None, max_examples=40)
@given(
    lives(),
    st.lists(st.integers(TODAY - 900, TODAY + 900), min_size=1, max_size=4),
    st.integers(1, 4),
    st.integers(1, 2),
)
def test_any_number_of_parts_and_threads_yields_the_same_bits(
    records: list[Record], days: list[int], parts: int, threads: int
) -> None:
    events, bans = (
        build([r for r in records if (r.enterprise < 0) == outside], vocabulary())
        for outside in (False, True)
    )
    enterprise, as_of = known_rows(events, np.unique(days).astype(np.int32))
    rows = pd.DataFrame({"enterprise": enterprise, "as_of": as_of})
    references = build_references(CATALOGUE, events, cases=CASES, bans=bans)
    whole = compute(CATALOGUE, events, rows, references=references)
    blocks = [(lambda block=block: block) for block in split(events, parts)]
    with ThreadPoolExecutor(threads) as pool:
        found = gather(CATALOGUE, blocks, days, pool, cases=CASES, bans=bans)
    frames = list(found.frames(threads=threads))
    assert len(frames) == 1  # of few rows, all are finished together
    pd.testing.assert_frame_equal(pd.concat(frames), whole, check_exact=True)


@settings(deadline=None, max_examples=20)
@given(lives(), st.lists(st.integers(TODAY - 900, TODAY), min_size=1, max_size=3), st.data())
def test_enterprises_may_lie_in_any_part_and_parts_are_finished_a_few_at_a_time(
    records: list[Record], days: list[int], data: st.DataObject
) -> None:
    events = build([each for each in records if each.enterprise >= 0], vocabulary())
    some = CATALOGUE.select(ids=["PN06", "RL09"])
    places = np.array(data.draw(st.lists(st.integers(0, 3), min_size=5, max_size=5)))
    parts = [events.take(np.flatnonzero(places[events.enterprise] == n)) for n in range(4)]
    blocks = [(lambda part=part: part) for part in parts]

    def frames(together: int) -> list[pd.DataFrame]:
        with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sweep, "BLOCK", together)
            return list(gather(some, blocks, days, pool, cases=CASES).frames())

    (whole,) = frames(1_000)
    assert whole.index.is_monotonic_increasing
    rows = [len(known_rows(part, np.unique(days).astype(np.int32))[0]) for part in parts]
    few = frames(3)
    assert [len(each) for each in few] == _together(rows, 3)
    assert all(each.index.is_monotonic_increasing for each in few)
    pd.testing.assert_frame_equal(pd.concat(few).sort_index(), whole, check_exact=True)


def _together(rows: list[int], most: int) -> list[int]:
    found = rows[:1]
    for each in rows[1:]:
        if found[-1] + each <= most:
            found[-1] += each
        else:
            found.append(each)
    return found


def test_what_is_not_given_is_told_before_anything_is_read() -> None:
    def read() -> Events:
        raise AssertionError

    with ThreadPoolExecutor(1) as pool, pytest.raises(InvalidError, match="counts Tied"):
        gather(CATALOGUE, [read], [TODAY], pool)
