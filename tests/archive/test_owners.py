"""Numbers of enterprises and persons: dense, given once, and never shared by two."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import collect as collecting
from xinheng.archive.owners import Named, distinct
from xinheng.core.errors import IntegrityError
from xinheng.core.identifiers import uscc_check_character

from .department import ALPHA, BETA, Bureau

BODIES = [f"91440300MA5XNG{number:03}" for number in range(10, 60, 10)]
CODES = [body + uscc_check_character(body) for body in BODIES]
DELIVERIES = st.lists(
    st.lists(st.tuples(st.sampled_from(CODES), st.booleans()), min_size=1, max_size=6),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=15)
@given(deliveries=DELIVERIES)
def test_every_enterprise_of_a_sound_row_has_one_number_for_ever(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[list[tuple[str, bool]]]
) -> None:
    bureau, named = Bureau(tmp_path_factory.mktemp("bureau")), {}
    for number, rows in enumerate(deliveries, 1):
        texts = [
            f"{code},P{number}-{i},2026-01-05,2026-01-20,{'label' if sound else ''},fine,1,"
            for i, (code, sound) in enumerate(rows)
        ]
        bureau.deliver(*texts, at=datetime(2026, 6, number, tzinfo=UTC))
        table = bureau.archive.enterprises()
        now = dict(zip(table["id"].to_pylist(), table["enterprise"].to_pylist(), strict=True))
        assert now.items() >= named.items()
        named = now
        assert sorted(named.values()) == list(range(len(named)))
    sound = {code for rows in deliveries for code, is_sound in rows if is_sound}
    assert set(named) == sound
    for record in bureau.archive.records("penalty").to_pylist():
        place = int(record["number"].split("-")[1])
        assert record["enterprise"] == deliveries[record["sequence"] - 1][place][0]


def one_number(scheme: str, codes: pa.Array) -> np.ndarray:
    """Return the same number for all, as two texts might have by the rarest of chances."""
    return np.full(len(codes), 7 if scheme == "uscc" else 8, np.int64)


@pytest.mark.parametrize("together", [False, True])
def test_two_enterprises_of_one_number_are_refused_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, together: bool
) -> None:
    monkeypatch.setattr(collecting, "owner_numbers", one_number)
    bureau = Bureau(tmp_path)
    rows = [f"{code},P1,2026-01-05,2026-01-20,label,fine,1," for code in (ALPHA, BETA)]
    if not together:
        bureau.deliver(rows.pop(0))
    with pytest.raises(IntegrityError, match="have the same number in the store"):
        bureau.deliver(*rows)
    assert bureau.archive.records("penalty").num_rows == (not together)
    assert bureau.archive.sequence == (not together)


def test_whoever_is_named_twice_is_named_once_and_numbered_after_those_known() -> None:
    names = pa.array(["b", "a", "b"])
    owners, keys = distinct([(np.array([4, -2]), names[:2]), (np.array([4]), names[2:])])
    named = Named(owners, keys, np.array([7, -1], np.int32)).number(9)
    assert (owners.tolist(), keys.to_pylist(), named.numbers.tolist()) == (
        [-2, 4],
        ["a", "b"],
        [7, 9],
    )
    assert named.find(np.array([4, 4, -2, 4])).tolist() == [9, 9, 7, 9]
    assert named.rows(named.numbers == 9, 3).to_pylist() == [
        {"owner": 4, "number": 9, "key": "b", "sequence": 3}
    ]


def test_two_texts_of_one_owner_are_refused_wherever_they_meet() -> None:
    with pytest.raises(IntegrityError, match="y and x have the same number"):
        distinct([(np.array([1, 5]), pa.array(["a", "x"])), (np.array([5]), pa.array(["y"]))])
