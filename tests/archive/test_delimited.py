"""Delimited text in blocks: the same rows wherever a block ends and whichever way is taken."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xinheng.archive.reading import Reader, careful, delimited, read, spool, text
from xinheng.archive.reading.careful import split_carefully
from xinheng.archive.reading.delimited import split
from xinheng.archive.reading.lines import clean_until, find_records
from xinheng.archive.reading.text import TextFile
from xinheng.core.errors import InvalidError

MESSY = st.text(alphabet=st.sampled_from('ab,"\n\r '), max_size=60)
Found = tuple[list[str] | None, list[tuple[int, list[str | None]]], list[tuple[int, str, str]]]


def _blocks(data: bytes, cuts: set[int]) -> list[bytes]:
    """Cut a text at ends of lines."""
    ends = np.cumsum([len(line) for line in data.splitlines(keepends=True)]).tolist()
    places = [0, *(end for number, end in enumerate(ends[:-1]) if number in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places) if end > start]


def _found(blocks: list[bytes]) -> Found:
    parts = split(blocks, ",", 1)
    header = next(parts, None)
    rows: list[tuple[int, list[str | None]]] = []
    faults: list[tuple[int, str, str]] = []
    for part in parts:
        columns = [column.to_pylist() for column in part.columns]
        rows += [
            (int(line), [column[place] for column in columns])
            for place, line in enumerate(part.lines)
        ]
        faults += part.faults
    return header, rows, faults


def _carefully(data: bytes) -> Found:
    """Split a text record by record only."""
    lines = data.splitlines(keepends=True)
    header: list[str] | None = None
    rows: list[tuple[int, list[str | None]]] = []
    faults: list[tuple[int, str, str]] = []
    for begin, after, cells in split_carefully(lines, ",", whole=True):
        raw = b"".join(lines[begin:after]).decode().rstrip("\r\n")
        if isinstance(cells, str):
            faults.append((begin + 1, raw, cells))
        elif header is None:
            header = cells
        elif cells is not None and len(cells) == len(header):
            rows.append((begin + 1, [cell or None for cell in cells]))
        elif cells is not None:
            fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
            fault = f"{fields} where the header has {len(header)}"
            faults.append((begin + 1, raw, fault))
    return header, rows, sorted(faults) if header else []


@given(body=MESSY, header=st.sampled_from(["a,b\n", "a\n", '"a\nb",c\r\n', "", '\n"x']))
@example(body='"\r\n\r"', header="a,b\n")
@settings(max_examples=400)
def test_the_fast_way_and_the_careful_way_agree(body: str, header: str) -> None:
    data = (header + body).encode()
    found = _found([data] if data else [])
    assert (found[0], found[1], sorted(found[2])) == _carefully(data)


@given(body=MESSY, cuts=st.sets(st.integers(0, 20)))
@settings(max_examples=400)
def test_a_block_may_end_at_any_line(body: str, cuts: set[int]) -> None:
    data = f"a,b\n{body}".encode()
    assert _found(_blocks(data, cuts)) == _found([data])


@given(body=MESSY, cuts=st.sets(st.integers(0, 20)))
def test_every_letter_is_in_a_row_or_set_aside(body: str, cuts: set[int]) -> None:
    _, rows, faults = _found(_blocks(f"a,b\n{body}".encode(), cuts))
    lines = [line for line, _ in rows] + [line for line, _, _ in faults]
    assert len(set(lines)) == len(lines)
    kept = "".join(cell or "" for _, cells in rows for cell in cells)
    aside = "".join(raw for _, raw, _ in faults)
    for letter in "ab":
        assert kept.count(letter) + aside.count(letter) == body.count(letter)


@given(
    parts=st.lists(st.sampled_from(["沙井", "a,b", '"', "\r\n", "\n", "\r", "𠮷", "long" * 9])),
    block=st.integers(1, 30),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_blocks_of_any_size_are_the_text_and_end_with_lines(
    tmp_path: Path, parts: list[str], block: int, encoding: str
) -> None:
    content = "".join(["a" * (encoding != "utf-8-sig"), *parts])
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode(encoding))
    file = TextFile(path, Reader("csv", encoding=encoding.removesuffix("-sig")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", block)
        found = list(file.blocks())
    assert b"".join(found).decode() == content
    for one, following in pairwise(found):
        assert one.endswith((b"\n", b"\r"))
        assert not (one.endswith(b"\r") and following.startswith(b"\n"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK", 8)
    for module in (text, delimited, careful):
        monkeypatch.setattr(module, "LONGEST", 32)
    monkeypatch.setattr(spool, "ROOM", 64)


@pytest.mark.usefixtures("tiny")
def test_rows_over_the_edges_of_blocks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"x,\n""y""",1\n\n2,3\n4\n5,6,7\n"",""\nlast,"one"')
    reading = read(path, "csv", tmp_path)
    assert any(tmp_path.glob("*.arrow"))
    assert reading.data["_row"].to_pylist() == [2, 5, 8, 9]
    assert [tuple(row.values()) for row in reading.data.to_pylist()] == [
        (2, 'x,\n"y"', "1"),
        (5, "2", "3"),
        (8, None, None),
        (9, "last", "one"),
    ]
    assert [tuple(row.values())[:2] for row in reading.faulty.to_pylist()] == [
        (6, "4"),
        (7, "5,6,7"),
    ]


