"""What is told is what the R package surveillance tells."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import Farrington

HERE = Path(__file__).parent
LAST = 50

DEFAULT = {
    "years": 5, "half": 3, "periods": 1, "skipped": 3, "alpha": 0.05, "trend": 0.05,
    "reweight": 2.58, "bound": "2/3", "steps": 25, "least": 0,
}  # fmt: skip
IMPROVED = DEFAULT | {"periods": 10, "skipped": 26, "trend": 1.0, "bound": "nbPlugin"}
SETTINGS = {
    "default": DEFAULT,
    "limited": DEFAULT | {"least": 5},
    "improved": IMPROVED,
    "muan": IMPROVED | {"bound": "muan", "trend": 0.05, "alpha": 0.01},
    "plain": DEFAULT | {"reweight": np.inf, "trend": 0.0, "bound": "1/2", "periods": 5},
    "original": DEFAULT | {"reweight": 1.0, "years": 3, "half": 2, "skipped": 2, "alpha": 0.005},
    "short": DEFAULT
    | {"years": 2, "half": 4, "skipped": 4, "periods": 7, "trend": 1.0, "bound": "none"},
}


@pytest.fixture(scope="module")
def counts() -> Counts:
    cases = pd.read_csv(HERE / "data/farrington_series.csv.gz", header=None).to_numpy(np.int32)
    return Counts(cases, np.zeros(len(cases), np.int32), np.arange(len(cases), dtype=np.int32))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(HERE / "data/farrington_told.csv.gz")


@pytest.fixture(params=SETTINGS)
def setting(request) -> str:
    return request.param


@pytest.fixture
def told(counts, setting):
    return Farrington(**SETTINGS[setting]).tell(counts, LAST)


@pytest.fixture
def theirs(table, counts, setting):
    rows = table[table["setting"] == setting]
    return {
        name: rows[name].to_numpy(float).reshape(counts.series, LAST) for name in rows.columns[3:]
    }


def test_bounds_are_equal(told, theirs):
    for name in ("expected", "upper", "dispersion"):
        mine = getattr(told, name)
        both = np.isfinite(theirs[name]) & np.isfinite(mine)
        assert mine[both] == pytest.approx(theirs[name][both], rel=2e-8)


def test_what_cannot_be_told_is_the_same(told, theirs):
    assert np.array_equal(np.isnan(told.dispersion), np.isnan(theirs["dispersion"]))
    assert np.isfinite(theirs["upper"][np.isnan(told.upper)]).sum() <= 2


def test_the_same_trends_are_kept(told, theirs):
    assert np.array_equal(told.trend, theirs["trend"] == 1)


def test_alarms_are_the_same(told, theirs):
    alarm = theirs["alarm"] == 1
    assert alarm.any()
    assert np.array_equal(told.alarm, alarm)


@pytest.mark.parametrize("setting", ["default", "plain", "original", "short"], indirect=True)
def test_scores_are_equal(told, theirs):
    both = np.isfinite(theirs["score"])
    assert told.score[both] == pytest.approx(theirs["score"][both], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("setting", ["improved", "muan"], indirect=True)
def test_scores_of_quantiles_agree_on_which_side_of_the_bound_a_week_is(told, theirs):
    both = np.isfinite(theirs["score"]) & np.isfinite(told.score)
    assert np.array_equal(told.score[both] > 1, theirs["score"][both] > 1)


@pytest.mark.slow
def test_r_still_tells_the_same_of_the_last_weeks(tmp_path, table, counts):
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("needs Rscript, with the package surveillance")
    asked = [found, "-e", "packageVersion('surveillance')"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("needs the R package surveillance")
    subprocess.run([found, HERE / "farrington.R", tmp_path, "2"], check=True, capture_output=True)
    series = pd.read_csv(tmp_path / "farrington_series.csv.gz", header=None).to_numpy(np.int32)
    assert np.array_equal(series, counts.cases)
    again = pd.read_csv(tmp_path / "farrington_told.csv.gz")
    before = table[table["week"] >= counts.weeks - 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, before, rtol=1e-6, check_dtype=False)
