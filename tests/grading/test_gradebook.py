"""The grade book: one grade, and what is known of others before a day and after more records."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from xinheng.features import Catalogue, Rate, References, build_references, compute, known_before
from xinheng.features.aggregate import count
from xinheng.grading import GradeBook

from .dynamic.world import on, record, town
from .world import indicator, rows_of

DAY, LATER = on("2023-06-01"), on("2023-12-01")
SHARE = Rate(group="city", streams=("inspection",), positive=("inspection:*.fail",))
RATED = Catalogue(
    (indicator("R", "比率", "Rate", expression=count("inspection:*.fail") + SHARE, direction=1),)
)


def test_references_before_a_day_know_no_later_outcomes(tmp_path: Path) -> None:
    place, bundle = town(tmp_path)
    book = GradeBook(place.archive, bundle, also=(SHARE,))
    before, own = book.references_before(DAY), known_before(book.events, DAY)
    who = book.known(DAY).tolist()

    def values(references: References, day: int) -> npt.NDArray[np.float64]:
        rows = rows_of(*((number, day) for number in who))
        return compute(RATED, own, rows, references=references).to_numpy()

    np.testing.assert_array_equal(values(before, DAY), values(book.references, DAY))
    known = build_references(RATED, own)
    np.testing.assert_array_equal(values(before, LATER), values(known, LATER))
    assert (values(before, LATER) != values(book.references, LATER)).any()
    assert book.references_before(on("2030-01-01")) is book.references
    place.ledger.close()


def test_one_grade_is_that_of_many(tmp_path: Path) -> None:
    place, bundle = town(tmp_path)
    book = GradeBook(place.archive, bundle)
    who = book.known(LATER)
    frame = book.grades(who, LATER)
    for at, number in enumerate(who.tolist()):
        assert book.grade(number, LATER) == book.scorer.grade(frame, at)
    place.ledger.close()


def test_references_answer_what_another_bundle_asks(tmp_path: Path) -> None:
    place, bundle = town(tmp_path)
    book, asked = GradeBook(place.archive, bundle), GradeBook(place.archive, bundle, also=(SHARE,))
    assert book.references_for(()) is book.references
    assert asked.references_for((SHARE,)) is asked.references
    rows = rows_of((0, DAY), (1, DAY))
    found, expected = (
        compute(RATED, book.events, rows, references=references).to_numpy()
        for references in (book.references_for((SHARE,)), asked.references)
    )
    np.testing.assert_array_equal(found, expected)
    place.ledger.close()


def test_references_if_an_enterprise_had_other_records_are_those_of_their_delivery(
    tmp_path: Path,
) -> None:
    place, bundle = town(tmp_path)
    book = GradeBook(place.archive, bundle, also=(SHARE,))
    number = place.number("S003")
    assert book.references_if(number, book.events.of(number)) is book.references
    place.deliver([record("inspection", "S003", "2023-03-03", "1")])
    after = GradeBook(place.archive, bundle, also=(SHARE,))
    supposed = book.references_if(number, after.events.of(number))
    rows = rows_of(*((each, LATER) for each in book.known(LATER).tolist()))
    found, expected, before = (
        compute(RATED, after.events, rows, references=references).to_numpy()
        for references in (supposed, after.references, book.references)
    )
    np.testing.assert_array_equal(found, expected)
    assert (found != before).all()
    place.ledger.close()
