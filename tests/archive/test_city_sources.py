"""The departments of the simulated city enter the archive by mappings alone."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from xinheng.archive import KINDS, Archive, Receipt, find_sources, read_source
from xinheng.simulation import Simulation, simulate

SOURCES = Path(__file__).parents[2] / "data" / "sources"
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
MARKET, CREDIT, REGISTRY = "city-market", "city-credit", "city-registry"
ENDING = {
    "alert",
    "certificate",
    "encumbrance",
    "filing",
    "licence",
    "list_entry",
    "opinion",
    "penalty",
    "product",
    "recall",
    "rectification",
    "relation",
}
WHO, OTHER = "91440399MA0000410N", "91440399MA0000568A"
DECISION = "信市监罚〔2024〕000000001号"
FINED = {
    "决定书文号": DECISION,
    "案号": "LA000000001",
    "统一社会信用代码": WHO,
    "违法行为类型": "标签不符合规定",
    "食品安全案件": "是",
    "处罚种类": "没收违法所得",
    "罚款金额(元)": "12300",
    "没收金额(元)": "812.37",
    "决定日期": "2024/3/5",
    "公示日期": "2024/3/9",
}
PUBLISHED = {
    "CF_WSH": DECISION,
    "CF_AH": "LA000000001",
    "CF_XDR_SHXYM": WHO,
    "CF_WFXW": "标签不符合规定",
    "CF_YJ": "《中华人民共和国食品安全法》",
    "CF_CFLB": "没收违法所得",
    "CF_NR_FK": "1.23",
    "CF_NR_WFFF": "0.081237",
    "CF_JDRQ": "2024-03-05",
    "CF_GSRQ": "2024-03-09",
    "CF_CFJG": "信衡市市场监督管理局",
}
TIE = {
    "关系编号": "GX000000001",
    "统一社会信用代码": WHO,
    "关联方代码": OTHER,
    "关系": "供货",
    "起始日期": "20230105",
    "登记日期": "20230109",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    folder = tmp_path_factory.mktemp("city") / "city"
    return simulate(folder, 7, enterprises=1000, producers=200, years=5)


@pytest.fixture(scope="module")
def landed(
    city: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Archive, dict[str, Receipt]]:
    archive = Archive(tmp_path_factory.mktemp("city") / "archive")
    return archive, {
        name: take(archive, name, city.folder / "deliveries" / name) for name in city.delivering
    }


def rows(city: Simulation, source: str) -> dict[str, int]:
    """Return how many rows each file of a department has, by its name."""
    return {name: count for name, count in city.rows.items() if name.partition("/")[0] == source}


def take(archive: Archive, name: str, folder: Path) -> Receipt:
    return archive.ingest(read_source(SOURCES / name), folder, RECEIVED)


def delivery(
    city: Simulation, folder: Path, name: str, file: str, rows: Sequence[dict[str, str]]
) -> Path:
    """Write a department's delivery with these rows in one file, and no row in its others."""
    folder /= name
    folder.mkdir(parents=True)
    declared = read_source(SOURCES / name).declaration.files.values()
    for each in declared:
        path = city.folder / "deliveries" / name / each.path
        if each.reader == "csv":
            content = path.read_bytes()
            (folder / each.path).write_bytes(content[: content.index(b"\n") + 1])
        else:
            shutil.copy(path, folder)
    (mine,) = (each for each in declared if each.path == file)
    header = (folder / file).read_text(encoding=mine.encoding).strip().lstrip("\ufeff")
    assert {column for row in rows for column in row} <= set(header.split(mine.delimiter))
    with (folder / file).open("a", encoding=mine.encoding) as stream:
        for row in rows:
            texts = [row.get(column, "") for column in header.split(mine.delimiter)]
            stream.write(mine.delimiter.join(texts) + "\n")
    return folder


def truth(city: Simulation, name: str) -> pd.DataFrame:
    return pd.read_parquet(city.folder / "truth" / f"{name}.parquet")


def counted(receipt: Receipt, path: str) -> tuple[int, int, int]:
    """Return how many rows of a file were accepted, known before, and set aside."""
    (file,) = (each for each in receipt.delivery.files if each.path == path)
    return file.accepted, file.duplicate, file.quarantined


