"""The forecast for planning visits, from an archive to a bundle that plans and never grades."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.core.errors import InvalidError, NotFoundError, NotGradableError
from xinheng.core.settings import Settings, load_settings
from xinheng.features import Events, standard_catalogue
from xinheng.grading import Bundle, Purpose, Scorer, load_trusted_keys, order_visits, read_bundle
from xinheng.ledger import Ledger
from xinheng.training import (
    FORECAST,
    OWN,
    SAME_INSPECTOR,
    STRICT,
    SURROUNDINGS,
    UNCORRECTED,
    Boosting,
    Correction,
    Outcome,
    OutcomeRule,
    PanelRule,
    SchedulingResult,
    Task,
    Visits,
    open_key,
    read_references,
    read_visits,
    train_forecast,
    write_report,
)
from xinheng.training.task import Rolling, Windows

from .world import FEW, PLACED, archive_of, quarters

AT = datetime(2026, 6, 2, tzinfo=UTC)
CATALOGUE = standard_catalogue()
TASK = Task(
    windows=Windows.model_validate(
        {
            "train": {"first": date(2020, 1, 1), "last": date(2022, 12, 31)},
            "test": {"first": date(2023, 1, 1), "last": date(2023, 12, 31)},
        }
    ),
    rolling=Rolling(starts=(date(2022, 7, 1), date(2023, 1, 1)), last=date(2023, 12, 31)),
    boosting=Boosting(rounds=(20,), depths=(2,), least_rows=20),
    bootstrap=FEW,
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(
        quarters(shops=300, visits=4), tmp_path_factory.mktemp("quarters"), enterprise=PLACED
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("scheduling")
    return load_settings(
        bundles=folder / "bundles",
        mlruns=folder / "mlruns",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
        keys=folder / "keys",
    )


@pytest.fixture(scope="module")
def visits(archive: Archive) -> Visits:
    return read_visits(archive, TASK, CATALOGUE)


@pytest.fixture(scope="module")
def trained(archive: Archive, place: Settings) -> SchedulingResult:
    key = open_key(place.keys)
    return train_forecast(archive, TASK, place, key=key, at=AT, actor="li", tracking=False)


@pytest.fixture(scope="module")
def bundle(trained: SchedulingResult, place: Settings) -> Bundle:
    return read_bundle(trained.bundle, load_trusted_keys(place.keys), CATALOGUE.fingerprint)


def test_surroundings_tell_who_inspects_and_nothing_within_one_inspector(
    trained: SchedulingResult,
) -> None:
    found = trained.forecast.test
    assert found.difference(FORECAST, OWN, "auc").lower > 0
    assert found.estimate(SURROUNDINGS, "auc").lower > 0.6
    within = found.estimate(SURROUNDINGS, SAME_INSPECTOR)
    assert within.lower < 0.5 < within.upper
    assert found.estimate(FORECAST, "days_earlier").lower > 0
    assert found.estimate("calendar", "days_earlier") == (0, 0, 0)


def test_the_bundle_is_for_scheduling_and_leaves_the_champion_for_grades_alone(
    trained: SchedulingResult, bundle: Bundle, place: Settings
) -> None:
    assert bundle.card == trained.card
    assert bundle.card.purpose is Purpose.SCHEDULING
    assert '"purpose": "scheduling"' in (trained.bundle / "manifest.json").read_text("utf-8")
    assert bundle.card.measures["auc"] == trained.forecast.test.estimate(FORECAST, "auc")
    ledger = Ledger(place.ledger)
    assert ledger.champion("scheduling") == trained.digest
    with pytest.raises(NotFoundError, match="purpose 'grade'"):
        ledger.champion("grade")
    ledger.close()
    with pytest.raises(NotGradableError, match="never mixed"):
        Scorer(bundle)


def test_a_higher_rate_nearby_never_lowers_the_forecast(
    trained: SchedulingResult, bundle: Bundle
) -> None:
    matrix = trained.forecast.matrix
    higher = matrix.copy()
    rates = [name for name in matrix if name.startswith("CX_RATE")]
    higher[rates] += 0.2
    before, after = (bundle.blend.margins(each.to_numpy()) for each in (matrix, higher))
    assert (after >= before - 1e-12).all()
    assert (after > before).any()


def test_the_plan_is_the_order_of_the_forecast(archive: Archive, bundle: Bundle) -> None:
    day = time.day("2023-01-01")
    plan = order_visits(archive, bundle, day)
    assert plan["probability"].is_monotonic_decreasing
    assert plan["probability"].between(plan["lower"], plan["upper"]).all()
    assert plan.index.is_unique
    events = Events.from_view(archive.events())
    known = np.unique(events.enterprise[events.available < day])
    assert sorted(plan.index) == known.tolist()
    some = order_visits(archive, bundle, day, among=plan.index[[5, 3, 3]], threads=2)
    assert some.equals(plan.iloc[[3, 5]])


def test_one_bundle_comes_of_one_archive(
    archive: Archive, place: Settings, trained: SchedulingResult
) -> None:
    again = train_forecast(
        archive,
        TASK,
        place,
        key=open_key(place.keys),
        at=AT,
        actor="li",
        tracking=False,
        promotion=False,
        threads=2,
    )
    assert again.digest == trained.digest
    assert again.report == trained.report
    assert not again.promoted


def test_the_report_says_what_surroundings_are_worth(
    trained: SchedulingResult, tmp_path: Path
) -> None:
    page = tmp_path / "city.md"
    write_report(page, "grades", "xinheng train")
    write_report(page, trained.report, "xinheng forecast", by="forecast")
    text = page.read_text("utf-8")
    assert "grades" in text
    for model in (FORECAST, OWN, SURROUNDINGS, STRICT, "calendar"):
        assert f"| {model} |" in text
    assert "On the rolling windows surroundings add to the own record: AUC +" in text
    assert trained.forecast.rolling is not None
    alone = trained.forecast.rolling.estimate(SURROUNDINGS, SAME_INSPECTOR)
    assert f"surroundings alone order with an AUC of {alone.value:.3f}" in text
    assert ("why they never enter a grade" in text) == (alone.lower <= 0.5)
    late = trained.forecast.late
    assert f"{late:.1%} of the test visits are to enterprises that were there" in text


def test_a_correction_changes_no_forecast_and_says_so(
    archive: Archive, place: Settings, trained: SchedulingResult
) -> None:
    found = train_forecast(
        archive,
        TASK.model_copy(update={"correction": Correction()}),
        place,
        key=open_key(place.keys),
        at=AT,
        actor="li",
        tracking=False,
        promotion=False,
    )
    for name, estimate in trained.forecast.test.results.values.items():
        assert found.forecast.test.results.values[name] == pytest.approx(estimate, nan_ok=True)
    said = f"{UNCORRECTED[0].upper()}{UNCORRECTED[1:]}."
    assert found.report.replace(f"{said}\n\n", "") == trained.report != found.report
    assert found.card.notes == f"{trained.card.notes}; {UNCORRECTED}"


def test_only_visits_can_be_planned(archive: Archive) -> None:
    outcome = OutcomeRule(outcomes=(Outcome(streams=("inspection.critical",), above=0),))
    panel = Task(cohort=PanelRule(first=date(2020, 10, 1)), label=outcome)
    with pytest.raises(InvalidError, match="panel of dates; name a cohort of kind 'inspections'"):
        read_visits(archive, panel, CATALOGUE)


@pytest.mark.parametrize(("use", "lacks"), [("grade", SURROUNDINGS), ("scheduling", OWN)])
def test_a_forecast_needs_indicators_of_both_uses(
    archive: Archive, place: Settings, use: str, lacks: str
) -> None:
    with pytest.raises(InvalidError, match=f"no indicator for '{lacks}'"):
        train_forecast(
            archive,
            TASK,
            place,
            key=open_key(place.keys),
            at=AT,
            actor="li",
            catalogue=CATALOGUE.select(use=use),
        )


def test_whom_the_register_tells_of_late_is_listed_if_anything_else_was_known(
    visits: Visits,
) -> None:
    cohort = visits.cohort
    fifth = np.flatnonzero(np.char.startswith(cohort.number.astype(str), "0005-"))
    first = cohort.take(fifth[:1])
    day, complaint = int(first.as_of[0]), int(first.as_of[0]) - 500
    days = np.array([complaint, complaint + 1, day - 1, day], np.int32)
    asked = cohort.take(np.repeat(fifth[:1], 4))
    assert visits.late(asked, days).tolist() == [False, True, True, False]
    begun = np.array([day - 30], np.int32)
    listed, strict = visits.matrix(first, begun), visits.strict_matrix(first, begun)
    own = [each.id for each in CATALOGUE.select(use="grade") if each.id.startswith("IH_CRITICAL")]
    assert listed[own].equals(strict[own])
    assert listed["CX_RATE_1KM"].item() != strict["CX_RATE_1KM"].item()


def test_an_enterprise_is_listed_from_the_day_that_its_records_tell_of(
    archive: Archive, visits: Visits
) -> None:
    shop = np.flatnonzero(np.char.startswith(visits.cohort.number.astype(str), "0005-"))[:1]
    first = visits.cohort.take(shop)
    day, view = int(first.as_of[0]), archive.events()
    frame = view.table.to_pandas()
    theirs = frame["enterprise"] == first.enterprise[0]
    earlier = theirs & (frame["occurred"] < day - 1)
    assert earlier.any()
    begun = np.array([day - 30], np.int32)
    for told, listed in ((day - 1, True), (day, False)):
        frame.loc[earlier, "available"] = told
        events = Events.from_table(
            pa.Table.from_pandas(frame, preserve_index=False), view.vocabulary
        )
        assert replace(visits, events=events).late(first, begun).tolist() == [listed]


def test_a_plan_does_not_change_with_what_comes_from_its_first_day_on(
    archive: Archive, visits: Visits
) -> None:
    cut, view = visits.test.cut, archive.events()
    whole = view.table.to_pandas()
    listed = ("enterprise.", "licence")
    register = np.array([kind.startswith(listed) for kind, _ in view.vocabulary])
    later = np.maximum(whole["occurred"], whole["available"]) >= cut
    done = later & ~register[whole["stream"]]
    test = visits.cohort.take(visits.test.test)
    begun = np.full(len(test), cut, np.int32)
    planned = visits.matrix(test, begun)
    assert done.sum() > 200
    assert visits.late(test, begun).any()

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 2**32 - 1), st.floats(0, 1))
    def unchanged(seed: int, share: float) -> None:
        rng, frame = np.random.default_rng(seed), whole.copy()
        frame.loc[done, "value"] = rng.integers(0, 9, done.sum())
        frame.loc[done, "severity"] = rng.integers(0, 3, done.sum())
        kept = frame[~done | (rng.random(len(frame)) < share)]
        table = pa.Table.from_pandas(kept, preserve_index=False)
        events = Events.from_table(table, view.vocabulary)
        references = read_references(archive, CATALOGUE, events)
        other = replace(visits, events=events, references=references)
        assert other.matrix(test, begun).equals(planned)

    unchanged()
