"""Revisions of a policy: one more edition, and nothing else changed."""

from datetime import date

import pytest

from xinheng.core.errors import PolicyError
from xinheng.core.time import day
from xinheng.grading import Policy
from xinheng.training import revise

CUTS = (0.06, 0.09, 0.13, 0.18, 0.25)
FIRST = date(2026, 4, 1)


def test_a_revision_adds_an_edition_and_ends_the_last_the_day_before() -> None:
    policy = Policy.default()
    revised = Policy.parse(revise(policy, CUTS, first=FIRST, version="2026-Q2"), "revised")
    former, new = revised.editions
    (old,) = policy.editions
    assert (former.version, former.effective_to) == (old.version, day("2026-03-31"))
    assert (new.version, new.effective_from) == ("2026-Q2", day("2026-04-01"))
    assert former.scale == old.scale
    assert new.scale.cut_points == CUTS
    for name in ("horizon_days", "rules", "score_card", "status"):
        assert getattr(new, name) == getattr(old, name)
    assert new.scale.hysteresis == old.scale.hysteresis


def test_comments_stay() -> None:
    policy = Policy.default()
    text = revise(policy, CUTS, first=FIRST, version="x")
    comments = [line for line in policy.text.splitlines() if line.lstrip().startswith("#")]
    kept = text.splitlines()
    assert comments
    assert all(line in kept for line in comments)


def test_revisions_follow_each_other() -> None:
    once = Policy.parse(revise(Policy.default(), CUTS, first=FIRST, version="one"), "once")
    more = (0.05, 0.08, 0.12, 0.2, 0.3)
    twice = Policy.parse(revise(once, more, first=date(2026, 7, 1), version="two"), "twice")
    assert [each.version for each in twice.editions] == ["design-1", "one", "two"]
    assert twice.on(day("2026-06-30")).scale.cut_points == CUTS
    assert twice.on(day("2026-07-01")).scale.cut_points == more


@pytest.mark.parametrize(
    ("first", "version", "cuts", "says"),
    [
        (date(1999, 1, 1), "x", CUTS, "begins on a later day"),
        (FIRST, "design-1", CUTS, "must differ"),
        (FIRST, "x", CUTS[::-1], "must ascend"),
        (FIRST, "x", (0.1, 0.101, 0.2, 0.3, 0.4), "hysteresis"),
    ],
)
def test_what_is_no_revision_is_refused(
    first: date, version: str, cuts: tuple[float, ...], says: str
) -> None:
    with pytest.raises(PolicyError, match=says):
        revise(Policy.default(), cuts, first=first, version=version)
