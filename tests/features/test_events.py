"""Events: what is refused, and the slice of one enterprise."""

import os
import subprocess
import sys
from pickle import dumps

import numpy as np
import pyarrow as pa
import pytest

from xinheng.core.errors import InvalidError
from xinheng.features import Events
from xinheng.features.events import COLUMNS

from .histories import Record, build

VOCABULARY = (("penalty", "x"),)


def table(**columns: list[float | None]) -> pa.Table:
    names = {name: pa.from_numpy_dtype(np.dtype(kind)) for name, kind in COLUMNS.items()}
    whole = {name: columns.get(name, [0, 0]) for name in COLUMNS}
    return pa.table({name: pa.array(whole[name], kind) for name, kind in names.items()})


def test_a_table_is_read_with_its_empty_numbers_as_missing() -> None:
    events = Events.from_table(table(severity=[None, 2], value=[1, None]), VOCABULARY)
    assert np.array_equal(events.severity, [np.nan, 2], equal_nan=True)
    assert np.array_equal(events.value, [1, np.nan], equal_nan=True)
    assert events.occurred.dtype == np.int32


def test_columns_of_another_width_are_cast() -> None:
    wide = table().set_column(0, "enterprise", pa.array([3, 4], pa.int64()))
    assert Events.from_table(wide, VOCABULARY).enterprise.tolist() == [3, 4]


def test_an_empty_table_is_no_error() -> None:
    assert len(Events.from_table(table().slice(0, 0), ())) == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"enterprise": [1, 0]}, "row 1 is not .enterprise falls"),
        ({"occurred": [2, 1]}, "row 1 is not .occurred falls"),
        ({"available": [2, 1]}, "row 1 is not .available falls"),
        ({"record": [2, 1]}, "row 1 is not .record falls"),
        ({"stream": [0, 1]}, "streams go from 0 to 1, but the vocabulary has 1 names"),
        ({"stream": [-1, 0]}, "streams go from -1 to 0"),
        ({"case": [None, 0]}, "column case of the events has 1 empty cells"),
    ],
)
def test_events_that_cannot_be_used_are_refused(
    columns: dict[str, list[float | None]], message: str
) -> None:
    with pytest.raises(InvalidError, match=message):
        Events.from_table(table(**columns), VOCABULARY)


def test_a_later_column_may_fall_where_an_earlier_one_rises() -> None:
    Events.from_table(table(enterprise=[0, 1], occurred=[5, 1], available=[9, 2]), VOCABULARY)


def test_a_missing_column_is_named_with_those_that_exist() -> None:
    with pytest.raises(InvalidError, match="lack case, value; the table has: enterprise, stream"):
        Events.from_table(table().drop_columns(["case", "value"]), VOCABULARY)


def test_the_columns_that_all_events_need_are_asked_for() -> None:
    with pytest.raises(InvalidError, match="without enterprise, stream; read at least enterprise"):
        Events.from_table(table(), VOCABULARY, ("occurred", "available", "value"))


def test_a_column_of_text_is_refused() -> None:
    text = table().set_column(0, "enterprise", pa.array(["a", "b"]))
    with pytest.raises(InvalidError, match="column enterprise of the events must be int32"):
        Events.from_table(text, VOCABULARY)


def test_a_vocabulary_with_a_name_twice_is_refused() -> None:
    with pytest.raises(InvalidError, match="twice"):
        Events.from_table(table(), VOCABULARY * 2)


def test_the_events_of_one_enterprise_are_its_slice() -> None:
    events = build([Record("penalty", day, enterprise=e) for e in (1, 4) for day in (10, 20)])
    assert events.of(4).record.tolist() == [2, 3]
    assert len(events.of(2)) == 0
    assert events.of(1).vocabulary == events.vocabulary


def test_a_vocabulary_hashes_anew_in_another_process() -> None:
    events = Events.from_table(table(), VOCABULARY)
    assert hash(events.vocabulary) == hash(VOCABULARY)
    code = (
        "import sys, pickle; names = pickle.load(sys.stdin.buffer).vocabulary; "
        "sys.exit(hash(names) != hash(tuple(names)) or type(names).__name__ != 'Vocabulary')"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code]
        subprocess.run(command, input=dumps(events), env=environment, check=True)
