"""No feature cell up to a day depends on what came after it."""

from datetime import date
from pathlib import Path

import numpy as np

from xinheng.core import time
from xinheng.features import standard_catalogue
from xinheng.training import Outcome, OutcomeRule, PanelRule, Task, read_inputs

from .world import archive_of, city

CUT = date(2022, 6, 1)


def test_flipped_and_dropped_outcomes_after_a_day_change_no_cell_before(tmp_path: Path) -> None:
    whole = city(shops=120)
    later = whole["day"] >= CUT
    rng = np.random.default_rng(0)
    other = whole.copy()
    other.loc[later, "critical"] = 1 - other.loc[later, "critical"]
    other.loc[later, ["serious", "minor"]] += 3
    # Test rows must exist in both, so only rows that are no last row of a shop are dropped.
    dropped = later & whole["shop"].duplicated(keep="last") & (rng.random(len(whole)) < 0.5)
    other = other[~dropped]
    assert later.sum() > 100
    assert dropped.sum() > 30
    catalogue = standard_catalogue().select(use="grade")
    matrices, keys = [], []
    for name, table in (("one", whole), ("other", other)):
        inputs = read_inputs(archive_of(table, tmp_path / name), Task(), catalogue)
        early = inputs.cohort.as_of <= (CUT - date(1970, 1, 1)).days
        matrices.append(inputs.matrix[early].to_numpy())
        keys.append(inputs.cohort.number[early].tolist())
    assert keys[0] == keys[1]
    assert len(keys[0]) > 300
    np.testing.assert_array_equal(matrices[0], matrices[1])
    varying = [len(np.unique(column)) > 1 for column in matrices[0].T]
    assert sum(varying) > 20


def test_a_panel_sees_nothing_of_what_comes_after(tmp_path: Path) -> None:
    whole = city(shops=120)
    later = whole["day"] >= CUT
    other = whole.copy()
    other.loc[later, "critical"] = 1 - other.loc[later, "critical"]
    task = Task(
        cohort=PanelRule(first=date(2020, 10, 1)),
        label=OutcomeRule(outcomes=(Outcome(streams=("inspection.critical",), above=0),)),
    )
    catalogue = standard_catalogue().select(use="grade")
    found = []
    for name, table in (("one", whole), ("other", other)):
        inputs = read_inputs(archive_of(table, tmp_path / name), task, catalogue)
        cohort, cut = inputs.cohort, time.day(CUT)
        early = cohort.as_of <= cut
        known = cohort.take(cohort.known(cut))
        found.append(
            (
                inputs.matrix[early].to_numpy(),
                list(zip(cohort.enterprise[early], cohort.as_of[early], strict=True)),
                list(zip(known.enterprise, known.as_of, known.label, strict=True)),
                cohort.label[cohort.settled >= cut].tolist(),
            )
        )
    (matrix, rows, labels, later_labels), (matrix2, rows2, labels2, later_labels2) = found
    np.testing.assert_array_equal(matrix, matrix2)
    assert (rows, labels) == (rows2, labels2)
    assert len(rows) > 400
    assert {label for _, _, label in labels} == {0, 1}
    assert later_labels != later_labels2
