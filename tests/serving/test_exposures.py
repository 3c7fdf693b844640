"""Whom a product concerns, as the service tells it to somebody who is held to a district."""

import numpy as np
import pytest

from xinheng.earlywarning.exposure import Exposure
from xinheng.serving.live.exposures import Exposures

from ..earlywarning.towns import seen, town, watched

DAY = 20_000


@pytest.fixture
def exposures(monkeypatch: pytest.MonkeyPatch) -> Exposures:
    """E0 lies in Futian and buys from E1, which failed in Luohu."""
    city = town(["福田区", "罗湖区"], ties=[(0, 1, "supply")])
    found = watched(city, [seen(7, 1, "河粉", "failed", DAY, stage="catering")], DAY)
    monkeypatch.setattr(Exposure, "read", lambda *_, **__: found)
    return Exposures(None)


def test_whom_somebody_does_not_reach_is_not_named_as_a_reason_either(exposures: Exposures) -> None:
    [found] = exposures.exposed("ho_fun", "", DAY, 1, lambda numbers: numbers == 0, 9)
    assert (found.code, found.records) == ("E0", ())
    assert found.reasons["en"] == ("supply ties it to another enterprise, which failed",)


def test_who_reaches_everywhere_is_told_all(exposures: Exposures) -> None:
    _, found = exposures.exposed("ho_fun", "", DAY, 1, lambda numbers: numbers >= 0, 9)
    assert (found.code, found.records) == ("E0", ("800",))
    assert found.reasons["en"] == ("supply ties it to E1, which failed",)
    assert exposures.exposed("ho_fum", "", DAY, 1, lambda numbers: numbers >= 0, 9) == ()


def test_nobody_within_reach_is_nobody_told(exposures: Exposures) -> None:
    assert exposures.exposed("ho_fun", "", DAY, 1, lambda n: np.zeros(len(n), bool), 9) == ()
