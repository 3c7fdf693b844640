"""The credit file of an enterprise: what stood on which day, worked out by hand."""

from datetime import date
from pathlib import Path

import pytest

from xinheng.archive import Archive, read_source
from xinheng.archive.creditfile import Entry
from xinheng.core.errors import NotFoundError
from xinheng.core.time import NEVER, day

from .department import ALPHA, BETA, RECEIVED, TOML, Bureau, delivery, department

FIRST = f"{ALPHA},P1,2026-01-10,2026-01-12,additive,warning,,"
SECOND = f"{ALPHA},P2,2026-02-10,2026-02-11,label,fine,3,"
RELAY = TOML.replace('kind = "penalty"', 'kind = "penalty"\nrelay = true').replace(
    "district bureau", "credit centre"
)


def seen(archive: Archive, as_of: str, who: str = ALPHA) -> dict[str, Entry]:
    return {entry.number: entry for entry in archive.credit_file(who, day(as_of))}


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def test_the_newest_record_stands_first_and_others_records_nowhere(bureau: Bureau) -> None:
    bureau.deliver(FIRST, SECOND, f"{BETA},P3,2026-02-20,2026-02-20,label,fine,1,")
    entries = bureau.archive.credit_file(ALPHA, day("2026-03-01"))
    assert [(entry.kind, entry.zh, entry.number) for entry in entries] == [
        ("penalty", "行政处罚", "P2"),
        ("penalty", "行政处罚", "P1"),
    ]
    assert [entry.state for entry in entries] == ["stands", "stands"]


def test_a_record_says_what_is_filled_with_the_names_of_its_codes(bureau: Bureau) -> None:
    bureau.deliver(SECOND)
    [entry] = bureau.archive.credit_file(ALPHA, day("2026-03-01"))
    told = {said.field: (said.value, said.unit, said.zh) for said in entry.said}
    assert told["penalty_kind"] == ("fine", "", "罚款")
    assert told["fine"] == (3.0, "万元", "")
    assert told["food"] == (True, "", "")
    assert "confiscated" not in told
    assert (entry.origin.department, entry.origin.sequence) == ("district bureau", 1)
    assert (entry.origin.path, entry.origin.row) == ("penalties.csv", 2)
    assert (entry.occurred, entry.known) == (date(2026, 2, 10), date(2026, 2, 11))


@pytest.mark.parametrize(
    ("as_of", "numbers"),
    [("2026-01-12", []), ("2026-01-13", ["P1"]), ("2026-02-12", ["P1", "P2"])],
)
def test_only_what_was_available_before_the_day_is_seen(
    bureau: Bureau, as_of: str, numbers: list[str]
) -> None:
    bureau.deliver(FIRST, SECOND)
    assert sorted(seen(bureau.archive, as_of)) == numbers


def test_of_the_versions_known_then_the_last_stands(bureau: Bureau) -> None:
    bureau.deliver(FIRST)
    bureau.deliver(FIRST.replace("2026-01-12", "2026-03-05").replace("warning,", "fine,7"))
    before, after = seen(bureau.archive, "2026-03-05"), seen(bureau.archive, "2026-03-06")
    assert (before["P1"].versions, after["P1"].versions) == (1, 2)
    assert "fine" not in {said.field for said in before["P1"].said}
    assert ("fine", 7.0) in {(said.field, said.value) for said in after["P1"].said}
    assert (before["P1"].origin.sequence, after["P1"].origin.sequence) == (1, 2)


@pytest.mark.parametrize("change", ["ended", "withdrawn", "repaired"])
def test_what_happened_changes_the_state_from_the_day_after_it_is_known(
    bureau: Bureau, change: str
) -> None:
    bureau.deliver(FIRST, f"{ALPHA},P1,2026-04-01,2026-04-03,,,,{change}")
    [before] = seen(bureau.archive, "2026-04-03").values()
    [after] = seen(bureau.archive, "2026-04-04").values()
    assert (before.state, before.happened) == ("stands", ())
    assert after.state == change
    [happened] = after.happened
    assert (happened.change, happened.occurred) == (change, date(2026, 4, 1))
    assert happened.origin.row == 3
    assert after.until == (date(2026, 4, 1) if change == "ended" else None)


def test_what_is_withdrawn_may_be_reinstated(bureau: Bureau) -> None:
    rows = [f"{ALPHA},P1,2026-0{m}-01,2026-0{m}-01,,,,{c}" for m, c in
            ((4, "withdrawn"), (5, "reinstated"))]  # fmt: skip
    bureau.deliver(FIRST, *rows)
    states = [seen(bureau.archive, f"2026-0{month}-02")["P1"].state for month in (3, 4, 5)]
    assert states == ["stands", "withdrawn", "stands"]


def test_a_change_of_a_record_that_is_not_there_stands_by_itself(bureau: Bureau) -> None:
    bureau.deliver(FIRST, f"{ALPHA},P9,2026-04-01,2026-04-03,,,,ended")
    entries = bureau.archive.credit_file(ALPHA, day("2026-05-01"))
    assert [(entry.kind, entry.number) for entry in entries] == [
        ("lifecycle", "P9"),
        ("penalty", "P1"),
    ]


def test_who_tells_of_a_record_too_is_its_witness(bureau: Bureau, tmp_path: Path) -> None:
    bureau.deliver(FIRST, SECOND)
    centre = read_source(department(tmp_path / "sources" / "centre", source__toml=RELAY))
    folder = delivery(tmp_path / "relayed", FIRST, SECOND.replace(",3,", ",4,"))
    bureau.archive.ingest(centre, folder, RECEIVED)
    entries = seen(bureau.archive, "2026-05-01")
    told = {number: entry.witnesses for number, entry in entries.items()}
    assert {number: [each.agrees for each in some] for number, some in told.items()} == {
        "P1": [True],
        "P2": [False],
    }
    assert told["P1"][0].origin.department == "credit centre"
    assert seen(bureau.archive, "2026-01-13")["P1"].witnesses[0].origin.sequence == 2


def test_only_the_kinds_asked_for_are_read(bureau: Bureau) -> None:
    bureau.deliver(FIRST)
    assert bureau.archive.credit_file(ALPHA, day("2026-05-01"), ["inspection"]) == ()
    with pytest.raises(NotFoundError, match="did you mean 'penalty'"):
        bureau.archive.credit_file(ALPHA, day("2026-05-01"), ["penalti"])


def test_it_agrees_with_the_event_view_on_every_day(bureau: Bureau) -> None:
    bureau.deliver(FIRST, SECOND, f"{ALPHA},P1,2026-03-01,2026-03-01,,,,withdrawn")
    bureau.deliver(SECOND.replace("2026-02-11", "2026-04-01").replace(",3,", ",5,"))
    events = bureau.archive.events().table.to_pylist()
    for when in range(day("2026-01-01"), day("2026-05-01")):
        counted = {row["record"] for row in events if row["available"] < when <= row["withdrawn"]}
        entries = bureau.archive.credit_file(ALPHA, when)
        assert {each.record for each in entries if each.state != "withdrawn"} == counted


def test_the_newest_day_there_is_sees_everything(bureau: Bureau) -> None:
    bureau.deliver(FIRST, SECOND)
    assert len(bureau.archive.credit_file(ALPHA, NEVER)) == 2
