"""A grade of last year is made anew, exactly, whatever came since."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xinheng.core.errors import IntegrityError, NotFoundError
from xinheng.features import City
from xinheng.grading import GradeBook
from xinheng.grading.dynamic import (
    Carried,
    GradeStore,
    Rebuilt,
    advance,
    grade_given,
    rebuild,
    run_of,
)

from ..world import parts
from .world import AT, Town, change, counted, inspections, on, record, resting, town

LISTED = record("list_entry", "S002", "2023-11-10", "serious_dishonesty")
SINCE = (
    change(LISTED, "withdrawn", "2024-05-05"),
    # Told so late that a computation of last year would see it, were it not for the sequence.
    record("incident", "S003", "2023-10-10", "death"),
    record("list_entry", "S004", "2023-10-10", "serious_dishonesty"),
    *(record("inspection", f"S{n:03}", "2023-09-09", "1") for n in range(5, 25)),
    *(record("enterprise", f"S{n:03}", "2022-01-01", "") for n in range(900, 910)),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that was graded last year, and where all has changed since."""
    found, bundle = town(tmp_path_factory.mktemp("town"), LISTED)
    advance(found.gradings, bundle, on("2024-01-20"), at=AT, actor="li", start=on("2023-11-01"))
    found.deliver(SINCE)
    withdrawn = [row for row in inspections() if row["kind"] == "inspection"][::7]
    found.deliver([change(row, "withdrawn", row["day"]) for row in withdrawn])
    later = found.sign(replace(parts(), calibrator=parts().calibrator.shifted(0.4)))
    advance(found.gradings, later, on("2024-07-01"), at=AT, actor="li")
    yield found
    found.ledger.close()


def exact(found: Rebuilt) -> bool:
    return not found.different


def test_all_grades_of_a_month_are_the_same_to_the_last_bit(place: Town) -> None:
    for day, many in (("2023-12-15", 60), ("2024-01-31", 60), ("2024-07-01", 70)):
        found = rebuild(place.gradings, on(day))
        assert (found.enterprises, found.different) == (many, ())
    first, second = place.gradings.history.runs()[0], place.gradings.history.runs()[-1]
    assert (first.sequence, second.sequence) == (1, 3)


def test_one_grade_is_as_it_was_given(place: Town) -> None:
    gradings, number = place.gradings, place.number("S002")
    found = rebuild(gradings, on("2023-11-20"), number)
    run = run_of(gradings, on("2023-11-20"), number)
    assert (run.reason, found.run, exact(found)) == ("serious_dishonesty", run, True)
    [grade], given = found.grades, grade_given(gradings, run, number)
    assert (str(grade.level), str(grade.model_level)) == (given["level"], given["model_level"])
    assert [grade.probability, grade.margin] == [given["probability"], given["margin"]]
    assert [rule.id for rule in grade.rules] == ["serious_dishonesty"]
    assert str(grade.previous) == given["previous"]


def test_one_grade_is_made_anew_from_its_own_events_and_what_rests_on_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = town(tmp_path, LISTED)[0]
    advance(found.gradings, found.sign(resting(parts())), on("2024-02-01"), at=AT, actor="li")
    found.deliver(SINCE)
    computed, read = counted(monkeypatch), []
    some = City.read.fget
    monkeypatch.setattr(
        City, "read", property(lambda self: lambda who: (read.extend(who), some(self)(who))[1])
    )
    number = found.number("S030")
    assert exact(rebuild(found.gradings, on("2024-02-01"), number))
    assert (computed, read) == (["read"], [number])
    found.ledger.close()


def test_what_is_computed_today_of_that_day_is_something_else(place: Town) -> None:
    """So that the test above is one: without sequence, bundle and level before, grades differ."""
    gradings, run = place.gradings, run_of(place.gradings, on("2024-01-31"))
    given = place.levels(run)
    matrices = gradings.matrices(place.read(run.bundle))
    frame = matrices.some(given["enterprise"].to_numpy(), run.as_of)
    margins = matrices.bundle.blend.margins(matrices.values(frame))
    assert (margins != given["margin"].to_numpy()).sum() >= 10
    assert matrices.split(frame)[1]["fatal_food_accident"].sum() > 0
    assert not given["rules"].astype(str).str.contains("fatal").any()


def test_a_grade_book_opens_at_a_delivery_of_the_past(place: Town) -> None:
    run = run_of(place.gradings, on("2024-01-31"))
    given = place.levels(run).sort_values("enterprise")
    bundle = place.read(run.bundle)
    before = Carried(place.gradings, bundle.policy).levels
    then = GradeBook(place.archive, bundle, sequence=run.sequence, before=before)
    assert (then.sequence, len(then.known(run.as_of))) == (1, 60)
    grades = then.grades(given["enterprise"].to_numpy(), run.as_of)
    np.testing.assert_array_equal(grades["probability"], given["probability"])
    np.testing.assert_array_equal(grades["level"].astype(str), given["level"].astype(str))
    with pytest.raises(NotFoundError, match="nothing was known about enterprise 'S905'"):
        then.number("S905", run.as_of)
    newest = GradeBook(place.archive, bundle)
    assert (newest.sequence, len(newest.known(run.as_of))) == (3, 70)


def test_a_grade_that_was_altered_is_refused(place: Town, tmp_path: Path) -> None:
    shutil.copytree(place.folder / "grades", tmp_path / "grades")
    gradings = replace(place.gradings, store=GradeStore(tmp_path / "grades"))
    run = run_of(gradings, on("2024-01-31"))
    [part] = (gradings.store.folder / run.digest).glob("part-*.parquet")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    with pytest.raises(IntegrityError, match="is not as it was written"):
        rebuild(gradings, on("2024-01-31"))
    part.unlink()
    with pytest.raises(IntegrityError, match="is gone"):
        rebuild(gradings, on("2024-01-31"))


def test_before_the_first_run_there_is_nothing_to_make_anew(place: Town) -> None:
    with pytest.raises(NotFoundError, match="nobody graded by 2023-10-31; `xinheng grade"):
        rebuild(place.gradings, on("2023-10-31"))
