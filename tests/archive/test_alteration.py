"""Deliveries are altered from a day on, and nothing that was available before it."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive import Alteration, Archive, Contract, altered_archive, read_source
from xinheng.archive.check import Rules, check
from xinheng.archive.database import workbench
from xinheng.archive.source import Clocks
from xinheng.archive.turning import later
from xinheng.core import time
from xinheng.core.errors import InvalidError

from .department import ALPHA, BETA, LIFECYCLE, PENALTY, RECEIVED, TOML, delivery, department

DAY = time.day("2026-02-01")
COMPLAINT = """
SELECT _row, code AS enterprise, document AS number, decided AS occurred, published AS known,
    violation AS type, 'yes' AS food, kind AS topic, fine AS longitude, fine AS latitude,
    change AS closed
FROM penalties
"""


def altered(folder: Path, *rows: str, seed: int = 0, **files: str) -> Archive:
    source = read_source(department(folder / "sources" / "bureau", **files))
    given = [(source, delivery(folder / "delivery", *rows))]
    return altered_archive(folder / "altered", given, Alteration(DAY, RECEIVED, seed))


def told(archive: Archive, kind: str, *names: str) -> list[tuple[Any, ...]]:
    """Return some columns of all records of a kind, by number."""
    rows = sorted(archive.records(kind).to_pylist(), key=lambda row: (row["number"], row["known"]))
    return [tuple(row[name] for name in ("number", *names)) for row in rows]


def turned(archive: Archive, kind: str, *names: str) -> dict[str, set[tuple[Any, ...]]]:
    """Return what the records kept of a kind say, by the number that they have in common."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    for number, *said in told(archive, kind, *names):
        found.setdefault(number.partition("/")[0], set()).add(tuple(said))
    return found


def many(row: str) -> list[str]:
    """Return a row under twelve numbers, not all of which will be left out."""
    return [row.replace("/", f"/{n}") for n in range(12)]


def test_what_is_told_of_a_later_record_is_turned_and_its_name_and_clocks_stay(
    tmp_path: Path,
) -> None:
    rows = [
        *many(f"{ALPHA},P1/,2026-01-05,2026-01-31,label,fine,1.5,"),
        *many(f"{ALPHA},P2/,2026-01-05,2026-02-01,label,fine,1.5,"),
        *many(f"{BETA},P3/,2026-02-05,2026-03-01,label,warning,0,"),
        *many(f"{BETA},P4/,2026-02-05,2026-03-01,label,warning,,"),
    ]
    archive = altered(tmp_path, *rows)
    assert turned(archive, "penalty", "enterprise", "organ", "food", "penalty_kind", "fine") == {
        "P1": {(ALPHA, "market", True, "fine", 1.5)},
        "P2": {(ALPHA, "other", False, "occupation_ban", 0.0)},
        "P3": {(BETA, "other", False, "closure", 1.0)},
        "P4": {(BETA, "other", False, "closure", None)},
    }
    assert turned(archive, "penalty", "violation", "occurred") == {
        "P1": {("label", date(2026, 1, 5))},
        "P2": {("label", date(2026, 1, 5))},
        "P3": {("label", date(2026, 2, 5))},
        "P4": {("label", date(2026, 2, 5))},
    }


def test_a_day_that_may_be_missing_comes_or_goes(tmp_path: Path) -> None:
    rows = [
        *many(f"{ALPHA},C1/,2026-01-05,2026-01-20,report,noise,2,2026-01-19"),
        *many(f"{ALPHA},C2/,2026-02-05,2026-02-20,report,noise,2,2026-02-19"),
        *many(f"{ALPHA},C3/,2026-02-05,2026-02-20,complaint,noise,-90,"),
    ]
    toml = TOML.replace('"penalty"', '"complaint"').replace('"penalty.sql"', '"complaint.sql"')
    toml = toml[: toml.index('[[records]]\nkind = "lifecycle"')]
    archive = altered(tmp_path, *rows, source__toml=toml, complaint__sql=COMPLAINT)
    fields = ("type", "topic", "food", "longitude", "latitude", "closed")
    assert turned(archive, "complaint", *fields) == {
        "C1": {("report", "noise", True, 2.0, 2.0, date(2026, 1, 19))},
        "C2": {("complaint", "noise", False, -180.0, -90.0, None)},
        "C3": {("report", "noise", False, -180.0, -89.0, date(2026, 2, 5))},
    }


def test_a_day_that_has_to_be_there_becomes_the_day_it_happened(tmp_path: Path) -> None:
    rows = [
        *many(f"{ALPHA},O1/,2026-01-05,2026-01-20,label,fine,1,2026-01-30"),
        *many(f"{ALPHA},O2/,2026-02-05,2026-02-20,label,fine,1,2026-02-28"),
    ]
    order = COMPLAINT[: COMPLAINT.index("    violation")] + "    change AS due FROM penalties"
    toml = TOML.replace('"penalty"', '"rectification"').replace('"penalty.sql"', '"order.sql"')
    toml = toml[: toml.index('[[records]]\nkind = "lifecycle"')]
    archive = altered(tmp_path, *rows, source__toml=toml, order__sql=order)
    assert turned(archive, "rectification", "due") == {
        "O1": {(date(2026, 1, 30),)},
        "O2": {(date(2026, 2, 5),)},
    }


