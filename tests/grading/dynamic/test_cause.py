"""Causes are true: exactly what is named, put back, gives the level before."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.grading import Bundle, Calibrator, Level, Parts, Policy, read_bundle, write_bundle
from xinheng.grading.dynamic import CAUSES, Side, Sides, causes, fewest
from xinheng.grading.scores import ruled
from xinheng.grading.settled import settled_codes

from ..world import TODAY, parts
from .world import KEY, KEYS

RULES = ("serious_dishonesty", "mortgage_arrears", "abnormal_operation")
LEVELS = st.integers(-1, 5)
NONE = -1


def bundle_of(made: Parts) -> Bundle:
    path = Path(mkdtemp()) / "bundle"
    write_bundle(path, made, KEY)
    return read_bundle(path, KEYS)


@cache
def bundles() -> tuple[Bundle, ...]:
    """The champion, one calibrated anew, one with other cuts, effects and a card that counts."""
    text = parts().policy.text
    for old, new in (
        ('"B" = 0.15', '"B" = 0.12'),
        ('serious_dishonesty = "at least E"', 'serious_dishonesty = "at least D"'),
        ('combination = "beside"', 'combination = "worse"'),
    ):
        assert old in text
        text = text.replace(old, new)
    other = Calibrator(np.array([-3.0, 3.0]), np.array([0.7, 1.2]), -2.0, np.ones((2, 2)), [0, 0])
    moved = replace(parts(), calibrator=other)
    return tuple(
        bundle_of(each)
        for each in (parts(), moved, replace(moved, policy=Policy.parse(text, "other.toml")))
    )


def graded(
    bundle: Bundle,
    margin: float,
    met_now: int,
    card: int,
    previous: int,
    override: int = NONE,
    warning: int = NONE,
) -> tuple[Side, np.ndarray]:
    """Grade one row, as the scorer does."""
    edition = bundle.policy.on(TODAY)
    values, bits = np.array([margin]), np.array([met_now], np.int64)
    cards, before = np.array([card], np.int8), np.array([previous], np.int8)
    model = edition.scale.place(values, bundle.calibrator, before).codes
    people, warned = np.array([override], np.int8), np.array([warning], np.int8)
    placed, met = ruled(edition.score_card.joined(model, cards), bits, RULES, edition.rules)
    level = settled_codes(placed, people, met, RULES, edition.rules, warned)
    return Side(bundle, edition, values, bits, cards, model, before, people, warned), level


@given(
    which=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    margins=st.tuples(st.floats(-4, 4), st.floats(-4, 4)),
    met=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    cards=st.tuples(LEVELS, LEVELS),
    people=st.tuples(LEVELS, LEVELS),
    warned=st.tuples(LEVELS, LEVELS),
    first=LEVELS,
)
def test_what_is_named_gives_the_level_before_and_no_single_part_was_overlooked(
    which: tuple[int, int],
    margins: tuple[float, float],
    met: tuple[int, int],
    cards: tuple[int, int],
    people: tuple[int, int],
    warned: tuple[int, int],
    first: int,
) -> None:
    told = [*zip(margins, met, cards, strict=True)]
    before, level_before = graded(bundles()[which[0]], *told[0], first, people[0], warned[0])
    same = before.edition.scale == bundles()[which[1]].policy.on(TODAY).scale
    start = int(before.model[0]) if same else NONE
    now, level = graded(bundles()[which[1]], *told[1], start, people[1], warned[1])
    if level == level_before:
        return
    sides = Sides(RULES, before, now, level_before)
    found, differs = causes(sides), sides.differs()
    row = np.zeros(1, np.intp)
    assert found.any()
    assert not (found & ~differs).any()
    assert sides.levels(row, found) == level_before
    assert sides.levels(row, np.zeros_like(found)) == level
    if found.sum() > 1:
        for part in range(len(CAUSES)):
            alone = (np.arange(len(CAUSES)) == part)[None] & differs
            assert sides.levels(row, alone) != level_before


@given(st.floats(-4, 4), st.integers(0, 7), LEVELS, LEVELS, LEVELS, LEVELS)
def test_a_warning_only_raises_the_risk_whatever_people_set(
    margin: float, met: int, card: int, first: int, override: int, warning: int
) -> None:
    told = bundles()[0], margin, met, card, first, override
    [without], [level] = graded(*told)[1], graded(*told, warning)[1]
    assert level == max(without, warning)


@pytest.mark.parametrize(
    ("before", "now", "named"),
    [
        ((0, -4.0, 0, NONE), (0, 4.0, 0, NONE), ["indicators"]),
        ((0, -4.0, 0, NONE), (0, -4.0, 1, NONE), ["rule_met"]),
        ((0, -4.0, 1, NONE), (0, -4.0, 0, NONE), ["rule_lifted"]),
        # From "at least E" to "at least C": what was lifted alone gives E, whatever was met since.
        ((0, -4.0, 1, NONE), (0, -4.0, 4, NONE), ["rule_lifted"]),
        ((0, -4.0, 1, NONE), (2, -4.0, 1, NONE), ["policy"]),
        ((2, -4.0, 0, NONE), (2, -4.0, 0, 4), ["card"]),
        ((0, -1.0, 0, NONE), (1, -1.0, 0, NONE), ["model"]),
        # Both the rule and the indicators say E: to be where it was, both have to go.
        ((0, -4.0, 0, NONE), (0, 4.0, 1, NONE), ["rule_met", "indicators"]),
        # The rule holds D whatever the model says; the policy made it less.
        ((0, -4.0, 1, NONE), (2, -3.9, 1, NONE), ["policy"]),
    ],
)
def test_causes_by_hand(
    before: tuple[int, float, int, int], now: tuple[int, float, int, int], named: list[str]
) -> None:
    old, level_before = graded(bundles()[before[0]], *before[1:], NONE)
    same = old.edition.scale == bundles()[now[0]].policy.on(TODAY).scale
    start = int(old.model[0]) if same else NONE
    new, level = graded(bundles()[now[0]], *now[1:], start)
    assert level != level_before
    found = causes(Sides(RULES, old, new, level_before))
    assert [cause for cause, flag in zip(CAUSES, found[0], strict=True) if flag] == named


@pytest.mark.parametrize(
    ("before", "now", "level", "named"),
    [
        ((-4.0, 0, NONE), (-4.0, 0, 4), 4, ["override"]),
        ((4.0, 0, 0), (4.0, 0, NONE), 5, ["override"]),
        ((4.0, 0, 0), (-4.0, 0, 1), 1, ["override"]),
        # While people set a level neither model nor moves count, and a floor of law does.
        ((-4.0, 0, 2), (4.0, 3, 2), 5, ["rule_met"]),
        ((-4.0, 4, 0), (-4.0, 0, 0), 0, ["rule_lifted"]),
        ((-4.0, 0, NONE), (-4.0, 4, 1), 3, ["override", "rule_met"]),
    ],
)
def test_what_people_set_is_a_cause_by_hand(
    before: tuple[float, int, int], now: tuple[float, int, int], level: int, named: list[str]
) -> None:
    bundle, (margin, met, people) = bundles()[0], before
    old, level_before = graded(bundle, margin, met, NONE, NONE, people)
    margin, met, people = now
    new, level_now = graded(bundle, margin, met, NONE, int(old.model[0]), people)
    assert level_now == level
    found = causes(Sides(RULES, old, new, level_before))
    assert [cause for cause, flag in zip(CAUSES, found[0], strict=True) if flag] == named


@given(st.data())
def test_the_fewest_parts_give_the_level_before(data: st.DataObject) -> None:
    """Of any function of parts, monotone or not, of which all together give the target."""
    parts_, rows = 4, data.draw(st.integers(1, 5))
    table = np.array(
        data.draw(st.lists(st.lists(st.integers(0, 5), min_size=16, max_size=16),
                           min_size=rows, max_size=rows)), np.int8,
    )  # fmt: skip
    differs = np.array(
        data.draw(st.lists(st.lists(st.booleans(), min_size=4, max_size=4),
                           min_size=rows, max_size=rows)), bool,
    )  # fmt: skip
    differs[:, 0] |= ~differs.any(axis=1)
    place = 1 << np.arange(parts_)
    target = table[np.arange(rows), (differs * place).sum(axis=1)]
    levels_of: Callable[..., np.ndarray] = lambda some, back: table[  # noqa: E731
        some, ((back & differs[some]) * place).sum(axis=1)
    ]
    found = fewest(levels_of, target, differs)
    every = np.arange(rows)
    assert (levels_of(every, found) == target).all()
    assert found.any(axis=1).all()
    assert not (found & ~differs).any()


def test_levels_are_those_of_the_scale() -> None:
    """What causes are tried by places margins as grades do, whatever the level before."""
    bundle = bundles()[0]
    margins = np.linspace(-6, 6, 97)
    for previous in (NONE, *Level):
        before = np.full(97, previous, np.int8)
        edition = bundle.policy.on(TODAY)
        placed = edition.scale.place(margins, bundle.calibrator, before).codes
        nothing = np.zeros(97, np.int64), np.full(97, NONE, np.int8)
        people = warned = np.full(97, NONE, np.int8)
        side = Side(bundle, edition, margins, *nothing, placed, before, people, warned)
        sides = Sides((), side, side, placed)
        kept = sides.levels(np.arange(97), np.zeros((97, len(CAUSES)), bool))
        np.testing.assert_array_equal(kept, placed)
        again = edition.scale.place(margins, bundle.calibrator, placed).codes
        np.testing.assert_array_equal(again, placed)
