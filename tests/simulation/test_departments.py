"""Seventy-three departments: what they are said to deliver is what their mappings take in."""

import re
from pathlib import Path

import pandas as pd
import pytest

from xinheng.archive import find_sources, read_source
from xinheng.archive.reading import READERS, read
from xinheng.core import uscc_fault
from xinheng.simulation import Simulation, simulate
from xinheng.simulation.departments import PAPERS
from xinheng.simulation.follow import Followers
from xinheng.simulation.roster import departments, organs

from .conftest import HIDDEN

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "data" / "sources"
SIZE = {"enterprises": 2_500, "producers": 150, "years": 4}
FIRST = [
    "city-registry",
    "city-licensing",
    "city-market",
    "city-testing",
    "city-health",
    "city-complaints",
    "city-court",
    "city-tax",
    "city-social",
    "city-credit",
    "city-certification",
    "city-evaluation",
    "city-platforms",
    "city-selfcheck",
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("departments") / "city", HIDDEN, **SIZE)


def truth(city: Simulation, name: str) -> pd.DataFrame:
    return pd.read_parquet(city.folder / "truth" / f"{name}.parquet")


def delivered(city: Simulation, source: str, name: str) -> pd.DataFrame:
    """Return a file of a department by `_row`, all as text."""
    files = read_source(SOURCES / source).declaration.files.values()
    readers = {file.path: file.as_reader() for file in files}
    table = read(city.folder / "deliveries" / source / name, readers.get(name, READERS["csv"]))
    return table.data.to_pandas().set_index("_row")


def form(file) -> str:
    """Return the format of a file as the list of departments calls it."""
    return "csv-gb18030" if file.encoding == "gb18030" else file.reader


def test_there_are_seventy_three_departments_and_each_has_a_mapping() -> None:
    mapped = {name for name in find_sources(SOURCES) if name.startswith("city-")}
    assert len(departments()) == 73
    assert mapped == set(departments()) == {paper.source for paper in PAPERS}


@pytest.mark.parametrize("source", sorted(departments()))
def test_a_department_is_what_the_list_says(source: str) -> None:
    department, mapping = departments()[source], read_source(SOURCES / source)
    declared = mapping.declaration
    assert declared.department == department.zh
    kinds = dict.fromkeys(records.kind for records in declared.records)
    assert set(kinds) == set(department.kinds)
    assert {form(file) for file in declared.files.values()} == set(department.formats)
    layouts = {Path(records.sql).parent.name for records in declared.records} - {""}
    assert layouts == ({department.like} if department.like else set())


@pytest.mark.parametrize("source", sorted(departments()))
def test_what_is_written_is_what_the_mapping_reads(source: str) -> None:
    papers = {paper.name: paper for paper in PAPERS if paper.source == source}
    for file in read_source(SOURCES / source).declaration.files.values():
        if file.reader == "postgresql":
            name = f"{file.path.partition('.')[2]}.csv"
            assert papers.pop(name).format == "postgresql"
            continue
        paper = papers.pop(file.path)
        assert (paper.format, paper.delimiter) == (form(file), file.delimiter)
    assert not papers


def test_the_documentation_lists_every_department() -> None:
    page = (ROOT / "docs" / "city.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(city-[\w-]+)` \| (.+?) \| (.+?) \| (.+?) \|", page, re.MULTILINE)
    assert len(rows) == len(departments())
    for source, name, kinds, formats in rows:
        department = departments()[source]
        assert name == f"{department.en} {department.zh}"
        assert kinds.split(", ") == list(department.kinds)
        assert formats.split(", ") == list(department.formats)


def test_departments_that_only_watch_change_nothing(
    city: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Followers, "__init__", lambda *_: None)
    monkeypatch.setattr(Followers, "follow", lambda *_: None)
    monkeypatch.setattr(Followers, "conclude", lambda *_: None)
    alone = simulate(tmp_path / "city", HIDDEN, **SIZE)
    compared = 0
    for source in FIRST:
        folder = alone.folder / "deliveries" / source
        for path in folder.iterdir():
            if path.name in {"addresses.csv", "report_figures.csv", "forwarded.csv"}:
                continue
            other = city.folder / "deliveries" / source / path.name
            assert path.read_bytes() == other.read_bytes(), path
            compared += 1
    assert compared == 30
    assert truth(alone, "chances").equals(truth(city, "chances"))


