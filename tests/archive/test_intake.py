"""Deliveries: every row has one fate, faults are all named, nothing is half-written."""

import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import Archive, Receipt, read_source
from xinheng.archive.manifest import Manifest
from xinheng.archive.store import Store
from xinheng.core.errors import InvalidError, MappingError, NotFoundError
from xinheng.core.time import NEVER, day

from .department import ALPHA, BETA, HEADER, PENALTY, RECEIVED, TOML, Bureau, delivery

GOOD = f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,"
OTHER = f"{BETA},P2,2026-02-05,2026-02-20,additive,fine,3,"


def fates(receipt: Receipt) -> dict[str, int]:
    file = receipt.delivery.files[0]
    found = {name: getattr(file, name) for name in ("accepted", "duplicate", "quarantined")}
    return found | {"review": file.review, "skipped": sum(file.skipped.values())}


def test_a_clean_delivery_lands_and_can_be_read(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    receipt = bureau.deliver(GOOD, OTHER)
    assert receipt.landed
    assert fates(receipt)["accepted"] == 2
    penalties = bureau.archive.records("penalty").to_pylist()
    assert {(p["enterprise"], p["number"], p["fine"]) for p in penalties} == {
        (ALPHA, "P1", 1.5),
        (BETA, "P2", 3.0),
    }
    assert {p["row"] for p in penalties} == {2, 3}
    assert bureau.archive.enterprise(ALPHA) != bureau.archive.enterprise(f"uscc:{BETA}")


def test_the_event_view_shows_code_severity_value_and_clocks(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(GOOD)
    view = bureau.archive.events()
    [event] = [e for e in view.table.to_pylist() if view.vocabulary[e["stream"]][0] == "penalty"]
    assert view.vocabulary[event["stream"]] == ("penalty", "market.food.label")
    assert (event["occurred"], event["available"]) == (day("2026-01-05"), day("2026-01-20"))
    assert (event["severity"], event["value"]) == (2.0, 1.5)
    assert (event["withdrawn"], event["ended"], event["repaired"]) == (NEVER, NEVER, NEVER)


def test_history_that_is_not_trusted_counts_from_its_delivery(tmp_path: Path) -> None:
    toml = {"source__toml": Bureau(tmp_path / "a").source.joinpath("source.toml").read_text()}
    toml["source__toml"] = toml["source__toml"].replace('"trusted"', '"untrusted"')
    bureau = Bureau(tmp_path / "b", **toml)
    bureau.deliver(GOOD)
    assert set(bureau.archive.events().table["available"].to_pylist()) == {day("2026-06-01")}


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (f"{ALPHA},P9,2026-02-30,2026-03-01,label,fine,1,", "occurred", "expected a date"),
        (f"{ALPHA},P9,2026-01-05,soon,label,fine,1,", "known", "or a moment"),
        (f"{ALPHA},P9,2026-01-05,2026-01-01,label,fine,1,", "known", "before it happened"),
        (f"{ALPHA},P9,2026-01-05,2027-01-01,label,fine,1,", "known", "after it was delivered"),
        (f"{ALPHA},P9,2026-01-05,2026-01-20,label,scolding,1,", "penalty_kind", "scolding"),
        (f"{ALPHA},P9,2026-01-05,2026-01-20,label,fine,much,", "fine", "a finite number"),
        (f"{ALPHA},P9,2026-01-05,2026-01-20,label,fine,-1,", "fine", "at least 0"),
        (f"{ALPHA},P9,2026-01-05,2026-01-20,,fine,1,", "violation", "required but empty"),
        (f"{ALPHA},,2026-01-05,2026-01-20,label,fine,1,", "number", "required but empty"),
        (f"{ALPHA[:-1]}9,P9,2026-01-05,2026-01-20,label,fine,1,", "enterprise", "check character"),
        ("123,P9,2026-01-05,2026-01-20,label,fine,1,", "enterprise", "3 characters"),
    ],
)
def test_a_faulty_row_is_quarantined_with_field_value_and_fault(
    tmp_path: Path, row: str, field: str, words: str
) -> None:
    bureau = Bureau(tmp_path)
    receipt = bureau.deliver(GOOD, row)
    assert fates(receipt) == {
        "accepted": 1,
        "duplicate": 0,
        "quarantined": 1,
        "review": 0,
        "skipped": 0,
    }
    [(number, faults)] = bureau.faults()
    assert number == 3
    assert any(f["field"] == field and words in f["fault"] for f in json.loads(faults)), faults


