"""Files as text: every value kept, every row numbered, every bad file explained."""

import csv
import datetime as dt
import decimal
import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xinheng.archive.database import workbench
from xinheng.archive.reading import READERS, Reader, Reading, jsonlines, parquet, read, spool, text
from xinheng.archive.reading.rendering import render_column
from xinheng.archive.reading.uniform import take_apart
from xinheng.core.errors import InvalidError, NotFoundError


def _rows(reading: Reading) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in reading.data.to_pylist()]


def _faults(reading: Reading) -> list[tuple[int, str]]:
    return [(row["_row"], row["text"]) for row in reading.faulty.to_pylist()]


def _file(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# --- CSV ------------------------------------------------------------------------------------

CSV_CASES = [
    ("plain", "a,b\n1,2\n3,4\n", [(2, "1", "2"), (3, "3", "4")], []),
    ("no newline at the end", "a,b\n1,2", [(2, "1", "2")], []),
    ("windows line ends", "a,b\r\n1,2\r\n3,4\r\n", [(2, "1", "2"), (3, "3", "4")], []),
    ("old line ends", "a,b\r1,2\r3,4\r", [(2, "1", "2"), (3, "3", "4")], []),
    ("blank lines are no rows", "\na,b\n\n1,2\n\n", [(4, "1", "2")], []),
    ("blank windows lines", "a,b\r\n\r\n1,2\r\n", [(3, "1", "2")], []),
    ("empty is null", 'a,b\n,x\n"",y\n', [(2, None, "x"), (3, None, "y")], []),
    ("blanks are kept", "a,b\n 1 ,2\n", [(2, " 1 ", "2")], []),
    ("leading zeros are kept", "a,b\n007,1e5\n", [(2, "007", "1e5")], []),
    ("delimiter in quotes", 'a,b\n"1,5",2\n', [(2, "1,5", "2")], []),
    ("doubled quotes", 'a,b\n"say ""hi""",2\n', [(2, 'say "hi"', "2")], []),
    (
        "a row over three lines counts from its first",
        'a,b\n"x\ny\nz",1\np,2\n',
        [(2, "x\ny\nz", "1"), (5, "p", "2")],
        [],
    ),
    (
        "ragged rows are set aside",
        "a,b\n1\n1,2\n1,2,3\n5,6\n",
        [(3, "1", "2"), (5, "5", "6")],
        [(2, "1"), (4, "1,2,3")],
    ),
    (
        "ragged row over two lines",
        'a,b\n"x\ny",1,2\np,2\n',
        [(4, "p", "2")],
        [(2, '"x\ny",1,2')],
    ),
    (
        "a quote within a field stays",
        'a,b\n5" pipe,2\n3,4\n',
        [(2, '5" pipe', "2"), (3, "3", "4")],
        [],
    ),
    (
        "an open quote costs one line",
        'a,b\n1,"open\n3,4\n5,6\n',
        [(3, "3", "4"), (4, "5", "6")],
        [(2, '1,"open')],
    ),
    (
        "an open quote before proper ones",
        'a,b\n1,"open\n"3",4\n5,6\n',
        [(3, "3", "4"), (4, "5", "6")],
        [(2, '1,"open')],
    ),
    ("text after a quote", 'a,b\n"1"x,2\n3,4\n', [(3, "3", "4")], [(2, '"1"x,2')]),
    ("ragged beside a stray quote", 'a,b\n1\n2" ,2\n', [(3, '2" ', "2")], [(2, "1")]),
    ("header only", "a,b\n", [], []),
]


@pytest.mark.parametrize(
    ("text", "rows", "faults"), [case[1:] for case in CSV_CASES], ids=[c[0] for c in CSV_CASES]
)
def test_csv_rows_keep_text_and_line(
    tmp_path: Path, text: str, rows: list[tuple[object, ...]], faults: list[tuple[int, str]]
) -> None:
    reading = read(_file(tmp_path, text.encode()), "csv")
    assert reading.data.column_names == ["_row", "a", "b"]
    assert reading.data.schema.types == [pa.int64(), pa.string(), pa.string()]
    assert _rows(reading) == rows
    assert _faults(reading) == faults


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    reading = read(_file(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n"), "csv")
    assert reading.data.column_names == ["_row", "a", "b"]


def test_gb18030_reads_as_the_same_text(tmp_path: Path) -> None:
    path = _file(tmp_path, "名称,状态\n沙井蚝𠮷,在业\n".encode("gb18030"))
    assert read(path, "csv-gb18030").data.to_pylist() == [
        {"_row": 2, "名称": "沙井蚝𠮷", "状态": "在业"}
    ]


def test_a_declared_delimiter_and_header_line_are_used(tmp_path: Path) -> None:
    path = _file(tmp_path, b"Licences\n2026\na|b\n1|2,5\n")
    reading = read(path, Reader("csv", delimiter="|", header=3))
    assert _rows(reading) == [(4, "1", "2,5")]


def test_a_column_without_a_name_is_named_by_its_place(tmp_path: Path) -> None:
    assert read(_file(tmp_path, b" a ,,\n1,2,\n"), "csv").data.column_names == [
        "_row",
        "a",
        "column_2",
        "column_3",
    ]


def test_a_field_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    long = "x" * 10_000_000
    reading = read(_file(tmp_path, f"a,b\n{long},1\n2,3\n".encode()), "csv")
    assert [len(value or "") for value in reading.data["a"].to_pylist()] == [len(long), 1]


# --- Parquet, Excel, JSON lines -----------------------------------------------------------------

UTC_NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 5)  # noqa: DTZ001 (a timestamp without zone)
COLUMNS = [
    (pa.array([1, None]), ["1", None]),
    (pa.array([2**63 - 1], pa.int64()), ["9223372036854775807"]),
    (pa.array([1.0, 0.1, 1e300, None]), ["1.0", "0.1", "1e+300", None]),
    (pa.array([0.1], pa.float32()), ["0.1"]),
    (pa.array([float("nan"), float("-inf")]), ["nan", "-inf"]),
    (pa.array([True, False, None]), ["true", "false", None]),
    (pa.array([dt.date(2026, 3, 1)]), ["2026-03-01"]),
    (pa.array([NOON]), ["2026-03-01T12:00:00.000005"]),
    (pa.array([UTC_NOON], pa.timestamp("s", "Asia/Shanghai")), ["2026-03-01T12:00:00.000000Z"]),
    (pa.array([1], pa.timestamp("ns")), ["1970-01-01T00:00:00.000000001"]),
    (pa.array([dt.time(8, 30)]), ["08:30:00.000000"]),
    (pa.array([decimal.Decimal("1.50")]), ["1.50"]),
    (pa.array(["二", "", None]), ["二", "", None]),
    (pa.array(["x", "y", "x"]).dictionary_encode(), ["x", "y", "x"]),
    (pa.array([b"text"]), ["text"]),
    (pa.array([b"\xff\x00"]), ["ff00"]),
    (pa.array([[1, 2], None, []]), ["[1, 2]", None, "[]"]),
    (pa.array([{"a": "二", "b": dt.date(2026, 3, 1)}]), ['{"a": "二", "b": "2026-03-01"}']),
    (pa.nulls(2), [None, None]),
]


@pytest.mark.parametrize(("column", "texts"), COLUMNS, ids=[str(c.type) for c, _ in COLUMNS])
def test_parquet_values_are_rendered_without_loss(
    tmp_path: Path, column: pa.Array, texts: list[str | None]
) -> None:
    pq.write_table(pa.table({"a": column}), tmp_path / "a.parquet")
    reading = read(tmp_path / "a.parquet", "parquet")
    assert reading.data["a"].to_pylist() == texts
    assert reading.data["_row"].to_pylist() == list(range(1, len(texts) + 1))
    assert reading.data.schema.types == [pa.int64(), pa.string()]


@given(st.lists(st.none() | st.floats(allow_nan=False)))
def test_floats_read_back_as_they_were(values: list[float | None]) -> None:
    texts = render_column(pa.chunked_array([pa.array(values, pa.float64())])).to_pylist()
    assert [None if text is None else float(text) for text in texts] == values


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([b"text", "二".encode(), b"\xff"], ["74657874", "e4ba8c", "ff"]),
        ([b"text", "二".encode(), None], ["text", "二", None]),
        (
            pa.array([1000, 1, None], pa.timestamp("ns")),
            ["1970-01-01T00:00:00.000001000", "1970-01-01T00:00:00.000000001", None],
        ),
        (
            pa.array([1000, 2000, None], pa.timestamp("ns")),
            ["1970-01-01T00:00:00.000001", "1970-01-01T00:00:00.000002", None],
        ),
    ],
)
def test_a_column_is_rendered_one_way_however_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: object, texts: list[str | None]
) -> None:
    monkeypatch.setattr(parquet, "MOST", 1)
    pq.write_table(pa.table({"a.b": values}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", "parquet").data["a.b"].to_pylist() == texts


@given(st.lists(st.none() | st.floats(width=32)))
def test_short_floats_read_back_as_they_were(values: list[float | None]) -> None:
    column = pa.array(values, pa.float32(), from_pandas=False)
    back = [None if t is None else np.float32(t) for t in render_column(column).to_pylist()]
    assert str(back) == str([None if v is None else np.float32(v) for v in values])


@given(st.lists(st.none() | st.floats() | st.floats(1e-5, 1e17)))
@example([1e-4, 9.9e-5, 12345678901.5, 9999999999.5, 1e10, 1e15, 1e16, -0.0])
def test_floats_are_written_as_python_writes_them(values: list[float | None]) -> None:
    column = pa.array(values, pa.float64(), from_pandas=False)
    assert render_column(column).to_pylist() == [None if v is None else repr(v) for v in values]


def test_parquet_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    wrong = pa.array(["沙井".encode("gb18030")], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"a": ["x"], "名": wrong}), tmp_path / "a.parquet")
    with pytest.raises(InvalidError, match=r"a\.parquet.*column '名'.*not UTF-8"):
        read(tmp_path / "a.parquet", "parquet")


