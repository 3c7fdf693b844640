"""Training from end to end on a made-up city."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.core.errors import InvalidError, NotFoundError, NotGradableError
from xinheng.core.settings import Settings, load_settings
from xinheng.grading import Purpose, Scorer, load_trusted_keys, read_bundle, write_bundle
from xinheng.ledger import Ledger
from xinheng.training import (
    CHAMPION,
    MODELS,
    PLANNED,
    Judged,
    Tracker,
    TrainingResult,
    check_rivals,
    evaluate,
    fit_model,
    make_learners,
    make_parts,
    marks,
    open_key,
    read_task,
    render_assessment,
    rescore,
    train,
    with_nuisance,
    write_report,
)

from .world import archive_of, city

SHOPS = 1_000  # so many that chance moves a calibration error by some 0.01
AT = datetime(2026, 6, 2, tzinfo=UTC)
TASK = """
title = "A made-up city"
inspector = true
[cohort]
plan = "plan"
[windows]
train = { first = 2020-01-01, last = 2022-12-31 }
test = { first = 2023-01-01, last = 2023-12-31 }
[rolling]
starts = [2022-09-01, 2023-02-01]
last = 2023-10-31
[boosting]
rounds = [10, 40]
least_rows = 20
learning_rate = 0.1
[bootstrap]
draws = 200
[reference]
file = "reference.csv"
key = "number"
window = "window"
test = "test"
scores = ["coin"]
[[published]]
name = "somebody's"
inspector = false
auc = 0.7
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Archive]:
    folder = tmp_path_factory.mktemp("world")
    table = city(shops=SHOPS)
    archive = archive_of(table, folder)
    (folder / "task.toml").write_text(TASK, "utf-8")
    rolled = table[(table["day"] >= date(2022, 9, 1)) & (table["plan"] == "plan")]
    lines = ["number,window,coin", *(f"{n},test,0.3" for n in table["number"])]
    lines += [f"{n},rolling,0.4" for n in rolled["number"]]
    (folder / "reference.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder, archive


def settings_in(folder: Path) -> Settings:
    return load_settings(
        bundles=folder / "bundles",
        mlruns=folder / "mlruns",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
        keys=folder / "keys",
    )


def run(world: tuple[Path, Archive], settings: Settings, **more: Any) -> TrainingResult:
    folder, archive = world
    task = read_task(folder / "task.toml")
    key = open_key(folder / "keys")
    given = {"key": key, "at": AT, "actor": "li", "delivery": folder, "tracking": False}
    return train(archive, task, settings, **{**given, **more})


@pytest.fixture(scope="module")
def trained(world: tuple[Path, Archive]) -> TrainingResult:
    return run(world, settings_in(world[0]))


def test_the_champion_is_a_bundle_that_grades_and_the_ledger_names_it(
    world: tuple[Path, Archive], trained: TrainingResult
) -> None:
    bundle = read_bundle(
        trained.bundle,
        load_trusted_keys(world[0] / "keys"),
        trained.inputs.catalogue.fingerprint,
    )
    assert bundle.digest == trained.digest == trained.bundle.name
    assert bundle.card == trained.card
    assert (bundle.card.purpose, bundle.card.inspector) == (Purpose.GRADE, False)
    assert bundle.card.rows == {
        "train": trained.inputs.test.train.size,
        "test": trained.inputs.test.test.size,
    }
    tenths = [each for each in bundle.card.groups if each.by == "probability"]
    assert sum(each.rows for each in tenths) == bundle.card.rows["test"]
    assert [each.promised for each in tenths] == sorted(each.promised for each in tenths)
    matrix = trained.inputs.matrix.iloc[trained.inputs.test.test]
    margins = Scorer(bundle).margins(matrix)
    np.testing.assert_allclose(margins, trained.experiment.champion.fitted.margin(matrix))
    chance = bundle.calibrator.probability(margins)
    np.testing.assert_allclose(chance, trained.experiment.champion.probability(matrix))
    ledger = Ledger(settings_in(world[0]).ledger)
    assert ledger.champion("grade") == trained.digest
    assert ledger.audited(trained.digest)[0]["actor"] == "li"


def test_every_model_is_compared_on_the_same_rows(trained: TrainingResult) -> None:
    test, rolling = trained.experiment.test, trained.experiment.rolling
    assert rolling is not None
    assert test.models == (
        "constant", "prior_rate", "logistic", CHAMPION, "logistic + inspector",
        "lightgbm + inspector", "nothing + inspector", "coin",
    )  # fmt: skip
    assert rolling.models == ("constant", "prior_rate", "logistic", CHAMPION, "coin")
    assert test.estimate(CHAMPION, "auc").value > 0.6
    assert test.difference(CHAMPION, "coin", "auc").lower > 0
    assert test.difference("lightgbm + inspector", CHAMPION, "auc").value > 0.03
    assert test.estimate("constant", "auc").value == 0.5
    assert test.estimate("constant", "days_earlier").value == 0
    assert test.estimate(CHAMPION, "days_earlier").value > 5
    assert test.measured(CHAMPION, "frozen_found")
    assert not test.measured("coin", "frozen_found")
    assert rolling.estimate(CHAMPION, "calibration_error").value < 0.06
    auc = trained.card.measures["auc"]
    assert tuple(auc) == test.estimate(CHAMPION, "auc")


def test_what_is_said_of_planning_was_known_when_the_window_began(trained: TrainingResult) -> None:
    test, measures = trained.experiment.test, trained.card.measures
    assert not {"days_earlier", "found"} & set(measures)
    for name in PLANNED:
        assert tuple(measures[name]) == test.estimate(CHAMPION, name)
        own_day = test.estimate(CHAMPION, name.removeprefix("frozen_"))
        assert measures[name][0] != own_day.value
    curve = trained.assessment.capacity
    assert curve.frozen
    assert set(curve.found) == {"constant", "prior_rate", "logistic", CHAMPION}
    for model in curve.found:
        share = test.estimate(model, "frozen_found").value
        assert curve.estimate(model, 0.5).value == pytest.approx(share)


def test_the_report_says_of_each_table_from_which_day_its_scores_are(
    trained: TrainingResult,
) -> None:
    start = ("**Test window", "**Paired differences on the test window")
    titles = [line for line in trained.report.splitlines() if line.startswith(start)]
    own_day = [title for title in titles if ", each row scored as of its own day" in title]
    [frozen] = [title for title in titles if title not in own_day]
    assert len(own_day) == 3
    assert frozen.startswith("**Test window, by scores frozen on its first day**")
    page = Path(__file__).parents[2] / "docs" / "chicago.md"
    assert set(titles) <= set(page.read_text("utf-8").splitlines())


def test_the_assessment_is_of_the_rows_that_tell_the_most(trained: TrainingResult) -> None:
    found, experiment = trained.assessment, trained.experiment
    rolling, further = experiment.rolling, experiment.further
    assert rolling is not None
    assert further is not None
    assert found.judged is rolling
    assert {each.where for each in found.verdicts} == {"rolling", "test"}
    for each in found.verdicts:
        window = rolling if each.where == "rolling" else experiment.test
        assert each.difference == window.difference(CHAMPION, "logistic", each.measure)
    assert sum(each.rows for each in found.reliability) == further.rows.size
    groups = {each.by: each for each in found.groups}
    assert list(groups) == ["population", "district", "category", "staff", "capital"]
    assert [each.observed.name for each in groups["population"].groups] == ["operator"]
    assert {each.observed.name for each in groups["category"].groups} == {"A", "B", "C"}
    assert not groups["district"].recorded
    for each in (*groups.values(), found.over_time):
        assert sum(group.observed.rows for group in each.groups) == further.rows.size
    quarters = [each.observed.name for each in found.over_time.groups]
    assert quarters == ["2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    assert found.earlier is not None
    before = [each.observed.name for each in found.earlier.groups]
    assert before
    assert max(before) < quarters[0]
    assert found.capacity.rows == experiment.test.rows
    assert found.audit is None  # the task names no policy, and a visit is no year


def test_the_same_inputs_give_the_same_bundle_byte_for_byte(
    world: tuple[Path, Archive], trained: TrainingResult, tmp_path: Path
) -> None:
    keys = load_trusted_keys(world[0] / "keys")
    rivals = {"before": read_bundle(trained.bundle, keys)}
    again = run(world, settings_in(tmp_path), promotion=False, rivals=rivals)
    assert again.digest == trained.digest  # whoever it is compared with
    said = again.experiment.scores.probability
    np.testing.assert_allclose(said["before"], said[CHAMPION])
    assert again.experiment.test.difference(CHAMPION, "before", "auc") == (0, 0, 0)
    assert "lightgbm – before" in again.report
    for file in trained.bundle.iterdir():
        assert (again.bundle / file.name).read_bytes() == file.read_bytes()
    with pytest.raises(NotFoundError):
        Ledger(settings_in(tmp_path).ledger).champion("grade")


def test_a_bundle_is_not_judged_on_rows_that_it_may_have_learned_from(
    world: tuple[Path, Archive], trained: TrainingResult
) -> None:
    bundle = read_bundle(trained.bundle, load_trusted_keys(world[0] / "keys"))
    inputs = trained.inputs
    earlier = replace(inputs, test=replace(inputs.test, cut=inputs.test.cut - 1))
    with pytest.raises(InvalidError, match="it may have learned from them"):
        rescore(world[1], earlier, {"before": bundle})
    later = replace(bundle.card, followed=0.1, followed_until=time.show(inputs.test.cut + 1))
    with pytest.raises(InvalidError, match="it may have learned from them"):
        rescore(world[1], inputs, {"before": replace(bundle, card=later)})


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("score_card", "as a learner is"),
        ("coin", "as a reference model is"),
        ("a/b", "has letters"),
    ],
)
def test_a_rival_has_a_name_of_its_own(trained: TrainingResult, name: str, why: str) -> None:
    check_rivals(["in_force", "2025-12", "现行"], trained.task)
    with pytest.raises(InvalidError, match=why):
        check_rivals(["in_force", name], trained.task)


