"""What is told from a day on changes nothing that is said as of it."""

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xinheng.explaining import explain, find_remedies, stability
from xinheng.features import Events

from ..grading.world import TODAY, record
from .spans import events_with
from .town import FINE, scorer

STREAMS = (FINE, "rectification", "list_entry:abnormal.address", "inspection.critical:routine")
BASE = tuple(
    record(7, stream, TODAY - ago, record=number, severity=2.0, value=30.0)
    for number, (stream, ago) in enumerate(zip(STREAMS, (400, 40, 60, 300), strict=True))
)


def said(events: Events) -> tuple[Any, ...]:
    """All that is said of the enterprise as of the day."""
    return (
        explain(scorer(), events, 7, TODAY).to_dict(),
        find_remedies(scorer(), events, 7, TODAY, most=1).to_dict(),
        stability(scorer(), events, 7, TODAY),
    )


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(
    st.lists(st.tuples(st.sampled_from(STREAMS), st.integers(0, 60)), max_size=3),
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["ended", "withdrawn", "repaired"]),
                  st.integers(0, 60)), max_size=3,
    ),
)  # fmt: skip
def test_what_is_told_later_changes_nothing(
    more: list[tuple[str, int]], fates: list[tuple[int, str, int]]
) -> None:
    records = [dict(each) for each in BASE]
    for number, fate, later in fates:
        records[number][fate] = TODAY + later
        if fate == "ended":
            records[number]["ended_available"] = TODAY + later
    records += [
        record(7, stream, TODAY - 10, available=TODAY + later, record=10 + number, value=30.0)
        for number, (stream, later) in enumerate(more)
    ]
    assert said(events_with(*records)) == said(events_with(*BASE))
