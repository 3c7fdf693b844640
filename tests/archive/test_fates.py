"""Fates: every row has exactly one, whatever is found out about it and in whatever order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.fates import FATES, Fates

FOUND = ("came", "fault", "unlink", "landed", "first", "second")
NOTES = st.lists(
    st.tuples(st.sampled_from(FOUND), st.lists(st.integers(2, 9), unique=True)), max_size=8
)


def fate(said: set[str]) -> str:
    """Return the fate of a row that could be split."""
    if said & {"first", "second"}:
        return "skipped"
    if "fault" in said or "came" not in said:
        return "quarantined"
    if "unlink" in said:
        return "review"
    return "accepted" if "landed" in said else "duplicate"


@given(notes=NOTES)
def test_a_row_has_the_fate_that_weighs_most(notes: list[tuple[str, list[int]]]) -> None:
    split, broken = np.arange(2, 10), np.array([10, 12])
    fates = Fates([split[:3], split[3:]], broken)
    said: dict[int, set[str]] = {row: set() for row in split.tolist()}
    reasons: dict[str, int] = {}
    for what, chosen in notes:
        rows = np.array(chosen, np.int64)
        if what in ("first", "second"):
            new = sum(1 for row in chosen if not said[row] & {"first", "second"})
            if new:
                reasons[what] = reasons.get(what, 0) + new
            fates.skip(what, rows)
        else:
            getattr(fates, what)(rows)
        for row in chosen:
            said[row].add(what)
    expected = [fate(said[row]) for row in split.tolist()]
    assert [FATES[place] for place in fates.of(split)] == expected
    assert [FATES[place] for place in fates.of(broken)] == ["quarantined"] * 2
    for name in FATES:
        some = [row for row, what in zip(split.tolist(), expected, strict=True) if what == name]
        found = np.concatenate([fates.among(start, start + 4, name) for start in (0, 4, 8, 12)])
        assert found.tolist() == some + ([10, 12] if name == "quarantined" else [])
    counts = fates.counts()
    assert counts == {name: expected.count(name) + 2 * (name == "quarantined") for name in FATES}
    assert fates.reasons == reasons
    assert sum(reasons.values()) == counts["skipped"]
    held = {"fault", "unlink", "first", "second"}
    assert fates.sound(split).tolist() == [not said[row] & held for row in split.tolist()]
    silent = [row for row in said if not said[row] & {"fault", "came", "first", "second"}]
    assert fates.silent().tolist() == silent


@given(
    split=st.sets(st.integers(1, 20)),
    asked=st.lists(st.integers(-3, 25)),
    broken=st.sets(st.integers(21, 23)),
)
def test_only_rows_that_could_be_split_exist(
    split: set[int], asked: list[int], broken: set[int]
) -> None:
    numbers, others = (np.array(sorted(rows), np.int64) for rows in (split, broken))
    fates = Fates([numbers], others)
    rows = np.array(asked, np.int64)
    assert fates.split().tolist() == sorted(split)
    assert fates.rows.tolist() == sorted(split | broken)
    assert fates.exist(rows).tolist() == [row in split for row in asked]
    assert fates.gone(rows).tolist() == [row for row in asked if row not in split | broken]
    assert fates.last == max([0, *split, *broken])


def test_all_but_some_rows_are_left_out() -> None:
    fates = Fates([np.array([2, 3, 5])], np.array([6, 7]))
    fates.only(np.array([3, 7]), "settled")
    assert fates.reasons == {"settled": 3}
    assert [FATES[place] for place in fates.of(np.array([2, 5, 6]))] == ["skipped"] * 3
    assert fates.counts()["quarantined"] == 2
    whole = Fates([np.array([2])], np.array([], np.int64))
    whole.only(np.array([2]), "settled")
    assert whole.reasons == {}