def _workbook(path: Path, rows: list[list[object]], sheet: str = "Sheet") -> Path:
    formats = {"default_date_format": "yyyy-mm-dd hh:mm:ss"}
    with xlsxwriter.Workbook(path, formats) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def test_excel_cells_are_rendered_by_their_type(tmp_path: Path) -> None:
    cells = ["007", 5, 2.5, True, dt.date(2026, 3, 1), NOON.replace(microsecond=0), None]
    path = _workbook(tmp_path / "a.xlsx", [list("abcdefg"), cells, [None] * 7, ["x"]])
    assert _rows(read(path, "excel")) == [
        (2, "007", "5", "2.5", "true", "2026-03-01", "2026-03-01T12:00:00.000000", None),
        (4, "x", None, None, None, None, None, None),
    ]


def test_excel_rows_above_the_header_are_left_out(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", [["Licences of 2026"], [None, "a", "b"], [None, 1, 2]])
    reading = read(path, Reader("excel", header=2))
    assert reading.data.column_names == ["_row", "column_1", "a", "b"]
    assert _rows(reading) == [(3, None, "1", "2")]


@pytest.mark.parametrize("where", ["B99999999999999999999993", "B" + "9" * 5000, "B" * 30 + "2"])
def test_a_cell_beyond_any_sheet_is_refused_before_memory_is_asked_for(
    tmp_path: Path, where: str
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for row in range(3):
            page.write_row(row, 0, ["x", "y"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b'"B2"', f'"{where}"'.encode()))
    with pytest.raises(InvalidError, match="delete what stands far outside"):
        read(path, "excel")


def test_an_unknown_sheet_names_those_there_are(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", [["a"], [1]], sheet="Licences")
    with pytest.raises(NotFoundError, match=r"Licenses.*did you mean 'Licences'"):
        read(path, Reader("excel", sheet="Licenses"))


def test_json_lines_keep_numbers_as_written_and_set_aside_what_is_no_object(tmp_path: Path) -> None:
    lines = [
        '{"a": 1, "b": "x"}',
        "",
        '{"a": 1.10, "c": {"d": [true, 1.5]}}',
        "[1]",
        '{"a": ',
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
        '{"a": null, "b": false}',
        '{"a": [1e99999999999999999999]}',
        f'{{"a": [{"9" * 5000}]}}',
    ]
    reading = read(_file(tmp_path, "\r\n".join(lines).encode(), "a.jsonl"), "json-lines")
    assert _rows(reading) == [
        (1, "1", "x", None),
        (3, "1.10", None, '{"d": [true, 1.5]}'),
        (8, None, "false", None),
        (9, "[Infinity]", None, None),
    ]
    assert _faults(reading) == [(n, lines[n - 1]) for n in (4, 5, 6, 7, 10)]


def test_json_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    numbers = ["-0", "1e5", "1E-7", "0.10", "123456789012345678901234567890", "9" * 5000]
    for separator in (", ", ","):
        line = "{" + separator.join(f'"c{i}":{n}' for i, n in enumerate(numbers)) + "}"
        path = _file(tmp_path, f'{line}\n{{"c0": "[{{"}}'.encode(), "a.jsonl")
        assert _rows(read(path, "json-lines"))[0] == (1, *numbers)


MARKS = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    " ",
    "\n",
    "\r\n",
    "\\",
    "\t",
    '"a"',
    '"b"',
    '"a":',
    '""',
]
BARE = ["null", "true", "1", "-0", "1.50", "1e5", "01", "NaN", '"二"', '{"a": 1}', '{"a": "x"}\n']
TOKENS = st.sampled_from(MARKS + BARE)
WRITTEN = st.one_of(
    st.lists(TOKENS, max_size=12).map("".join),
    st.lists(
        st.lists(TOKENS, min_size=2, max_size=2).map('{{"a": {0[0]}, "b":{0[1]}}}'.format),
        min_size=1,
        max_size=3,
    ).map("\n".join),
)


@given(written=WRITTEN)
@settings(max_examples=600)
def test_lines_taken_apart_at_once_are_what_the_decoder_finds(written: str) -> None:
    columns = take_apart(written.encode())
    if columns is not None:
        numbers, rows, faults = jsonlines._decoded(written.split("\n"), 1, 0)
        assert not faults
        assert numbers == list(range(1, len(rows) + 1))
        slow = jsonlines._columns(rows, list(rows[0]))
        assert list(columns) == list(slow)
        assert [c.to_pylist() for c in columns.values()] == [c.to_pylist() for c in slow.values()]


@pytest.mark.parametrize(
    "line",
    [
        '{"a": "x" "y", "b": 1}',
        '{"a": "x"y"z", "b": 1}',
        '{"a": "x\ty", "b": 1}',
        '{"a": x"y", "b": 1}',
        '{"a": "x"y, "b": 1}',
        '{"a": ", "b": 1}',
        '{"a": "x", "c": 1}',
        '{"a": "x", "b" : 1}',
        '{"a": "x", "b": 01}',
        '{"a": "x", "b": NaN}',
        '{"a": "x", "b": }',
        '{"a": "x", "b":\t1}',
        '{"a": "x", "b": [1]}',
        '{"a": "x\\n", "b": 1}',
        '{"a": "x", "b": 1} ',
        ' {"a": "x", "b": 1}',
        "",
    ],
)
def test_a_line_written_otherwise_is_left_to_the_decoder(line: str) -> None:
    usual = '{"a": "x", "b": 1}'
    assert take_apart(usual.encode()) is not None
    assert take_apart(f"{usual}\n{line}\n{usual}".encode()) is None


def test_lines_written_alike_are_taken_apart_at_once() -> None:
    for row in ({"a": "二, {[:", "b": 1.5, "c": None}, {"a": "", "b": True, "c": -1}):
        for separators in (None, (",", ":")):
            line = json.dumps(row, ensure_ascii=False, separators=separators)
            assert take_apart(f"{line}\r\n{line}".encode()) is not None


def test_json_names_that_come_late_are_null_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "BLOCK", 32)
    monkeypatch.setattr(spool, "ROOM", 16)
    monkeypatch.setattr(jsonlines, "CELLS", 4)
    lines = [*['{"a": "1"}'] * 9, '{"b": [2], "a": 1}', '{"a": ', *['{"c": "3"}'] * 9]
    path = _file(tmp_path, "\n".join(lines).encode(), "a.jsonl")
    reading = read(path, "json-lines", tmp_path)
    assert reading.names == ("a", "b", "c")
    assert reading.data["_row"].to_pylist() == [*range(1, 11), *range(12, 21)]
    assert reading.faulty["_row"].to_pylist() == [11]
    assert [tuple(row.values()) for row in reading.data.to_pylist()] == [
        *((n, "1", None, None) for n in range(1, 10)),
        (10, "1", "[2]", None),
        *((n, None, None, "3") for n in range(12, 21)),
    ]


def test_json_names_without_end_are_refused(tmp_path: Path) -> None:
    lines = "\n".join(f'{{"n{n}": 1}}' for n in range(5000))
    with pytest.raises(InvalidError, match="more than 4096 names"):
        read(_file(tmp_path, lines.encode()), "json-lines")


# --- what a reading is ------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["csv", "parquet", "json-lines"])
def test_a_large_file_lies_in_the_workspace_and_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    table = pa.table({"a": [str(n) for n in range(3000)], "b": ["甲", None, "x"] * 1000})
    path, folder = tmp_path / "file", tmp_path / "workspace"
    folder.mkdir()
    if reader == "csv":
        pacsv.write_csv(table, path)
    elif reader == "parquet":
        pq.write_table(table, path)
    else:
        path.write_text("\n".join(json.dumps(row) for row in table.to_pylist()))
    whole = read(path, reader)
    monkeypatch.setattr(spool, "ROOM", 1 << 10)
    monkeypatch.setattr(spool, "PIECE", 7)
    monkeypatch.setattr(text, "BLOCK", 1 << 10)
    monkeypatch.setattr(parquet, "MOST", 100)
    before = pa.total_allocated_bytes()
    spooled = read(path, reader, folder)
    assert pa.total_allocated_bytes() - before < whole.data.nbytes / 4
    assert sum(file.stat().st_size for file in folder.iterdir()) >= whole.data.nbytes
    assert spooled.data.schema == whole.data.schema
    assert spooled.data.equals(whole.data)
    assert spooled.names == whole.names == ("a", "b")
    assert spooled.sha256 == whole.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with workbench(rows=spooled.data) as connection:
        for _ in range(2):
            found = connection.sql("SELECT count(*), sum(a::INT) FROM rows WHERE b IS NOT NULL")
            assert found.fetchall() == [(2000, sum(n for n in range(3000) if n % 3 != 1))]


def test_an_excel_file_has_its_digest_too(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx", [["a"], [1]])
    assert read(path, "excel").sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


# --- round trips ------------------------------------------------------------------------------

VALUES = st.none() | st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n",;\t'),
    min_size=1,
    max_size=8,
)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(VALUES, min_size=width, max_size=width).filter(any), min_size=1, max_size=6
    )
)
TRIPS = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _values(reading: Reading) -> list[list[str | None]]:
    assert reading.faulty.num_rows == 0
    return [list(row)[1:] for row in _rows(reading)]  # type: ignore[misc]


