"""The grade book: what it knew of others before a day, for the days after it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from xinheng.features import Catalogue, Rate, References, build_references, compute, known_before
from xinheng.features.aggregate import count
from xinheng.grading import GradeBook

from .dynamic.world import on, town
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
