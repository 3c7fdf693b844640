"""Levels carried on: grades asked for between runs start from the level that a run left."""

from collections.abc import Iterator

import numpy as np
import pytest

from xinheng.explaining import explain
from xinheng.grading import GradeBook
from xinheng.grading.dynamic import Carried, advance
from xinheng.grading.dynamic.columns import codes
from xinheng.ledger import Run

from ..world import parts
from .world import AT, Town, on, town, with_policy

HELD = "better = 0.15"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[Run]]]:
    """Half a year of runs under a hysteresis that holds many."""
    place, _ = town(tmp_path_factory.mktemp("town"))
    bundle = place.sign(with_policy(parts(), HELD, "better = 0.6"))
    runs = advance(
        place.gradings, bundle, on("2024-06-10"), at=AT, actor="li", start=on("2024-01-15")
    )
    yield place, runs
    place.ledger.close()


def book_of(place: Town, run: Run) -> GradeBook:
    bundle = place.read(run.bundle)
    before = Carried(place.gradings, bundle.policy).levels
    return GradeBook(place.archive, bundle, before=before)


def test_a_grade_of_the_day_of_a_run_is_the_one_that_it_gave(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    book = book_of(place, runs[0])
    held = 0
    for run in runs:
        given = place.gradings.store.read(run.digest)
        again = book.grades(given["enterprise"].to_numpy(), run.as_of)
        for name in ("level", "model_level", "previous"):
            assert codes(given[name]).tolist() == again[name].cat.codes.tolist()
        held += run.held
    assert held > 0


def test_a_grade_between_two_runs_starts_from_the_last(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    given = place.gradings.store.read(runs[-1].digest)
    book, who = book_of(place, runs[-1]), given["enterprise"].to_numpy()
    asked = book.grades(who, on("2024-06-09"))
    assert asked["previous"].cat.codes.tolist() == codes(given["model_level"]).tolist()
    bare = GradeBook(place.archive, book.bundle).grades(who, on("2024-06-09"))
    assert bare["previous"].isna().all()
    differs = np.flatnonzero(bare["model_level"] != asked["model_level"])
    assert differs.size
    one, day = int(who[differs[0]]), on("2024-06-09")
    told = explain(book.scorer, book.events, one, day, previous=book.previous([one], day))
    assert told.grade == book.grade(one, day)
    assert told.grade != GradeBook(place.archive, book.bundle).grade(one, day)


def test_before_the_first_run_and_for_whom_none_was_made_there_is_no_level(
    made: tuple[Town, list[Run]],
) -> None:
    place, runs = made
    carried = Carried(place.gradings, place.read(runs[0].bundle).policy)
    some = np.array([0, 1, 10_000], np.int32)
    assert carried.levels(some, on("2024-01-15")).tolist() == [-1, -1, -1]
    first, second, nobody = carried.levels(some, on("2024-01-16")).tolist()
    assert min(first, second) >= 0 > nobody


def test_a_level_of_another_scale_is_none(made: tuple[Town, list[Run]]) -> None:
    place, _ = made
    who = np.arange(60, dtype=np.int32)
    same, other = (
        Carried(place.gradings, with_policy(parts(), HELD, text).policy)
        for text in ("better = 0.6", "better = 0.2")
    )
    assert (same.levels(who, on("2024-06-09")) >= 0).all()
    assert (other.levels(who, on("2024-06-09")) == -1).all()