def test_half_of_the_later_records_are_left_out_and_their_rows_are_not_delivered(
    tmp_path: Path,
) -> None:
    early = [f"{ALPHA},E{n},2026-01-05,2026-01-20,label,fine,1," for n in range(40)]
    late = [f"{ALPHA},L{n},2026-02-05,2026-02-20,label,fine,1," for n in range(400)]
    archive = altered(tmp_path, *early, *late)
    numbers = {number for (number,) in told(archive, "penalty")}
    assert {f"E{n}" for n in range(40)} <= numbers
    assert 150 < len(numbers) - 40 < 250
    [file] = archive.deliveries()[0].files
    assert (file.rows, file.accepted, file.quarantined) == (len(numbers), len(numbers), 0)


def test_a_row_that_tells_of_before_and_after_keeps_what_it_told_before(tmp_path: Path) -> None:
    later_sql = LIFECYCLE.replace("published AS known", "change AS known").replace(
        "decided AS occurred", "change AS occurred"
    )
    later_sql = later_sql.replace("'penalty' AS of, change", "'penalty' AS of, 'ended' AS change")
    penalty_sql = PENALTY.replace("WHERE change IS NULL", "")
    rows = [f"{ALPHA},P{n},2026-01-05,2026-01-20,label,fine,1,2026-03-01" for n in range(60)]
    archive = altered(tmp_path, *rows, penalty__sql=penalty_sql, lifecycle__sql=later_sql)
    assert told(archive, "penalty", "food", "fine") == sorted(
        (f"P{n}", True, 1.0) for n in range(60)
    )
    ended = told(archive, "lifecycle", "change")
    assert 15 < len(ended) < 45
    assert {change for _, change in ended} == {"ended"}


def test_a_quarantined_row_stays_so_whatever_is_wrong_in_it(tmp_path: Path) -> None:
    rows = [f"{ALPHA},P{n},2026-02-05,2026-02-20,label,fine,-1," for n in range(30)]
    good = f"{ALPHA},G,2026-01-05,2026-01-20,label,fine,1,"
    archive = altered(tmp_path, good, *rows)
    [file] = archive.deliveries()[0].files
    assert (file.rows, file.accepted, file.quarantined) == (31, 1, 30)


def test_a_select_that_looks_at_other_rows_does_not_see_those_left_out(tmp_path: Path) -> None:
    counting = PENALTY.replace("fine\n", "count(*) OVER () AS fine\n")
    early = f"{ALPHA},E,2026-01-05,2026-01-20,label,fine,1,"
    late = [f"{ALPHA},L{n},2026-02-05,2026-02-20,label,fine,1," for n in range(40)]
    archive = altered(tmp_path, early, *late, penalty__sql=counting)
    [file] = archive.deliveries()[0].files
    [(_, fine)] = [row for row in told(archive, "penalty", "fine") if row[0] == "E"]
    assert fine == file.rows < 41


def test_of_a_source_that_does_not_vouch_for_its_past_everything_is_altered(tmp_path: Path) -> None:
    toml = TOML.replace('backfill = "trusted"', 'backfill = "untrusted"')
    rows = [f"{ALPHA},P{n},2020-01-05,2020-01-20,label,fine,1," for n in range(40)]
    archive = altered(tmp_path, *rows, source__toml=toml)
    found = told(archive, "penalty", "food")
    assert 8 < len(found) < 32
    assert {food for _, food in found} == {False}


def test_altered_records_never_go_where_others_are(tmp_path: Path) -> None:
    (tmp_path / "altered").mkdir()
    (tmp_path / "altered" / "note").touch()
    with pytest.raises(InvalidError, match="a folder of their own"):
        altered(tmp_path, f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1,")


DAYS, HOURS = st.dates(date(2026, 1, 29), date(2026, 2, 3)), st.times().map("{:%H:%M:%S}".format)
TEXTS = st.one_of(
    DAYS.map(str),
    st.builds("{} {}".format, DAYS, HOURS),
    st.builds("{}T{}{}".format, DAYS, HOURS, st.sampled_from(["Z", "+08:00", "-0500", "+14"])),
)


@given(
    known=TEXTS,
    zone=st.sampled_from(["Asia/Shanghai", "America/Chicago", "Pacific/Auckland", "UTC"]),
    delay=st.integers(0, 3),
)
def test_later_is_what_the_archive_says_of_when_a_record_is_available(
    known: str, zone: str, delay: int
) -> None:
    clocks = Clocks(backfill="trusted", delay_days=delay, zone=zone)
    sql = f"SELECT {later(clocks, 0, DAY)} FROM (SELECT '{known}' AS known)"
    with workbench() as connection:
        [(found,)] = connection.sql(sql).fetchall()
    contract = Contract("visit", "走访", "Visit", ())
    rules = Rules(contract, "uscc", ZoneInfo(zone), DAY + 9, {})
    row = {"_row": [1], "enterprise": [None], "number": ["1"], "occurred": [None], "known": [known]}
    [day] = check(rules, pa.table(row, schema=ROW)).records["known_day"].to_pylist()
    assert found == (time.available(day, 0, trusted=True, delay=delay) >= DAY)


ROW = pa.schema(
    [
        ("_row", pa.int64()),
        ("enterprise", pa.string()),
        ("number", pa.string()),
        ("occurred", pa.date32()),
        ("known", pa.string()),
    ]
)
