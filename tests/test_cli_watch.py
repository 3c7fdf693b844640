"""The commands of early warning."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.core.time import day, show

from .earlywarning.warned import agency, told

SPAN = ("--calibrate", "2023-01-02", "--test", "2023-06-05", "--until", "2023-12-04")


@pytest.fixture
def alerts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ham has a case every other week; lead spreads in tea from July 2023 on."""
    agency(tmp_path)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(tmp_path / "archive"))
    ham = [*range(day("2020-01-06"), day("2024-01-01"), 14)]
    tea = [*range(day("2023-07-03"), day("2023-12-01"), 8)]
    rows = [("ham", "listeria", when) for when in ham] + [("tea", "lead", when) for when in tea]
    told(tmp_path, [
        (str(number), show(when), "", product, item, "")
        for number, (product, item, when) in enumerate(rows)
    ])  # fmt: skip


def watch(*words: str) -> Result:
    return CliRunner().invoke(app, ["watch", "backtest", *words])


@pytest.mark.usefixtures("alerts")
def test_what_spread_is_found_and_told_by_detector_look_and_budget():
    found = json.loads(watch(*SPAN, "--json").stdout)
    assert (found["series"], found["onsets"], found["from"]) == (2, 1, "2023-06-05")
    lines = {(each["detector"], each["looks"], each["budget"]): each for each in found["detectors"]}
    ratio = lines["ratio", "weekly", 1.0]
    assert ratio["mean_delay_days"] == 14  # the second case came on the ninth day
    assert lines["ratio", "daily", 1.0]["mean_delay_days"] == 9
    assert ratio["against"]["ratio"] is None
    assert lines["hierarchical", "weekly", 1.0]["against"]["ratio"]["days"] == 0


@pytest.mark.usefixtures("alerts")
def test_all_sources_are_tried_with_the_joint_detector():
    found = json.loads(watch(*SPAN, "--kind", "all", "--budget", "1", "--json").stdout)
    assert (found["series"], found["onsets"]) == (2, 1)
    lines = {(each["detector"], each["looks"]): each for each in found["detectors"]}
    assert lines["joint", "daily"]["mean_delay_days"] <= lines["ratio", "daily"]["mean_delay_days"]
    assert ("joint", "weekly") in lines


@pytest.mark.usefixtures("alerts")
def test_people_read_a_table_for_each_budget():
    told = watch(*SPAN, "--budget", "0.5")
    assert told.exit_code == 0
    assert "1 onsets among 2 series, 2023-06-05 to 2023-12-04" in told.stdout
    assert "At 0.5 alarms a week" in told.stdout


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--calibrate", "2023-01-02", "--test", "2022-01-03", "--until", "2024-01-01"),
         "must follow one another"),
        (("--calibrate", "2019-01-07", "--test", "2022-01-03", "--until", "2024-01-01"),
         "the first alert was known on 2020-01-06"),
        ((*SPAN, "--budget", "0"), "above 0"),
        ((*SPAN, "--kind", "penalty"), "alert, all, sampling"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_told(words, message):
    refused = watch(*words)
    assert refused.exit_code == 1
    assert message in str(refused.exception)
