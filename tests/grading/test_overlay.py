"""A grade book that goes on from a few further records is the one that reads everything anew."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xinheng.features import compute, standard_catalogue
from xinheng.features.events import COLUMNS
from xinheng.features.overlaid import newer_events
from xinheng.grading import GradeBook

from .dynamic.world import Town, change, on, record, town
from .world import rows_of

DAY = on("2023-12-01")
STANDARD = standard_catalogue().select(use="grade")
SHOPS = st.sampled_from(["S001", "S002", "S030", "N001", "N002"])
DAYS = st.sampled_from(["2023-02-03", "2023-09-09", "2023-11-11"])
RECORDS = st.one_of(
    st.builds(lambda s, d, w: record("inspection", s, d, w), SHOPS, DAYS, st.sampled_from("12")),
    st.builds(lambda s, d: record("list_entry", s, d, "abnormal"), SHOPS, DAYS),
    st.builds(lambda s, d: record("enterprise", s, d, ""), SHOPS, DAYS),
    st.builds(
        lambda s, d: change(record("inspection", s, "2023-02-03", "1"), "withdrawn", d), SHOPS, DAYS
    ),
)


def after(place: Town, book: GradeBook) -> GradeBook:
    upto = place.archive.sequence
    newer = newer_events(place.archive, book.sequence, upto, 100)
    assert newer is not None
    return book.advanced(upto, newer)


def indicators(book: GradeBook) -> np.ndarray:
    who = book.known(DAY)
    rows = rows_of(*((number, DAY) for number in who.tolist()))
    return compute(STANDARD, book.events.among(who), rows, references=book.references).to_numpy()


@settings(max_examples=4, phases=[Phase.explicit, Phase.generate])
@given(deliveries=st.lists(st.lists(RECORDS, min_size=1, max_size=5), min_size=1, max_size=3))
def test_the_book_is_the_same_as_one_opened_anew(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[list[dict[str, str]]]
) -> None:
    place, bundle = town(tmp_path_factory.mktemp("town"))
    also = STANDARD.dated
    book = GradeBook(place.archive, bundle, also=also)
    indicators(book)  # so that tables are there that have to be given up
    for rows in deliveries:
        place.deliver(rows)
        book = after(place, book)
    anew = GradeBook(place.archive, bundle, also=also)
    assert (book.sequence, len(book.events)) == (anew.sequence, len(anew.events))
    np.testing.assert_array_equal(book.known(DAY), anew.known(DAY))
    np.testing.assert_array_equal(indicators(book), indicators(anew))
    who = anew.known(DAY)
    for one, other in ((book.grades(who, DAY), anew.grades(who, DAY)),):
        assert one.equals(other)
    for number in who[:3].tolist() + who[-3:].tolist():
        assert book.grade(number, DAY) == anew.grade(number, DAY)
        for name in COLUMNS:
            mine, theirs = (getattr(each.events.of(number), name) for each in (book, anew))
            np.testing.assert_array_equal(mine, theirs)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(book.events, name), getattr(anew.events, name))
    place.ledger.close()


def test_what_tells_of_many_is_left_to_who_reads_everything(tmp_path: Path) -> None:
    place, _ = town(tmp_path)
    assert newer_events(place.archive, 0, 1, 59) is None
    assert len(newer_events(place.archive, 0, 1, 60) or ()) == 60
    place.ledger.close()


def test_tables_that_rest_on_nothing_new_are_not_worked_out_again(tmp_path: Path) -> None:
    place, bundle = town(tmp_path)
    book = GradeBook(place.archive, bundle, also=STANDARD.dated)
    indicators(book)
    place.deliver([record("list_entry", "S001", "2023-11-11", "abnormal")])
    then, now = (tables(each) for each in (book, after(place, book)))
    assert 0 < len(now) < len(then)
    assert all(now[name] is then[name] for name in now)
    place.deliver([record("inspection", "S001", "2023-11-11", "1")])
    assert len(tables(after(place, book))) < len(now)
    place.ledger.close()


def tables(book: GradeBook) -> dict[Any, Any]:
    return dict(book.references._tables)
