"""Postings that wait at one moment are folded in together, each as if it had come alone."""

import logging
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from xinheng.archive import Archive
from xinheng.core.settings import Settings
from xinheng.ledger import Lease, Outcome, Posting
from xinheng.ledger.postings import Postings
from xinheng.serving.counters import FOLD_IN_FAILED
from xinheng.serving.intake.intake import Intake
from xinheng.serving.intake.sent import Sent
from xinheng.serving.intake.trouble import Trouble
from xinheng.serving.live.live import Live

from ..archive.department import ALPHA, BETA
from ..archive.test_convoy import content
from .installation import NOW
from .posting import (
    FUTIAN,
    GAMMA,
    STOPPED,
    by_file,
    by_kind,
    fresh,
    penalty,
    registered,
    row,
    settings_of,
)

NUMBERS = st.integers(0, 7).map("H{}".format)
WHO = st.sampled_from([ALPHA, BETA, GAMMA])
HOW = st.sampled_from([STOPPED, {}, {"fine": "much"}, {"fine": 7}])
PENALTY = st.builds(lambda number, who, how: penalty(number, who, **how), NUMBERS, WHO, HOW)
WITHDRAWN = st.builds(
    lambda number, who: {
        "kind": "lifecycle", "enterprise": who, "number": number, "of": "penalty",
        "occurred": "2026-06-20", "known": "2026-06-29", "change": "withdrawn",
    },
    NUMBERS, WHO,
)  # fmt: skip
BODY = st.one_of(
    st.lists(PENALTY, min_size=1, max_size=2).map(lambda some: by_kind(*some)),
    st.lists(PENALTY, min_size=1, max_size=1).map(lambda some: by_kind(*some)),
    WITHDRAWN.map(by_kind),
    st.just(by_kind(registered(GAMMA, FUTIAN), source="register")),
    st.builds(lambda number: by_file(row(number, BETA)), NUMBERS),
    st.just({"source": "nobody", "records": [penalty()]}),
)


class Folding:
    """The fold-in of an installation, which works when it is told to."""

    def __init__(self, installation: Settings) -> None:
        self.live = Live.open(installation, lambda: NOW)
        self.intake = Intake(self.live, installation)
        self.postings = self.live.service.ledger.postings
        self._numbers = count()

    def accept(self, body: Any, actor: str = "li") -> Posting:
        """Accept what is posted, as a request does."""
        cells = [
            {name: None if value is None else str(value).lower() if value is True else str(value)
             for name, value in each.items()}
            for each in body.get("records") or []
        ]  # fmt: skip
        sent = Sent(body["source"], body.get("files"), cells or None)
        number = next(self._numbers)
        posting = Posting(
            receipt=f"r-{number}", holder=actor, key=f"k-{number}", digest=sent.digest, at=NOW,
            actor=actor, purpose="delivery", source=sent.source, rows=1,
        )  # fmt: skip
        return self.postings.accept(posting, sent.text)

    def fold(self) -> int:
        """Fold in what waits."""
        return self.intake.fold_in.fold_all()

    def outcomes(self) -> list[Outcome | None]:
        """Return what came of each posting."""
        return [self.postings.outcome(number + 1) for number in range(next(self._numbers))]


@contextmanager
def folding(folder: Path) -> Iterator[Folding]:
    found = Folding(fresh(folder))
    try:
        yield found
    finally:
        found.intake.fold_in.close()
        found.live.close()


def folded(folder: Path, bodies: Sequence[Any], sizes: Sequence[int]) -> dict[str, Any]:
    """Post some and fold them in, then some more; return everything that is there afterwards."""
    with folding(folder) as found:
        left = [*bodies]
        for size in (*sizes, len(left)):
            for _ in range(min(size, len(left))):
                found.accept(left.pop(0))
            found.fold()
        ledger, service = found.live.service.ledger, found.live.service
        day = 20_635
        return {
            "outcomes": found.outcomes(),
            "changes": ledger.history.changes(),
            "archive": content(service.archive),
            "grades": service.book.grades(service.book.known(day), day).to_dict(),
            "waiting": found.postings.waiting(),
        }