def test_what_was_judged_is_what_was_compared(trained: TrainingResult) -> None:
    judged = Judged.of(trained.inputs, trained.experiment)
    assert (
        judged.population.tolist() == trained.inputs.population[trained.inputs.test.test].tolist()
    )
    task = trained.task
    again = evaluate(
        judged.cohort, judged.scores, capacity=task.capacity, planning=True, draws=task.bootstrap
    )
    assert again.results.values == trained.experiment.test.results.values


def test_a_model_that_saw_who_inspected_is_refused_as_a_grade(
    world: tuple[Path, Archive], trained: TrainingResult, tmp_path: Path
) -> None:
    inputs, task = trained.inputs, trained.task
    wide = with_nuisance(inputs.matrix, inputs.cohort, inputs.test)
    assert wide.shape[1] == inputs.matrix.shape[1] + 3
    model = fit_model(
        make_learners(task, tmp_path)[CHAMPION], inputs.cohort, wide, inputs.test, {}, replicates=20
    )
    seeing = replace(inputs, matrix=wide)
    key = open_key(world[0] / "keys")
    with pytest.raises(NotGradableError, match="inspector_1, inspector_2, inspector_3"):
        write_bundle(tmp_path / "b", make_parts(seeing, task, model, trained.card), key)
    marked = replace(trained.card, inspector=True)
    with pytest.raises(NotGradableError, match="may never decide a grade"):
        write_bundle(tmp_path / "b", make_parts(seeing, task, model, marked), key)
    assert not (tmp_path / "b").exists()


