"""The forecast: rows and outcomes by hand, learned in order of time, kept whole, and honest."""

from dataclasses import replace
from errno import ENOSPC
from os import strerror
from pathlib import Path

import numpy as np
import pytest

from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, StorageError
from xinheng.core.time import show
from xinheng.earlywarning.enterprises import (
    COLUMNS,
    HORIZONS,
    Blocks,
    Forecast,
    Sample,
    fit_forecast,
    fit_horizon,
    sampled,
)
from xinheng.earlywarning.enterprises.forecast import digest_of
from xinheng.earlywarning.enterprises.looks import STEP
from xinheng.earlywarning.enterprises.sample import BEFORE, fell, row_block

from .drawn import FIRST, look_of, wandering


def looks_at(*margins):
    return [look_of(FIRST + STEP * place, each) for place, each in enumerate(margins)]


def test_a_row_tells_where_an_enterprise_stands_and_how_it_moved():
    looks = looks_at([0.1, 5.0, -3], [0.4, 5.0, -3], [0.2, 5.0, -3], [0.7, 5.0, -3])
    last = looks[-1]
    ahead = np.array([[0.3, 0, 1], [0.25, 0, 1], [-0.1, 0, 1]])
    falls = np.stack([last.level, last.level, last.level + 1]).astype(np.int8)
    held = np.array([2, 5, 0], np.int8)
    signs = np.arange(3.0)[:, None] + np.zeros(last.signs.shape)
    told = np.array([[1.0, 2, 3], [0, 0, 0], [0, 0, 0]])
    looks[-1] = replace(
        last, room_ahead=ahead, level_ahead=falls, model=held, signs=signs, warned=told
    )
    rows = row_block(looks, 3)
    assert rows.enterprise.tolist() == [0, 2]  # the second one is E already
    assert rows.as_of.tolist() == [FIRST + 90] * 2
    first = dict(zip(COLUMNS, rows.values[0].tolist(), strict=True))
    assert {k: pytest.approx(v) for k, v in first.items() if k in COLUMNS[:10]} == {
        "level": 3, "held": 1, "room": 0.3, "room_30": 0.3, "room_90": -0.1, "falls_30": 0,
        "falls_90": 1, "drift_30": 0.5, "drift_90": 0.6, "swing": 0.5,
    }  # fmt: skip
    assert (first["open_cases"], first["age"]) == (0.0, 0.0)
    assert [first[f"warned_{each}"] for each in ("notice", "serious", "grave")] == [1, 2, 3]
    assert rows.values[1, COLUMNS.index("age")] == 2.0


def test_who_was_not_known_before_has_no_drift():
    looks = looks_at([0.1], [0.1], [0.1], [0.1, 0.2])
    rows = row_block(looks, 3)
    assert np.isnan(rows.column("drift_30")).tolist() == [False, True]
    assert np.isnan(rows.column("swing")).tolist() == [False, True]


@pytest.mark.parametrize(
    ("later", "within"),
    [
        ([-1.5, -1.5, -1.5], (False, False)),
        ([-0.5, -1.5, -1.5], (True, True)),
        ([-1.5, -0.5, -1.5], (False, True)),
        ([-1.5, -1.5, -0.5], (False, True)),
        ([-2.5, -2.5, -2.5], (False, False)),
    ],
)
def test_a_level_fell_if_any_grade_within_the_days_was_worse(later, within):
    looks = looks_at([-1.5], *([each] for each in later), [3.0])
    assert tuple(fell(looks, 0, days).tolist() == [True] for days in HORIZONS) == within


def test_who_is_gone_did_not_fall():
    looks = [look_of(FIRST, [0.5, -1.5]), look_of(FIRST + 30, [0.5], [0])]
    assert fell(looks, 0, 30).tolist() == [False, False]


def test_rows_need_looks_in_step_and_with_grades_ahead():
    looks = looks_at(*([[0.0]] * 4))
    with pytest.raises(InvalidError, match="3 looks before it, each 30 days apart"):
        row_block(looks, 2)
    shifted = [look_of(FIRST + 1, [0.0]), *looks[1:]]
    with pytest.raises(InvalidError, match="each 30 days apart"):
        row_block(shifted, 3)
    with pytest.raises(InvalidError, match="grades ahead"):
        row_block([*looks[:3], replace(looks[3], level_ahead=np.empty((0, 1), np.int8))], 3)
    with pytest.raises(InvalidError, match="needs all looks of these days"):
        fell(looks, 2, 90)
    with pytest.raises(InvalidError, match="6 looks are too few"):
        sampled(looks_at(*([[0.0]] * 6)))


def test_a_sample_has_every_row_that_can_be_made_and_its_outcome():
    looks = wandering(looks=9, enterprises=5)
    rows, outcomes = sampled(looks)
    days = [looks[place].as_of for place in range(BEFORE, len(looks) - 3)]
    assert sorted(set(rows.as_of.tolist())) == days
    assert {days: len(each) for days, each in outcomes.items()} == dict.fromkeys(
        HORIZONS, len(rows)
    )
    at = rows.as_of == days[1]
    np.testing.assert_array_equal(outcomes[90][at], fell(looks, BEFORE + 1, 90))
    with pytest.raises(NotFoundError, match="no column of the forecast 'rooms'; did you mean"):
        rows.column("rooms")


@pytest.fixture(scope="module")
def world():
    return sampled(wandering())


