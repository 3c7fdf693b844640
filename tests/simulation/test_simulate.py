"""The simulated city: the same seed the same bytes, a hard truth, and that truth kept apart."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.archive import read, read_source
from xinheng.archive.reading import READERS
from xinheng.core import licence_fault, uscc_fault
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.simulation import Simulation, simulate
from xinheng.simulation.departments import PAPERS
from xinheng.simulation.identifiers import REGION
from xinheng.simulation.parts import parts_of

from .conftest import HIDDEN

SOURCES = Path(__file__).parents[2] / "data" / "sources"
SIZE = {"enterprises": 600, "producers": 60, "years": 3}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("city") / "city", 5, **SIZE)


@pytest.fixture(scope="module")
def tables(city: Simulation) -> dict[str, pd.DataFrame]:
    found = {}
    for name in city.sources:
        folder = city.folder / "deliveries" / name
        for file in read_source(SOURCES / name).declaration.files.values():
            path = folder / file.path
            reader = file.as_reader()
            if name in city.databases:
                path, reader = folder / f"{file.path.partition('.')[2]}.csv", READERS["csv"]
            if city.rows[f"{name}/{path.name}"] or file.reader != "json-lines":
                found[f"{name}/{path.name}"] = read(path, reader).data.to_pandas()
    return found


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truth(city: Simulation, name: str) -> pd.DataFrame:
    return pd.read_parquet(city.folder / "truth" / f"{name}.parquet")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    city: Simulation, tmp_path: Path
) -> None:
    again = simulate(tmp_path / "again", 5, **SIZE)
    other = simulate(tmp_path / "other", 6, **SIZE)
    assert digests(again.folder) == digests(city.folder)
    full = {f"deliveries/{name}" for name, rows in other.rows.items() if rows}
    one, two = digests(other.folder), digests(city.folder)
    assert not {one[name] for name in full} & set(two.values())
    assert again.bayes_auc == city.bayes_auc


@pytest.mark.slow
def test_a_city_in_parts_is_the_same_in_one_process_as_in_two(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("xinheng.simulation.parts.MOST", 250)
    short = SIZE | {"years": 2}
    one = simulate(tmp_path / "one", 5, **short, processes=1)
    two = simulate(tmp_path / "two", 5, **short, processes=2)
    assert digests(one.folder) == digests(two.folder)
    register = pd.read_csv(
        one.folder / "deliveries/city-registry/register.csv", encoding="gb18030", dtype=str
    )
    codes = register["统一社会信用代码"]
    assert 0.99 < codes[codes.map(uscc_fault).isna()].nunique() / SIZE["enterprises"] <= 1
    assert register.groupby("名称")["统一社会信用代码"].first().is_unique
    held = pd.read_csv(one.folder / "deliveries/city-licensing/licences.csv", dtype=str)
    owners = held[held["统一社会信用代码"].map(uscc_fault).isna()].groupby("许可证编号")
    assert owners["统一社会信用代码"].nunique().max() == 1
    calls = pd.read_json(one.folder / "deliveries/city-complaints/calls.jsonl", lines=True)
    assert calls["工单号"].nunique() > 0.99 * len(calls)


def test_seventy_three_departments_deliver_in_six_formats(city: Simulation) -> None:
    assert len(city.sources) == 73
    assert {paper.format for paper in PAPERS} == {
        "csv",
        "csv-gb18030",
        "excel",
        "json-lines",
        "parquet",
        "postgresql",
    }
    assert sorted(p.name for p in (city.folder / "deliveries").iterdir()) == sorted(city.sources)
    assert all((SOURCES / name / "source.toml").exists() for name in city.sources)


def test_the_rows_are_as_many_as_it_says(city: Simulation, tables: dict[str, pd.DataFrame]) -> None:
    told = {name: len(table) for name, table in tables.items()}
    assert told == {name: rows for name, rows in city.rows.items() if rows or name in told}


def test_every_code_has_right_check_characters_unless_it_was_broken(
    city: Simulation, tables: dict[str, pd.DataFrame]
) -> None:
    broken = truth(city, "broken")
    mistyped = broken[broken["fault"] == "check character"]
    wrong = 0
    for paper in PAPERS:
        if paper.code in tables.get(f"{paper.source}/{paper.name}", ()):
            codes = tables[f"{paper.source}/{paper.name}"][paper.code].dropna()
            wrong += sum(uscc_fault(code) is not None for code in codes)
            assert codes.str[2:8].eq(REGION).all()
    assert wrong == len(mistyped) > 14
    licences = tables["city-licensing/licences.csv"]["许可证编号"]
    numbers = [number for number in licences if number.startswith("SC")]
    assert numbers
    assert {licence_fault(number) for number in numbers} == {None}


def test_the_hidden_truth_is_in_no_delivered_file(
    city: Simulation, tables: dict[str, pd.DataFrame]
) -> None:
    seen, chances = truth(city, "inspections"), truth(city, "chances")
    values = [*seen["probability"], *seen["found"]]
    values += [*chances["probability"], *chances["if_checked"]]
    hidden = {repr(value) for value in values} | {f"{value:.5f}" for value in values}
    for name, table in tables.items():
        assert not {"probability", "found", "if_checked", "quality"} & set(table.columns)
        for column in table.columns.drop(["_row", "经度", "纬度"], errors="ignore"):
            assert not hidden & set(table[column].dropna().astype(str)), (name, column)
    assert not list((city.folder / "deliveries").rglob("truth*"))


def test_the_truth_is_told_for_every_inspection_with_a_result_that_was_delivered(
    city: Simulation, tables: dict[str, pd.DataFrame]
) -> None:
    seen = truth(city, "inspections")
    table = tables["city-market/inspections.csv"]
    inspected = table[table["关键项不符合数"].notna() & (table["状态"] == "已提交")]
    assert set(seen["number"]) == set(inspected["检查编号"])
    assert seen["number"].is_unique
    counted = inspected.drop_duplicates("检查编号").set_index("检查编号")["关键项不符合数"]
    found = seen.set_index("number")["violation"].reindex(counted.index)
    assert (found == counted.astype(float).gt(0)).all()


def test_the_year_ahead_is_told_for_who_is_registered(
    city: Simulation, tables: dict[str, pd.DataFrame]
) -> None:
    chances = truth(city, "chances")
    assert set(chances["as_of"].astype(str)) == {city.as_of} == {"2021-10-01"}
    assert chances["enterprise"].is_unique
    register = tables["city-registry/register.csv"]
    strangers = ~chances["enterprise"].isin(register["统一社会信用代码"])
    assert strangers.mean() < 0.01  # whose only row in the register was broken
    assert city.chance == pytest.approx(chances["probability"].mean())
    assert city.if_checked == pytest.approx(chances["if_checked"].mean())


@pytest.mark.parametrize("laws", ["standard", "contrary"])
@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.slow), HIDDEN])
def test_the_city_is_neither_too_easy_nor_hopeless(tmp_path: Path, seed: int, laws: str) -> None:
    city = simulate(tmp_path / "city", seed, enterprises=6_000, producers=300, years=3, laws=laws)
    assert 0.65 <= city.bayes_auc <= 0.80
    assert 0.65 <= city.bayes_auc_year <= 0.80
    assert 0.65 <= city.bayes_auc_checked <= 0.80
    assert city.chance < city.if_checked < 0.3
    assert 0.08 <= city.base_rate <= 0.28


@pytest.mark.slow
def test_a_city_grows_by_the_mix_of_shenzhen(tmp_path: Path) -> None:
    city = simulate(tmp_path / "city", HIDDEN, enterprises=10_000, years=2)
    register = pd.read_csv(
        city.folder / "deliveries/city-registry/register.csv", encoding="gb18030", dtype=str
    ).drop_duplicates("统一社会信用代码")
    shares = register["监管类别"].value_counts(normalize=True)
    assert shares["食品生产者"] * len(register) == pytest.approx(2, abs=1)
    assert 0.08 < shares["食品经营者"] < 0.10


def test_nothing_is_delivered_before_it_was_known(tables: dict[str, pd.DataFrame]) -> None:
    names = {
        "inspections.csv": ("检查日期", "录入日期"),
        "rectifications.csv": ("责令日期", "录入日期"),
        "calls.jsonl": ("来电日期", "登记日期"),
        "licences.csv": ("有效期自", "录入日期"),
        "insured.parquet": ("费款所属期", "核定日期"),
    }
    late = 0
    for name, (happened, entered) in names.items():
        [table] = [table for path, table in tables.items() if path.endswith(f"/{name}")]
        days = [pd.to_datetime(table[column], errors="coerce", format="mixed")
                for column in (happened, entered)]  # fmt: skip
        assert (days[1] >= days[0])[days[0].notna()].all(), name
        assert days[1].max() < pd.Timestamp("2023-01-01"), name
        late += int((days[1] - days[0] > pd.Timedelta(days=60)).sum())
    assert late > 10


def test_rows_come_twice_and_are_corrected(tables: dict[str, pd.DataFrame]) -> None:
    table = tables["city-market/inspections.csv"].drop(columns="_row")
    assert table.duplicated().any()
    again = table[~table.duplicated() & (table["状态"] == "已提交")]
    corrected = again[again["检查编号"].duplicated(keep=False)]
    assert len(corrected) > 0
    assert corrected.groupby("检查编号")["录入日期"].nunique().gt(1).all()


def test_outbreaks_are_told_by_name_and_day(city: Simulation) -> None:
    table = truth(city, "outbreaks")
    assert len(table)
    assert (pd.to_datetime(table["first"]) < pd.to_datetime(table["peak"])).any()
    assert table["product"].map(type).eq(str).all()


def test_a_folder_with_anything_in_it_is_refused(city: Simulation) -> None:
    with pytest.raises(InvalidError, match="is not empty"):
        simulate(city.folder, 1, enterprises=100)


@pytest.mark.parametrize(
    "wrong",
    [{"enterprises": 3}, {"enterprises": 200, "years": 1}, {"seed": -1}, {"producers": 30_000}],
)
def test_what_cannot_be_simulated_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidError, match="cannot simulate"):
        simulate(tmp_path / "city", wrong.pop("seed", 0), **wrong)


def test_laws_that_there_are_not_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="standard"):
        simulate(tmp_path / "city", 0, laws="standart")
    assert not (tmp_path / "city").exists()


def test_parts_cover_the_city() -> None:
    parts = parts_of(1_000_001, 333)
    assert sum(part.count for part in parts) == 1_000_001
    assert sum(part.producers for part in parts) == 333
    firsts = np.cumsum([0, *(part.count for part in parts)])[:-1]
    assert [part.first for part in parts] == firsts.tolist()
