"""Faults: each row's are found again in its window, and those of one sort are counted together."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xinheng.archive import faults as module
from xinheng.archive.check import FAULTS
from xinheng.archive.fates import Fates
from xinheng.archive.faults import NO_RECORD, Faults

SPLIT, BROKEN = np.array([2, 3, 4, 5, 9]), np.array([7])


def table(*rows: tuple[int, str, str]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"row": row, "kind": "penalty", "field": field, "value": "v", "fault": fault}
            for row, field, fault in rows
        ],
        schema=FAULTS,
    )


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    monkeypatch.setattr(module, "WINDOW", 4)
    fates = Fates([SPLIT], BROKEN)
    faults = Faults(tmp_path / "some.faults", fates)
    broken = pa.table({"_row": [7], "fault": ["too few"], "text": ["a"]})
    faults.add_broken("penalties", broken)
    fates.came(np.array([2, 3, 4]))
    faults.add(table((9, "fine", "row 3 has it"), (2, "fine", "row 77 has it")))
    faults.add(table((2, "number", "required but empty")))
    faults.add(FAULTS.empty_table())
    faults.note(table((3, "enterprise", "these come near")))
    faults.close("penalties")
    return faults


def test_the_faults_of_a_row_are_in_the_window_of_its_number(found: Faults) -> None:
    windows = {
        number: {row: [f["fault"] for f in said] for row, said in found.window(number).items()}
        for number in found.windows
    }
    assert windows == {
        0: {2: ["row 77 has it", "required but empty"], 3: ["these come near"]},
        1: {7: ["too few"]},
        2: {9: ["row 3 has it"]},
    }
    assert found.window(1)[7] == [{"fault": "too few"}]
    [fault, _] = found.window(0)[2]
    assert fault == {"kind": "penalty", "field": "fine", "value": "v", "fault": "row 77 has it"}


def test_faults_of_one_sort_are_counted_together_and_notes_are_none(found: Faults) -> None:
    assert found.tally == {
        "penalties: too few": 1,
        "penalty.fine: row … has it": 2,
        "penalty.number: required but empty": 1,
        f"penalties: {NO_RECORD}": 1,
    }