def test_blocks_never_overlap_and_leave_out_what_nobody_knew_yet(world):
    rows, _ = world
    blocks = Blocks(FIRST + 360, FIRST + 540)
    for days in HORIZONS:
        learned, calibrated = blocks.learned(rows, days), blocks.calibrated(rows, days)
        tested = blocks.tested(rows)
        assert not (learned & calibrated).any()
        assert not (calibrated & tested).any()
        assert rows.as_of[learned].max() + days <= blocks.calibrate
        assert rows.as_of[calibrated].min() == blocks.calibrate
        assert rows.as_of[calibrated].max() + days == blocks.test
        assert rows.as_of[tested].min() == blocks.test
    with pytest.raises(InvalidError, match="not before the test"):
        Blocks(5, 5)


def test_less_room_never_makes_a_fall_less_probable(world):
    rows, outcomes = world
    horizon = fit_horizon(rows, outcomes[30], 30, Blocks(FIRST + 360))
    asked = np.repeat(rows.values[:40], 30, axis=0)
    asked[:, COLUMNS.index("room")] = np.tile(np.linspace(0, 1, 30), 40)
    told = horizon.outlook(Sample(*(np.zeros(len(asked), "i4"),) * 2, asked))
    by_room = told.probability.reshape(40, 30)
    assert (np.diff(by_room, axis=1) <= 1e-12).all()
    assert (by_room[:, 0] > 2 * by_room[:, -1]).mean() > 0.9
    assert ((told.lower <= told.probability) & (told.probability <= told.upper)).all()


def test_it_is_told_out_of_time_what_comes(world):
    rows, outcomes = world
    blocks = Blocks(FIRST + 330, FIRST + 480)
    horizon = fit_horizon(rows, outcomes[30], 30, blocks)
    test, happened = rows.take(blocks.tested(rows)), outcomes[30][blocks.tested(rows)]
    told = horizon.outlook(test).probability
    usual = outcomes[30][blocks.learned(rows, 30)].mean()
    assert np.mean((told - happened) ** 2) < 0.93 * np.mean((usual - happened) ** 2)
    assert told.mean() == pytest.approx(happened.mean(), abs=0.03)


def test_a_block_without_both_outcomes_is_refused(world):
    rows, outcomes = world
    with pytest.raises(InvalidError, match="rows to be learned from, 0 fell within 30 days"):
        fit_horizon(rows, np.zeros(len(rows), bool), 30, Blocks(FIRST + 360))
    with pytest.raises(InvalidError, match="of the 0 rows to be calibrated on"):
        fit_horizon(rows, outcomes[30], 30, Blocks(int(rows.as_of.max()) + 99))


@pytest.fixture(scope="module")
def forecast(world):
    rows, outcomes = world
    return fit_forecast("b" * 64, rows, outcomes, FIRST + 360, card={"measured": {"auc": 0.8}})


def test_a_forecast_is_read_as_it_was_written_and_fitted_alike_again(forecast, world, tmp_path):
    digest = forecast.write(tmp_path / "one")
    again = fit_forecast("b" * 64, *world, FIRST + 360, card={"measured": {"auc": 0.8}})
    assert again.write(tmp_path / "two") == digest
    found = Forecast.read(tmp_path / "one")
    assert (found.bundle, dict(found.card)) == (forecast.bundle, dict(forecast.card))
    assert found.card["first"] == show(FIRST + 90)
    assert found.card["calibrated_from"] == show(FIRST + 360)
    for days in HORIZONS:
        old, new = (each[days].outlook(world[0]) for each in (forecast, found))
        np.testing.assert_array_equal(old.probability, new.probability)
        np.testing.assert_array_equal(old.upper, new.upper)
    with pytest.raises(NotFoundError, match="no horizon of the forecast 60"):
        found[60]
    with pytest.raises(InvalidError, match="fit it anew for this one"):
        found.check("c" * 64)
    found.check("b" * 64)
    assert len(found[30].outlook(world[0].take(np.zeros(len(world[0]), bool))).probability) == 0


def test_a_forecast_takes_the_place_of_an_earlier_one_and_of_nothing_else(forecast, tmp_path):
    place = tmp_path / "forecasts" / "one"
    assert digest_of(place) is None
    first, later = forecast.write(place), replace(forecast, card={"measured": {"auc": 0.7}})
    assert digest_of(place) == first
    second = later.write(place)
    assert second == digest_of(place) != first
    assert dict(Forecast.read(place).card) == later.card
    assert [each.name for each in place.parent.iterdir()] == ["one"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "page.md").touch()
    with pytest.raises(InvalidError, match="is not empty, and holds no forecast"):
        forecast.write(tmp_path / "other")


def test_what_cannot_be_written_whole_is_not_there(forecast, tmp_path, monkeypatch):
    place, write = tmp_path / "forecasts" / "one", Path.write_text
    seen = []

    def full(path: Path, *given, **more) -> int:
        seen.append(place.exists())
        if path.name == "booster-90.txt":
            raise OSError(ENOSPC, strerror(ENOSPC))
        return write(path, *given, **more)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StorageError, match="no room"):
        forecast.write(place)
    assert (set(seen), [*place.parent.iterdir()]) == ({False}, [])


@pytest.mark.parametrize("name", ["card.json", "booster-30.txt", "calibrator-90.json"])
def test_what_is_not_as_it_was_written_is_refused(forecast, tmp_path, name):
    forecast.write(tmp_path / "kept")
    path = tmp_path / "kept" / name
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(IntegrityError, match="not as it was written"):
        Forecast.read(tmp_path / "kept")
    path.unlink()
    with pytest.raises(IntegrityError, match="is missing"):
        Forecast.read(tmp_path / "kept")


def test_no_forecast_is_no_forecast(tmp_path):
    with pytest.raises(NotFoundError, match="fit one and write it there"):
        Forecast.read(tmp_path)
