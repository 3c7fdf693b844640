"""Recalibration as a job: a new bundle that differs from the champion in its level alone."""

import json
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from xinheng.archive import Archive
from xinheng.cli import app
from xinheng.core.errors import InvalidError
from xinheng.core.settings import Settings, load_settings
from xinheng.core.time import day
from xinheng.grading import Bundle, load_trusted_keys, read_bundle
from xinheng.ledger import Ledger
from xinheng.training import (
    Recalibrated,
    Task,
    Tracker,
    TrainingResult,
    open_key,
    read_task,
    recalibrate,
    train,
)

from .world import START, archive_of, city

AT = datetime(2026, 6, 2, tzinfo=UTC)
TASK = Task.model_validate(
    {
        "windows": {
            "train": {"first": "2020-01-01", "last": "2022-12-31"},
            "test": {"first": "2023-01-01", "last": "2023-06-30"},
        },
        "learners": ["constant", "lightgbm"],
        "boosting": {"rounds": [20], "depths": [2], "linear": [0.0], "least_rows": 20},
        "bootstrap": {"draws": 100},
    }
)
World = tuple[Settings, Archive, TrainingResult]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    table = city(shops=250)
    late = pd.to_datetime(table["day"]) >= "2023-01-01"
    rng = np.random.default_rng(5)
    table.loc[late & (rng.random(len(table)) < 0.4), "critical"] = 1  # it has become worse
    archive = archive_of(table, folder)
    settings = load_settings(
        bundles=folder / "bundles",
        mlruns=folder / "mlruns",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
        keys=folder / "keys",
    )
    key = open_key(settings.keys)
    made = train(archive, TASK, settings, key=key, at=AT, actor="li", tracking=False)
    return settings, archive, made


LATER = datetime(2023, 10, 1, tzinfo=UTC)


def run(world: World, at: datetime = LATER, task: Task = TASK) -> Recalibrated:
    settings, archive, _ = world
    key = open_key(settings.keys)
    return recalibrate(archive, task, settings, key=key, at=at, actor="wang", tracking=False)


def read(world: World, digest: str) -> Bundle:
    settings = world[0]
    return read_bundle(settings.bundles / digest, load_trusted_keys(settings.keys))


def test_the_level_moves_and_nothing_else(world: World) -> None:
    made = run(world)
    old, new = read(world, made.before), read(world, made.digest)
    assert made.before == world[2].digest
    assert made.moved > 0.3
    margins = np.linspace(-3, 2, 11)
    np.testing.assert_allclose(
        new.calibrator.logit(margins) - old.calibrator.logit(margins), made.moved
    )
    assert new.card.followed == made.moved
    assert (new.card.cut, new.card.followed_until) == (old.card.cut, "2023-10-01")
    assert new.card.learned_until == "2023-10-01"
    assert new.blend.to_texts() == old.blend.to_texts()
    assert new.policy == old.policy
    ledger = Ledger(world[0].ledger)
    assert ledger.champion("grade") == made.digest
    told = ledger.audited(made.digest)[0]
    assert told["actor"] == "wang"
    assert f"followed {made.rows} outcomes" in str(told)
    ledger.close()


def test_months_do_not_add_up(world: World) -> None:
    first = run(world)
    again = run(world)
    assert again.before == first.digest
    assert again.moved == pytest.approx(first.moved, abs=1e-9)
    one, two = (read(world, each.digest) for each in (first, again))
    assert day(one.card.level_of) < one.calibrator.since == two.calibrator.since


def test_only_what_was_known_by_the_day_counts(world: World) -> None:
    early = run(world, datetime(2023, 3, 1, tzinfo=UTC))
    assert 0 < early.rows < run(world, datetime(2023, 9, 1, tzinfo=UTC)).rows
    with pytest.raises(InvalidError, match=r"in the 365 days before 2023-01-01 that it had not"):
        run(world, datetime(2022, 12, 31, 20, tzinfo=UTC))


def test_another_task_is_refused(world: World) -> None:
    other = TASK.model_copy(update={"label": TASK.label.model_copy(update={"above": 2})})
    with pytest.raises(InvalidError, match="give the task that it was trained on"):
        run(world, task=other)


PANEL = """
title = "What a check within a year finds"
learners = ["lightgbm"]
blocks = 2
[cohort]
kind = "panel"
first = 2021-01-01
every_months = 3
[label]
horizon_days = 365
allowance_days = 30
checks = ["inspection.critical:routine"]
[[label.outcomes]]
zh = "关键项不合格"
en = "a critical item not met"
streams = ["inspection.critical:routine"]
above = 0
[windows]
train = { first = 2021-01-01, last = 2022-10-01 }
test = { first = 2024-01-01, last = 2024-01-01 }
[boosting]
rounds = [20]
depths = [2]
linear = [0.0]
least_rows = 20
[bootstrap]
draws = 100
[promotion]
step = 1.0
"""


class Later(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2025, 10, 1, tzinfo=tz)


def test_a_panel_of_years_is_followed_by_the_month_through_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = city(shops=250)
    table["day"] = table["known"] = [START + (day - START) * 3 / 2 for day in table["day"]]
    late = pd.to_datetime(table["day"]) >= "2024-01-01"
    rng = np.random.default_rng(5)
    table.loc[late & (rng.random(len(table)) < 0.4), "critical"] = 1  # it has become worse
    archive = archive_of(table, tmp_path / "delivered")
    for name, value in {
        "ARCHIVE": archive.folder,
        "BUNDLES": tmp_path / "bundles",
        "MLRUNS": tmp_path / "mlruns",
        "LEDGER": f"sqlite:///{tmp_path / 'ledger.db'}",
        "KEYS": tmp_path / "keys",
    }.items():
        monkeypatch.setenv(f"XINHENG_{name}", str(value))
    (tmp_path / "task.toml").write_text(PANEL, "utf-8")
    task = read_task(tmp_path / "task.toml")
    own, key = load_settings(), open_key(tmp_path / "keys")
    made = train(archive, task, own, key=key, at=AT, actor="li", tracking=False)
    assert made.card.cut == "2024-01-01"
    monkeypatch.setattr("xinheng.cli.training.datetime", Later)
    answered = CliRunner().invoke(
        app, ["recalibrate", "--task", str(tmp_path / "task.toml"), "--json"]
    )
    assert answered.exit_code == 0, answered.output
    found = json.loads(answered.stdout)
    assert found["rows"] > 200
    assert found["moved"] > 0.1
    assert Ledger(own.ledger).champion("grade") == found["digest"]
    assert Tracker(own.mlruns).champion("xinheng-grade") == found["digest"]