def test_every_department_has_something_to_deliver(city: Simulation) -> None:
    rows = pd.Series(city.rows)
    rows = rows.groupby(rows.index.str.partition("/").get_level_values(0)).sum()
    silent = set(rows.index[rows == 0])
    assert len(silent) <= 6, silent
    assert set(city.delivering) == set(city.sources) - silent - set(city.databases)
    assert rows[rows.index.isin(FIRST)].sum() > 0.8 * rows.sum()


def test_a_row_without_a_code_has_its_true_one_in_the_truth_and_nowhere_else(
    city: Simulation,
) -> None:
    links = truth(city, "links")
    assert links["code"].map(uscc_fault).isna().all()
    assert set(links["source"]) <= {
        name for name, each in departments().items() if each.names != "code"
    }
    assert len(set(links["source"])) > 15
    for (source, name), rows in links.groupby(["source", "file"]):
        table = delivered(city, source, name)
        assert rows["row"].is_unique
        told = table.loc[rows["row"]]
        column = next((p.code for p in PAPERS if (p.source, p.name) == (source, name)), "")
        if column in told:
            assert told[column].isna().all()
            never = departments()[str(source)].names == "none"
            assert never or len(rows) < 0.7 * len(table) + 3
        assert not (told == rows["code"].to_numpy()[:, None]).any().any()


def test_names_are_written_with_mistakes_and_are_mostly_right(city: Simulation) -> None:
    links = truth(city, "links")
    register = delivered(city, "city-registry", "register.csv").drop_duplicates("统一社会信用代码")
    names = register.set_index("统一社会信用代码")["名称"]
    of = links[links["source"] == "city-exam"]
    told = delivered(city, "city-exam", "exams.csv").loc[of["row"], "单位名称"].to_numpy()
    right = told == names.reindex(of["code"]).to_numpy()
    assert 0.3 < right.mean() < 0.7
    said = delivered(city, "city-opinion-press", "opinions.csv")["涉及企业"].dropna()
    assert said.str.startswith("信衡市").mean() < 0.4
    assert pd.Series(told).isna().mean() < 0.08


def test_what_is_passed_on_is_what_another_department_issued(city: Simulation) -> None:
    seen = truth(city, "witnesses")
    assert set(seen["relay"]) == {"city-credit", "city-12315", "city-procuratorate"}
    numbers = {
        "city-market": ("penalties.csv", "决定书文号"),
        "city-complaints": ("calls.jsonl", "工单号"),
        "city-casework": ("cases.csv", "案号"),
    }
    issuers = {organ.source for organ in organs()} | set(numbers)
    assert set(seen["issuer"]) <= issuers
    for issuer, rows in seen.groupby("issuer"):
        paper = next(p for p in PAPERS if p.source == issuer)
        name, column = numbers.get(issuer, (paper.name, "CF_WSH"))
        issued = set(delivered(city, str(issuer), name)[column])
        assert set(rows["number"]) <= issued, issuer
    assert not seen.duplicated().any()
    assert (seen.groupby("relay").size() > [20, 100, 0]).all()


def test_who_relays_says_so_and_nobody_else() -> None:
    relays = {
        name
        for name in departments()
        if any(records.relay for records in read_source(SOURCES / name).declaration.records)
    }
    assert relays == {paper.source for paper in PAPERS if paper.record}


def test_a_table_of_a_server_comes_with_what_loads_it(city: Simulation) -> None:
    assert city.databases == ("city-enforcement",)
    folder = city.folder / "deliveries" / "city-enforcement"
    script = (folder / "load.sql").read_text(encoding="utf-8")
    table = delivered(city, "city-enforcement", "judgments.csv")
    columns = re.findall(r'^ {4}"(.+)" (.+?)(?: PRIMARY KEY)?,?$', script, re.MULTILINE)
    assert [name for name, _ in columns] == list(table.columns)
    assert dict(columns)["立案日期"] == "date"
    assert "\\copy enforcement.judgments FROM 'judgments.csv'" in script
    assert table["序号"].astype(int).tolist() == list(range(1, len(table) + 1))
    (file,) = read_source(SOURCES / "city-enforcement").declaration.files.values()
    assert (file.path, file.order) == ("enforcement.judgments", ["序号"])
