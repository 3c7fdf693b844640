"""The event view: what happened once is folded in one sweep, as it would be one by one."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.view import _folded, _folded_often
from xinheng.core.time import NEVER, Change

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 9), st.sampled_from([5, NEVER]), st.integers(0, 3)
    ),
    max_size=6,
)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(list(Change)), st.integers(0, 9), st.integers(0, 9)
    ),
    max_size=6,
)


@settings(deadline=None)
@given(events=EVENTS, changes=CHANGES)
def test_spans_are_those_of_folding_every_record_by_itself(
    events: list[tuple[int, int, int, int]], changes: list[tuple[int, Change, int, int]]
) -> None:
    frame = pd.DataFrame(events, columns=["record", "available", "ended", "precedence"], dtype=int)
    frame = frame.assign(version=frame.index, sequence=frame.index // 2)
    frame = frame.assign(withdrawn=NEVER, repaired=NEVER)
    frame["ended_available"] = frame["available"].where(frame["ended"] != NEVER, NEVER)
    happenings = pd.DataFrame(changes, columns=["record", "change", "happened", "since"])
    happenings = happenings.astype({"record": int, "change": str, "happened": int, "since": int})
    found = _folded(frame, happenings)  # which also fills in what corrections withdraw
    touched = frame["record"].isin(happenings["record"])
    expected = pd.concat([frame[~touched], _folded_often(frame[touched], happenings)])
    expected = expected[expected["available"] < expected["withdrawn"]]
    order = list(frame.columns)
    pd.testing.assert_frame_equal(
        found.sort_values(order).reset_index(drop=True).astype(int),
        expected.sort_values(order).reset_index(drop=True).astype(int),
    )
