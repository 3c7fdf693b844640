"""Drafts: which warnings suffice for what, and what is never a ground."""

from collections.abc import Sequence

import hypothesis.strategies as st
import pytest
from hypothesis import given

from xinheng.core.time import day
from xinheng.earlywarning.enterprises import (
    WARNINGS,
    Gravity,
    Warned,
    WarningPolicy,
    draft,
    draft_all,
)
from xinheng.grading import Level

TODAY = day("2026-03-01")
EDITION = WarningPolicy.default().on(TODAY)


def warned(rule: str, number: int = 4, since: int = TODAY - 9, records: Sequence[str] = ("7",)):
    return Warned(
        rule=rule, number=number, as_of=TODAY, since=since, gravity=EDITION.gravity[rule],
        records=tuple(records), basis=WARNINGS[rule].basis,
        sentence={"zh": f"甲{rule}", "en": rule},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "level", "days"),
    [
        (["fatal_food_accident"], "D", 180),
        (["three_penalties"], "D", 180),
        (["obstruction"], "C", 180),
        (["obstruction", "referred_to_police"], "D", 180),
        (["unsafe_sample"], None, None),
        (["unsafe_sample", "licence_lapsed"], "C", 90),
        (["unsafe_sample", "licence_lapsed", "recall_ordered"], "C", 180),
        (["unsafe_sample", "complaint_surge"], None, None),
        (["licence_lapsing", "unperformed_penalty", "complaint_surge"], None, None),
        ([], None, None),
    ],
)
def test_these_suffice_for(rules: list[str], level: str | None, days: int | None) -> None:
    found = draft([warned(rule) for rule in rules], EDITION, enterprise="X")
    assert (found and found.level, found and found.days) == (level, days)


def test_a_draft_says_whom_why_and_on_what() -> None:
    told = [
        warned("unsafe_sample", since=TODAY - 3),
        warned("licence_lapsed"),
        warned("complaint_surge"),
        warned("referred_to_police", records=("9", "8")),
    ]
    found = draft(told, EDITION, enterprise="914403", district="440305")
    assert found is not None
    assert (found.number, found.enterprise, found.district) == (4, "914403", "440305")
    assert found.as_of == TODAY
    assert [each.rule for each in found.grounds] == [
        "referred_to_police", "licence_lapsed", "unsafe_sample",
    ]  # fmt: skip
    first = found.grounds[0]
    assert first.records == ("8", "9")
    assert first.basis == "食品安全法 §121"
    assert first.text == {"zh": "甲referred_to_police", "en": "referred_to_police"}
    assert found.basis == f"{EDITION.measures[0].basis}; {EDITION.measures[2].basis}"


def test_two_measures_of_one_basis_name_it_once() -> None:
    found = draft([warned("three_penalties"), warned("fatal_food_accident")], EDITION,
                  enterprise="X")  # fmt: skip
    assert found is not None
    assert found.basis == EDITION.measures[0].basis


@pytest.mark.parametrize(("level", "drafted"), [("A+", True), ("B", True), ("C", False),
                                                ("E", False)])  # fmt: skip
def test_who_is_no_better_already_is_not_warned(level: str, *, drafted: bool) -> None:
    found = draft([warned("obstruction")], EDITION, enterprise="X", level=Level.of(level))
    assert (found is not None) == drafted


def test_a_warning_without_a_record_is_no_ground() -> None:
    assert draft([warned("obstruction", records=())], EDITION, enterprise="X") is None


def test_one_milder_new_record_does_not_get_the_level_of_old_grounds() -> None:
    told = [warned("referred_to_police", records=("7", "8")), warned("obstruction")]
    known = {"referred_to_police": {"7": 1, "8": 1}}
    found = draft(told, EDITION, enterprise="X", known=known)
    assert found is not None
    assert (found.level, [each.rule for each in found.grounds]) == ("C", ["obstruction"])
    assert found.basis == EDITION.measures[1].basis
    assert draft(told, EDITION, enterprise="X", known=known | {"obstruction": ["7"]}) is None
    again = draft(told, EDITION, enterprise="X", known={"referred_to_police": {"7": 1}})
    assert again is not None
    assert again.level == "D"
    same = draft(told, EDITION, enterprise="X", known={"obstruction": ["7", "8"]})
    assert same is not None
    assert [each.rule for each in same.grounds] == ["referred_to_police"]


def test_old_grounds_do_not_make_up_the_number() -> None:
    told = [warned("unsafe_sample"), warned("licence_lapsed", records=("8",))]
    assert draft(told, EDITION, enterprise="X", known={"unsafe_sample": {"7"}}) is None


def test_each_is_held_against_its_own_earlier_warnings() -> None:
    told = [warned("obstruction", 2), warned("obstruction", 3)]
    found = draft_all(told, EDITION, codes={2: "X2", 3: "X3"}, districts={}, levels={},
                      known={2: {"obstruction": {"7": 1}}})  # fmt: skip
    assert [each.enterprise for each in found] == ["X3"]


def test_many_are_drafted_one_by_one() -> None:
    told = [warned("obstruction", 9), warned("unsafe_sample", 2), warned("three_penalties", 3),
            warned("licence_lapsed", 2), warned("obstruction", 5)]  # fmt: skip
    found = draft_all(
        told, EDITION, codes={n: f"X{n}" for n in range(10)}, districts={3: "440305"},
        levels={5: Level.D},
    )  # fmt: skip
    assert [(each.enterprise, each.district, each.level) for each in found] == [
        ("X2", None, "C"), ("X3", "440305", "D"), ("X9", None, "C"),
    ]  # fmt: skip


@given(st.sets(st.sampled_from(WARNINGS.ids)), st.sampled_from(WARNINGS.ids))
def test_one_more_warning_never_makes_a_draft_milder(rules: set[str], one: str) -> None:
    fewer, more = (
        draft([warned(rule) for rule in sorted(some)], EDITION, enterprise="X")
        for some in (rules, rules | {one})
    )
    if fewer is not None:
        assert more is not None
        assert (Level.of(more.level), more.days) >= (Level.of(fewer.level), fewer.days)
        assert {g.rule for g in more.grounds} >= {g.rule for g in fewer.grounds}
    grounds = () if more is None else more.grounds
    assert all(EDITION.gravity[each.rule] > Gravity.NOTICE for each in grounds)
