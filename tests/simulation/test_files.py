"""Files of departments: what is written is what the archive reads, in every format."""

import pandas as pd
import pytest

from xinheng.archive import read
from xinheng.archive.readers import Reader
from xinheng.core.time import day
from xinheng.simulation.files import Delivered, dashed, dates, packed, slashed, write
from xinheng.simulation.spoil import spoil

DAYS = pd.Series([day("2024-03-05"), -1])
TABLE = pd.DataFrame(
    {"代码": ["甲", None], "金额(元)": [1500.0, 0.25], "数": [3.0, None], "日期": dates(DAYS)}
)


def test_days_in_three_styles_and_none_for_a_day_that_does_not_come() -> None:
    assert slashed(DAYS).tolist() == ["2024/3/5", None]
    assert packed(DAYS).tolist() == ["20240305", None]
    assert dashed(DAYS).tolist() == ["2024-03-05", None]


@pytest.mark.parametrize(
    ("file_format", "reader"),
    [
        ("csv", Reader("csv")),
        ("csv-gb18030", Reader("csv", encoding="gb18030")),
        ("excel", Reader("excel")),
        ("json-lines", Reader("json-lines")),
        ("parquet", Reader("parquet")),
    ],
)
def test_what_is_written_is_what_is_read(tmp_path, file_format, reader) -> None:
    table = TABLE.assign(日期=dashed(DAYS)) if file_format == "json-lines" else TABLE
    delivered = Delivered("bureau", "file", file_format, table)
    found = read(write(delivered, tmp_path), reader).table
    number = delivered.first_row
    assert found["_row"].to_pylist() == [number, number + 1]
    assert found["代码"].to_pylist() == ["甲", None]
    assert [float(value) for value in found["金额(元)"].to_pylist()] == [1500, 0.25]
    assert [value[:10] if value else None for value in found["日期"].to_pylist()] == [
        "2024-03-05",
        None,
    ]
    assert float(found["数"].to_pylist()[0]) == 3


def test_spoiling_breaks_and_repeats_rows_and_says_which() -> None:
    import numpy as np

    codes = [f"91440399MA000000{n:02d}" for n in range(90)]
    table = pd.DataFrame({"code": codes, "day": "2024/3/5", "word": "好", "number": range(90)})
    delivered = Delivered("bureau", "f.csv", "csv", table, code="code", day="day", word="word")
    spoiled, broken = spoil(np.random.default_rng(1), delivered)
    assert [each.fault for each in broken] == ["check character", "impossible date", "unknown code"]
    changed = spoiled.table.iloc[:90].reset_index(drop=True).ne(table).any(axis=1)
    assert [each.row for each in broken] == (np.flatnonzero(changed) + 2).tolist()
    extra = spoiled.table.iloc[90:]
    assert set(extra["number"]) <= set(range(90)) - {each.row - 2 for each in broken}
