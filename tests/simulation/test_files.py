"""Files of departments: what is written is what the archive reads, in every format."""

import numpy as np
import pyarrow as pa
import pytest

from xinheng.archive import read
from xinheng.archive.reading import Reader
from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.simulation import files
from xinheng.simulation.desk import dashed, dates, numbered, packed, said, slashed
from xinheng.simulation.files import open_file
from xinheng.simulation.spoil import Spoiler

DAYS = np.array([day("2024-03-05"), -1])


def test_days_in_three_styles_and_none_for_a_day_that_does_not_come() -> None:
    assert slashed(DAYS).to_pylist() == ["2024/3/5", None]
    assert packed(DAYS).to_pylist() == ["20240305", None]
    assert dashed(DAYS).to_pylist() == ["2024-03-05", None]
    assert [str(each) for each in dates(DAYS).to_pylist()] == ["2024-03-05", "None"]


def test_numbers_and_words_as_departments_write_them() -> None:
    assert numbered("JC", np.array([42])).to_pylist() == ["JC000000042"]
    assert numbered("信市监罚", np.array([7]), DAYS[:1]).to_pylist() == [
        "信市监罚〔2024〕000000007号"
    ]
    words = {"city": "市级", "province": "省级", "nation": "国家级"}
    assert said("level", words, np.array([2, -1, 0])).to_pylist() == ["国家级", None, "市级"]


@pytest.mark.parametrize(
    ("form", "reader"),
    [
        ("csv", Reader("csv")),
        ("csv-gb18030", Reader("csv", encoding="gb18030")),
        ("excel", Reader("excel")),
        ("json-lines", Reader("json-lines")),
        ("parquet", Reader("parquet")),
    ],
)
def test_what_is_written_in_batches_is_what_is_read(tmp_path, form, reader) -> None:
    day_column = dashed(DAYS) if form == "json-lines" else dates(DAYS)
    table = pa.table(
        {
            "代码": ["甲", None],
            "金额(元)": [1500.0, 0.25],
            "数": pa.array([3, None]),
            "日期": day_column,
        }
    )
    path = tmp_path / "deep" / "file"
    file = open_file(path, form, table.schema)
    file.write(table)
    file.write(table.slice(1))
    file.close()
    found = read(path, reader).data
    first = 1 if form in ("json-lines", "parquet") else 2
    assert found["_row"].to_pylist() == [first, first + 1, first + 2]
    assert found["代码"].to_pylist() == ["甲", None, None]
    assert [float(value) for value in found["金额(元)"].to_pylist()] == [1500, 0.25, 0.25]
    assert [text[:10] if text else None for text in found["日期"].to_pylist()] == [
        "2024-03-05",
        None,
        None,
    ]
    assert float(found["数"].to_pylist()[0]) == 3


def test_a_table_of_a_server_is_written_as_csv_and_a_script(tmp_path) -> None:
    table = pa.table(
        {
            "代码": ["甲", None],
            "金额": [1500.0, 0.25],
            "数": pa.array([3, None], pa.int64()),
            "日期": dates(DAYS),
        }
    )
    path = tmp_path / "city-court" / "judgments.csv"
    file = open_file(path, "postgresql", table.schema)
    file.write(table)
    file.write(table.slice(1))
    file.close()
    assert path.read_text(encoding="utf-8").splitlines() == [
        "序号,代码,金额,数,日期",
        "1,甲,1500,3,2024-03-05",
        "2,,0.25,,",
        "3,,0.25,,",
    ]
    script = (path.parent / "load.sql").read_text(encoding="utf-8")
    assert script.splitlines()[4:11] == [
        "CREATE TABLE court.judgments (",
        '    "序号" bigint PRIMARY KEY,',
        '    "代码" text,',
        '    "金额" double precision,',
        '    "数" bigint,',
        '    "日期" date',
        ");",
    ]
    assert "\\copy court.judgments FROM 'judgments.csv' WITH (FORMAT csv, HEADER true" in script


def test_a_file_without_rows_has_its_header(tmp_path) -> None:
    table = pa.table({"代码": pa.array([], pa.string()), "数": pa.array([], pa.int32())})
    open_file(tmp_path / "empty.csv", "csv-gb18030", table.schema, ";").close()
    assert (tmp_path / "empty.csv").read_bytes().decode("gb18030") == "代码;数\n"


def test_a_sheet_that_excel_cannot_hold_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    table = pa.table({"数": [1, 2]})
    file = open_file(tmp_path / "sheet.xlsx", "excel", table.schema)
    file.write(table)
    with pytest.raises(InvalidError, match="more than 3 rows"):
        file.write(table)
    file.close()


def spoiler(seed: int = 1) -> Spoiler:
    ways = {"check character": "code", "impossible date": "day", "unknown code": "word"}
    return Spoiler(np.random.default_rng(seed), "bureau", "f.csv", ways, 2)


def rows(count: int) -> pa.Table:
    codes = [f"91440399MA0000{n:04d}" for n in range(count)]
    columns = {"code": codes, "day": ["2024/3/5"] * count, "word": ["好"] * count}
    return pa.table({**columns, "number": list(range(count))})


def test_spoiling_breaks_and_repeats_rows_and_says_which() -> None:
    one = spoiler()
    table, spoiled = rows(900), one.spoil(rows(900))
    faults = {"check character", "impossible date", "unknown code"}
    assert {each.fault for each in one.broken} == faults
    kept = spoiled.slice(0, 900).to_pandas()
    changed = kept.ne(table.to_pandas()).any(axis=1)
    assert sorted(each.row for each in one.broken) == (np.flatnonzero(changed) + 2).tolist()
    extra = spoiled.slice(900).to_pandas()
    assert set(extra["number"]) <= set(range(900)) - {each.row - 2 for each in one.broken}
    assert not extra.duplicated("number").any()


def test_spoiling_counts_rows_over_batches() -> None:
    one = spoiler(2)
    whole = pa.concat_tables([one.spoil(rows(2_000)) for _ in range(5)]).to_pandas()
    wrong = (whole["word"] != "好") | (whole["day"] != "2024/3/5")
    wrong |= whole["code"] != "91440399MA0000" + whole["number"].map("{:04d}".format)
    assert sorted(each.row for each in one.broken) == (np.flatnonzero(wrong) + 2).tolist()
    assert len(one.broken) > 5
    assert len(whole) > 10_000


def test_a_file_without_columns_to_break_is_left_alone() -> None:
    one = Spoiler(np.random.default_rng(0), "bureau", "f.csv", {}, 2)
    assert one.spoil(rows(500)).equals(rows(500))
    assert not one.broken
