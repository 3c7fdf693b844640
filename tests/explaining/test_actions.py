"""The file of actions: editions that follow one another, and what it may not say."""

import pytest

from xinheng.core.errors import PolicyError
from xinheng.core.time import day
from xinheng.explaining import Actions

from ..grading.world import TODAY


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('does = "repair"', 'does = "forget"', "one of: end, repair, extend, add"),
        ("asks = true", 'asks = "yes"', "asks = 'yes': expected true or false"),
        ("working_days = 20", "working_days = -1", "0 or more"),
        ("before_working_days = 30", "before_working_days = -1", "0 or more"),
        ("extend_months = 60", "extend_months = 0", "over 0 where a record is extended"),
        ('["certificate:gmp"]', '["certificate:g*"]', "the one stream of the record"),
        ('["rectification"]', '["rectifications"]', "streams of records"),
        ('id = "gmp"', 'id = "haccp"', "ids that differ"),
        ('populations = ["producer"]', 'populations = ["farmer"]', "some of"),
        (
            'unless_open = [\n    "penalty.due",',
            'unless_open = [\n    "list_entry",',
            "streams other than its own: list_entry:serious_dishonesty.*",
        ),
        (
            'unless_open = [\n    "penalty.due",',
            'unless_open = [\n    "list_entry:serious_dishonesty.other_harm",',
            "would forbid itself",
        ),
        ('after = ["file_late_report"]', 'after = ["haccp"]', "stand before it, not 'haccp'"),
        ('follows = "2022"', 'follows = "2023"', "one of: 2021, 2022"),
        ('version = "2023"', 'version = "2021"', "must differ"),
        ("turn = [7, 1]", "turn = [7]", r"\[month, day\]"),
        ("turn = [7, 1]", "turn = [13, 1]", "deadlines as an indicator"),
        ("years = 3", "years = 0", "whole number 1 to 20"),
        ('does = "file"', 'does = "end"', "only there"),
        (
            'streams = ["annual_report.due:late"]',
            'streams = ["annual_report.due"]\nworking_days = 3',
            "it is done on its day",
        ),
        ("lasting_days = 90", "lasting_days = -1", "0 or more"),
        ('"self_control",', '"self_controls",', "streams of records"),
        ("part = true", 'part = "yes"', "expected true or false"),
        ('does = "repair"', 'does = "repair"\npart = true', "only where a record is ended"),
        ("late = true\nlisted", "late = false\nlisted", "only where it is filed late"),
        (
            'streams = ["certificate:gmp"]',
            'streams = ["certificate:gmp"]\nonly = ["licence"]',
            "no record yet",
        ),
        (
            'streams = ["certificate:gmp"]',
            'streams = ["certificate:gmp"]\nexcept = ["licence"]',
            "no record yet",
        ),
    ],
)
def test_a_file_of_actions_that_cannot_be_used_says_why(old: str, new: str, says: str) -> None:
    text = Actions.default().text
    assert old in text
    with pytest.raises(PolicyError, match=says):
        Actions.parse(text.replace(old, new), "actions.toml")


def test_an_edition_that_follows_another_says_the_rest_as_it_does() -> None:
    before, after = (
        {each.id: each for each in Actions.default().on(day(when)).actions}
        for when in ("2023-04-30", "2023-05-01")
    )
    assert after.keys() - before.keys() == {"repair_other_food_penalty", "repair_other_penalty"}
    assert all(after[name] == action for name, action in before.items())
    first = {each.id: each for each in Actions.default().on(day("2021-09-01")).actions}
    assert [name for name in first if first[name] != before[name]] == ["rectify"]


def test_before_the_first_edition_nothing_is_known() -> None:
    with pytest.raises(PolicyError, match=r"says nothing about 2021-08-31; it covers: 2021"):
        Actions.default().on(day("2021-08-31"))
    assert Actions.default().covering(day("2021-08-31")) is None
    assert Actions.default().covering(TODAY) is not None
