"""Indicators that rest on other enterprises: named where they changed a level, and made anew."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xinheng.features import Catalogue, Rate, count
from xinheng.grading import Blend, Parts, Reference, fit_calibrator
from xinheng.grading.dynamic import advance, rebuild
from xinheng.ledger import Run

from ..world import indicator, parts, train
from .world import AT, Town, on, record

SHOPS = [f"S{number:03}" for number in range(20)]
FAILED, QUIET, CHECKED = SHOPS[:8], SHOPS[8:19], SHOPS[19]
CATALOGUE = Catalogue((
    indicator("IH01", "一", "Failed inspections", direction=1,
              expression=count("inspection:*.fail", window=365)),
    indicator("PN91", "二", "Share of inspections that failed in its category", direction=1,
              dimension="PN", expression=Rate(group="category", streams=("inspection",),
                                              positive=("inspection:*.fail",), strength=1.0)),
))  # fmt: skip


@cache
def dated_parts() -> Parts:
    """A model that asks what is usual among others."""
    rng = np.random.default_rng(8)
    matrix = pd.DataFrame({"IH01": rng.integers(0, 3, 3_000), "PN91": rng.random(3_000)})
    outcomes = rng.random(len(matrix)) < expit(-3 + matrix.to_numpy() @ [0.5, 6.0])
    booster = train(matrix, outcomes, [1, 1])
    margins = np.asarray(booster.predict(matrix.to_numpy(), raw_score=True))
    return replace(
        parts(),
        blend=Blend(booster),
        catalogue=CATALOGUE,
        calibrator=fit_calibrator(margins, outcomes, replicates=5, seed=1),
        reference=Reference.of(matrix, margins),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[Run]]]:
    """A town where all passed, then some failed, and it was told late that more had."""
    place = Town(tmp_path_factory.mktemp("town"))
    place.deliver(
        [record("enterprise", shop, "2022-06-01", "") for shop in SHOPS]
        + [record("inspection", shop, "2023-11-10", "") for shop in SHOPS]
        + [record("inspection", shop, "2024-01-15", "1") for shop in FAILED]
    )
    bundle = place.sign(dated_parts())
    runs = advance(
        place.gradings, bundle, on("2024-02-01"), at=AT, actor="li", start=on("2024-01-01")
    )
    place.deliver(
        record("inspection", CHECKED, f"2024-01-{day:02}", "1", number=f"late-{day}")
        for day in range(10, 30)
    )
    runs += advance(place.gradings, bundle, on("2024-03-01"), at=AT, actor="li")
    yield place, runs
    place.ledger.close()


def test_others_are_named_where_nothing_of_its_own_moved(made: tuple[Town, list[Run]]) -> None:
    place, [_, second, _] = made
    changes = {each.enterprise: each for each in place.gradings.history.changes(run=second.id)}
    for shop in [*QUIET, CHECKED]:
        assert changes[shop].cause == "others"
        assert changes[shop].detail["indicators"] == {"others": ["PN91"]}
    for shop in FAILED:
        assert "others" in changes[shop].detail["indicators"]


def test_what_others_were_told_late_is_others_too(made: tuple[Town, list[Run]]) -> None:
    """The day before is computed with it, so that no indicator shows it: the margin does."""
    place, [*_, third] = made
    changes = {each.enterprise: each for each in place.gradings.history.changes(run=third.id)}
    for shop in QUIET:
        assert changes[shop].cause == "others"
        assert changes[shop].detail["indicators"] == {"others": []}
        assert np.diff(changes[shop].detail["margin"]) > 0


def test_grades_that_rest_on_others_are_made_anew(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    for day, run in zip(("2024-01-31", "2024-02-29", "2024-03-01"), runs, strict=True):
        found = rebuild(place.gradings, on(day))
        assert (found.run, found.enterprises, found.different) == (run, len(SHOPS), ())
    one = rebuild(place.gradings, on("2024-02-29"), place.number(QUIET[0]))
    assert (one.run, one.enterprises, one.different) == (runs[1], 1, ())


def test_from_all_that_is_known_today_they_would_differ(made: tuple[Town, list[Run]]) -> None:
    """So that the test above is one."""
    place, [_, second, _] = made
    given, matrices = place.levels(second), place.gradings.matrices(place.read(second.bundle))
    frame = matrices.some(given["enterprise"].to_numpy(), second.as_of)
    margins = matrices.bundle.blend.margins(matrices.values(frame))
    assert (margins > given["margin"].to_numpy()).all()
