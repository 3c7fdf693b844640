"""Checking: the short cut through code tables and the order of rows change nothing."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import KINDS
from xinheng.archive.check import _invalid
from xinheng.core.codes import CodeTable
from xinheng.core.time import day

from .checking import checked
from .department import ALPHA, BETA

TABLE = """code,valid_from,valid_to
always,,
until,,2026-01-31
split,,2026-01-10
split,2026-02-01,2026-02-10
since,2026-01-15,
"""
DAYS = st.integers(day("2026-01-01"), day("2026-03-01"))
CODES = st.sampled_from(["always", "until", "split", "since", "never", None])


@given(pairs=st.lists(st.tuples(CODES, DAYS), max_size=30))
def test_codes_are_valid_as_the_table_says_one_by_one(
    tmp_path_factory: object, pairs: list[tuple[str | None, int]]
) -> None:
    path = Path(tmp_path_factory.getbasetemp()) / "codes.csv"
    path.write_text(TABLE)
    table = CodeTable.read(path)
    codes, days = ([pair[i] for pair in pairs] for i in (0, 1))
    found = _invalid(pa.array(codes, pa.string()), np.array(days, np.int32), table)
    given_codes = np.array([code is not None for code in codes], dtype=bool)
    assert found.tolist() == (given_codes & ~table.check(codes, days)).tolist()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "_row": st.integers(2, 6),
            "enterprise": st.sampled_from([ALPHA, BETA, "123", None]),
            "number": st.sampled_from(["A1", "A2", " "]),
            "occurred": st.sampled_from(["2026-01-05", "2026-02-30", "epoch", "1:2"]),
            "known": st.sampled_from(["2026-01-20", "2026-01-20 03:00", "2026-01-04", "soon"]),
            "level": st.sampled_from(["city", "town", None]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(rows=ROWS, data=st.data())
def test_a_row_is_read_alike_in_whatever_order_a_mapping_yields_it(
    rows: list[dict[str, object]], data: st.DataObject
) -> None:
    contract = KINDS["award"]
    found = checked(contract, rows)
    assert found.records["_row"].to_pylist() == [row["_row"] for row in rows]
    order = data.draw(st.permutations(range(len(rows))))
    other = checked(contract, [rows[place] for place in order])
    assert other.records.equals(found.records.take(pa.array(order)))
    names = [(name, "ascending") for name in found.faults.column_names]
    assert other.faults.sort_by(names).equals(found.faults.sort_by(names))


def test_the_other_enterprise_of_a_tie_is_read_as_the_first_is() -> None:
    row = {"_row": 2, "enterprise": ALPHA, "number": "T1", "occurred": "2026-01-05",
           "known": "2026-01-20", "role": "parent"}  # fmt: skip
    others = [f"{BETA[:8]}-{BETA[8:].lower()}", BETA[:-1] + "C", ""]
    rows = [row | {"other": other, "_row": place} for place, other in enumerate(others, 2)]
    found = checked(KINDS["relation"], rows)
    assert found.records["other"][0].as_py() == BETA
    faults = {row: (field, fault) for row, field, fault in zip(
        *(found.faults[name].to_pylist() for name in ("row", "field", "fault")), strict=True
    ) if field == "other"}  # fmt: skip
    assert faults[3][1].startswith("the check character is C")
    assert faults[4] == ("other", "required but empty")
    assert 2 not in faults


def test_a_day_that_had_not_come_when_it_was_known_is_a_fault() -> None:
    row = {"_row": 2, "enterprise": ALPHA, "number": "L1", "occurred": "2026-01-05",
           "known": "2026-01-20", "role": "plaintiff", "cause": "contract"}  # fmt: skip
    rows = [row | {"closed": closed} for closed in ("2026-01-20", "2026-01-21")]
    found = checked(KINDS["litigation"], rows).faults.to_pylist()
    late = [fault for fault in found if fault["field"] == "closed"]
    assert [(fault["value"], fault["fault"]) for fault in late] == [
        ("2026-01-21", "later than it was known")
    ]
