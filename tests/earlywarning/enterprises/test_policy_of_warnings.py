"""The policy of warnings: what it says, and how it refuses what it cannot mean."""

import pytest

from xinheng.core.errors import PolicyError
from xinheng.earlywarning.enterprises import WARNINGS, Gravity, WarningPolicy
from xinheng.grading import Level

TEXT = WarningPolicy.default().text


def test_the_shipped_policy_weighs_every_rule_and_proposes_no_level_of_law() -> None:
    [edition] = WarningPolicy.default().editions
    assert set(edition.gravity) == set(WARNINGS.ids)
    assert all(each.level in (Level.C, Level.D) for each in edition.measures)
    assert (edition.rise_days, edition.rise_odds, edition.defence_days) == (90, 1.25, 5)
    grounds = {rule for each in edition.measures for rule in each.rules}
    notices = {rule for rule, each in edition.gravity.items() if each is Gravity.NOTICE}
    assert grounds == set(WARNINGS.ids) - notices


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('two_penalties = "serious"', 'three_penalty = "serious"', "a rule among: fatal_food"),
        ('two_penalties = "serious"', 'two_penalties = "bad"', "one of: notice, serious, grave"),
        ('two_penalties = "serious"', "", "rules that have a gravity"),
        ("least = 2", "least = 8", "at most the 7 rules there are"),
        ("least = 2", "least = 0", "a whole number from 1 on"),
        ("days = 90\nbasis", "days = 0\nbasis", "a whole number from 1 on"),
        ("days = 90\nbasis", "days = 181\nbasis", "at most 180 days"),
        ("most_days = 180", "most_days = 9000", "at most 3650 days"),
        ("most_days = 180", "", "edition[0].most_days is missing"),
        ("decide = 5", "decide = 0", "a whole number from 1 on"),
        ("decide = 5", "decided = 5", "edition[0].clocks.decide is missing"),
        ('confirm = ["D", "E"]', 'confirm = ["F"]', "levels: A+, A, B, C, D, E"),
        ('level = "D"', 'level = "F"', "one of: A+, A, B, C, D, E"),
        ("odds = 1.25", "odds = 1.0", "a factor over 1"),
        ("working_days = 5", "working_days = 0", "a whole number from 1 on"),
        ('en = "[name of the authority]"', "", "edition[0].office.en is missing"),
        ("odds = 1.25", "odds = 1.25\nfactor = 2", "there is no key 'edition[0].rise.factor'"),
    ],
)
def test_what_it_cannot_mean_is_refused(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError) as refused:
        WarningPolicy.parse(TEXT.replace(old, new, 1), "own.toml")
    assert "own.toml" in str(refused.value)
    assert says in str(refused.value)
