"""Decisions as data: one row for each that took effect, and nothing of a day that lies ahead."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import time
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import DECISIONS
from xinheng.training.judgements import join_judgements

from .world import DAY, OPENING, Desk, decision, later


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Some days of two enterprises."""
    folder = tmp_path_factory.mktemp("decided")
    with closing(Ledger(f"sqlite:///{folder / 'ledger.db'}")) as found:
        first = Desk(found.reviews)
        told = {"level_before": "D", "model_level": "D", "reason_code": "put_right"}
        first.act("take")
        first.act("decide", detail=decision(**told))
        first.act("agree", "wang", days=2)
        first.act("lift", "li", {"second": True, "reason": "over"}, days=5)
        first.act("agree", "wang", days=6)
        second = Desk(found.reviews, replace(OPENING, number=8, enterprise="E2"))
        second.act("take")
        told = {"level_before": "E", "reason_code": "as_found"}
        second.act("decide", detail=decision("confirm", second=False, **told), days=4)
        waiting = Desk(found.reviews, replace(OPENING, number=9, enterprise="E3"))
        waiting.act("take")
        waiting.act("decide", detail=decision())
        yield found


def decisions(ledger: Ledger, as_of: int) -> pa.Table:
    return pa.concat_tables(ledger.reviews.decisions(as_of))


def rows(ledger: Ledger, as_of: int) -> list[tuple]:
    table = decisions(ledger, as_of)
    assert table.schema == DECISIONS
    return [
        (each["id"], each["known"] - DAY, each["decision"], each["level_before"],
         each["level_after"], each["reason_code"], each["second"])
        for each in table.to_pylist()
    ]  # fmt: skip


def test_what_took_effect_is_told_from_the_day_after_on(ledger: Ledger) -> None:
    whole = [
        ("E1", 2, "override", "D", "B", "put_right", True),
        ("E2", 4, "confirm", "E", "E", "as_found", False),
        ("E1", 6, "lift", "B", None, None, True),
    ]
    assert rows(ledger, DAY + 50) == whole
    for days, count in ((2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3)):
        assert rows(ledger, DAY + days) == whole[:count]


def test_no_names_and_no_texts_are_told(ledger: Ledger) -> None:
    told = str(decisions(ledger, DAY + 50).to_pylist())
    for name in ("li", "wang", "seen on the spot"):
        assert f"'{name}'" not in told


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 30), st.sampled_from(["confirm", "override"])),
        max_size=20,
    ),
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 35)), min_size=1, max_size=12),
)
def test_a_row_learns_of_nothing_that_was_decided_on_its_day_or_later(decided, asked) -> None:
    table = DECISIONS.empty_table().to_pandas().reindex(range(len(decided)))
    table["enterprise"] = [who for who, _, _ in decided]
    table["known"] = [day for _, day, _ in decided]
    table["decision"] = [what for _, _, what in decided]
    table["case"] = range(len(decided))
    found = join_judgements(
        pd.DataFrame(asked, columns=["enterprise", "as_of"]),
        pa.Table.from_pandas(table, DECISIONS, preserve_index=False),
    )
    for (who, day), row in zip(asked, found.itertuples(), strict=True):
        before = [
            (known, case, what)
            for case, (whose, known, what) in enumerate(decided)
            if whose == who and known < day
        ]
        assert row.decided == len(before)
        if before:
            known, _, what = max(before)
            assert (row.decision, row.days_since) == (what, day - known)
        else:
            assert pd.isna(row.decision)
            assert pd.isna(row.days_since)


def test_days_are_days(ledger: Ledger) -> None:
    [first, *_] = decisions(ledger, DAY + 50).to_pylist()
    assert time.show(first["until"]) == time.show(DAY + 30)
    assert first["known"] == time.day_of(later(2))


def test_a_table_of_a_day_is_the_same_whatever_came_later(tmp_path) -> None:
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        desk, until = Desk(ledger.reviews), DAY + 3
        desk.act("move", "policy", {"level": "E", "level_before": "D"})
        desk.act("take")
        desk.act("decide", detail=decision(second=False, until=time.show(until)))
        before = decisions(ledger, DAY + 1)
        desk.act("expire", "clock", {"level": "B"}, days=4)
        other = Desk(ledger.reviews, at=later(4))
        other.act("take", days=4)
        other.act("decide", detail=decision("confirm", second=False), days=5)
        assert decisions(ledger, DAY + 1).equals(before)
        assert decisions(ledger, DAY + 50)["decision"].to_pylist() == ["override", "confirm"]
