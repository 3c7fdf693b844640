"""Trials on archives: a forecast against a forecast, and bundles that cannot be compared."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.core.errors import InvalidError
from xinheng.core.settings import Settings, load_settings
from xinheng.grading import Bundle, Purpose, find_any
from xinheng.training import Task, hold_trial, open_key, promote, rollback, train_forecast
from xinheng.training.promotion import Status

from ..world import PLACED, archive_of, quarters

AT = datetime(2026, 6, 2, tzinfo=UTC)
World = tuple[Archive, Settings, list[str]]


def task(cut: str) -> Task:
    before = {"2022-07-01": "2022-06-30", "2023-01-01": "2022-12-31"}[cut]
    return Task.model_validate(
        {
            "windows": {
                "train": {"first": "2020-01-01", "last": before},
                "test": {"first": cut, "last": "2023-12-31"},
            },
            "learners": ["lightgbm"],
            "boosting": {"rounds": [10], "depths": [2], "linear": [0.0], "least_rows": 20},
            "bootstrap": {"draws": 100},
            "promotion": {"rows": 50, "violations": 10, "auc_margin": 0.1, "loss_margin": 0.2,
                          "tolerance": 0.3},
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    archive = archive_of(quarters(shops=150, visits=8), folder, enterprise=PLACED)
    settings = load_settings(
        archive=archive.folder,
        bundles=folder / "bundles",
        mlruns=folder / "mlruns",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
        keys=folder / "keys",
    )
    key, digests = open_key(settings.keys), []
    for cut in ("2022-07-01", "2023-01-01"):
        given = archive, task(cut), settings
        made = train_forecast(*given, key=key, at=AT, actor="li", tracking=False)
        assert made.promoted == (not digests)
        digests.append(made.digest)
    return archive, settings, digests


def pair(world: World) -> tuple[Bundle, Bundle]:
    return find_any(world[1], world[2][0]), find_any(world[1], world[2][1])


def test_a_forecast_is_asked_what_makes_sense_of_it(world: World) -> None:
    archive, settings, (first, second) = world
    given = archive, task("2023-01-01"), settings
    found = promote(*given, second, at=AT, actor="li", reason="later")
    assert [gate.name for gate in found.gates] == ["data", "ranking", "loss", "calibration"]
    assert (found.purpose, found.refused) == (Purpose.SCHEDULING, "")
    back = rollback(settings, at=AT, actor="li", reason="back", purpose=Purpose.SCHEDULING)
    assert back.bundle == first


def test_what_became_known_later_changes_no_trial_of_the_past(world: World) -> None:
    """As of a day in the test window only what was known by then is compared."""
    archive, _, _ = world
    found = {
        day: hold_trial(archive, task("2023-01-01"), *pair(world), at=time.day(day))
        for day in ("2023-03-01", "2023-09-01")
    }
    rows = {day: gates[0].figures["rows"] for day, gates in found.items()}
    assert 0 < rows["2023-03-01"] < rows["2023-09-01"]


def test_models_of_unlike_things_are_not_compared(world: World) -> None:
    archive, _, _ = world
    champion, challenger = pair(world)
    other = replace(champion, card=replace(champion.card, label="something else"))
    gates = hold_trial(archive, task("2023-01-01"), other, challenger, at=time.day("2024-06-01"))
    told = {gate.name: gate for gate in gates}
    assert told["data"].status is Status.PASSED
    for name in ("ranking", "loss", "calibration"):
        assert told[name].status is Status.UNDECIDED
        assert "the champion predicts 'something else'" in told[name].says


def test_a_task_for_another_label_is_refused(world: World) -> None:
    archive, settings, (_, second) = world
    other = task("2023-01-01")
    other = other.model_copy(update={"label": other.label.model_copy(update={"above": 2})})
    with pytest.raises(InvalidError, match="give the task that it was trained on"):
        promote(archive, other, settings, second, at=AT, actor="li", reason="later")


def test_a_moment_without_zone_is_refused(world: World) -> None:
    archive, settings, (_, second) = world
    naive = AT.replace(tzinfo=None)
    with pytest.raises(InvalidError, match="zone"):
        promote(archive, task("2023-01-01"), settings, second, at=naive, actor="li", reason="x")
