"""What rules do to levels: only worse, and in one order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.grading import AtLeast, Effect, Level, Worse, combine, parse_effect

levels = st.sampled_from(Level)
effects = st.lists(
    st.builds(AtLeast, levels) | st.builds(Worse, st.integers(1, 5), levels), max_size=4
)
TWO_TO_D = Worse(2, Level.D)


@pytest.mark.parametrize(
    ("level", "applied", "result"),
    [
        ("A+", [], "A+"),
        ("A+", [TWO_TO_D], "B"),
        ("A", [TWO_TO_D, TWO_TO_D], "C"),  # two lists still are one move
        ("C", [TWO_TO_D], "D"),
        ("D", [TWO_TO_D], "D"),
        ("E", [TWO_TO_D], "E"),  # not beyond D, but never better either
        ("A", [AtLeast(Level.C), TWO_TO_D], "C"),  # the move counts from A, not from the floor
        ("A+", [AtLeast(Level.C), TWO_TO_D], "C"),
        ("A", [AtLeast(Level.C), AtLeast(Level.E)], "E"),
        ("D", [AtLeast(Level.C)], "D"),
    ],
)
def test_effects_by_hand(level: str, applied: list[Effect], result: str) -> None:
    for order in itertools.permutations(applied):
        assert str(combine(Level.of(level), order)) == result


@given(levels, effects)
def test_rules_only_raise(level: Level, applied: list[Effect]) -> None:
    assert combine(level, applied) >= level
    assert all(effect.on(level) >= level for effect in applied)


@given(levels, levels, effects)
def test_rules_keep_the_order_of_levels(one: Level, other: Level, applied: list[Effect]) -> None:
    low, high = sorted((one, other))
    assert combine(low, applied) <= combine(high, applied)


@given(levels, effects, effects)
def test_one_rule_more_is_never_better(
    level: Level, applied: list[Effect], more: list[Effect]
) -> None:
    assert combine(level, applied + more) >= combine(level, applied)


@given(effects)
def test_effects_are_written_and_read(applied: list[Effect]) -> None:
    assert [parse_effect(str(effect)) for effect in applied] == applied


def test_text_that_is_no_effect_is_refused() -> None:
    with pytest.raises(InvalidError, match="expected 'at least LEVEL'"):
        parse_effect("E")
    with pytest.raises(NotFoundError, match="no level 'F'"):
        parse_effect("at least F")