def told(archive: Archive) -> pd.DataFrame:
    """Return what stands of penalties, whoever told it first: an issuer's word, if there is one."""
    columns = [field.name for field in KINDS["penalty"].columns]
    penalties = archive.records("penalty").to_pandas()
    relayed = penalties["precedence"] < penalties["known_day"]
    issued = set(penalties.loc[~relayed, "record"])
    penalties = penalties[~(relayed & penalties["record"].isin(issued))]
    ordered: pd.DataFrame = penalties.sort_values(["enterprise", "number", "precedence"])
    return ordered[[*columns, "available"]].reset_index(drop=True)


def test_there_is_a_mapping_for_each_department_that_delivers(city: Simulation) -> None:
    mapped = {name for name in find_sources(SOURCES) if name.startswith("city-")}
    assert mapped == set(city.sources)
    assert {path.name for path in (city.folder / "deliveries").iterdir()} == mapped
    assert len(mapped) == 73


def test_counts_add_up_over_every_file(
    city: Simulation, landed: tuple[Archive, dict[str, Receipt]]
) -> None:
    files = {
        f"{name}/{file.path}": file
        for name, receipt in landed[1].items()
        for file in receipt.delivery.files
    }
    assert files.keys() == {name for each in city.delivering for name in rows(city, each)}
    for name, file in files.items():
        fates = file.accepted + file.duplicate + file.quarantined + file.review
        assert file.rows == city.rows[name], name
        assert file.rows == fates + sum(file.skipped.values()), name
    assert sum(file.duplicate for file in files.values()) > 0
    served = truth(city, "broken")["source"].isin(city.databases).sum()
    assert sum(file.quarantined for file in files.values()) == city.broken - served


def test_drafts_are_left_out(city: Simulation, landed: tuple[Archive, dict[str, Receipt]]) -> None:
    path = city.folder / "deliveries" / MARKET / "inspections.csv"
    drafts = (pd.read_csv(path, dtype=str)["状态"] == "草稿").sum()
    (file,) = (f for f in landed[1][MARKET].delivery.files if f.path == path.name)
    assert file.skipped == {"a draft that was not handed in": drafts}
    assert drafts > 0


def test_quarantined_rows_are_exactly_those_that_were_broken(
    city: Simulation, landed: tuple[Archive, dict[str, Receipt]]
) -> None:
    archive, receipts = landed
    paths = {
        (receipt.delivery.sequence, file.file): (name, file.path)
        for name, receipt in receipts.items()
        for file in receipt.delivery.files
    }
    words = {"check character": "check character", "impossible date": "expected a date"}
    words["unknown code"] = "there is no"
    held = {
        (*paths[row["sequence"], row["file"]], row["row"]): row["faults"]
        for row in archive.held("quarantined").to_pylist()
    }
    broken = truth(city, "broken")
    broken = broken[~broken["source"].isin(city.databases)]
    assert set(held) == set(broken[["source", "file", "row"]].itertuples(index=False, name=None))
    for source, file, row, fault in broken.to_numpy():
        assert words[fault] in held[source, file, row], (source, file, row)


def test_every_kind_of_record_occurs(landed: tuple[Archive, dict[str, Receipt]]) -> None:
    assert [kind for kind in KINDS if not landed[0].records(kind).num_rows] == []