def test_a_row_is_quarantined_with_all_its_faults_and_its_source_untouched(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver("123,P9,2026-02-30,2026-01-20,,scolding,much,")
    held = bureau.archive.held("quarantined").to_pylist()[0]
    faults = json.loads(held["faults"])
    assert {f["field"] for f in faults} == {
        "enterprise",
        "occurred",
        "violation",
        "penalty_kind",
        "fine",
    }
    assert json.loads(held["source_row"]) == {
        "code": "123",
        "document": "P9",
        "decided": "2026-02-30",
        "published": "2026-01-20",
        "violation": None,
        "kind": "scolding",
        "fine": "much",
        "change": None,
    }


def test_rows_without_an_enterprise_wait_for_review(tmp_path: Path) -> None:
    receipt = Bureau(tmp_path).deliver(GOOD, ",P9,2026-01-05,2026-01-20,label,fine,1,")
    assert fates(receipt)["review"] == 1


def test_rows_that_the_mapping_leaves_out_are_counted_by_reason(tmp_path: Path) -> None:
    receipt = Bureau(tmp_path).deliver(GOOD, f"{ALPHA},P9,,,,draft,,")
    assert receipt.delivery.files[0].skipped == {"not yet decided": 1}


def test_a_row_that_several_reasons_leave_out_counts_for_the_first(tmp_path: Path) -> None:
    more = """
[[skip]]
file = "penalties"
where = "fine IS NULL OR kind = 'draft'"
reason = "no fine"
"""
    bureau = Bureau(tmp_path, source__toml=TOML + more)
    receipt = bureau.deliver(GOOD, f"{ALPHA},P8,,,,draft,,", f"{ALPHA},P9,,,,fine,,")
    assert receipt.delivery.files[0].skipped == {"not yet decided": 1, "no fine": 1}


def test_the_archive_is_the_same_in_whatever_order_a_mapping_yields_rows(tmp_path: Path) -> None:
    rows = [
        f"{who},P{i % 7},2026-01-05,2026-01-{20 + i % 3},label,fine,{i % 2},"
        for i, who in enumerate([BETA, ALPHA, ALPHA, BETA] * 6)
    ]
    found = []
    for name, order in (("a", ""), ("b", "ORDER BY hash(_row)"), ("c", "ORDER BY _row DESC")):
        bureau = Bureau(tmp_path / name, penalty__sql=f"{PENALTY} {order}")
        for some in (rows, rows[::-1]):
            bureau.deliver(*some)
        archive = bureau.archive
        by_row = [(field, "ascending") for field in ("sequence", "row")]
        found.append(
            (
                archive.records("penalty").sort_by(by_row).to_pylist(),
                archive.held("quarantined").to_pylist(),
                archive.enterprises().to_pylist(),
                archive.events().table.to_pylist(),
                [fates(Receipt(landed=True, delivery=d)) for d in archive.deliveries()],
            )
        )
    assert found[0][0]
    assert found[0] == found[1] == found[2]


def test_a_row_that_no_select_takes_is_quarantined_not_lost(tmp_path: Path) -> None:
    sql = "SELECT _row, code AS enterprise, document AS number, decided AS occurred, published AS"
    sql += " known, 'market' AS organ, 'true' AS food, violation, kind AS penalty_kind"
    bureau = Bureau(tmp_path, penalty__sql=f"{sql} FROM penalties WHERE document <> 'P2'")
    receipt = bureau.deliver(GOOD, OTHER)
    assert fates(receipt)["quarantined"] == 1
    assert "no record came of this row" in bureau.faults()[0][1]


def test_the_same_content_again_is_a_duplicate_and_other_content_a_correction(
    tmp_path: Path,
) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(GOOD)
    again = bureau.deliver(GOOD, OTHER)
    assert (fates(again)["duplicate"], fates(again)["accepted"]) == (1, 1)
    corrected = bureau.deliver(GOOD.replace("2026-01-20", "2026-04-01").replace("1.5", "9"))
    assert fates(corrected)["accepted"] == 1
    view = bureau.archive.events()
    spans = [
        (e["available"], e["withdrawn"], e["value"])
        for e in view.table.to_pylist()
        if view.vocabulary[e["stream"]] == ("penalty", "market.food.label")
    ]
    assert spans == [
        (day("2026-01-20"), day("2026-04-01"), 1.5),
        (day("2026-04-01"), NEVER, 9.0),
    ]
    stale = bureau.deliver(GOOD, OTHER.replace("P2", "P3"))
    assert (fates(stale)["duplicate"], fates(stale)["accepted"]) == (1, 1)


def test_a_place_taken_back_by_a_correction_counts_until_then(tmp_path: Path) -> None:
    sql = """SELECT _row, code AS enterprise, document AS number, decided AS occurred,
        published AS known, 'complaint' AS type, 'true' AS food, '114.1' AS longitude,
        nullif(fine, '0') AS latitude FROM penalties"""
    toml = TOML.replace('kind = "penalty"', 'kind = "complaint"', 1)
    bureau = Bureau(tmp_path, source__toml=toml, penalty__sql=sql)
    bureau.deliver(GOOD.replace("1.5", "22.5"))
    bureau.deliver(GOOD.replace("1.5", "0").replace("2026-01-20", "2026-04-01"))
    [place] = bureau.archive.places().to_pylist()
    assert (place["available"], place["withdrawn"]) == (day("2026-01-20"), day("2026-04-01"))


def test_rows_of_one_delivery_that_contradict_each_other_keep_the_first(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    receipt = bureau.deliver(GOOD, GOOD.replace("1.5", "2"), GOOD)
    assert (fates(receipt)["accepted"], fates(receipt)["quarantined"]) == (1, 1)
    assert fates(receipt)["duplicate"] == 1
    assert "row 2 has the same number" in bureau.faults()[0][1]


def test_what_happened_to_a_record_opens_and_closes_its_spans(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(GOOD)
    bureau.deliver(
        f"{ALPHA},P1,2026-02-01,2026-02-10,,,,withdrawn",
        f"{ALPHA},P1,2026-03-01,2026-03-10,,,,reinstated",
    )
    view = bureau.archive.events()
    spans = [
        (e["available"], e["withdrawn"])
        for e in view.table.to_pylist()
        if view.vocabulary[e["stream"]][0] == "penalty"
    ]
    assert spans == [(day("2026-01-20"), day("2026-02-10")), (day("2026-03-10"), NEVER)]
    before = bureau.archive.events(upto=1).table
    assert set(before["withdrawn"].to_pylist()) == {NEVER}


def test_the_same_delivery_lands_once_and_a_mended_mapping_reads_it_anew(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    folder = delivery(tmp_path / "d", GOOD, OTHER.replace("fine", "scolding"))
    first = bureau.archive.ingest(read_source(bureau.source), folder, RECEIVED)
    second = bureau.archive.ingest(read_source(bureau.source), folder, RECEIVED)
    assert (first.landed, second.landed) == (True, False)
    assert second.delivery == first.delivery
    sql = bureau.source / "penalty.sql"
    sql.write_text(sql.read_text().replace("kind AS", "replace(kind, 'scolding', 'fine') AS"))
    third = bureau.archive.ingest(read_source(bureau.source), folder, RECEIVED)
    assert (fates(third)["duplicate"], fates(third)["accepted"]) == (1, 1)


def _deliver(arguments: tuple[Path, Path, Path]) -> bool:
    archive, source, folder = arguments
    return Archive(archive).ingest(read_source(source), folder, RECEIVED).landed


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Chicago", "UTC"])
def test_the_time_zone_of_the_machine_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    bureau = Bureau(tmp_path)
    folder = delivery(
        tmp_path / "d",
        GOOD.replace("2026-01-20", "2026-01-20 03:00"),
        OTHER,
        OTHER.replace("P2", "P3").replace("2026-02-20", "2026-02-20T16:30:00Z"),
        OTHER.replace("P2", "P4").replace("2026-02-20", "epoch"),
        OTHER.replace("P2", "P5").replace("2026-02-05", "epoch"),
    )
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process reads TZ when it starts
        assert pool.map(_deliver, [(tmp_path / "archive", bureau.source, folder)]) == [True]
    penalties = bureau.archive.records("penalty").to_pylist()
    assert {p["number"]: p["available"] for p in penalties} == {
        "P1": day("2026-01-20"),
        "P2": day("2026-02-20"),
        "P3": day("2026-02-21"),
    }
    assert {p["number"]: p["known"] for p in penalties}["P1"] == datetime(
        2026, 1, 19, 19, tzinfo=UTC
    )


def test_two_processes_with_one_delivery_land_it_once(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    folder = delivery(tmp_path / "d", GOOD, OTHER)
    work = [(tmp_path / "archive", bureau.source, folder)] * 2
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        landed = pool.map(_deliver, work)
    assert sorted(landed) == [False, True]
    assert bureau.archive.records("penalty").num_rows == 2
    assert bureau.archive.sequence == 1


@pytest.mark.usefixtures("into_tables")
def test_a_delivery_that_fails_half_way_leaves_the_archive_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(GOOD)
    before = bureau.archive.events().table

    def broken(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "publish", broken)
        with pytest.raises(OSError, match="no space"):
            bureau.deliver(OTHER)
    assert bureau.archive.sequence == 1
    assert bureau.archive.events().table.equals(before)
    append = Store.append

    def break_after_one(store: Store, tables: dict, *rest: object) -> None:
        append(store, dict(list(tables.items())[:1]), *rest)
        broken()

    with monkeypatch.context() as patch:
        patch.setattr(Store, "append", break_after_one)
        with pytest.raises(OSError, match="no space"):
            bureau.deliver(OTHER)
    assert bureau.archive.events().table.equals(before)
    bureau.deliver(OTHER)
    assert bureau.archive.records("penalty").num_rows == 2


def test_a_mapping_with_a_typing_error_names_file_and_column(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path, penalty__sql="SELECT _row, cod AS enterprise FROM penalties")
    with pytest.raises(MappingError, match=r"bureau/penalty.sql: the SQL does not run.*cod"):
        bureau.deliver(GOOD)
    assert bureau.archive.sequence == 0


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("", "expected one SELECT statement, found none"),
        ("DROP TABLE penalties", "found DROP"),
        (f"DELETE FROM penalties; {PENALTY}", "found DELETE, SELECT"),
        (PENALTY.replace("_row,", "'2' AS _row,"), "a _row of type string"),
        (PENALTY.replace("_row,", "NULL::INT AS _row,"), "is no row of 'penalties'"),
    ],
)
def test_a_mapping_that_is_no_single_select_of_rows_is_refused(
    tmp_path: Path, sql: str, words: str
) -> None:
    bureau = Bureau(tmp_path, penalty__sql=sql)
    with pytest.raises(MappingError, match=words):
        bureau.deliver(GOOD)
    assert bureau.archive.sequence == 0


def test_a_join_that_multiplies_a_row_into_contradictions_is_named(tmp_path: Path) -> None:
    sql = PENALTY.replace("fine\n", "x AS fine\n").replace(
        "FROM penalties", "FROM penalties CROSS JOIN range(2) AS t(x)"
    )
    bureau = Bureau(tmp_path, penalty__sql=sql)
    assert fates(bureau.deliver(GOOD))["quarantined"] == 1
    assert "the row yields two records of one number" in bureau.faults()[0][1]


def test_two_selects_of_one_kind_that_contradict_each_other_are_found(tmp_path: Path) -> None:
    more = '[[records]]\nkind = "penalty"\nrows = "{}"\nsql = "fine.sql"\n\n[[skip]]'
    bureau = Bureau(tmp_path, source__toml=TOML.replace("[[skip]]", more.format("penalties")))
    doubled = PENALTY.replace("fine\n", "CAST(fine AS DOUBLE) * 2 AS fine\n")
    (bureau.source / "fine.sql").write_text(doubled, encoding="utf-8")
    plain = GOOD.replace(",1.5,", ",,")
    assert fates(bureau.deliver(GOOD, plain.replace("P1", "P2")))["quarantined"] == 1
    assert "the row yields two records of one number" in bureau.faults()[0][1]


def test_two_files_of_one_delivery_that_contradict_each_other_are_found(tmp_path: Path) -> None:
    file = '[files.fines]\npath = "fines.csv"\nreader = "csv"\n\n[[records]]'
    toml = TOML.replace("[[records]]", file, 1).replace(
        "[[skip]]", '[[records]]\nkind = "penalty"\nrows = "fines"\nsql = "fine.sql"\n\n[[skip]]'
    )
    bureau = Bureau(tmp_path, source__toml=toml)
    told = PENALTY.replace("FROM penalties", "FROM fines")
    (bureau.source / "fine.sql").write_text(told, encoding="utf-8")
    folder = delivery(tmp_path / "both", GOOD, GOOD.replace("P1", "P2"))
    rows = (HEADER, GOOD.replace(",1.5,", ",4,"), GOOD.replace("P1", "P2"), "")
    (folder / "fines.csv").write_text("\n".join(rows), encoding="utf-8")
    receipt = bureau.archive.ingest(read_source(bureau.source), folder, RECEIVED)
    counts = {file.file: file.quarantined for file in receipt.delivery.files}
    assert counts == {"penalties": 0, "fines": 1}
    [(row, faults)] = bureau.faults()
    assert (row, "row 2 of penalties has the same number" in faults) == (2, True)
    fines = [each["fine"] for each in bureau.archive.records("penalty").to_pylist()]
    assert fines == [1.5, 1.5]


def test_the_receipt_names_faults_of_rows_that_yield_nothing(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path, penalty__sql=f"{PENALTY} AND fine <> '3'")
    receipt = bureau.deliver(GOOD, OTHER, "too,short")
    assert fates(receipt)["quarantined"] == 2
    assert receipt.delivery.faults == {
        "penalties: 2 fields where the header has 8": 1,
        "penalties: no record came of this row and no [[skip]] names it": 1,
    }


def test_a_select_that_lacks_or_invents_columns_is_refused(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path / "a", penalty__sql="SELECT _row, code AS enterprise FROM penalties")
    with pytest.raises(MappingError, match="does not select 'number'"):
        bureau.deliver(GOOD)
    bureau = Bureau(tmp_path / "b", penalty__sql="SELECT _row, code AS enterprize FROM penalties")
    with pytest.raises(MappingError, match="'enterprize'; did you mean 'enterprise'"):
        bureau.deliver(GOOD)
    bureau = Bureau(tmp_path / "c", penalty__sql="SELECT code AS enterprise FROM penalties")
    with pytest.raises(MappingError, match="must select _row"):
        bureau.deliver(GOOD)


def test_sql_cannot_leave_the_delivery(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    bureau = Bureau(tmp_path, penalty__sql=f"FROM read_csv('{secret}')")
    with pytest.raises(MappingError, match="disabled"):
        bureau.deliver(GOOD)


def test_an_empty_or_missing_delivery_is_an_error(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    with pytest.raises(InvalidError, match="is empty"):
        bureau.deliver()
    (tmp_path / "nothing").mkdir()
    source = read_source(bureau.source)
    with pytest.raises(NotFoundError, match=r"penalties\.csv"):
        bureau.archive.ingest(source, tmp_path / "nothing", RECEIVED)
    with pytest.raises(NotFoundError, match="is no folder"):
        bureau.archive.ingest(source, tmp_path / "nowhere", RECEIVED)


def test_an_unknown_enterprise_is_named_with_what_exists(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(GOOD)
    with pytest.raises(NotFoundError, match=r"'nobody' among 1.*schemes: uscc"):
        bureau.archive.enterprise("nobody")


rows = st.lists(
    st.builds(
        "{},{},{},{},{},{},{},{}".format,
        st.sampled_from([ALPHA, BETA, "", "123"]),
        st.sampled_from(["P1", "P2", ""]),
        st.sampled_from(["2026-01-05", "2026-02-30"]),
        st.sampled_from(["2026-01-20", "2026-01-21", ""]),
        st.sampled_from(["label", ""]),
        st.sampled_from(["fine", "draft", "scolding"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["", "", "withdrawn", "undone"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(first=rows, second=rows)
def test_every_row_has_one_fate_and_every_accepted_record_one_row(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], second: list[str]
) -> None:
    bureau = Bureau(tmp_path_factory.mktemp("bureau"))
    for number, delivered in enumerate((first, second), 1):
        receipt = bureau.deliver(*delivered, at=datetime(2026, 6, number, tzinfo=UTC))
        assert sum(fates(receipt).values()) == len(delivered)
        for fate in ("quarantined", "review"):
            held = bureau.archive.held(fate).to_pylist()
            mine = [h for h in held if h["sequence"] == receipt.delivery.sequence]
            assert len(mine) == fates(receipt)[fate]
    assert bureau.archive.records("penalty").num_rows <= len(first) + len(second)


@pytest.mark.parametrize(
    ("enterprise", "change", "fate"),
    [("NULL", "ended", "review"), ("code", "undone", "quarantined")],
)
def test_a_row_that_is_set_aside_lands_none_of_its_records(
    tmp_path: Path, enterprise: str, change: str, fate: str
) -> None:
    sql = f"""SELECT _row, {enterprise} AS enterprise, document AS number, decided AS occurred,
        published AS known, 'penalty' AS of, '{change}' AS change FROM penalties"""
    bureau = Bureau(tmp_path, lifecycle__sql=sql)
    receipt = bureau.deliver(GOOD)
    assert fates(receipt)[fate] == 1
    assert receipt.delivery.records == {}
    assert bureau.archive.records("penalty").num_rows == 0
    assert bureau.archive.events().table.num_rows == 0
