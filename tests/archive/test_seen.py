"""Records as whoever looked on a day saw them, held against the spans of the event view."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import Archive
from xinheng.core.time import day

from .department import ALPHA, BETA, Bureau

FIRST = day("2026-03-01")


def row(number: str, known: str, kind: str = "fine", change: str = "", code: str = ALPHA) -> str:
    return f"{code},{number},2026-02-20,{known},label,{kind},1,{change}"


def seen(archive: Archive, as_of: str, **given: int) -> list[tuple[object, ...]]:
    table = archive.seen("penalty", day(as_of), ["number", "penalty_kind"], **given)
    names = ("number", "penalty_kind", "available", "open", "sequence")
    return sorted(zip(*(table[name].to_pylist() for name in names), strict=True))


def test_a_record_is_seen_once_it_is_known_as_it_then_stood(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row("1", "2026-03-01"), row("2", "2026-03-05", code=BETA))
    bureau.deliver(row("1", "2026-03-10", "warning"))
    bureau.deliver(row("2", "2026-03-20", change="withdrawn", code=BETA).replace("02-20", "03-19"))
    archive = bureau.archive
    assert seen(archive, "2026-03-01") == []
    assert seen(archive, "2026-03-02") == [("1", "fine", FIRST, True, 1)]
    assert seen(archive, "2026-03-11") == [
        ("1", "warning", FIRST, True, 2),
        ("2", "fine", FIRST + 4, True, 1),
    ]
    assert [each[0] for each in seen(archive, "2026-03-20")] == ["1", "2"]
    assert [each[0] for each in seen(archive, "2026-03-21")] == ["1"]
    assert [each[0] for each in seen(archive, "2026-03-21", upto=2)] == ["1", "2"]


def test_what_was_ended_is_open_no_more_once_that_is_known(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row("1", "2026-03-01"))
    bureau.deliver(row("1", "2026-03-20", change="ended").replace("02-20", "03-10"))
    opened = [seen(bureau.archive, f"2026-03-{date}")[0][3] for date in (15, 20, 21)]
    assert opened == [True, True, False]


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("123"),
            st.integers(1, 9),
            st.sampled_from(["", "", "ended", "withdrawn", "reinstated"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 12),
)
def test_as_many_are_seen_as_the_event_view_counts(tmp_path_factory, told, date: int) -> None:
    bureau = Bureau(tmp_path_factory.mktemp("bureau"))
    rows = []
    for number, known, change in sorted(told, key=lambda each: each[1]):
        kind = "" if change else ("fine", "warning")[known % 2]
        rows.append(row(number, f"2026-03-{known:02}", kind, change))
    bureau.deliver(*rows)
    as_of = FIRST - 1 + date
    if not bureau.archive.size:
        return
    view = bureau.archive.events()
    kinds = [kind for kind, _ in view.vocabulary]
    events = view.table.to_pandas()
    counted = events[
        (events["available"] < as_of)
        & (events["withdrawn"] >= as_of)
        & (events["stream"].map(kinds.__getitem__) == "penalty")
    ]
    ended = (counted["ended"] < as_of) & (counted["ended_available"] < as_of)
    found = bureau.archive.seen("penalty", as_of, ["number"])
    expected = sorted(zip(counted["record"], ~ended, strict=True))
    assert sorted(zip(found["record"].to_pylist(), found["open"].to_pylist(), strict=True)) == (
        expected
    )
