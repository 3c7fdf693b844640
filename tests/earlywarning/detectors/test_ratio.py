"""The one-line ratio, by numbers worked by hand."""

import pytest

from xinheng.earlywarning.detectors import NONE, Ratio

from ..drawn import counts


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([0] * 8 + [0, 0, 0, 1], NONE),  # one case is not enough
        ([0] * 8 + [0, 1, 0, 1], 2 / 0.5),
        ([4] * 8 + [4, 4, 4, 4], 16 / 16.5),
        ([1, 1] + [0] * 6 + [0, 0, 0, 3], 3 / (0.5 + 2 * 4 / 8)),
        ([2], 2 / 0.5),  # nothing before it
    ],
)
def test_recent_cases_are_held_against_as_many_weeks_before(row, expected):
    assert Ratio().scores(counts(row)).tolist() == [[pytest.approx(expected)]]


def test_what_is_longer_ago_than_the_past_does_not_count():
    old = counts([9] + [0] * 104 + [0, 0, 1, 1])
    assert Ratio().scores(old).tolist() == [[4.0]]
    assert Ratio(past=105).scores(old)[0, 0] < 4