def test_ends_withdrawals_and_repairs_land_and_find_their_records(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    archive = landed[0]
    lifecycle = archive.records("lifecycle").to_pandas()
    assert set(lifecycle["of"]) - {"random_check"} == ENDING
    repaired = lifecycle["sequence"] == landed[1]["city-repair"].delivery.sequence
    for kind, later in lifecycle[~repaired].groupby("of"):
        records = set(archive.records(str(kind))["record"].to_pylist())
        assert set(later["about"]) <= records, kind
    penalties = set(archive.records("penalty")["record"].to_pylist())
    found = lifecycle[repaired]["about"].isin(penalties)
    assert found.mean() > 0.8  # the others' decisions are broken, or wait for their enterprise


def test_each_day_in_a_decision_is_something_that_happened_to_it(
    city: Simulation, tmp_path: Path
) -> None:
    days = {"履行日期": "2024/3/20", "撤销日期": "2024/5/6", "恢复日期": "2024/7/8"}
    rows = [FINED, FINED | days | {"决定书文号": "2", "修复日期": "2025/4/1"}]
    folder = delivery(city, tmp_path, MARKET, "penalties.csv", rows)
    archive = Archive(tmp_path / "archive")
    take(archive, MARKET, folder)
    later = archive.records("lifecycle").to_pandas().query("of == 'penalty'")
    happened = later.sort_values("occurred").set_index("change")["occurred"].astype(str)
    assert happened.to_dict() == {
        "ended": "2024-03-20",
        "withdrawn": "2024-05-06",
        "reinstated": "2024-07-08",
        "repaired": "2025-04-01",
    }


def test_a_licence_of_several_categories_is_a_record_for_each(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    licences = landed[0].records("licence").to_pandas()
    made = licences[licences["type"] == "production"]
    assert made["category"].str.fullmatch(r"\d{4}").all()
    assert licences.loc[licences["type"] == "operation", "category"].isna().all()
    assert made.groupby(["licence", "occurred"]).size().max() > 1


def test_how_a_visit_was_chosen_follows_from_its_purpose(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    visits = landed[0].records("inspection").to_pandas()
    assert dict(visits[["purpose", "selection"]].drop_duplicates().to_numpy()) == {
        "routine": "daily",
        "random_general": "random_general",
        "random_key": "random_key",
        "reinspection": "lead",
        "complaint": "lead",
    }


def test_what_falls_due_is_called_by_its_period(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    forms = {
        "annual_report": r"20\d\d",
        "insurance": r"20\d\d-[01]\d",
        "platform": r"20\d\d-[01]\d/(平台.|团购)",
        "self_control": r"20\d\d-[01]\d",
        "tax_rating": r"20\d\d",
        "tax_return": r"20\d\dQ[1-4]",
    }
    for kind, form in forms.items():
        records = landed[0].records(kind).to_pandas()
        assert records["number"].str.fullmatch(form).all(), kind
        assert not records.duplicated(["enterprise", "number"]).any(), kind
    for kind in ("self_control", "tax_return"):
        records = landed[0].records(kind).to_pandas()
        assert (records["occurred"] == records["due"]).all(), kind


def test_money_is_in_ten_thousands_of_yuan_whatever_the_department_counts_in(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    fines = landed[0].records("penalty").to_pandas().query("fine > 0")
    medians = fines.groupby("organ")["fine"].median()
    assert 0.1 < medians["market"] < 3
    assert 0.1 < medians["other"] < 3


def test_a_corrected_visit_has_a_later_version(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    visits = landed[0].records("inspection").to_pandas()
    first, second = (visits[visits["version"] == version] for version in (0, 1))
    both = second.merge(first, on="record", suffixes=("", "_first"))
    assert len(both) > 5
    assert (both["minor"] == 2 * both["minor_first"]).all()
    assert (both["available"] > both["available_first"]).all()


@pytest.fixture(scope="module", params=[(MARKET, CREDIT), (CREDIT, MARKET)], ids=" first, ".join)
def twice(
    request: pytest.FixtureRequest, city: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Archive, Receipt]:
    archive = Archive(tmp_path_factory.mktemp("twice"))
    for name in request.param:
        receipt = take(archive, name, city.folder / "deliveries" / name)
    return archive, receipt


def test_a_decision_that_two_departments_deliver_is_one_record_in_either_order(
    twice: tuple[Archive, Receipt], landed: tuple[Archive, dict[str, Receipt]], city: Simulation
) -> None:
    archive, receipt = twice
    market, credit = (
        set(pd.read_csv(city.folder / "deliveries" / name / "penalties.csv", dtype=str)[column])
        for name, column in ((MARKET, "决定书文号"), (CREDIT, "CF_WSH"))
    )
    whole, both = (
        decisions[decisions["number"].isin(market)].reset_index(drop=True)
        for decisions in (told(landed[0]), told(archive))
    )
    assert 0 <= len(market) - both["number"].nunique() <= 6  # broken, unless the other tells it
    witnesses = sum(delivery.witnesses.get("penalty", 0) for delivery in archive.deliveries())
    if receipt.delivery.source == CREDIT:
        assert counted(receipt, "penalties.csv")[1] > 0.5 * len(market & credit)
        assert witnesses > 0.5 * len(market & credit)
    pd.testing.assert_frame_equal(both, whole)


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [(MARKET, CREDIT, [(2, 0), (0, 1)]), (CREDIT, MARKET, [(1, 0), (2, 0)])],
)
def test_the_regulators_correction_stands_whoever_delivers_first(
    first: str, second: str, counts: list[tuple[int, int]], city: Simulation, tmp_path: Path
) -> None:
    corrected = FINED | {"罚款金额(元)": "6150", "公示日期": "2024/4/2"}
    folders = {
        MARKET: delivery(city, tmp_path, MARKET, "penalties.csv", [FINED, corrected]),
        CREDIT: delivery(city, tmp_path, CREDIT, "penalties.csv", [PUBLISHED]),
    }
    archive = Archive(tmp_path / "archive")
    receipts = [take(archive, name, folders[name]) for name in (first, second)]
    assert [counted(receipt, "penalties.csv")[:2] for receipt in receipts] == counts
    versions = told(archive)
    assert versions["fine"].tolist() == [1.23, 0.615]
    assert versions["confiscated"].tolist() == [0.081237, 0.081237]


@pytest.mark.parametrize(
    ("name", "file", "row", "columns"),
    [
        (
            MARKET,
            "penalties.csv",
            FINED,
            ["违法行为类型", "食品安全案件", "处罚种类", "罚款金额(元)"],
        ),
        (CREDIT, "penalties.csv", PUBLISHED, ["CF_WFXW", "CF_YJ", "CF_CFLB", "CF_CFJG"]),
        (REGISTRY, "relations.csv", TIE, ["关系", "持股比例", "终止日期"]),
    ],
)
def test_a_word_that_nobody_knows_is_set_aside(
    name: str, file: str, row: dict[str, str], columns: list[str], city: Simulation, tmp_path: Path
) -> None:
    rows = [row, *(row | {column: "其他情形"} for column in columns)]
    folder = delivery(city, tmp_path, name, file, rows)
    archive = Archive(tmp_path / "archive")
    assert counted(take(archive, name, folder), file) == (1, 0, len(columns))
    held = archive.held("quarantined").to_pandas().query("file == @file[:-4]")
    assert held["row"].tolist() == list(range(3, 3 + len(columns)))
    assert held["faults"].str.contains("其他情形").all()


def test_a_tie_to_a_code_that_is_none_is_set_aside(city: Simulation, tmp_path: Path) -> None:
    wrong = ["91440399MA0000568B", "91440399MA000056A", "信衡", ""]
    rows = [
        TIE,
        *(TIE | {"关系编号": f"GX{n}", "关联方代码": code} for n, code in enumerate(wrong)),
    ]
    folder = delivery(city, tmp_path, REGISTRY, "relations.csv", rows)
    archive = Archive(tmp_path / "archive")
    assert counted(take(archive, REGISTRY, folder), "relations.csv") == (1, 0, len(wrong))
    assert archive.records("relation")["other"].to_pylist() == [OTHER]


def test_a_complaint_is_found_true_only_from_the_day_it_was_closed(
    city: Simulation, landed: tuple[Archive, dict[str, Receipt]]
) -> None:
    calls = landed[0].records("complaint").to_pandas()
    calls = calls[calls["sequence"] == landed[1]["city-complaints"].delivery.sequence]
    closed = calls[calls["version"] == 1]
    assert len(closed) > 100
    assert closed["verified"].notna().all()
    first = calls[calls["version"] == 0].set_index("record")
    assert first.loc[closed["record"], "verified"].isna().all()
    assert (closed["available"].to_numpy() > first.loc[closed["record"], "available"]).all()
    path = city.folder / "deliveries" / "city-complaints" / "calls.jsonl"
    days = pd.read_json(path, lines=True).set_index("工单号")
    late = days.index[days["办结日期"] <= days["登记日期"]]
    answered = first[first["number"].isin(late)]
    assert answered["verified"].notna().all()
    assert not closed["number"].isin(late).any()


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("complaint", "food", {True, False}),
        ("licence_event", "type", {"production", "operation"}),
        ("opinion", "polarity", {"negative", "neutral", "positive"}),
    ],
)
def test_what_tells_records_apart_arrives(
    landed: tuple[Archive, dict[str, Receipt]], kind: str, field: str, words: set[object]
) -> None:
    assert set(landed[0].records(kind)[field].to_pylist()) == words


def test_fines_of_every_organ_have_a_last_day_to_pay(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    penalties = told(landed[0])
    money = penalties["penalty_kind"].isin(["fine", "confiscation"])
    issued = penalties[~penalties["due"].isna() | (penalties["organ"] == "market")]
    assert set(issued["organ"]) == {"market", "other"}
    assert issued["due"].notna().eq(money[issued.index]).all()


def test_complaints_about_places_have_a_place_and_no_enterprise(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    places = landed[0].places()
    assert places.num_rows > 50
    assert set(places["kind"].to_pylist()) == {"complaint"}
