"""The event view: what happened once is folded in one sweep, as it would be one by one."""

from pathlib import Path

import pytest

from xinheng.archive.manifest import State
from xinheng.archive.store import Store
from xinheng.archive.table import Snapshot
from xinheng.core.time import NEVER, day

from .department import ALPHA, Bureau


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
