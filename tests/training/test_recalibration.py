"""Recalibration as a job: a new bundle that differs from the champion in its level alone."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from xinheng.archive import Archive
from xinheng.core.errors import InvalidError
from xinheng.core.settings import Settings, load_settings
from xinheng.grading import Bundle, load_trusted_keys, read_bundle
from xinheng.ledger import Ledger
from xinheng.training import Recalibrated, Task, TrainingResult, open_key, recalibrate, train

from .world import archive_of, city

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
    return recalibrate(archive, task, settings, key=open_key(settings.keys), at=at, actor="wang")


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


def test_only_what_was_known_by_the_day_counts(world: World) -> None:
    early = run(world, datetime(2023, 3, 1, tzinfo=UTC))
    assert 0 < early.rows < run(world, datetime(2023, 9, 1, tzinfo=UTC)).rows
    with pytest.raises(InvalidError, match=r"from 2023-01-0\d on was known before 2023-01-01"):
        run(world, datetime(2022, 12, 31, 20, tzinfo=UTC))


def test_another_task_is_refused(world: World) -> None:
    other = TASK.model_copy(update={"label": TASK.label.model_copy(update={"above": 2})})
    with pytest.raises(InvalidError, match="give the task that it was trained on"):
        run(world, task=other)
