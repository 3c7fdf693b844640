"""The order of the view: found from stretches that lie in it, it is that of sorting anew."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.arrangement import NO_SPANS, Keys, Spans, laid_out
from xinheng.archive.ordering import as_filed
from xinheng.archive.tables import EVENT, PERSONAL

ORDER = ("owner", "occurred", "available", "record", "stream")


def made(count: int, owners: int, days: int, seed: int) -> pa.Table:
    """Return events whose last column tells them apart."""
    rng = np.random.default_rng(seed)
    highest = {"owner": owners, "occurred": days, "available": days, "record": 3, "stream": 2}
    columns = {name: rng.integers(-high, high, count) for name, high in highest.items()}
    rest = {name: np.zeros(count) for name in EVENT.names if name not in columns}
    return pa.table(columns | rest | {"value": np.arange(count)}).select(EVENT.names).cast(EVENT)


def in_order(table: pa.Table) -> pa.Table:
    """Sort anew, and leave what is the same in its order."""
    return table.sort_by([(name, "ascending") for name in (*ORDER, "value")])


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(0, 400),
    owners=st.sampled_from([1, 3, 200]),
    days=st.sampled_from([1, 9, 1000]),
    runs=st.integers(1, 9),
    seed=st.integers(0, 2**32),
)
def test_events_are_filed_as_the_view_shows_them(
    count: int, owners: int, days: int, runs: int, seed: int
) -> None:
    table = made(count, owners, days, seed)
    assert as_filed("event", table).equals(in_order(table))
    assert as_filed("event", in_order(table)).equals(in_order(table))
    cuts = np.sort(np.random.default_rng(seed).integers(0, count + 1, runs))
    sides = zip([0, *cuts], [*cuts, count], strict=True)
    pieces = pa.concat_tables(in_order(table.slice(low, high - low)) for low, high in sides)
    assert as_filed("event", pieces).equals(in_order(table))


def test_rows_of_other_tables_are_filed_by_owner_as_they_come() -> None:
    columns = {"owner": [2, 1, 2, 1], "row": [4, 3, 2, 1]}
    rest = {name: [None] * 4 for name in PERSONAL.names if name not in columns}
    table = pa.table(columns | rest).select(PERSONAL.names).cast(PERSONAL)
    assert as_filed("personal", table)["row"].to_pylist() == [3, 1, 4, 2]


def test_spans_stand_where_their_rows_stood_and_then_in_order() -> None:
    """Row 1 becomes two spans, of which the later one goes behind row 2; row 3 becomes none."""
    occurred, records = np.full(4, 7, np.int32), np.array([1, 2, 3, 4])
    keys = Keys(occurred, np.array([10, 20, 30, 40], np.int32), records, np.zeros(4, np.int32))
    changed = np.array([False, True, False, True])
    spans = Spans(np.array([1, 1]), np.array([20, 35], np.int32))
    layout = laid_out(np.array([5, 5, 5, 5]), keys, changed, spans)
    assert layout.rows.tolist() == [0, 1, 2, 1]
    assert (layout.places.tolist(), layout.spans.tolist()) == ([1, 3], [0, 1])
    none = laid_out(np.empty(0, np.int64), Keys(*(key[:0] for key in keys)), changed[:0], NO_SPANS)
    assert [len(each) for each in none] == [0, 0, 0]


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(0, 60),
    owners=st.sampled_from([1, 3]),
    days=st.sampled_from([1, 3, 30]),
    late=st.integers(0, 60),
    share=st.sampled_from([0, 0.2, 0.9]),
    seed=st.integers(0, 2**32),
)
def test_spans_among_rows_that_stand_late_lie_as_sorted_anew(
    count: int, owners: int, days: int, late: int, share: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    some = in_order(made(count, owners, days, seed))
    moved = np.arange(count)
    for place in rng.integers(0, max(count, 1), late if count else 0):
        moved = np.append(np.delete(moved, place), moved[place])
    table = some.take(pa.array(moved))
    owner, *keys = (table[name].to_numpy() for name in ORDER)
    changed = rng.random(count) < share
    row = np.sort(rng.choice(np.flatnonzero(changed), 2 * int(changed.sum())))
    since = rng.integers(-days, days, len(row)).astype(np.int32)
    layout = laid_out(owner, Keys(*keys), changed, Spans(row, since))

    rows = np.concatenate([np.flatnonzero(~changed), row])
    available = np.concatenate([keys[1][~changed], since])
    stands = owner[rows], keys[0][rows], available, keys[2][rows], keys[3][rows]
    expected = np.array(stands)[:, np.lexsort(stands[::-1])]
    found = keys[1][layout.rows]
    found[layout.places] = since[layout.spans]
    laid = owner, keys[0], None, keys[2], keys[3]
    got = [found if each is None else each[layout.rows] for each in laid]
    np.testing.assert_array_equal(got, expected)
    assert np.sort(layout.spans).tolist() == list(range(len(row)))
    assert (layout.rows[layout.places] == row[layout.spans]).all()
