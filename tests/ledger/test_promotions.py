"""The history of champions: who, when, why, on what evidence, for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import insert

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.ledger import Ledger, Promotion, Promotions, SignOff, Trial
from xinheng.ledger.tables import PROMOTION

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
GATES = [{"name": "migration", "status": "failed", "says": "3 % move", "figures": {"all": 0.03}}]


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def trial(challenger: str, champion: str, day: str = "2026-02-01") -> Trial:
    return Trial(at(day), "li", "grade", challenger, champion, 7, GATES)


def promotion(bundle: str, follows: str, day: str, kind: str = "challenger") -> Promotion:
    return Promotion(at(day), "li", "because", "grade", bundle, kind, follows)


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], Promotions]]:
    """Opens the ledger, each time over connections of its own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Ledger(url))).promotions


@pytest.fixture
def promotions() -> Promotions:
    """Three champions and a roll-back to the second."""
    found = Ledger("sqlite://").promotions
    found.record(promotion(A, "", "2026-01-01", "first"))
    signed = SignOff("wang", ("migration",))
    found.record(
        Promotion(
            at("2026-02-01"), "li", "better", "grade", B, "challenger", A, trial(B, A), signed
        )
    )
    found.record(promotion(C, B, "2026-03-01T09:00"))
    found.record(promotion(B, C, "2026-03-05T15:00", "rollback"))
    return found


def test_everything_is_kept_as_it_was_told(promotions: Promotions) -> None:
    first, second, third, back = promotions.history("grade")
    assert [each.bundle for each in (first, second, third, back)] == [A, B, C, B]
    assert [each.follows for each in (first, second, third, back)] == ["", A, B, C]
    assert [each.kind for each in (first, back)] == ["first", "rollback"]
    assert second.sign_off == SignOff("wang", ("migration",))
    assert second.trial == trial(B, A)
    assert (second.at, second.until) == (at("2026-02-01"), at("2026-03-01T09:00"))
    assert back.until is None
    assert promotions.history("scheduling") == ()


@pytest.mark.parametrize(
    ("moment", "champion"),
    [
        ("2026-01-01", A),
        ("2026-01-31T23:59", A),
        ("2026-02-01", B),
        ("2026-03-01T09:00", C),
        ("2026-03-05T14:59", C),
        ("2026-03-05T15:00", B),
        ("2031-01-01", B),
    ],
)
def test_who_was_champion_at_a_moment(promotions: Promotions, moment: str, champion: str) -> None:
    assert promotions.champion("grade", at(moment)) == champion


def test_before_the_first_there_was_none(promotions: Promotions) -> None:
    with pytest.raises(NotFoundError, match="before 2025-12-31 00:00 UTC"):
        promotions.champion("grade", at("2025-12-31"))


@pytest.mark.parametrize(
    ("day", "champions"),
    [
        ("2025-12-31", []),
        ("2026-01-01", [A]),
        ("2026-02-15", [B]),
        ("2026-03-01", [B, C]),
        ("2026-03-05", [C, B]),
        ("2026-03-06", [B]),
    ],
)
def test_a_day_may_have_several(promotions: Promotions, day: str, champions: list[str]) -> None:
    start = at(day) - timedelta(microseconds=1)
    found = promotions.between("grade", start, start + timedelta(days=1))
    assert [each.bundle for each in found] == champions


def test_of_two_who_promote_at_once_one_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    one, other = Ledger(url).promotions, Ledger(url).promotions
    one.record(promotion(A, "", "2026-01-01", "first"))
    one.record(promotion(B, A, "2026-02-01"))
    with pytest.raises(InvalidError, match=r"since cccccccccccc was held against aaaaaaaaaaaa"):
        other.record(promotion(C, A, "2026-02-01"))
    assert [each.bundle for each in other.history("grade")] == [A, B]


def test_a_champion_that_was_put_back_meanwhile_is_another_row(
    opened: Callable[[], Promotions],
) -> None:
    """The same bundle is champion as when the trial began, but two promotions lie between."""
    one, other = opened(), opened()
    one.record(promotion(A, "", "2026-01-01", "first"))
    seen = other.last("grade")
    one.record(promotion(B, A, "2026-02-01"))
    one.record(promotion(A, B, "2026-02-02", "rollback"))
    with pytest.raises(InvalidError, match="somebody else has promoted"):
        other.record(replace(promotion(C, A, "2026-02-03"), after=seen))
    other.record(replace(promotion(C, A, "2026-02-03"), after=other.last("grade")))
    assert [each.bundle for each in other.history("grade")] == [A, B, A, C]


def test_of_many_who_promote_at_the_same_moment_one_does(opened: Callable[[], Promotions]) -> None:
    opened().record(promotion(A, "", "2026-01-01", "first"))
    ledgers = [opened() for _ in range(4)]
    gate = Barrier(len(ledgers))

    def late() -> datetime:
        """Hold every one inside its transaction until all have looked, or none other comes."""
        with suppress(BrokenBarrierError):
            gate.wait(timeout=1)
        return at("2026-02-01")

    def attempt(promotions: Promotions) -> bool:
        try:
            promotions.record(promotion(B, A, "2026-01-31"), late)
        except InvalidError:
            return False
        return True

    with ThreadPoolExecutor(len(ledgers)) as pool:
        assert sum(pool.map(attempt, ledgers)) == 1
    assert [each.bundle for each in ledgers[0].history("grade")] == [A, B]


def test_a_champion_is_one_from_when_the_row_is_written(opened: Callable[[], Promotions]) -> None:
    """A trial that took from nine to eleven: until eleven the one before gave the grades."""
    promotions = opened()
    promotions.record(promotion(A, "", "2026-01-01", "first"))
    promotions.record(promotion(B, A, "2026-02-01T09:00"), lambda: at("2026-02-01T11:00"))
    assert promotions.champion("grade", at("2026-02-01T10:00")) == A
    assert promotions.champion("grade", at("2026-02-01T11:00")) == B
    assert promotions.history("grade")[0].until == at("2026-02-01T11:00")


def test_a_second_successor_of_one_promotion_is_refused_by_the_database(
    promotions: Promotions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if both had looked before either wrote."""
    monkeypatch.setattr("xinheng.ledger.promotions._last", lambda *_: (1, A))
    with pytest.raises(InvalidError, match="nothing was promoted"):
        promotions.record(promotion(C, A, "2026-04-01"))
    assert len(promotions.history("grade")) == 4


def test_a_trial_that_failed_is_kept_as_well(promotions: Promotions) -> None:
    promotions.try_out(trial(C, A, "2026-02-20"))
    [found] = promotions.trials(C)
    assert found == trial(C, A, "2026-02-20")
    assert promotions.trials(B) == (trial(B, A),)
    assert promotions.champion("grade", at("2026-02-21")) == B


def test_a_ledger_from_before_successions_is_read_and_goes_on() -> None:
    ledger = Ledger("sqlite://")
    old = {"at": at("2025-01-01"), "purpose": "grade", "bundle": A, "actor": "li", "reason": "old"}
    with ledger._engine.begin() as connection:
        connection.execute(insert(PROMOTION), old)
    ledger.promotions.record(promotion(B, A, "2026-01-01"))
    first, second = ledger.promotions.history("grade")
    assert (first.bundle, first.kind, second.follows) == (A, "named", A)


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    ledger = Ledger("sqlite://")
    given = datetime.fromisoformat("2026-01-01T02:00+08:00")
    ledger.promote(A, purpose="grade", actor="li", reason="first", at=given)
    assert ledger.promotions.history("grade")[0].at == given
