"""Purposes: every reading of a grade names one that its role can have."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import ForbiddenError, InvalidError, PolicyError, time
from xinheng.serving.access import ROLES, Permission, Purpose, Purposes, Role

EDITION = Purposes.default().on(time.day("2026-06-30"))
FILE = """
name = "made up"
[[edition]]
version = "1"
status = "design"
effective_from = 2020-01-01
[[edition.purpose]]
code = "routine"
zh = "日常监督检查"
en = "routine supervision"
basis = "design"
roles = ["inspector"]
"""


@pytest.mark.parametrize(
    ("text", "role", "purpose"),
    [
        ("routine", Role.DEPARTMENT, Purpose("routine")),
        ("routine:2026-0117", Role.INSPECTOR, Purpose("routine", "2026-0117")),
        (
            quote("case:深市监案〔2026〕17号"),
            Role.SUPERVISOR,
            Purpose("case", "深市监案〔2026〕17号"),
        ),
        ("model", Role.DATA_SCIENTIST, Purpose("model")),
    ],
)
def test_a_purpose_is_read(text, role, purpose):
    assert EDITION.read(text, role) == purpose


@pytest.mark.parametrize(
    ("text", "role", "match"),
    [
        (
            None,
            Role.INSPECTOR,
            "There are: case, complaint, delivery, objection, random_check, routine",
        ),
        ("", Role.INSPECTOR, "no purpose was named"),
        ("curiosity", Role.INSPECTOR, "no purpose .curiosity.. There are: case, complaint"),
        ("complaint", Role.INSPECTOR, "goes with the number of its case"),
        ("complaint:", Role.INSPECTOR, "a case number"),
        ("complaint:a b", Role.INSPECTOR, "a case number"),
        ("complaint:" + "1" * 81, Role.INSPECTOR, "a case number"),
        ("complaint:1%0Aadmin", Role.INSPECTOR, "a case number"),
        ("complaint:1\x00", Role.INSPECTOR, "a case number"),
    ],
)
def test_what_is_no_purpose_is_refused(text, role, match):
    with pytest.raises(InvalidError, match=match):
        EDITION.read(text, role)


@pytest.mark.parametrize(
    ("text", "role", "match"),
    [
        ("review", Role.INSPECTOR, "not one of the role inspector, which has: case, complaint"),
        ("routine", Role.AUDITOR, "not one of the role auditor, which has: none"),
    ],
)
def test_a_purpose_of_another_role_is_not_allowed(text, role, match):
    with pytest.raises(ForbiddenError, match=match):
        EDITION.read(text, role)


@given(st.text() | st.text().map("case:".__add__), st.sampled_from(Role))
def test_whatever_is_sent_what_is_recorded_is_short_and_one_line(text, role):
    try:
        purpose = EDITION.read(text, role)
    except (InvalidError, ForbiddenError) as error:
        assert len(str(error)) < 600  # noqa: PT017
        return
    assert str(purpose).isprintable()
    assert len(str(purpose)) < 100


@pytest.mark.parametrize("role", Role)
def test_whoever_reads_grades_has_a_purpose_and_nobody_else(role):
    having = [each.code for each in EDITION.codes.values() if role in each.roles]
    assert bool(having) == (Permission.READ_GRADE in ROLES[role].permissions)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('"inspector"', '"inspektor"', "some of: consumer, department"),
        ('code = "routine"', 'code = "Routine check"', "small letters"),
        ('zh = "日常监督检查"', "", "zh is missing"),
        ('basis = "design"', 'basis = "design"\ncase = "maybe"', "none, allowed, required"),
        ('basis = "design"', 'basis = "design"\ncases = "none"', "no key"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(old, new, match):
    assert Purposes.parse(FILE, "purposes.toml").name == "made up"
    with pytest.raises(PolicyError, match=match):
        Purposes.parse(FILE.replace(old, new), "purposes.toml")


def test_a_code_stands_once():
    twice = FILE + FILE[FILE.index("[[edition.purpose]]") :]
    with pytest.raises(PolicyError, match="a code that no other purpose has"):
        Purposes.parse(twice, "purposes.toml")


def test_a_purpose_without_a_case_refuses_one():
    text = FILE.replace('basis = "design"', 'basis = "design"\ncase = "none"')
    edition = Purposes.parse(text, "purposes.toml").on(time.day("2026-06-30"))
    with pytest.raises(InvalidError, match="has no case"):
        edition.read("routine:1", Role.INSPECTOR)
