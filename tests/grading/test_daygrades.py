"""The grades of a day from one batch are those of the book, one by one."""

from dataclasses import replace

import numpy as np
import pytest

from xinheng.core.time import day
from xinheng.grading import DayGrades, GradeBook
from xinheng.grading.dynamic import Carried, advance

from .dynamic.test_rebuild import LISTED
from .dynamic.world import AT, Town, inspections
from .world import parts

RUN = day("2024-06-01")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    found = Town(tmp_path_factory.mktemp("town"))
    found.deliver([*inspections(), LISTED])
    advance(found.gradings, found.sign(parts()), RUN, at=AT, actor="li", start=day("2024-05-01"))
    yield found
    found.ledger.close()


def book_of(town, bundle=None):
    bundle = bundle or town.sign(replace(parts(), calibrator=parts().calibrator.shifted(0.2)))
    return GradeBook(town.archive, bundle, before=Carried(town.gradings, bundle.policy).levels)


@pytest.fixture(scope="module")
def book(town):
    return book_of(town)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr("xinheng.grading.daygrades.TOGETHER", 7)


def filled(book, as_of):
    made = DayGrades(book, as_of)
    for _ in made.fill():
        pass
    return made


@pytest.mark.parametrize("when", ["2023-02-01", "2024-06-01", "2024-06-20"])
def test_every_grade_is_that_of_the_book(book, when):
    made = filled(book, day(when))
    known = book.known(day(when)).tolist()
    assert known
    assert [made.grade(each) for each in known] == [book.grade(each, day(when)) for each in known]


def test_grades_come_bit_by_bit(book):
    made = DayGrades(book, day("2024-06-20"))
    known = book.known(day("2024-06-20")).tolist()
    filling = made.fill()
    assert next(filling) == 7
    assert [made.has(each) for each in known[:9]] == [True] * 7 + [False] * 2
    assert made.grade(known[8]) is None
    assert not made.whole
    assert list(filling)[-1] == len(known)
    assert made.whole


def test_who_is_not_known_has_no_grade(book):
    made = filled(book, day("2024-06-20"))
    assert made.grade(10**6) is None
    assert not made.has(10**6)


def test_whom_a_run_gave_the_very_grade_is_told(town):
    [run] = [each for each in town.gradings.history.runs() if each.as_of == RUN]
    made = filled(book_of(town, town.read(run.bundle)), RUN)
    made.compare(town.gradings.store, run.digest)
    rows = town.gradings.store.read(run.digest).to_pylist()
    assert made.compared == run.digest
    assert len(rows) > 50
    for row in rows:
        mine = made.grade(row["enterprise"])
        same = (str(mine.level), mine.margin) == (row["level"], row["margin"])
        assert made.was_given(row["enterprise"]) == same
    assert any(made.was_given(row["enterprise"]) for row in rows)


def test_a_run_of_another_model_gave_other_grades(town, book):
    [run] = [each for each in town.gradings.history.runs() if each.as_of == RUN]
    made = filled(book, RUN)
    made.compare(town.gradings.store, run.digest)
    known = book.known(RUN)
    assert not np.any([made.was_given(each) for each in known.tolist()])


def test_a_book_under_another_bundle_grades_as_one_opened_for_it(town, book):
    bundle = town.sign(replace(parts(), calibrator=parts().calibrator.shifted(-0.3)))
    before = Carried(town.gradings, bundle.policy).levels
    other = book.under(bundle, before)
    alone = GradeBook(town.archive, bundle, before=before)
    known, when = book.known(RUN).tolist()[:20], day("2024-06-20")
    assert [other.grade(each, when) for each in known] == [
        alone.grade(each, when) for each in known
    ]
    assert other.events is book.events
    assert book.bundle.digest != bundle.digest
