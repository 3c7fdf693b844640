"""The event view: of the whole, of a part and of some, now and in the past, as its definition."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import Archive
from xinheng.archive.landing import LITTLE
from xinheng.archive.manifest import State
from xinheng.archive.store import Store
from xinheng.archive.table import Snapshot
from xinheng.core.errors import NotFoundError
from xinheng.core.time import NEVER, Change, day

from .city import RELAY, City
from .department import ALPHA, RECEIVED, Bureau
from .slow import slow_events
from .test_landing import CODES as MANY

CODES = MANY[:5]


ROWS = st.lists(
    st.one_of(
        st.builds(
            "{},{},2026-01-{:02},2026-03-{:02},{},fine,{},".format,
            st.sampled_from(CODES),
            st.sampled_from(["P1", "P2"]),
            st.sampled_from([5, 6]),
            st.integers(1, 9),
            st.sampled_from(["label", "additive"]),
            st.integers(1, 2),
        ),
        st.builds(
            "{},{},2026-02-{:02},2026-03-{:02},,,,{}".format,
            st.sampled_from(CODES),
            st.sampled_from(["P1", "P2", "P3"]),
            st.integers(1, 5),
            st.integers(1, 9),
            st.sampled_from(list(Change)),
        ),
    ),
    min_size=1,
    max_size=12,
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["issuer", "relay"]), ROWS, st.sampled_from([0, LITTLE])),
        st.sampled_from(["fold", "compact"]),
    ),
    min_size=2,
    max_size=6,
)


def check_that_every_way_to_read_is_right(folder: Path, steps: list[Any]) -> None:
    """Read an archive after each step, and at last all of its past, in parts and by enterprise."""
    city = City(folder)
    city.add("issuer")
    city.add("relay", source__toml=RELAY)
    archive = city.archive
    for step in steps:
        if isinstance(step, str):
            getattr(archive, step)(RECEIVED)
        else:
            name, rows, little = step
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("xinheng.archive.landing.LITTLE", little)
                city.deliver(name, *rows)
        table = archive.events().table
        table.validate(full=True)
        assert table.equals(slow_events(archive, archive.sequence))
    for upto in range(archive.sequence + 1):
        check_a_state(archive, upto)


def check_a_state(archive: Archive, upto: int) -> None:
    then, now = archive.events(upto=upto).table, archive.events().table
    assert then.equals(slow_events(archive, upto))
    for number in range(3):
        part = archive.events(upto=upto, part=(number, 3)).table
        assert part.equals(slow_events(archive, upto, (number, 3)))
    count = archive.enterprises().num_rows
    for some in ([0, 0][: 2 * count], range(1, count, 2), range(count), []):
        expected = then.filter(pc.is_in(then["enterprise"], pa.array(some, pa.int32())))
        assert archive.events(upto=upto, enterprises=some).table.equals(expected)
    touched = archive.touched(upto).tolist()
    assert touched == sorted(set(touched))
    for each in set(range(count)) - set(touched):
        mine = pc.field("enterprise") == each
        assert then.filter(mine).equals(now.filter(mine))


@settings(max_examples=4, deadline=None)
@given(steps=STEPS)
def test_however_rows_came_they_are_read_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    check_that_every_way_to_read_is_right(tmp_path_factory.mktemp("city"), steps)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_however_rows_came_they_are_read_as_one_by_one_often(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    check_that_every_way_to_read_is_right(tmp_path_factory.mktemp("city"), steps)


def test_only_enterprises_that_deliveries_told_of_are_touched(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    first = [f"{code},P1,2026-01-05,2026-03-01,label,fine,9," for code in CODES[:4]]
    bureau.deliver(*first)
    known = [bureau.archive.enterprise(code) for code in CODES[:4]]
    bureau.deliver(first[3], f"{CODES[0]},P1,2026-04-01,2026-04-02,,,,withdrawn")
    bureau.archive.compact(RECEIVED)
    bureau.deliver(first[2].replace("03-01", "03-05").replace(",9,", ",8,"))
    touched = bureau.archive.touched
    assert touched(0).tolist() == sorted(known)
    assert touched(0, 1).tolist() == sorted(known)
    assert touched(1).tolist() == sorted([known[0], known[2]])
    assert (touched(1, 2).tolist(), touched(2).tolist()) == ([known[0]], [known[2]])
    assert touched(3).tolist() == Archive(tmp_path / "none").touched(0).tolist() == []


def test_an_enterprise_that_nobody_has_is_refused(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(f"{ALPHA},P1,2026-01-05,2026-03-01,label,fine,9,")
    assert bureau.archive.events(enterprises=[0]).table.num_rows
    with pytest.raises(NotFoundError, match="no enterprise has the number 1; the archive has 1"):
        bureau.archive.events(enterprises=[0, 1])


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

    def publishing(store: Store, name: str, state: State | None = None) -> Snapshot | None:
        found = snapshot(store, name, state)
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
