"""Policy files: dated editions, and errors that teach."""

from datetime import date
from pathlib import Path

import pytest

from xinheng.core.errors import NotFoundError, PolicyError
from xinheng.core.time import NEVER, day
from xinheng.grading import STATUTES, AtLeast, Combination, Level, Policy, ScoreCard, Worse

TODAY = day("2026-03-01")

EDITION = """
[[edition]]
version = "{version}"
status = "design"
effective_from = {start}
{end}
horizon_days = 365
cut_points = {{ "A" = 0.05, "B" = 0.15, "C" = 0.3, "D" = 0.45, "E" = 0.65 }}
hysteresis = {{ worse = 0, better = 0.15 }}
score_card = {{ combination = "beside" }}
rules = {{ serious_dishonesty = "at least E", mortgage_arrears = "2 worse, not beyond D" }}
"""


def edition(version: str, start: str, end: str = "") -> str:
    last = f"effective_to = {end}" if end else ""
    return EDITION.format(version=version, start=start, end=last)


def parse(text: str) -> Policy:
    return Policy.parse(text, "city.toml")


ONE = 'name = "city"\n' + edition("1", "2021-01-01")
TWO = 'name = "city"\n' + edition("2", "2024-01-01") + edition("1", "2021-01-01", "2023-12-31")


@pytest.mark.parametrize(
    ("on", "version"),
    [("2021-01-01", "1"), ("2023-12-31", "1"), ("2024-01-01", "2"), ("2099-01-01", "2")],
)
def test_the_edition_in_force_counts(on: str, version: str) -> None:
    policy = parse(TWO)
    assert policy.on(date.fromisoformat(on)).version == version
    assert policy.on(day(on)).version == version


def test_outside_every_edition_there_is_no_policy() -> None:
    with pytest.raises(PolicyError, match="2020-12-31; it covers: 1 2021-01-01 to 2023-12-31; 2"):
        parse(TWO).on(day("2020-12-31"))


def test_an_edition_reads_as_written() -> None:
    found = parse(ONE).on(day("2022-01-01"))
    assert found.scale.cut_points == (0.05, 0.15, 0.3, 0.45, 0.65)
    assert found.scale.hysteresis.better == 0.15
    assert found.effective_to == NEVER
    assert found.score_card is Combination.BESIDE
    assert found.rules == {
        "serious_dishonesty": AtLeast(Level.E),
        "mortgage_arrears": Worse(2, Level.D),
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "city"', "", r"city.toml: name is missing; expected text in quotes"),
        ('name = "city"', 'name = "city"\nnote = 1', r"no key 'note'. There are: edition, name"),
        ("horizon_days = 365", "horizon_days = 0", r"horizon_days = 0: expected at least 1"),
        ("horizon_days = 365", "horizon_days = 1.5", r"= 1.5: expected a whole number"),
        ("horizon_days = 365", "horizon_days = true", r"= True: expected a whole number"),
        ("horizon_days", "horizon", r"edition\[0\].horizon_days is missing; expected a whole"),
        ("horizon_days", "days = 1\nhorizon_days", r"no key 'edition\[0\].days'"),
        ('"E" = 0.65', '"E" = "high"', r"edition\[0\].cut_points.E = 'high': expected a number"),
        ('"E" = 0.65', '"F" = 0.65', r"edition\[0\].cut_points.E is missing"),
        ('"E" = 0.65', '"E" = 0.4', r"edition\[0\].cut_points: cut points .* must ascend"),
        ('"E" = 0.65', '"E" = 0.65, "A+" = 0', r"no key 'edition\[0\].cut_points.A\+'"),
        ("better = 0.15", "better = 3", r"wider than the closest cut points"),
        ("at least E", "at least F", r"rules.serious_dishonesty = 'at least F': .* no level 'F'"),
        ("2 worse, not beyond D", "worse", r"mortgage_arrears = 'worse': expected an effect"),
        ('"beside"', '"better"', r"combination = 'better': expected one of: beside, worse"),
        ("2021-01-01", '"2021-01-01"', r"effective_from = '2021-01-01': expected a date"),
        ("horizon_days", "effective_to = 2020-01-01\nhorizon_days", r"not before effective_from"),
        ("[[edition]]", "[[edition", r"city.toml: no valid TOML"),
        ('= "beside"', '= "worse"', r"score_card.levels is missing; expected a table"),
        ('"beside"', '"beside", levels = { A = "F" }',
         r"score_card.levels.A = 'F': expected one of: A\+, A, B, C, D, E"),
        ("rules = {", 'continued = [{ rules = ["bans"], reason = "x" }]\nrules = {',
         r"rules = 'bans': expected rules that the edition applies: serious_dishonesty, mort"),
        ("rules = {", 'continued = [{ rules = ["mortgage_arrears"] }]\nrules = {',
         r"edition\[0\].continued\[0\].reason is missing"),
    ],
)  # fmt: skip
def test_an_error_names_file_key_value_and_what_was_expected(old: str, new: str, says: str) -> None:
    assert old in ONE
    with pytest.raises(PolicyError, match=says) as caught:
        parse(ONE.replace(old, new, 1))
    assert str(caught.value).startswith("city.toml: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (edition("1", "2021-01-01") + edition("2", "2024-01-01"), "until never, edition '2'"),
        (edition("1", "2021-01-01", "2024-01-01") + edition("2", "2024-01-01"), "effective_to"),
        (edition("1", "2021-01-01", "2021-12-31") + edition("1", "2024-01-01"), "must differ"),
        ("edition = []", "at least one"),
        ("edition = [1]", r"edition\[0\] = 1: expected a table"),
    ],
)
def test_editions_must_fit_together(text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        parse('name = "city"\n' + text)


def test_the_default_policy_is_of_design_values_and_enables_every_statute() -> None:
    found = Policy.default().on(day("2026-03-01"))
    assert found.status == "design"
    assert set(found.rules) == set(STATUTES.ids)
    assert set(found.card_levels) == {grade.name for grade in ScoreCard.default().on(TODAY).grades}


def test_a_rule_goes_on_after_its_basis_only_where_policy_says_so() -> None:
    continued = 'continued = [{ rules = ["mortgage_arrears"], reason = "not known" }]\nrules = {'
    plain = parse(ONE).on(TODAY)
    going_on = parse(ONE.replace("rules = {", continued)).on(TODAY)
    rule = STATUTES["mortgage_arrears"]
    days = [rule.effective_from - 1, rule.effective_from, rule.effective_to, rule.effective_to + 1]
    assert plain.applies(rule, days).tolist() == [False, True, True, False]
    assert going_on.applies(rule, days).tolist() == [False, True, True, True]
    assert going_on.continued == {"mortgage_arrears": "not known"}


def test_a_rule_that_nobody_declared_is_refused() -> None:
    parse(ONE).check_rules(STATUTES.ids)
    wrong = parse(ONE.replace("serious_dishonesty", "serious_dishonest"))
    with pytest.raises(
        PolicyError, match=r"edition '1', rules: .* did you mean 'serious_dishonesty"
    ):
        wrong.check_rules(STATUTES.ids)


def test_files_are_loaded_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "city.toml"
    with pytest.raises(NotFoundError, match="no policy file"):
        Policy.load(path)
    path.write_bytes("name = '深圳'".encode("gb18030"))
    with pytest.raises(PolicyError, match="UTF-8"):
        Policy.load(path)
    path.write_text(ONE, "utf-8")
    assert Policy.load(path) == parse(ONE)
