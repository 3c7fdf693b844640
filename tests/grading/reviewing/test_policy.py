"""The review policy: which changes open a case, which decisions need two, and by when."""

import pytest

from xinheng.core.errors import NotFoundError, PolicyError
from xinheng.core.time import day
from xinheng.grading import Level
from xinheng.grading.reviewing import ReviewPolicy
from xinheng.ledger.reviews import Decision

POLICY = ReviewPolicy.default()
EDITION = POLICY.on(day("2026-03-01"))


@pytest.mark.parametrize(
    ("before", "after", "trigger"),
    [
        (Level.D, Level.E, "to_highest_risk"),
        (Level.A, Level.D, "to_high_risk"),
        (Level.E, Level.D, None),
        (Level.A_PLUS, Level.B, "worse_by_two"),
        (Level.C, Level.A, "better_by_two"),
        (Level.A, Level.B, None),
    ],
)
def test_a_change_opens_a_case_by_the_first_line_that_asks_for_it(before, after, trigger) -> None:
    found = EDITION.trigger_of(before, after, 1)
    assert (found and found.id) == trigger


def test_a_share_is_drawn_the_same_way_whenever_it_is_asked() -> None:
    sample = next(each for each in EDITION.triggers if each.id == "sample")
    drawn = [change for change in range(20_000) if sample.draws(change)]
    assert drawn == [change for change in range(20_000) if sample.draws(change)]
    assert 150 < len(drawn) < 250


def test_high_risk_and_every_level_that_is_set_need_two() -> None:
    assert all(EDITION.needs_second("override", level) for level in Level)
    confirmed = [EDITION.needs_second("confirm", level) for level in Level]
    assert confirmed == [level >= Level.D for level in Level]
    assert not EDITION.needs_second("send_back", Level.E)


def test_a_reason_has_to_fit_what_is_decided() -> None:
    assert EDITION.reason("put_right", Decision.OVERRIDE).zh == "问题已整改核实"
    with pytest.raises(NotFoundError, match=r"no reason to confirm 'put_right'.*There are: as_f"):
        EDITION.reason("put_right", Decision.CONFIRM)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("most_days = 180", "most_days = 0", "most_days = 0: expected at least 1"),
        ("accept = 1 ", "accept = 0 ", "clocks.accept = 0"),
        ('confirm = ["D", "E"]', 'confirm = ["F"]', "second.confirm = 'F': expected levels"),
        ("share = 0.01", "share = 1.5", "share = 1.5"),
        ("steps = 2", "steps = 9", "steps = 9"),
        ('direction = "worse"', 'direction = "down"', "expected one of: worse, better, any"),
        ('id = "to_high_risk"', 'id = "to_highest_risk"', "expected different ids"),
        ('decisions = ["confirm"]', 'decisions = ["agree"]', "expected decisions: confirm"),
        ("notify = 2", "notify = 2\ninform = 3", "inform"),
        ("notify = 2", "notify = 100000000", "clocks.notify = 100000000"),
        ('id = "sample"', 'id = "objection"', "another one than by_hand, objection, record_wi"),
        ('id = "sample"', 'id = "随机"', "a small letter, then small letters"),
        ('id = "as_found"', f'id = "{"a" * 51}"', "50 at most"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(old: str, new: str, told: str) -> None:
    assert old in POLICY.text
    with pytest.raises(PolicyError) as error:
        ReviewPolicy.parse(POLICY.text.replace(old, new), "office.toml")
    assert told in str(error.value)
    assert "office.toml" in str(error.value)
