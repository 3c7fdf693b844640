"""The event view: what happened once is folded in one sweep, as it would be one by one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.store import Store
from xinheng.archive.table import Snapshot
from xinheng.archive.view import _folded, _folded_often, _superseded
from xinheng.core.time import NEVER, Change, day

from .department import ALPHA, Bureau

EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 9), st.sampled_from([5, NEVER]), st.integers(0, 3)),
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


VERSIONS = st.lists(
    st.tuples(
        st.integers(0, 2),  # record
        st.integers(0, 4),  # known
        st.booleans(),  # passed on
        st.integers(0, 2),  # sequence
        st.integers(0, 6),  # available
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=300)
@given(versions=VERSIONS, data=st.data())
def test_of_the_versions_available_the_one_known_last_stands(
    versions: list[tuple[int, int, bool, int, int]], data: st.DataObject
) -> None:
    """Whichever streams show it, on any day: the issuer first, then the later delivery."""
    count = dict.fromkeys(range(3), 0)
    rows = []
    for record, known, relayed, sequence, available in sorted(versions, key=lambda v: v[3]):
        for _ in range(data.draw(st.integers(1, 2))):  # events of one version
            precedence = known - (1 << 20) * relayed
            rows.append((record, precedence, sequence, count[record], available))
        count[record] += 1
    rows = data.draw(st.permutations(rows))
    names = ["record", "precedence", "sequence", "version", "available"]
    frame = pd.DataFrame(rows, columns=names, dtype=int)
    frame.index = pd.Index(np.arange(len(rows)) * 3 + 1)
    until = _superseded(frame)
    assert until.index.equals(frame.index)
    for as_of in range(9):
        seen = [row for row in rows if row[4] < as_of]
        standing = {record: max(row[:4] for row in seen if row[0] == record) for record, *_ in seen}
        stands = [row[4] < as_of and standing[row[0]] == row[:4] for row in rows]
        counted = (frame["available"] < as_of) & (as_of <= until)
        assert counted.tolist() == stands, as_of


def fines(bureau: Bureau, as_of: str) -> list[float]:
    table = bureau.archive.events().table.to_pandas()
    counted = (table["available"] < day(as_of)) & (day(as_of) <= table["withdrawn"])
    return table.loc[counted & (table["value"] > 0), "value"].tolist()


def test_an_older_version_that_comes_late_does_not_stand(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    row = f"{ALPHA},P1,2026-01-05,2026-%s,label,fine,%s,"
    bureau.deliver(row % ("03-01", "9"))
    late = bureau.deliver(row % ("02-01", "5"))
    assert late.delivery.files[0].accepted == 1
    assert [fines(bureau, f"2026-{d}") for d in ("02-01", "02-02", "03-01", "03-02", "05-01")] == [
        [],
        [5.0],
        [5.0],
        [9.0],
        [9.0],
    ]
    before = bureau.archive.events(upto=1).table
    assert before["withdrawn"].to_pylist() == [NEVER] * before.num_rows


def test_of_two_versions_known_on_one_day_the_later_delivery_stands(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    for fine in ("9", "5", "7"):
        bureau.deliver(f"{ALPHA},P1,2026-01-05,2026-03-01,label,fine,{fine},")
    assert fines(bureau, "2026-05-01") == [7.0]
    other = f"{ALPHA},P2,2026-01-05,2026-03-01,label,warning,,"
    again = bureau.deliver(f"{ALPHA},P1,2026-01-05,2026-03-01,label,fine,9,", other)
    assert again.delivery.files[0].duplicate == 1  # heard on that very day, so nothing new
    bureau.deliver(f"{ALPHA},P1,2026-01-05,2026-03-02,label,fine,9,")
    assert fines(bureau, "2026-05-01") == [9.0]


def test_what_comes_while_the_view_is_read_is_not_seen_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = Bureau(tmp_path)
    row = f"{ALPHA},P1,2026-01-05,2026-03-01,label,fine,9,"
    bureau.deliver(row)
    before = bureau.archive.events().table
    snapshot, asked = Store.snapshot, []

    def publishing(store: Store, name: str) -> Snapshot | None:
        found = snapshot(store, name)
        asked.append(name)
        if len(asked) == 1:
            change = f"{ALPHA},P1,2026-04-01,2026-04-02,,,,withdrawn"
            bureau.deliver(change, row.replace("P1", "P2"))
        return found

    monkeypatch.setattr(Store, "snapshot", publishing)
    during = bureau.archive.events().table
    monkeypatch.undo()
    after = bureau.archive.events().table
    assert not after.equals(before)
    assert during.equals(before)