@pytest.mark.usefixtures("tiny")
def test_a_quote_that_is_never_closed_costs_one_line_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"open\n' + "2,3\n" * 40 + '"4",5\n' + "6,7\n" * 40)
    reading = read(path, "csv", tmp_path)
    assert reading.faulty["_row"].to_pylist() == [2]
    assert reading.faulty["text"].to_pylist() == ['1,"open']
    assert reading.data["_row"].to_pylist() == list(range(3, 84))


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("reader", ["csv", "csv-gb18030", "json-lines"])
def test_a_line_without_end_is_refused(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "x" * 100)
    with pytest.raises(InvalidError, match="line 2, goes on for more than"):
        read(path, reader)


@pytest.mark.usefixtures("tiny")
def test_many_faults_are_kept_in_the_workspace(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2,3\n" * 50)
    reading = read(path, "csv", tmp_path)
    assert isinstance(reading.faulty, pa.Table)
    assert reading.faulty["_row"].to_pylist() == list(range(2, 52))
    assert reading.faulty["text"].to_pylist() == ["1,2,3"] * 50


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("encoding", "content", "byte", "line"),
    [
        ("utf-8", "名,b\n".encode() * 9 + b"\xe5\x90,b\n", 54, 10),
        ("utf-8", "名,b\n".encode() * 9 + b"\xe5\x90", 54, 10),
        ("gb18030", "名,b\n".encode("gb18030") * 9 + b"\xff,b\n", 45, 10),
        ("utf-8", b"\xef\xbb\xbfa,b\r\n1,\xff\r\n", 10, 2),
    ],
)
def test_the_byte_that_does_not_fit_is_named_in_whatever_block(
    tmp_path: Path, encoding: str, content: bytes, byte: int, line: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidError, match=f"byte {byte} in line {line} does not fit"):
        read(path, Reader("csv", encoding=encoding))


def test_a_file_in_neither_encoding_is_to_be_converted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\xff,1\n")
    with pytest.raises(InvalidError, match="nor is it gb18030: convert the file to UTF-8"):
        read(path, "csv")


@pytest.mark.parametrize(("content", "header", "rows"), [
    ("x\ny\na,b\n1,2\n", 3, [4]),
    ("x\r\r\na,b\n1,2\n", 3, [4]),
    ('x,"\ny\na,b\n1,2\n', 3, [4]),
    ("a,b\n1,2\n", 1, [2]),
])  # fmt: skip
def test_lines_before_the_header_are_not_read(
    tmp_path: Path, content: str, header: int, rows: list[int]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, newline="")
    reading = read(path, Reader("csv", header=header))
    assert reading.names == ("a", "b")
    assert reading.data["_row"].to_pylist() == rows
    assert reading.faulty.num_rows == 0


def test_a_row_that_begins_with_a_byte_order_mark_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n\ufeff1,2\n", encoding="utf-8")
    assert read(path, "csv").data["a"].to_pylist() == ["\ufeff1"]


def test_where_a_text_stops_being_clean() -> None:
    assert clean_until(b'a,"b"\n', ",") == (6, True)
    assert clean_until(b'a\n"b\n', ",") == (2, True)
    assert clean_until(b'a\nb"\nc\n', ",") == (2, False)
    assert clean_until(b'"a"b\n', ",") == (0, False)
    assert find_records(b"\r\na\r\n\rb\n").line.tolist() == [1, 3]
