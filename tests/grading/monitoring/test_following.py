"""Following: a story is told once, again when it changes, and closed when figures are back."""

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from xinheng.core.time import day
from xinheng.grading.monitoring import (
    LANGUAGES,
    Aspect,
    Bank,
    Cause,
    Key,
    State,
    Survey,
    explain,
    follow,
    sentence,
)
from xinheng.grading.monitoring.ours import changed_by_us
from xinheng.grading.monitoring.signals import bars_of, read_signals
from xinheng.grading.monitoring.watched import judge
from xinheng.ledger import Promotion

from ..world import CATALOGUE, parts

TODAY = day("2026-03-01")
KEY = Key(Aspect.COUNT, "tax", "tax_return")
NAMES = {"tax": "Tax office"}


def survey(*latest: float) -> Survey:
    """Look at a department that delivered 100 a month, and then these."""
    months = np.random.default_rng(8).poisson(100, 60).astype(float)
    counts = np.concatenate([months, latest])[None]
    judged = judge([Bank([KEY], counts)])
    bars = bars_of(judged, 0.75)
    stories = tuple(explain(read_signals(judged, bars), CATALOGUE))
    return Survey(TODAY, 1, 4, bars, stories, tuple(judged))


def opened(found: Survey) -> dict:
    (told,) = follow(found, {})
    row = {"cause": told.detail["cause"], "since": told.since, "detail": dict(told.detail)}
    return {told.key: row}


def test_a_calm_month_tells_nothing() -> None:
    assert follow(survey(103), {}) == []


def test_a_story_opens_goes_on_and_closes() -> None:
    (told,) = follow(survey(0), {})
    assert (told.state, told.key) == (State.OPENED, "delivery/tax")
    assert told.since == day("2026-02-01")
    before = opened(survey(0))
    assert [each.state for each in follow(survey(0, 0), before)] == [State.GOES_ON]
    assert [each.state for each in follow(survey(0, 0, 98), before)] == [State.CLOSED]


def test_a_silence_that_forecasts_got_used_to_is_not_over() -> None:
    found = survey(*[0.0] * 30)
    assert found.stories == ()
    assert [each.state for each in follow(found, opened(survey(0)))] == [State.GOES_ON]


def test_another_cause_is_told_as_a_change() -> None:
    (told,) = follow(survey(45), opened(survey(0)))
    assert (told.state, told.detail["cause"]) == (State.CHANGED, Cause.PARTIAL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize(
    "series", [["count", "tax", "tax_return", "", ""], ["found", "", "", "", "all"]]
)
def test_every_cause_has_its_sentence(language: str, cause: Cause, series: list[str]) -> None:
    detail = {
        "source": "tax", "kind": "tax_return", "names": ["on_time", "punctual"], "seen": 7.4,
        "expected": 3.4, "indicators": [f"PN0{n}" for n in range(8)], "series": series,
    }  # fmt: skip
    said = sentence(cause, TODAY, detail, NAMES, language)
    assert "2026-03-01" in said or cause in (Cause.SEASON, Cause.MODEL)
    assert "{" not in said
    assert ("等8项" if language == "zh" else "and 2 more") in said


def test_a_unit_is_told_as_a_round_factor() -> None:
    series = ["value", "tax", "tax_return", "", ""]
    detail = {"source": "tax", "kind": "tax_return", "names": ["value"], "indicators": []}
    detail |= {"seen": 7.37, "expected": 3.4, "series": series}
    assert "are 10,000 times what they were" in sentence(Cause.UNIT, TODAY, detail, NAMES, "en")
    assert "为以往的10,000倍" in sentence(Cause.UNIT, TODAY, detail, NAMES, "zh")
    detail["seen"] = 2.4
    assert "are 0.1 times" in sentence(Cause.UNIT, TODAY, detail, NAMES, "en")


def champions(*kinds: str) -> list[Promotion]:
    """Champions a, b, c and so on, promoted one after another."""
    at = datetime(2026, 2, 1, tzinfo=UTC)
    return [
        Promotion(at, "li", "because", "grade", letter * 64, kind)
        for letter, kind in zip("abcdef", kinds, strict=False)
    ]


def test_another_champion_is_told_once_and_is_no_drift() -> None:
    bundle, both = SimpleNamespace(digest="b" * 64, policy=parts().policy), ("first", "challenger")
    for before in (None, "b" * 64):
        assert changed_by_us(bundle, champions(*both), before, TODAY) == []
    (told,) = changed_by_us(bundle, champions(*both), "a" * 64, TODAY)
    assert told.detail["names"] == ["a" * 12, "b" * 12]
    row = {"cause": told.detail["cause"], "since": told.since, "detail": dict(told.detail)}
    assert [each.state for each in follow(survey(101), {told.key: row})] == [State.CLOSED]


def test_a_recalibration_is_no_other_model_however_many_follow() -> None:
    bundle = SimpleNamespace(digest="d" * 64, policy=parts().policy)
    followed = champions("first", "challenger", "recalibration", "recalibration")
    assert changed_by_us(bundle, followed, "b" * 64, TODAY) == []
    assert changed_by_us(bundle, followed, "c" * 64, TODAY) == []
    (told,) = changed_by_us(bundle, followed, "a" * 64, TODAY)
    assert told.detail["names"] == ["a" * 12, "d" * 12]
