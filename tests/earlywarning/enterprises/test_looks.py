"""Looks: grades as the book gives them, grades ahead as if nothing came, and nothing of later."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.earlywarning.enterprises import look_back
from xinheng.earlywarning.enterprises.looks import AHEAD
from xinheng.earlywarning.enterprises.signs import SIGNS
from xinheng.features import Catalogue, Events, compute
from xinheng.features.rates import Rate
from xinheng.grading import GradeBook, Level, Parts, Policy

from ...grading.dynamic.world import Town, change, inspections, record
from ...grading.world import parts, rows_of

CUT = day("2024-06-01")
LISTED = record("list_entry", "S002", "2024-05-10", "serious_dishonesty")
ROWS = [
    *inspections(),
    LISTED,
    change(LISTED, "ended", "2024-06-20"),
    record("incident", "S003", "2024-05-20", "mass"),
    record("incident", "S004", "2024-05-20", "outbreak"),
]


def town_of(folder, rows):
    town = Town(folder)
    town.deliver(rows)
    return town


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return town_of(tmp_path_factory.mktemp("town"), ROWS)


@pytest.fixture(scope="module")
def book(town):
    return GradeBook(town.archive, town.sign(parts()))


SHARE = 0.2  # about what it is, so that a little more of it moves some margins


def usual() -> Parts:
    """Parts whose margins rest on how often everybody failed an inspection, besides."""
    share = Rate(group="city", streams=("inspection",), positive=("inspection:*.fail",))
    made = parts()
    changed = (
        replace(each, expression=each.expression + 20_000 * (share - SHARE))
        if each.id == "IH02"
        else each
        for each in made.catalogue
    )
    return replace(made, catalogue=Catalogue(tuple(changed)))


@pytest.fixture(scope="module")
def ignorant(tmp_path_factory):
    """The book of an archive to which nothing was told from the day on."""
    rows = [each for each in ROWS if day(each["told"]) < CUT]
    assert len(rows) < len(ROWS)
    town = town_of(tmp_path_factory.mktemp("earlier"), rows)
    return GradeBook(town.archive, town.sign(usual()))


def test_a_look_has_the_grades_of_the_book(book):
    [look] = look_back(book, [CUT])
    grades = book.grades(look.enterprise, CUT)
    assert look.enterprise.tolist() == book.known(CUT).tolist()
    for name in ("margin", "probability", "lower", "upper"):
        np.testing.assert_array_equal(getattr(look, name), grades[name].to_numpy())
    assert look.level.tolist() == grades["level"].cat.codes.tolist()
    assert look.model.tolist() == grades["model_level"].cat.codes.tolist()


def test_a_look_goes_on_from_the_levels_of_the_one_before(book):
    days = [CUT - 60, CUT - 30, CUT]
    looks = list(look_back(book, days, ahead=lambda _: False))
    for before, after in pairwise(looks):
        at = before.places(after.enterprise)
        previous = np.where(at >= 0, before.model[at], -1)
        scored = book.scorer.run(
            book.events, rows_of(*((int(n), after.as_of) for n in after.enterprise)),
            references=book.references, previous=previous,
        )  # fmt: skip
        assert after.model.tolist() == scored["model_level"].cat.codes.tolist()
        assert not len(after.level_ahead)


def test_grades_ahead_are_those_of_an_archive_to_which_nothing_more_is_told(town, ignorant):
    book = GradeBook(town.archive, town.sign(usual()))
    [look] = look_back(book, [CUT])
    [blind] = look_back(ignorant, [CUT])
    later = list(look_back(ignorant, [CUT, *(CUT + days for days in AHEAD)]))[1:]
    np.testing.assert_array_equal(look.margin, blind.margin)
    np.testing.assert_array_equal(look.level_ahead, blind.level_ahead)
    np.testing.assert_array_equal(look.room_ahead, blind.room_ahead)
    assert look.level_ahead.tolist() == [each.level.tolist() for each in later]
    starts = look.margin + look.room
    rooms = [starts - each.margin for each in later]
    np.testing.assert_allclose(look.room_ahead, rooms)
    # told on 20 June that it was removed, which nobody could see on the first
    assert (look.level_ahead[:, book.known(CUT).tolist().index(_number(book, "S002"))] == 5).all()


def test_each_grade_ahead_starts_from_the_level_of_the_one_before(town):
    wide = Policy.parse(Policy.default().text.replace("better = 0.15", "better = 0.6"), "own.toml")
    book = GradeBook(town.archive, town.sign(replace(parts(), policy=wide)))
    scale, calibrator, differs = wide.on(CUT).scale, book.bundle.calibrator, 0
    for look in look_back(book, range(CUT - 300, CUT, 30)):
        free = (look.level == look.model) & (look.level < Level.E)
        before = look.model
        for room, level in zip(look.room_ahead, look.level_ahead, strict=True):
            margin = look.margin + look.room - room
            before = scale.place(np.where(free, margin, 0), calibrator, before).codes
            assert level[free].tolist() == before[free].tolist()
            plain = scale.place(np.where(free, margin, 0), calibrator).codes
            differs += (plain != before)[free].sum()
    assert differs


def _number(book, shop):
    return book.number(shop, CUT)


def test_room_is_how_far_the_margin_is_below_where_the_level_would_be_worse(book):
    [look] = look_back(book, [CUT])
    scale, calibrator = book.bundle.policy.on(CUT).scale, book.bundle.calibrator
    for margin, room, code in zip(look.margin, look.room, look.level, strict=True):
        if code == Level.E:
            assert np.isnan(room)
        else:
            cut = scale.margin_cuts(calibrator, Level(code))[code]
            assert room == cut - margin
    held = look.level > look.model
    assert (look.room[held & (look.level < Level.E)] > 0).all()
    assert held.any()


def test_signs_and_warnings_are_of_what_was_known(book):
    [look] = look_back(book, [CUT])
    rows = rows_of(*((int(n), CUT) for n in look.enterprise))
    np.testing.assert_array_equal(look.signs, compute(SIGNS, book.events, rows).to_numpy())
    warned = dict(zip(look.enterprise.tolist(), look.warned.tolist(), strict=True))
    assert warned[_number(book, "S003")] == [0, 0, 1]  # mass_food_accident
    assert warned[_number(book, "S004")] == [0, 0, 1]  # food_accident
    assert sum(map(sum, warned.values())) == 2


def test_of_some_it_is_as_of_everybody(book):
    [everybody], [some] = (look_back(book, [CUT], some=who) for who in (None, [5, 3, 999]))
    at = everybody.places(some.enterprise)
    assert some.enterprise.tolist() == [3, 5]
    assert some.level.tolist() == everybody.level[at].tolist()
    np.testing.assert_array_equal(some.room_ahead, everybody.room_ahead[:, at])
    assert everybody.places(np.array([999], np.int32)).tolist() == [-1]


def test_who_is_asked_for_begins_from_the_levels_in_force(book):
    given = GradeBook(book._archive, book.bundle, before=lambda who, _: np.full(len(who), 5, "i1"))
    [plain], [look] = (look_back(each, [CUT]) for each in (book, given))
    expected = given.grades(look.enterprise, CUT)["model_level"].cat.codes
    assert look.model.tolist() == expected.tolist()
    assert (look.model >= plain.model).all()


def test_no_look_at_a_day_before_anything_was_known(book):
    [look] = look_back(book, [day("2020-01-01")])
    assert len(look.enterprise) == 0
    assert Events.none().enterprise.tolist() == look.enterprise.tolist()
    with pytest.raises(InvalidError, match="in another order"):
        book.scorer.values(compute(SIGNS, book.events, rows_of((1, CUT))))
