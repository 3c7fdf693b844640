"""Warnings of an enterprise over HTTP: what rules tell, the forecast, and a hidden rise."""

from collections.abc import Iterator
from shutil import rmtree
from types import MappingProxyType

import lightgbm as lgb
import numpy as np
import pytest

from xinheng.archive import Archive
from xinheng.core.errors import IntegrityError
from xinheng.core.time import day, show
from xinheng.earlywarning.enterprises.forecast import Forecast, Horizon
from xinheng.earlywarning.enterprises.sample import COLUMNS
from xinheng.earlywarning.enterprises.warned import Warned
from xinheng.earlywarning.enterprises.warningpolicy import Gravity
from xinheng.grading import fit_calibrator
from xinheng.ledger import Ledger
from xinheng.serving.answers import warned_values
from xinheng.serving.live.forecasts import Forecasts

from ..archive.department import ALPHA
from . import graded
from .keyed import asking

ROWS = 200


def forecast(bundle: str, seed: int = 1) -> Forecast:
    """A forecast of a bundle, fitted on rows that mean nothing."""
    rng = np.random.default_rng(seed)
    values, fell = rng.normal(size=(ROWS, len(COLUMNS))), rng.random(ROWS) < 0.3
    data = lgb.Dataset(values, fell.astype(float), feature_name=list(COLUMNS))
    booster = lgb.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, data, 3)
    margins = booster.predict(values, raw_score=True)
    calibrator = fit_calibrator(margins, fell, replicates=20, seed=1)
    horizons = {days: Horizon(days, booster, calibrator) for days in (30, 90)}
    return Forecast(bundle, MappingProxyType(horizons), {})


@pytest.fixture(scope="module")
def fitted(own_town, tmp_path_factory) -> Iterator:
    """A client of the town, to whose champion a forecast was fitted."""
    folder = tmp_path_factory.mktemp("fitted")
    settings = own_town(folder).model_copy(update={"forecasts": folder / "forecasts"})
    ledger = Ledger(settings.ledger)
    champion = ledger.champion("grade")
    ledger.close()
    forecast(champion).write(settings.forecasts / champion)
    with asking(settings, at=graded.NOW) as client:
        client.town = settings
        yield client


def test_rules_tell_of_an_enterprise_with_basis_and_records(client):
    found = client.get(f"/v1/enterprises/{ALPHA}/warnings?as_of=2026-03-01&lang=en").json()
    assert (found["enterprise"], found["as_of"]) == (ALPHA, "2026-03-01")
    assert found["policy"] == "default design-1"
    [told] = found["warnings"]
    assert (told["rule"], told["gravity"]) == ("production_stopped", "grave")
    assert (told["since"], told["basis"]) == ("2026-02-25", "食品安全法 §122–§134")
    assert told["sentence"].endswith("by 1 record of 2026-02-20.")
    assert len(told["records"]) == 1
    assert (found["forecast"], found["rise"]) == ([], None)


def test_a_basis_is_told_without_marks():
    told = Warned(
        rule="licence_lapsing", number=7, as_of=20_000, since=19_990, gravity=Gravity.NOTICE,
        records=("9",), basis="办法 §34 (mem-H)", sentence={"zh": "将到期。", "en": "It ends."},
    )  # fmt: skip
    assert warned_values(told, "zh")["basis"] == "办法 §34"


def test_nothing_is_told_of_a_day_before_it_was_known(client):
    found = client.get(f"/v1/enterprises/{ALPHA}/warnings?as_of=2026-02-24").json()
    assert found["warnings"] == []


def test_a_level_that_can_be_worse_has_a_forecast_by_horizon(fitted):
    seen = set()
    for identifier in Archive(fitted.town.archive).enterprises()["id"].to_pylist():
        answer = fitted.get(f"/v1/enterprises/{identifier}/warnings")
        if answer.status_code == 404:
            continue
        found = answer.json()["forecast"]
        level = fitted.get(f"/v1/enterprises/{identifier}/grade").json()["given_level"]
        assert (found == []) == (level == "E"), identifier
        assert [each["days"] for each in found] == ([30, 90] if found else [])
        for each in found:
            low, high = each["interval"]
            assert 0 <= low <= each["probability"] <= high <= 1
        seen.add(bool(found))
    assert seen == {True, False}


def test_nobody_has_a_forecast_of_whom_too_little_was_known(fitted):
    [first, *_] = Archive(fitted.town.archive).enterprises()["id"].to_pylist()
    known = day(fitted.get(f"/v1/enterprises/{first}/profile").json()["known_since"])
    asked = {
        after: fitted.get(f"/v1/enterprises/{first}/warnings?as_of={show(known + after)}")
        for after in (30, 120)
    }
    told = {after: answer.json()["forecast"] for after, answer in asked.items()}
    assert (told[30], len(told[120])) == ([], 2)


def test_a_forecast_that_is_fitted_anew_is_told_without_a_restart(fitted):
    [first, *_] = Archive(fitted.town.archive).enterprises()["id"].to_pylist()
    before = fitted.get(f"/v1/enterprises/{first}/warnings")
    tag = {"If-None-Match": before.headers["etag"]}
    assert fitted.get(f"/v1/enterprises/{first}/warnings", headers=tag).status_code == 304
    [place] = fitted.town.forecasts.iterdir()
    forecast(place.name, seed=2).write(place)
    after = fitted.get(f"/v1/enterprises/{first}/warnings", headers=tag)
    assert after.status_code == 200
    assert after.json()["forecast"] != before.json()["forecast"] != []


def test_a_forecast_that_takes_the_place_of_one_being_read_is_read_itself(tmp_path, monkeypatch):
    """One that is broken, and is not replaced meanwhile, is refused."""
    place, read = tmp_path / "b", Forecast.read
    forecast("b", seed=1).write(place)
    (place / "card.json").write_text("{}", "utf-8")
    found = Forecasts(tmp_path)
    with pytest.raises(IntegrityError, match="not as it was written"):
        found.of("b")

    def overtaken(_):
        monkeypatch.setattr(Forecast, "read", read)
        forecast("b", seed=2).write(place)
        raise IntegrityError("half of it is of another")

    monkeypatch.setattr(Forecast, "read", overtaken)
    assert found.of("b").bundle == "b"
    assert found.of("b") is found.of("b")
    assert (found.of("c"), found.digest("c")) == (None, None)
    rmtree(place)
    assert found.of("b") is None