@given(rows=TABLES, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@TRIPS
def test_csv_round_trip(tmp_path: Path, rows: list[list[str | None]], encoding: str) -> None:
    with (tmp_path / "a.csv").open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows([[f"c{i}" for i in range(len(rows[0]))], *rows])
    reader = "csv-gb18030" if encoding == "gb18030" else "csv"
    assert _values(read(tmp_path / "a.csv", reader)) == rows


@given(rows=TABLES)
@TRIPS
def test_parquet_round_trip(tmp_path: Path, rows: list[list[str | None]]) -> None:
    columns = {
        f"c{i}": pa.array(values, pa.string()) for i, values in enumerate(zip(*rows, strict=True))
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert _values(read(tmp_path / "a.parquet", "parquet")) == rows


@given(rows=TABLES)
@TRIPS
def test_json_lines_round_trip(tmp_path: Path, rows: list[list[str | None]]) -> None:
    lines = [
        json.dumps({f"c{i}": v for i, v in enumerate(row)}, ensure_ascii=False) for row in rows
    ]
    path = _file(tmp_path, "\n".join(lines).encode(), "a.jsonl")
    assert _values(read(path, "json-lines")) == rows


EXCEL_TEXT = st.none() | st.text(alphabet="aB7 .,二蚝\n;\"'", min_size=1, max_size=8).filter(
    str.strip
)


@given(
    rows=st.lists(st.lists(EXCEL_TEXT, min_size=2, max_size=2).filter(any), min_size=1, max_size=5)
)
@settings(TRIPS, max_examples=20, deadline=None)
def test_excel_round_trip(tmp_path: Path, rows: list[list[str | None]]) -> None:
    assert _values(read(_workbook(tmp_path / "a.xlsx", [["a", "b"], *rows]), "excel")) == rows


# --- bad files --------------------------------------------------------------------------------

XLSX = b"PK\x03\x04" + b"\0" * 40


def _misnamed() -> bytes:
    """Return a zip whose directory says that a name is UTF-8, which it is not."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/蚝.xml", "")
    name = "xl/蚝.xml".encode()
    head, _, tail = content.getvalue().rpartition(name)
    return head + name.replace("蚝".encode(), b"\xb8\xb8\xb8") + tail


BAD = [
    ("empty", b"", "csv", "is empty"),
    ("empty parquet", b"", "parquet", "is empty"),
    ("blank", b"\n\n", "csv", "no header"),
    ("two columns alike", b"a,A\n1,2\n", "csv", "column 2 is named 'A', but column 1"),
    ("reserved name", b"_row,b\n1,2\n", "csv", "'_row', but that name is reserved"),
    ("other delimiter", b"a;b\n1;2\n", "csv", "looks divided by ';'"),
    (
        "gb18030 declared as utf-8",
        "a\n蚝\n".encode("gb18030"),
        "csv",
        "byte 2 in line 2.*likely gb18030",
    ),
    (
        "neither encoding",
        b"\xef\xbb\xbfa\n\xff\xff\n",
        "csv",
        "byte 5 in line 2.*nor is it gb18030",
    ),
    ("utf-8 declared as gb18030", ("a\n" + "蚝" * 10).encode(), "csv-gb18030", "declare utf-8"),
    ("utf-16", "a,b\n".encode("utf-16"), "csv", "UTF-16"),
    ("binary", b"a\0b", "csv", "binary data"),
    ("web page", b"<html><table>", "excel", "a web page"),
    ("excel as csv", XLSX, "csv", "declare the reader 'excel'"),
    ("zip that is no workbook", XLSX, "excel", "no Excel workbook"),
    ("zip of broken names", _misnamed(), "excel", "no Excel workbook, or damaged"),
    ("csv as excel", b"a,b\n1,2\n", "excel", "looks like text"),
    ("csv as parquet", b"a,b\n1,2\n", "parquet", "looks like text"),
    ("parquet cut short", b"PAR1" + b"\1" * 60, "parquet", "cut short"),
    ("parquet as csv", b"PAR1" + b"\1" * 60, "csv", "declare the reader 'parquet'"),
    ("blank json lines", b" \n", "json-lines", "nothing but blank lines"),
]


@pytest.mark.parametrize(
    ("content", "reader", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_a_bad_file_is_named_and_explained(
    tmp_path: Path, content: bytes, reader: str, words: str
) -> None:
    path = _file(tmp_path, content)
    with pytest.raises(InvalidError, match=words) as caught:
        read(path, reader)
    assert str(path) in str(caught.value)


def test_a_real_parquet_file_cut_short_is_explained(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(1000))}), tmp_path / "whole.parquet")
    path = _file(tmp_path, (tmp_path / "whole.parquet").read_bytes()[:-9], "cut.parquet")
    with pytest.raises(InvalidError, match="cut short"):
        read(path, "parquet")


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    _file(tmp_path, b"a\n1\n", "licences.csv")
    with pytest.raises(NotFoundError, match=r"did you mean 'licences\.csv'"):
        read(tmp_path / "licenses.csv", "csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="is a folder"):
        read(tmp_path, "csv")


def test_an_unknown_reader_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="csv, csv-gb18030, excel, json-lines, parquet"):
        read(tmp_path, "xml")
    assert sorted(READERS) == ["csv", "csv-gb18030", "excel", "json-lines", "parquet"]


@pytest.mark.parametrize(
    "options", [{"encoding": "latin-1"}, {"delimiter": "::"}, {"delimiter": '"'}, {"header": -1}]
)
def test_a_reader_refuses_options_that_cannot_work(options: dict[str, object]) -> None:
    with pytest.raises((InvalidError, NotFoundError)):
        Reader("csv", **options)  # type: ignore[arg-type]
