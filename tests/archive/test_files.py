"""Files sorted by owner: the rows of a few are read exactly, however they lie in groups."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import files
from xinheng.archive.files import Owners, read_file, write_file

SCHEMA = pa.schema(
    [
        ("owner", pa.int64()),
        ("said", pa.string()),
        ("number", pa.int32()),
        ("sequence", pa.int32()),
    ]
)
SMALLEST, LARGEST = -(2**63), 2**63 - 1
NUMBERS = st.one_of(st.integers(-5, 5), st.sampled_from([SMALLEST, LARGEST]))
OWNERS = st.one_of(
    st.just(Owners()),
    st.lists(NUMBERS, max_size=4).map(lambda some: Owners.of(np.array(some, np.int64))),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: Owners(*sorted(pair))),
    st.tuples(st.integers(0, 3), st.just(4)).map(lambda part: Owners.part(*part)),
)


def wanted(owners: Owners, number: int) -> bool:
    if owners.some is not None:
        return number in owners.some.tolist()
    return owners.low <= number <= owners.high


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "GROUP", 3)


def rows(numbers: list[int]) -> pa.Table:
    columns = {
        "owner": sorted(numbers),
        "said": [None if i % 3 else f"row {i}" for i in range(len(numbers))],
        "number": range(len(numbers)),
        "sequence": [i % 4 for i in range(len(numbers))],
    }
    return pa.table([pa.array(columns[f.name], f.type) for f in SCHEMA], schema=SCHEMA)


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=12), owners=OWNERS)
def test_owners_are_among_and_overlap_as_one_by_one(numbers: list[int], owners: Owners) -> None:
    low = np.array(numbers, np.int64)
    high = np.array(numbers[1:] + numbers[:1], np.int64)
    low, high = np.minimum(low, high), np.maximum(low, high)
    assert owners.among(low).tolist() == [wanted(owners, n) for n in low.tolist()]
    ends = [owners.low, owners.high] if owners.some is None else owners.some.tolist()
    between = owners.some is None
    for found, one, other in zip(
        owners.overlap(low, high).tolist(), low.tolist(), high.tolist(), strict=True
    ):
        if between:
            assert found == (other >= ends[0] and one <= ends[1])
        else:
            assert found == any(one <= n <= other for n in ends)


@settings(deadline=None, max_examples=150)
@given(
    numbers=st.lists(NUMBERS, min_size=1, max_size=20),
    owners=OWNERS,
    columns=st.lists(st.sampled_from(SCHEMA.names), min_size=1, unique=True),
)
def test_the_rows_of_some_owners_are_read_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    numbers: list[int],
    owners: Owners,
    columns: list[str],
) -> None:
    table, folder = rows(numbers), tmp_path_factory.mktemp("files")
    action = write_file(folder, table)
    found = read_file(str(folder / action.path), SCHEMA, columns, owners)
    chosen = [wanted(owners, number) for number in table["owner"].to_pylist()]
    expected = table.filter(pa.array(chosen)).select(columns)
    assert found is None if not any(chosen) else found.equals(expected)


def test_the_groups_of_others_are_not_read(tmp_path: Path) -> None:
    table = rows(list(range(12)))
    path = tmp_path / write_file(tmp_path, table).path
    content = bytearray(path.read_bytes())
    group = files.pq.read_metadata(path).row_group(0)
    start = group.column(0).dictionary_page_offset or group.column(0).data_page_offset
    content[start : start + group.column(0).total_compressed_size] = bytes(
        group.column(0).total_compressed_size
    )
    path.write_bytes(content)
    found = read_file(str(path), SCHEMA, ["owner"], Owners.of(np.array([7, 11])))
    assert found["owner"].to_pylist() == [7, 11]


def test_a_column_thought_of_later_is_null_and_a_wider_type_is_read(tmp_path: Path) -> None:
    action = write_file(tmp_path, rows([1, 2]))
    schema = pa.schema(
        [*(f for f in SCHEMA if f.name != "number"), ("number", pa.int64()), ("later", pa.date32())]
    )
    found = read_file(str(tmp_path / action.path), schema, schema.names, Owners())
    assert found.schema.equals(schema)
    assert found["later"].null_count == 2
    assert found["number"].to_pylist() == [0, 1]
    only = read_file(str(tmp_path / action.path), schema, ["later"], Owners.of(np.array([2])))
    assert only["later"].to_pylist() == [None]


def test_a_table_without_owners_is_read_whole(tmp_path: Path) -> None:
    table = rows([1, 2, 3]).drop_columns("owner")
    action = write_file(tmp_path, table)
    found = read_file(str(tmp_path / action.path), SCHEMA, ["number"], Owners.of(np.array([9])))
    assert found["number"].to_pylist() == [0, 1, 2]


def test_what_a_file_holds_is_told_to_the_table(tmp_path: Path) -> None:
    action = write_file(tmp_path, rows([4, -2]), changes=False)
    stats = files.json.loads(action.stats)
    assert stats["numRecords"] == 2
    assert (stats["minValues"], stats["maxValues"]) == (
        {"owner": -2, "sequence": 0},
        {"owner": 4, "sequence": 1},
    )
    assert action.data_change is False
    assert action.size == (tmp_path / action.path).stat().st_size
