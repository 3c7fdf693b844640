"""Cohorts of inspections: which rows, which label, and from when to when it is known."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import NEVER, day
from xinheng.training import CohortRule, LabelRule, inspections

from .world import archive_of

D = date.fromisoformat


def table(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Columns shop, number, day, known, purpose, plan, critical, serious."""
    names = ["shop", "number", "day", "known", "purpose", "plan", "critical", "serious"]
    frame = pd.DataFrame(list(rows), columns=names)
    return frame.assign(inspector="x", trade="A", brand="B", minor=0)


ROWS = (
    ("s1", "1", "2020-01-05", "2020-01-05", "routine", "plan", "0", "2"),
    ("s2", "2", "2020-01-03", "2020-01-09", "routine", "", "3", "0"),
    ("s1", "3", "2020-02-01", "2020-02-01", "complaint", "plan", "1", "0"),
    ("s3", "4", "2020-03-01", "2020-03-01", "routine", "plan", "1", "1"),
    ("s4", "5", "2020-03-02", "2020-03-02", "routine", "plan", "", "1"),
)


def test_rows_labels_and_clocks(tmp_path: Path) -> None:
    cohort = inspections(archive_of(table(*ROWS), tmp_path), CohortRule(), LabelRule())
    assert cohort.number.tolist() == ["2", "1", "4"]
    assert cohort.as_of.tolist() == [day("2020-01-03"), day("2020-01-05"), day("2020-03-01")]
    assert cohort.label.tolist() == [1, 0, 1]
    assert cohort.available.tolist() == [day("2020-01-09"), day("2020-01-05"), day("2020-03-01")]
    assert (cohort.withdrawn == NEVER).all()
    assert cohort.unlabelled == 1
    assert cohort.nuisance["inspector"].tolist() == ["0"] * 3  # a number stands for x
    assert cohort.selection.tolist() == ["daily"] * 3
    assert cohort.known(day("2020-01-09")).tolist() == [False, True, False]
    assert cohort.known(day("2020-01-10")).tolist() == [True, True, False]


def test_plan_dates_and_label_are_configuration(tmp_path: Path) -> None:
    archive = archive_of(table(*ROWS), tmp_path)

    def numbers(rule: CohortRule, label: LabelRule | None = None) -> list[str]:
        return inspections(archive, rule, label or LabelRule()).number.tolist()

    assert numbers(CohortRule(plan="plan")) == ["1", "4"]
    assert numbers(CohortRule(purposes=("routine", "complaint"))) == ["2", "1", "3", "4"]
    assert numbers(CohortRule(first=D("2020-01-05"), last=D("2020-02-28"))) == ["1"]
    serious = inspections(archive, CohortRule(), LabelRule(severity="serious", above=1))
    assert dict(zip(serious.number, serious.label, strict=True)) == {
        "1": 1, "2": 0, "4": 0, "5": 0,
    }  # fmt: skip
    assert str(LabelRule()) == "any critical item not met"


def test_a_cohort_without_rows_says_how_far_it_got(tmp_path: Path) -> None:
    archive = archive_of(table(*ROWS), tmp_path)
    with pytest.raises(InvalidError, match="4 left by purpose routine, 0 left by plan other"):
        inspections(archive, CohortRule(plan="other"), LabelRule())
    with pytest.raises(InvalidError, match="did you mean 'routine'"):
        inspections(archive, CohortRule(purposes=("routin",)), LabelRule())
    unrecorded = table(*((*row[:6], "", "") for row in ROWS))
    with pytest.raises(InvalidError, match="none says how many critical"):
        inspections(archive_of(unrecorded, tmp_path / "b"), CohortRule(), LabelRule())


def test_a_corrected_outcome_holds_from_its_correction_on(tmp_path: Path) -> None:
    fixed = table(("s1", "1", "2020-01-05", "2020-04-01", "routine", "plan", "1", "2"))
    archive = archive_of(table(*ROWS), tmp_path, fixed)
    cohort = inspections(archive, CohortRule(plan="plan"), LabelRule())
    first, second = (cohort.number == "1").nonzero()[0]
    assert (cohort.label[first], cohort.label[second]) == (0, 1)
    assert (cohort.withdrawn[first], cohort.withdrawn[second]) == (day("2020-04-01"), NEVER)
    for cut, expected in (("2020-01-06", [0]), ("2020-04-01", [0]), ("2020-04-02", [1])):
        known = cohort.known(day(cut)) & (cohort.number == "1")
        assert cohort.label[known].tolist() == expected
    before = inspections(archive, CohortRule(plan="plan"), LabelRule(), upto=1)
    assert before.label[before.number == "1"].tolist() == [0]


def test_a_correction_that_leaves_the_cohort_ends_what_it_corrects(tmp_path: Path) -> None:
    fixed = table(
        ("s1", "1", "2020-01-05", "2020-04-01", "complaint", "plan", "0", "2"),
        ("s2", "2", "2020-01-03", "2020-05-01", "routine", "", "", "0"),
    )
    cohort = inspections(archive_of(table(*ROWS), tmp_path, fixed), CohortRule(), LabelRule())
    ends = dict(zip(cohort.number, cohort.withdrawn, strict=True))
    assert ends == {"1": day("2020-04-01"), "2": day("2020-05-01"), "4": NEVER}


def test_a_withdrawn_outcome_counts_until_then_and_again_when_reinstated(tmp_path: Path) -> None:
    changes = (
        ("s3", "4", "2020-05-01", "2020-05-01", "change", "withdrawn", "", ""),
        ("s3", "4", "2020-06-01", "2020-06-01", "change", "reinstated", "", ""),
    )
    cohort = inspections(archive_of(table(*ROWS, *changes), tmp_path), CohortRule(), LabelRule())
    spans = [
        (int(a), int(w))
        for a, w, n in zip(cohort.available, cohort.withdrawn, cohort.number, strict=True)
        if n == "4"
    ]
    assert spans == [
        (day("2020-03-01"), day("2020-05-01")),
        (day("2020-06-01"), NEVER),
    ]


def test_a_cohort_can_stand_for_one_source(tmp_path: Path) -> None:
    archive = archive_of(table(*ROWS), tmp_path)
    assert len(inspections(archive, CohortRule(sources=("source",)), LabelRule()).number) == 3
    with pytest.raises(InvalidError, match="0 left by source elsewhere"):
        inspections(archive, CohortRule(sources=("elsewhere",)), LabelRule())
