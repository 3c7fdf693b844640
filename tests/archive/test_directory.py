"""The directory: what the archive says of everybody now, and by what they are found."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xinheng.archive import Archive
from xinheng.archive.directory import Directory, folded
from xinheng.archive.directory.writing import write
from xinheng.core.identifiers import uscc_check_character

from .department import ALPHA, BETA, Bureau

TOML = """
title = "Register of a made-up city"
department = "registrar"
scheme = "uscc"

[clocks]
backfill = "trusted"

[files.told]
path = "penalties.csv"
reader = "csv"
"""
COMMON = "SELECT _row, code AS enterprise, number, day AS occurred, day AS known"
SQL = {
    "enterprise": "name, 'active' AS status, district, category",
    "licence": "licence, 'food' AS type, category",
    "lifecycle": "'enterprise' AS of, change",
}
FILES = {
    f"{kind}__sql": f"{COMMON}, {said} FROM told WHERE kind = '{kind}'"
    for kind, said in SQL.items()
}
FILES["source__toml"] = TOML + "".join(
    f'\n[[records]]\nkind = "{kind}"\nrows = "told"\nsql = "{kind}.sql"\n' for kind in SQL
)
HEADER = "kind,code,number,day,name,district,category,licence,change"
SHOP = "92440300MA5XNG03"
SHOP += "0" + uscc_check_character(SHOP + "0")
ROWS = (
    f"enterprise,{ALPHA},E1,2020-01-01,信衡市云禾米粉店,福田区,restaurant,,",
    f"enterprise,{ALPHA},E2,2024-01-01,信衡市云禾餐飲有限公司,,,,",
    f"enterprise,{BETA},E3,2020-01-01,信衡市沐谷海鲜酒楼,宝安区,restaurant,,",
    f"enterprise,{SHOP},E4,2020-01-01,陈记面馆(ＡＢＣ),福田区,,,",
    f"licence,{ALPHA},L1,2024-01-01,,,2401,SC124-4030000 0001,",
    f"licence,{BETA},L2,2024-01-01,,,0101,SC12544030000001,",
)


def delivered(folder: Path) -> Bureau:
    bureau = Bureau(folder, **FILES)
    bureau.deliver(*ROWS, header=HEADER)
    return bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return delivered(tmp_path)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return delivered(tmp_path_factory.mktemp("register")).archive


@pytest.fixture(scope="module")
def directory(archive: Archive) -> Directory:
    return archive.directory()


def who(directory: Directory, rows: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> set[str]:
    return {directory.listed(row).enterprise for row in rows.tolist()}


def named(directory: Directory, text: str) -> set[str]:
    words = [folded(word) for word in text.split()]
    rows = directory.perhaps_named(words)
    return who(directory, rows[directory.named(rows, words)])


def test_what_is_known_of_an_enterprise_is_the_last_that_says_something(
    directory: Directory, archive: Archive
) -> None:
    [row] = directory.coded(ALPHA).tolist()
    found = directory.listed(row)
    assert (found.enterprise, found.name) == (ALPHA, "信衡市云禾餐飲有限公司")
    assert (found.district, found.business, found.categories) == ("福田区", "restaurant", ("2401",))
    assert found.number == archive.enterprise(ALPHA)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("云禾", {ALPHA}),
        ("雲禾", {ALPHA}),
        ("餐饮", {ALPHA}),
        ("米粉店", {ALPHA}),
        ("酒楼 沐谷", {BETA}),
        ("abc", {SHOP}),
        ("信衡", {ALPHA, BETA}),
        ("司信", set()),
        ("云禾 沐谷", set()),
        ("不存", set()),
    ],
)
def test_names_now_and_before_are_found_by_two_signs(directory, text, found) -> None:
    assert named(directory, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9144", {ALPHA, BETA}),
        (ALPHA.lower(), {ALPHA}),
        ("92-44", {SHOP}),
        ("93", set()),
        ("-", set()),
    ],
)
def test_codes_are_found_by_how_they_begin(directory, text, found) -> None:
    assert who(directory, directory.coded(text)) == found


def test_licences_are_found_however_they_are_written(directory: Directory) -> None:
    assert who(directory, directory.licensed("sc12440300000001")) == {ALPHA}
    assert who(directory, directory.licensed("SC12")) == {ALPHA, BETA}


def test_districts_and_categories_are_those_that_somebody_has(directory: Directory) -> None:
    assert sorted(directory.districts) == ["宝安区", "福田区"]
    assert sorted(directory.categories) == ["0101", "2401", "restaurant"]
    assert who(directory, directory.of_categories(["restaurant"])) == {ALPHA, BETA}
    assert who(directory, directory.of_categories(["none"])) == set()
    mine = directory.district == directory.districts["福田区"]
    assert who(directory, np.flatnonzero(mine).astype(np.int32)) == {ALPHA, SHOP}


def test_who_may_be_a_person_is_told(directory: Directory) -> None:
    assert who(directory, np.flatnonzero(directory.individual).astype(np.int32)) == {SHOP}


def test_a_withdrawn_registration_says_nothing_any_more(bureau: Bureau) -> None:
    bureau.deliver(f"lifecycle,{ALPHA},E2,2024-02-01,,,,,withdrawn", header=HEADER)
    assert named(bureau.archive.directory(), "云禾餐饮") == set()
    assert named(bureau.archive.directory(), "云禾米粉") == {ALPHA}
    bureau.deliver(f"lifecycle,{ALPHA},E2,2024-03-01,,,,,reinstated", header=HEADER)
    assert named(bureau.archive.directory(), "云禾餐饮") == {ALPHA}


def test_a_corrected_registration_is_told_as_corrected(bureau: Bureau) -> None:
    bureau.deliver(f"enterprise,{BETA},E3,2020-01-01,信衡市沐谷河鲜酒楼,龙岗区,,,", header=HEADER)
    directory = bureau.archive.directory()
    assert (named(directory, "海鲜"), named(directory, "河鲜")) == (set(), {BETA})


def test_it_is_built_once_and_the_one_before_is_removed(bureau: Bureau) -> None:
    folder = bureau.archive.folder / "directory"
    first = bureau.archive.directory()
    assert bureau.archive.directory().key == first.key
    bureau.deliver(f"enterprise,{BETA},E9,2025-01-01,信衡市新名酒楼,,,,", header=HEADER)
    second = Archive(bureau.archive.folder).directory()
    assert second.key != first.key
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [second.key]
    assert named(first, "沐谷") == {BETA}, "whoever has the one before goes on reading it"


def test_where_nothing_can_be_written_a_copy_is_built(bureau: Bureau, monkeypatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    directory = bureau.archive.directory()
    assert named(directory, "云禾") == {ALPHA}
    assert not (bureau.archive.folder / "directory").exists()


def test_an_empty_archive_has_an_empty_directory(tmp_path: Path) -> None:
    directory = Archive(tmp_path / "none").directory()
    assert len(directory) == 0
    assert directory.coded("9").tolist() == directory.perhaps_named(["云禾"]).tolist() == []
    assert directory.districts == directory.categories == {}


def test_a_code_of_two_schemes_is_shown_with_its_scheme(tmp_path: Path) -> None:
    everybody = pa.table(
        {
            "number": pa.array([0, 1], pa.int32()),
            "scheme": ["a", "b"],
            "code": ["X1", "X1"],
            "name": pa.array([None, None], pa.string()),
            "names": pa.array([None, None], pa.string()),
            "district": pa.array([None, None], pa.string()),
            "business": pa.array([None, None], pa.string()),
            "categories": pa.array([[], []], pa.list_(pa.string())),
        }
    )
    licences = pa.table({"number": pa.array([], pa.int32()), "licence": pa.array([], pa.string())})
    write(tmp_path, everybody, licences)
    directory = Directory(tmp_path)
    assert who(directory, directory.coded("x1")) == {"a:X1", "b:X1"}
