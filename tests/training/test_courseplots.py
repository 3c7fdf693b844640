"""Figures of the course: what is drawn is what was given."""

from collections import Counter
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from plotly.graph_objects import Figure

from xinheng.archive import Entry, SourceStatus
from xinheng.archive.creditfile import Origin
from xinheng.core.time import day
from xinheng.features import Spread, standard_catalogue
from xinheng.training import (
    Fold,
    Scores,
    coverage_plot,
    differences_plot,
    evaluate,
    file_plot,
    folds_plot,
    lateness_plot,
    measure_plot,
    spread_plot,
)

from .world import FEW, cohort_of

AT = datetime(2026, 1, 1, tzinfo=UTC)


def named(plot: object, part: str) -> dict[str, object]:
    (found,) = [each for each in plot["data"] if part in each["name"]]
    return found


def test_a_fold_shows_what_it_trains_on_leaves_out_and_tests_on() -> None:
    days = [day(f"2024-{month:02d}-01") for month in (1, 2, 3, 4, 5, 6)]
    cohort = cohort_of(days, [0, 1, 0, 1, 0, 1], settled=[each + 60 for each in days])
    fold = Fold("test", days[4], np.array([0, 1]), np.array([4, 5]))
    drawn = folds_plot(cohort, [fold])
    assert named(drawn, "trained on")["x"] == ["2024-01-01", "2024-02-01", None]
    assert named(drawn, "not yet known")["x"] == ["2024-03-01", "2024-04-01", None]
    assert named(drawn, "tested on")["x"] == ["2024-05-01", "2024-06-01", None]
    assert named(drawn, "cut")["x"] == ["2024-05-01"]
    assert named(drawn, "until settled")["x"][:2] == ["2024-02-01", "2024-04-01"]
    assert "2 rows trained on, 50.0% positive" in named(drawn, "trained on")["text"][0]


def entry(record: int, kind: str, occurred: str, available: str, state: str = "stands") -> Entry:
    origin = Origin("bureau", "source", 1, AT, "f", "f.csv", "", record)
    return Entry(
        kind=kind, zh="处罚", en="Penalty", record=record, number=str(record),
        occurred=date.fromisoformat(occurred), known=date.fromisoformat(available),
        available=date.fromisoformat(available), state=state, versions=1, until=None, said=(),
        personal={}, linked=None, origin=origin, witnesses=(), happened=(),
    )  # fmt: skip


def test_a_credit_file_shows_when_each_record_happened_and_could_be_used() -> None:
    drawn = file_plot(
        [
            entry(2, "penalty", "2024-03-01", "2024-05-01", "withdrawn"),
            entry(1, "inspection", "2024-01-01", "2024-01-02"),
        ]
    )
    assert named(drawn, "happened")["x"] == ["2024-01-01", "2024-03-01"]
    assert named(drawn, "usable from")["x"] == ["2024-01-02", "2024-05-01"]
    assert named(drawn, "withdrawn")["x"] == ["2024-05-01"]
    assert drawn["layout"]["yaxis"]["categoryarray"] == ["inspection", "penalty"]


def test_the_latest_kinds_come_first() -> None:
    statuses = [
        SourceStatus(
            "a", "A", AT, lateness={"penalty": [1, 0, 0, 0, 0], "change": [9, 1, 0, 0, 0]}
        ),
        SourceStatus("b", "B", AT, lateness={"penalty": [0, 0, 1, 0, 2]}, records=Counter()),
    ]
    drawn = lateness_plot(statuses)
    assert [each["x"] for each in drawn["data"]] == [
        [25.0, 90.0], [0.0, 10.0], [25.0, 0.0], [0.0, 0.0], [50.0, 0.0],
    ]  # fmt: skip
    assert drawn["data"][0]["y"] == ["penalty", "change"]
    assert drawn["data"][4]["text"][0] == "2 of 4"
    assert lateness_plot(statuses, most=1)["data"][0]["y"] == ["penalty"]


def test_what_does_not_apply_is_blank_and_what_is_missing_is_not() -> None:
    catalogue = standard_catalogue().select(ids=["PN06", "RL03"])
    statuses = pd.DataFrame(
        [
            ("PN06", "entity", 10, 8, 2, 0),
            ("PN06", "operator", 4, 0, 4, 0),
            ("PN06", "producer", 2, 2, 0, 0),
            ("RL03", "entity", 10, 1, 1, 8),
            ("RL03", "operator", 4, 0, 0, 4),
            ("RL03", "producer", 2, 1, 1, 0),
        ],
        columns=["indicator", "population", "n", "valued", "missing", "inapplicable"],
    ).set_index(["indicator", "population"])
    (heat,) = coverage_plot(catalogue, statuses)["data"]
    assert heat["z"] == [[80.0, 0.0, 100.0], [50.0, None, 50.0]]
    assert heat["y"] == ["PN06", "RL03"]


def test_a_spread_shows_its_bands() -> None:
    indicator = standard_catalogue()["PN06"]
    drawn = spread_plot(indicator, Spread(8, 0.5, {}, {"0": 0.75, ">=1": 0.25}, ()))
    assert drawn["data"][0]["y"] == [75.0, 25.0]
    assert "share of 8" in drawn["layout"]["yaxis"]["title"]["text"]


def test_models_stand_beside_each_other_with_intervals() -> None:
    rng = np.random.default_rng(0)
    label = rng.integers(0, 2, 80)
    chance = {"lightgbm": 0.3 * label + 0.5 * rng.random(80), "logistic": rng.random(80)}
    scores = Scores(np.arange(80), chance, {})
    found = evaluate(
        cohort_of([1] * 80, label.tolist()), scores, capacity=0.5, planning=False, draws=FEW
    )
    (dots,) = measure_plot(found, "auc")["data"]
    assert dots["x"] == pytest.approx([found.estimate(m, "auc").value for m in chance], abs=1e-6)
    drawn = differences_plot(found, "lightgbm", "auc")
    value, lower, upper = found.difference("lightgbm", "logistic", "auc")
    (dots,) = drawn["data"]
    assert dots["x"] == pytest.approx([value], abs=1e-6)
    assert dots["error_x"]["array"] == pytest.approx([upper - value], abs=1e-6)
    assert dots["error_x"]["arrayminus"] == pytest.approx([value - lower], abs=1e-6)
    assert drawn["layout"]["shapes"][0]["x0"] == 0
    assert "this model" in Figure(drawn).layout.xaxis.title.text
