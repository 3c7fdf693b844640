"""The simulated city: the same seed the same bytes, a hard truth, and that truth kept apart."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from xinheng.archive import read, read_source
from xinheng.core import licence_fault, uscc_fault
from xinheng.core.errors import InvalidError
from xinheng.simulation import Simulation, simulate
from xinheng.simulation.codes import REGION

SOURCES = Path(__file__).parents[2] / "data" / "sources"
CODES = ("统一社会信用代码", "被诉主体代码", "组织代码", "CF_XDR_SHXYM")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("city") / "city", 5, enterprises=200, years=2)


def tables(city: Simulation) -> dict[str, pd.DataFrame]:
    found = {}
    for name in city.sources:
        folder = city.folder / "deliveries" / name
        for file in read_source(SOURCES / name).declaration.files.values():
            table = read(folder / file.path, file.as_reader()).table
            found[f"{name}/{file.path}"] = table.to_pandas()
    return found


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    city: Simulation, tmp_path: Path
) -> None:
    again = simulate(tmp_path / "again", 5, enterprises=200, years=2)
    other = simulate(tmp_path / "other", 6, enterprises=200, years=2)
    assert digests(again.folder) == digests(city.folder)
    shared = set(digests(other.folder).values()) & set(digests(city.folder).values())
    assert not shared
    assert again.bayes_auc == city.bayes_auc


def test_every_code_has_right_check_characters_unless_it_was_broken(city: Simulation) -> None:
    broken = pd.read_parquet(city.folder / "broken.parquet")
    mistyped = broken[broken["fault"] == "check character"]
    wrong, seen = 0, 0
    for table in tables(city).values():
        for column in set(CODES) & set(table.columns):
            codes = table[column].dropna()
            seen += len(codes)
            wrong += sum(uscc_fault(code) is not None for code in codes)
            assert codes.str[2:8].eq(REGION).all()
    assert wrong == len(mistyped) > 0
    assert seen > 2_000
    licences = tables(city)["sample-market/licences.csv"]["许可证编号"]
    numbers = [number for number in licences if number.startswith("SC")]
    assert numbers
    assert {licence_fault(number) for number in numbers} == {None}


def test_the_hidden_truth_is_in_no_delivered_file(city: Simulation) -> None:
    truth = pd.read_parquet(city.folder / "truth.parquet")
    hidden = {
        repr(value) for name in ("probability", "found") for value in truth[name].tolist()
    } | {f"{value:.4f}" for value in truth["probability"]}
    assert len(hidden) > len(truth)
    for name, table in tables(city).items():
        delivered = {str(value) for column in table for value in table[column].dropna()}
        assert not hidden & delivered, name
        assert not {"probability", "found", "quality"} & set(table.columns)
    assert not list((city.folder / "deliveries").rglob("truth*"))


def test_the_truth_is_told_for_every_inspection_with_a_result_that_was_delivered(
    city: Simulation,
) -> None:
    truth = pd.read_parquet(city.folder / "truth.parquet")
    table = tables(city)["sample-market/inspections.csv"]
    inspected = table[table["关键项不符合数"].notna() & (table["状态"] == "已提交")]
    assert set(truth["number"]) == set(inspected["检查编号"])
    assert truth["number"].is_unique
    counted = inspected.drop_duplicates("检查编号").set_index("检查编号")["关键项不符合数"]
    found = truth.set_index("number")["violation"].reindex(counted.index)
    assert (found == counted.astype(float).gt(0)).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_city_is_neither_too_easy_nor_hopeless(tmp_path: Path, seed: int) -> None:
    city = simulate(tmp_path / "city", seed, enterprises=300, years=3)
    assert 0.65 <= city.bayes_auc <= 0.80
    assert 0.12 <= city.base_rate <= 0.28
    assert 3.3 <= city.routine / 300 <= 4.3


def test_nothing_is_delivered_before_it_was_known(city: Simulation) -> None:
    names = {
        "inspections.csv": ("检查日期", "录入日期"),
        "rectifications.csv": ("责令日期", "录入日期"),
        "complaints.jsonl": ("来电日期", "登记日期"),
        "licences.csv": ("有效期自", "录入日期"),
    }
    late = 0
    for name, (happened, entered) in names.items():
        [table] = [table for path, table in tables(city).items() if path.endswith(f"/{name}")]
        days = [pd.to_datetime(table[column], errors="coerce") for column in (happened, entered)]
        assert (days[1] >= days[0])[days[0].notna()].all(), name
        assert days[1].max() < pd.Timestamp("2024-01-01"), name
        late += int((days[1] - days[0] > pd.Timedelta(days=29)).sum())
    assert late > 10


def test_rows_come_twice_and_are_corrected(city: Simulation) -> None:
    table = tables(city)["sample-market/inspections.csv"].drop(columns="_row")
    assert table.duplicated().any()
    again = table[~table.duplicated() & (table["状态"] == "已提交")]
    corrected = again[again["检查编号"].duplicated(keep=False)]
    assert len(corrected) > 0
    assert corrected.groupby("检查编号")["录入日期"].nunique().gt(1).all()


def test_a_folder_with_anything_in_it_is_refused(city: Simulation) -> None:
    with pytest.raises(InvalidError, match="is not empty"):
        simulate(city.folder, 1, enterprises=50)


@pytest.mark.parametrize(
    "wrong", [{"enterprises": 3}, {"enterprises": 50, "years": 0}, {"seed": -1}]
)
def test_what_cannot_be_simulated_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidError, match="cannot simulate"):
        simulate(tmp_path / "city", wrong.pop("seed", 0), **wrong)