def test_a_bundle_is_made_of_a_booster_only(trained: TrainingResult, tmp_path: Path) -> None:
    inputs, task = trained.inputs, trained.task
    model = fit_model(
        make_learners(task, tmp_path)["constant"], inputs.cohort, inputs.matrix, inputs.test, {}
    )
    with pytest.raises(NotGradableError, match="no booster"):
        make_parts(inputs, task, model, trained.card)


def test_mlflow_holds_run_signature_and_champion(
    world: tuple[Path, Archive], tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    made = run(world, settings, tracking=True)
    assert made.tracked is not None
    tracker = Tracker(settings.mlruns)
    client = tracker._client
    logged = client.get_run(made.tracked.run)
    assert logged.data.tags["gradable"] == "true"
    assert logged.data.params["sequence"] == "1"
    value = made.experiment.test.estimate(CHAMPION, "auc").value
    assert logged.data.metrics["test/lightgbm/auc"] == pytest.approx(value)
    assert not [name for name in logged.data.metrics if "inspector" in name]
    runs = client.search_runs([logged.info.experiment_id])
    marked = [each for each in runs if each.data.tags["gradable"] == "false"]
    assert len(runs) == 2
    assert "test/lightgbm/auc" in marked[0].data.metrics
    assert tracker.champion(MODELS[Purpose.GRADE]) == made.digest
    version = client.get_model_version_by_alias(MODELS[Purpose.GRADE], "champion")
    assert (str(version.version), version.run_id) == (made.tracked.version, made.tracked.run)
    model = tmp_path / "mlruns" / "artifacts" / made.tracked.run / "artifacts" / "model"
    from mlflow.models import Model

    signature = Model.load(str(model)).signature
    assert signature.inputs.input_names() == list(made.inputs.catalogue.ids)
    keys = load_trusted_keys(world[0] / "keys")
    assert read_bundle(model / "bundle", keys).digest == made.digest
    assert not list(model.rglob("*.pkl"))
    card = model.parent / "card.json"
    assert json.loads(card.read_text("utf-8"))["purpose"] == "grade"
    page = (model.parent / "report.html").read_text("utf-8")
    assert page == render_assessment(made.assessment)
    assert made.digest in page


def test_a_moment_without_zone_is_refused(world: tuple[Path, Archive], tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="no time zone"):
        run(world, settings_in(tmp_path), at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_reference_that_misses_rows_names_one(
    world: tuple[Path, Archive], tmp_path: Path
) -> None:
    lines = (world[0] / "reference.csv").read_text("utf-8").splitlines()
    (tmp_path / "reference.csv").write_text("\n".join(lines[:600]) + "\n", "utf-8")
    with pytest.raises(InvalidError, match=r"has no score for \d+ of \d+ rows, such as record"):
        run(world, settings_in(tmp_path), delivery=tmp_path)


def test_the_report_replaces_only_what_lies_between_its_marks(
    trained: TrainingResult, tmp_path: Path
) -> None:
    page = tmp_path / "docs" / "city.md"
    write_report(page, "first", "xinheng train")
    assert page.read_text("utf-8").startswith("# City\n")
    before, after = "Before.\n\n", "\n\nAfter, by hand.\n"
    begin, end = marks("train")
    page.write_text(f"{before}{begin}\nwhat was there\n{end}{after}", "utf-8")
    write_report(page, trained.report, "xinheng train --cohort inspections")
    text = page.read_text("utf-8")
    assert text.startswith(before)
    assert text.endswith(after)
    assert "what was there" not in text
    assert "```\nxinheng train --cohort inspections\n```" in text
    assert "| *somebody's, as published* | 0.700 | – | – | – |" in text
    shown = trained.experiment.test.estimate(CHAMPION, "auc")
    assert f"| lightgbm | {shown.value:.3f} ({shown.lower:.3f} to {shown.upper:.3f}) |" in text
    write_report(page, trained.report, "xinheng train --cohort inspections")
    assert page.read_text("utf-8") == text
    page.write_text(end + begin, "utf-8")
    with pytest.raises(InvalidError, match="leave one of each"):
        write_report(page, "", "")
