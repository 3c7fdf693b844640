"""The published task of Chicago, where the data are present (see docs/chicago.md)."""

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xinheng.archive import Archive, read_source
from xinheng.core.settings import load_settings
from xinheng.core.time import day
from xinheng.features import Cases, Events, build_references, compute, standard_catalogue
from xinheng.training import (
    CHAMPION,
    Boosted,
    Boosting,
    Draws,
    Inputs,
    Scores,
    Task,
    evaluate,
    fit_model,
    open_key,
    pooled,
    read_inputs,
    read_reference,
    read_task,
    train,
)

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("XINHENG_DATA", ROOT.parent / "shared" / "data")) / "chicago"
AT = datetime(2026, 6, 1, tzinfo=UTC)
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the data of Chicago are not in {DATA}; set XINHENG_DATA"
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = Archive(tmp_path_factory.mktemp("chicago") / "archive")
    made.ingest(read_source(ROOT / "data" / "sources" / "chicago"), DATA, AT)
    return made


@pytest.fixture(scope="module")
def task() -> Task:
    return read_task(ROOT / "data" / "sources" / "chicago" / "task.toml")


@pytest.fixture(scope="module")
def inputs(archive: Archive, task: Task) -> Inputs:
    return read_inputs(archive, task, standard_catalogue().select(use="grade"))


def test_the_rows_are_the_published_ones(inputs: Inputs) -> None:
    cohort, fold = inputs.cohort, inputs.test
    assert (fold.train.size, fold.test.size) == (17_075, 1_637)
    assert cohort.label[fold.test].sum() == 258
    assert cohort.label[fold.train].mean() == pytest.approx(0.1407, abs=5e-5)
    assert [part.test.size for part in inputs.rolling] == [1390, 1749, 2084, 1914, 1843, 2391, 1637]


def test_measures_of_the_reference_models_are_those_published(inputs: Inputs, task: Task) -> None:
    assert task.reference is not None
    test, rolling = read_reference(task.reference, DATA, inputs)
    compared = evaluate(
        inputs.cohort,
        Scores(inputs.test.test, test, {}),
        capacity=task.capacity,
        planning=True,
        draws=Draws(draws=100),
    )
    digits_of = {"auc": 3, "days_earlier": 2, "found": 3, "log_loss": 4}
    for model, figures in {
        "logistic_10": (0.572, 2.29, 0.578, 0.4321),
        "lightgbm_24": (0.603, 3.78, 0.655, 0.4295),
    }.items():
        for (name, digits), figure in zip(digits_of.items(), figures, strict=True):
            assert round(compared.estimate(model, name).value, digits) == figure
    parts = [Scores(part.test, {}, {}) for part in inputs.rolling]
    whole = evaluate(
        inputs.cohort,
        Scores(pooled(parts).rows, rolling, {}),
        capacity=task.capacity,
        planning=False,
        draws=Draws(draws=100),
    )
    assert (whole.rows, whole.positives) == (13_008, 1_866)
    assert whole.estimate("logistic_10", "auc").value == pytest.approx(0.579, abs=6e-4)
    assert whole.estimate("lightgbm_24", "log_loss").value == pytest.approx(0.4100, abs=6e-5)


def test_without_who_inspected_the_bold_row_is_reached(inputs: Inputs, task: Task) -> None:
    assert task.reference is not None
    test, _ = read_reference(task.reference, DATA, inputs)
    quick = Boosted(Boosting(rounds=(100,)))
    model = fit_model(quick, inputs.cohort, inputs.matrix, inputs.test, inputs.directions)
    chance = model.probability(inputs.matrix.iloc[inputs.test.test])
    scores = Scores(inputs.test.test, {**test, CHAMPION: chance}, {})
    compared = evaluate(
        inputs.cohort, scores, capacity=task.capacity, planning=True, draws=Draws(draws=300)
    )
    assert compared.estimate(CHAMPION, "auc").value >= 0.603
    assert compared.estimate(CHAMPION, "log_loss").value <= 0.4295
    assert compared.difference(CHAMPION, "lightgbm_24", "auc").upper > 0
    assert compared.difference(CHAMPION, "logistic_10", "auc").value > 0.02


def test_no_cell_before_a_day_depends_on_records_from_that_day_on(
    archive: Archive, inputs: Inputs
) -> None:
    cut = day("2013-06-03")
    view = archive.events()
    frame = view.table.to_pandas()
    later = np.maximum(frame["occurred"], frame["available"]) >= cut
    rng = np.random.default_rng(0)
    frame.loc[later, "value"] = 7 - frame.loc[later, "value"]
    frame.loc[later, "severity"] = 3 - frame.loc[later, "severity"]
    kept = frame[~later | (rng.random(len(frame)) < 0.5)]
    events = Events.from_table(pa.Table.from_pandas(kept, preserve_index=False), view.vocabulary)
    rows = inputs.cohort.rows()
    early = (rows["as_of"] <= cut).to_numpy()
    persons = archive.bans()
    references = build_references(
        inputs.catalogue,
        events,
        cases=Cases.from_table(archive.cases()),
        bans=Events.from_table(persons.table, persons.vocabulary),
    )
    again = compute(inputs.catalogue, events, rows[early], references=references)
    assert later.sum() > 100_000
    np.testing.assert_array_equal(again.to_numpy(), inputs.matrix[early].to_numpy())


@pytest.mark.slow
def test_the_whole_comparison(archive: Archive, task: Task, tmp_path: Path) -> None:
    settings = load_settings(
        bundles=tmp_path / "bundles",
        mlruns=tmp_path / "mlruns",
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
    )
    key = open_key(tmp_path / "keys")
    result = train(archive, task, settings, key=key, at=AT, actor="test", delivery=DATA)
    test, rolling = result.experiment.test, result.experiment.rolling
    assert rolling is not None
    for reference in ("logistic_10", "lightgbm_24"):
        assert rolling.difference(CHAMPION, reference, "auc").lower > 0
        assert rolling.difference(CHAMPION, reference, "log_loss").upper < 0
    assert rolling.estimate(CHAMPION, "calibration_error").value <= 0.015
    seeing = {
        name: test.estimate(f"{CHAMPION} + inspector", name)
        for name in ("auc", "days_earlier", "found", "log_loss")
    }
    for name, published in (
        ("auc", 0.672), ("days_earlier", 7.44), ("found", 0.690), ("log_loss", 0.413),
    ):  # fmt: skip
        assert seeing[name].lower <= published <= seeing[name].upper
    assert "nothing + inspector" in result.report