@pytest.mark.slow
@settings(deadline=None, max_examples=int(os.environ.get("FOLDINGS", "6")))
@given(
    bodies=st.lists(BODY, min_size=1, max_size=9),
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
)
def test_any_grouping_of_any_postings_comes_to_what_they_come_to_one_by_one(
    bodies: list[Any], sizes: list[int]
) -> None:
    with TemporaryDirectory() as name:
        alone = folded(Path(name) / "alone", bodies, [1] * len(bodies))
        assert folded(Path(name) / "together", bodies, sizes) == alone
        assert alone["waiting"] == 0


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Folding]:
    """Three postings of two people wait, of which the last is a further state of the first."""
    with folding(tmp_path) as found:
        found.accept(by_kind(penalty("H1", BETA, **STOPPED)), "li")
        found.accept(by_kind(penalty("H2", ALPHA, fine="much")), "wang")
        found.accept(by_kind(penalty("H3", ALPHA)), "wang")
        yield found


def test_each_has_its_own_delivery_and_whoever_answers_for_it(waiting: Folding) -> None:
    archive = waiting.live.service.archive
    journals = archive.unfolded
    assert waiting.fold() == 3
    assert archive.unfolded == journals + 1
    outcomes = waiting.outcomes()
    digests = [each.digest for each in outcomes if each is not None]
    assert [each.delivery for each in outcomes if each is not None] == [3, 4, 5]
    assert [waiting.postings.senders([digest]) for digest in digests] == [
        {"li"},
        {"wang"},
        {"wang"},
    ]
    [held] = archive.held("quarantined").to_pylist()
    assert (held["sequence"], held["row"]) == (4, 1)
    assert set(archive.faults(digests[1])) == {("posted_penalty", 1)}


class Killed(BaseException):
    """Nothing after it is done, as when a process is killed."""


POINTS = {
    "before the archive takes them": (Archive, "post_together", False),
    "after the archive took them": (Archive, "post_together", True),
    "before what came of them is written": (Postings, "settle_together", False),
    "after what came of them is written": (Postings, "settle_together", True),
}


@pytest.mark.parametrize("point", POINTS)
def test_whoever_is_killed_while_some_are_folded_in_together_leaves_each_to_land_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    bodies = [
        by_kind(penalty(f"H{n}", who, **STOPPED)) for n, who in enumerate([BETA, ALPHA, BETA])
    ]
    whole = folded(tmp_path / "whole", bodies, [3])
    owner, name, after = POINTS[point]
    method = getattr(owner, name)

    def dying(*given: Any) -> None:
        if after:
            method(*given)
        raise Killed

    with folding(tmp_path / "killed") as found:
        for body in bodies:
            found.accept(body)
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, dying)
            with pytest.raises(Killed):
                found.fold()
        found.intake.fold_in.close()
        next_one = Folding.__new__(Folding)
        next_one.live, next_one.intake = (
            found.live,
            Intake(found.live, settings_of(tmp_path / "killed")),
        )
        next_one.intake.fold_in.fold_all()
        assert found.outcomes() == whole["outcomes"]
        assert found.live.service.ledger.history.changes() == whole["changes"]
        assert content(found.live.service.archive) == whole["archive"]
        next_one.intake.fold_in.close()


def test_one_that_fails_together_is_found_and_holds_no_others_up(
    waiting: Folding, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Sent.told
    monkeypatch.setattr(
        Sent, "told", lambda self, source: 1 / 0 if "much" in self.text else told(self, source)
    )
    assert waiting.fold() == 2
    assert [each is None for each in waiting.outcomes()] == [False, True, False]


def test_a_ledger_that_is_gone_is_told_once_and_so_is_that_it_is_back(
    waiting: Folding, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    held_up = FOLD_IN_FAILED.labels("held up")
    before, fold_in = held_up._value.get(), waiting.intake.fold_in
    caplog.set_level(logging.INFO)
    with monkeypatch.context() as patch:
        patch.setattr(Lease, "held", gone)
        waits = [fold_in._look() for _ in range(6)]
    fold_in._look()
    fold_in._look()
    told = [each for each in caplog.records if each.name.endswith("foldin")]
    assert [each.levelname for each in told] == ["WARNING", "INFO"]
    assert held_up._value.get() == before + 6
    assert waits[0] <= 2.0 < waits[-1]
    assert waiting.postings.waiting() == 0


def test_whoever_waits_for_the_same_ledger_asks_at_different_moments() -> None:
    random.seed(1)
    waits = {Trouble(logging.getLogger("x"), "all are").met(OSError()) for _ in range(9)}
    assert len(waits) == 9
    assert max(waits) <= 2.0 <= 2 * min(waits)
