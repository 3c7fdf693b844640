"""Turns: results come in order, and only a few items are taken ahead."""

import pytest

from xinheng.archive.turns import in_turn


def test_an_item_may_follow_from_the_results_before_it() -> None:
    taken, done = [], []

    def items():
        for number in range(6):
            taken.append(number)
            yield number, len(done)

    for number, before in in_turn(lambda item: item, items()):
        assert before <= number
        assert len(taken) <= len(done) + 3
        done.append(number)
    assert done == list(range(6))


def test_what_goes_wrong_is_raised_in_its_turn() -> None:
    found = in_turn(lambda number: 6 // number, [3, 2, 0, 1])
    assert [next(found), next(found)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(found)
