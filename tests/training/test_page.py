"""A panel from training to the page: what it says is what was found."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.core.errors import InvalidError, PolicyError
from xinheng.core.settings import load_settings
from xinheng.explaining import contributions
from xinheng.features import compute, standard_catalogue
from xinheng.grading import Level, Policy, Scorer, load_trusted_keys, read_bundle
from xinheng.simulation import expected_auc
from xinheng.training import (
    CHAMPION,
    Boosting,
    Correction,
    Example,
    Outcome,
    OutcomeRule,
    Page,
    PanelRule,
    Task,
    Thinning,
    TrainingResult,
    audit,
    census,
    choose_example,
    compare_with_truth,
    evaluate_groups,
    make_parts,
    open_key,
    read_inputs,
    registration,
    render,
    render_assessment,
    render_page,
    run_experiment,
    strengths,
    train,
)

from .world import FEW, archive_of, city

AT = datetime(2026, 6, 2, tzinfo=UTC)
TODAY = time.day("2023-11-01")
LABEL = OutcomeRule(
    outcomes=(
        Outcome(streams=("inspection.critical",), above=0, zh="关键项不合格", en="critical"),
    ),
    horizon_days=180,
    allowance_days=30,
)
TASK = Task(
    title="A made-up city",
    cohort=PanelRule(first=date(2020, 7, 1)),
    label=LABEL,
    blocks=2,
    boosting=Boosting(rounds=(20, 40), least_rows=20, learning_rate=0.1),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(city(), tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trained")


@pytest.fixture(scope="module")
def trained(archive: Archive, folder: Path) -> TrainingResult:
    draws = TASK.bootstrap.model_copy(update={"draws": 100})
    policy = Policy.default().text.replace("horizon_days = 365", "horizon_days = 180")
    (folder / "policy.toml").write_text(policy, "utf-8")
    task = TASK.model_copy(update={"bootstrap": draws, "policy": "policy.toml", "folder": folder})
    settings = load_settings(bundles=folder / "bundles", ledger=f"sqlite:///{folder / 'l.db'}")
    key = open_key(folder / "keys")
    return train(archive, task, settings, key=key, at=AT, actor="li", tracking=False)


@pytest.fixture(scope="module")
def page(archive: Archive, folder: Path, trained: TrainingResult) -> Page:
    inputs, experiment = trained.inputs, trained.experiment
    bundle = read_bundle(trained.bundle, load_trusted_keys(folder / "keys"))
    scorer, events = Scorer(bundle), inputs.events
    who = np.unique(events.enterprise)
    rows = pd.DataFrame({"enterprise": who, "as_of": np.full(who.size, TODAY, np.int32)})
    matrix = compute(bundle.catalogue, events, rows, references=inputs.references)
    grades = scorer.grades(matrix, bundle.rules.conditions(events, rows))
    known = registration(bundle.catalogue, events, who, rows["as_of"].to_numpy())
    tested = inputs.test.test
    everywhere = inputs.population.copy()
    everywhere[::3] = "entity"
    cohort, population = inputs.cohort.take(tested), everywhere[tested]
    held = scorer.grades(inputs.matrix.iloc[tested], bundle.rules.conditions(events, cohort.rows()))
    truth = np.clip(held["probability"].to_numpy() * 0.9 + 0.02, 0, 1)
    names = archive.enterprises()["id"].to_pylist()
    strong, sampled = strengths(scorer, matrix, most=100)
    return Page(
        simulated=True,
        last=TODAY - 1,
        census=census(grades, known.population, known.active, TODAY),
        edition=bundle.policy.on(TODAY),
        label=LABEL,
        card=trained.card,
        digest=trained.digest,
        thinned=0,
        per_date=0,
        audit=audit(held, cohort.label, cohort.enterprise, population),
        test=experiment.test,
        populations=evaluate_groups(inputs.cohort, experiment.scores, everywhere, draws=FEW),
        unbiased=None,
        truth=compare_with_truth(
            experiment.scores.probability, held, population, truth, expected_auc
        ),
        strengths=strong[:5],
        sampled=sampled,
        example=choose_example(
            scorer, events, inputs.references, grades, known.active, names, archive.lineage
        ),
    )


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.split("</style>")[1])))


def section(html: str, name: str) -> str:
    start = html.index(f'<section id="{name}">')
    return text_of("</style>" + html[start : html.index("</section>", start)])


# --------------------------------------------------------------------- panel


def test_a_panel_trains_a_champion_without_measures_of_planning(trained: TrainingResult) -> None:
    inputs, test = trained.inputs, trained.experiment.test
    assert inputs.frozen is None
    assert not test.measured(CHAMPION, "days_earlier")
    assert set(trained.card.measures) == {
        "auc", "log_loss", "brier", "calibration_error", "auc_operator",
    }  # fmt: skip
    assert trained.experiment.populations["operator"].rows == test.rows
    assert "days earlier" not in trained.report
    assert test.estimate(CHAMPION, "auc").value > 0.6


def test_the_test_of_a_panel_is_its_last_settled_date(trained: TrainingResult) -> None:
    cohort, fold = trained.inputs.cohort, trained.inputs.test
    last = int(cohort.as_of.max())
    assert set(cohort.as_of[fold.test].tolist()) == {last}
    assert fold.cut == last
    assert (cohort.settled[fold.train] < last).all()
    heard = int(trained.inputs.events.available.max())
    assert last + 210 - 1 <= heard < last + 92 + 210
    assert cohort.as_of[fold.train].max() + 210 <= last


def test_a_panel_is_assessed_on_its_last_date(trained: TrainingResult) -> None:
    found, test = trained.assessment, trained.experiment.test
    assert found.judged is test
    assert len(found.over_time.groups) == 1
    assert found.audit is not None
    assert found.audit.everyone.rows == test.rows
    assert found.capacity.usual[50] == pytest.approx(0.5, abs=0.01)
    html = render_assessment(found)
    assert "检验只有一个季度" in html
    assert 'id="rate-over-time"' not in html
    assert html == render_assessment(found)


def test_rows_that_were_thinned_stand_for_the_others(archive: Archive) -> None:
    thinned = TASK.model_copy(update={"thinning": Thinning(rows_per_date=40, seed=1)})
    inputs = read_inputs(archive, thinned, standard_catalogue().select(use="grade"))
    before = inputs.cohort.as_of < inputs.test.cut
    assert (inputs.stands_for[~before] == 1).all()
    whole = inputs.stands_for[before].sum()
    assert whole == pytest.approx(before.sum() + inputs.thinned)
    assert (inputs.stands_for[before] > 1).all()


CHECKED = LABEL.model_copy(update={"checks": ("inspection.critical:routine",)})


def test_everybody_gets_a_chance_checked_or_not(archive: Archive, folder: Path) -> None:
    update = {"label": CHECKED, "correction": Correction(), "learners": (CHAMPION,)}
    task = TASK.model_copy(update=update)
    inputs = read_inputs(archive, task, standard_catalogue().select(use="grade"))
    found = run_experiment(inputs, task, folder, progress=lambda *_: None)
    cohort, test, everyone = inputs.cohort, found.scores.rows, found.everyone.rows
    assert set(test.tolist()) < set(everyone.tolist())
    unchecked = np.setdiff1d(everyone, test)
    assert np.isnan(cohort.label[unchecked]).all()
    assert np.unique(cohort.enterprise[everyone]).size == everyone.size
    day = cohort.as_of == cohort.as_of[test[0]]
    assert set(cohort.enterprise[everyone]) == set(cohort.enterprise[day])
    place = np.searchsorted(everyone, test)
    for name, said in found.scores.probability.items():
        np.testing.assert_allclose(found.everyone.probability[name][place], said)
    assert found.weights is not None
    assert found.weights.weight.size == inputs.test.train.size
    assert found.weights.weight.mean() == pytest.approx(1)
    assert 0.2 < found.weights.effective <= 1
    assert found.unbiased is None  # nobody is drawn at random in this world
    assert "Corrected for who was looked at" in render(inputs, task, found)


def test_policy_and_label_must_look_as_far_ahead(trained: TrainingResult) -> None:
    model = trained.experiment.champion
    with pytest.raises(PolicyError, match="within 365 days, but the label looks 180 days ahead"):
        make_parts(trained.inputs, TASK, model, trained.card)


def test_a_policy_for_another_label_is_refused_before_anything_is_fitted(
    archive: Archive, tmp_path: Path
) -> None:
    told: list[str] = []
    settings = load_settings(bundles=tmp_path / "b", ledger=f"sqlite:///{tmp_path / 'l.db'}")
    with pytest.raises(PolicyError, match="within 365 days, but the label looks 180 days ahead"):
        train(
            archive,
            TASK,
            settings,
            key=open_key(tmp_path),
            at=AT,
            actor="li",
            progress=lambda what, *_: told.append(what),
        )
    assert told == ["Computing the matrix"]


def test_thinning_leaves_the_test_whole(archive: Archive, trained: TrainingResult) -> None:
    task = TASK.model_copy(update={"thinning": Thinning(rows_per_date=40, seed=1)})
    catalogue = trained.inputs.catalogue
    inputs = read_inputs(archive, task, catalogue)
    assert inputs.test.test.size == trained.inputs.test.test.size
    before = inputs.cohort.take(inputs.test.train)
    who = pd.Series(before.enterprise).groupby(before.as_of).nunique()
    assert (who == 40).all()
    assert inputs.thinned == len(trained.inputs.cohort) - len(inputs.cohort)
    again = read_inputs(archive, task, catalogue)
    assert (again.cohort.enterprise == inputs.cohort.enterprise).all()


def test_a_panel_can_stand_for_those_whom_a_source_registered(
    archive: Archive, trained: TrainingResult
) -> None:
    def task(source: str) -> Task:
        rule = PanelRule(first=date(2020, 7, 1), sources=(source,))
        return TASK.model_copy(update={"cohort": rule})

    inputs = read_inputs(archive, task("source"), trained.inputs.catalogue)
    assert len(inputs.cohort) == len(trained.inputs.cohort)
    with pytest.raises(InvalidError, match="of 0 enterprises"):
        read_inputs(archive, task("elsewhere"), trained.inputs.catalogue)


def test_strengths_are_mean_contributions(folder: Path, trained: TrainingResult) -> None:
    bundle = read_bundle(trained.bundle, load_trusted_keys(folder / "keys"))
    scorer, matrix = Scorer(bundle), trained.inputs.matrix.iloc[:60]
    parts, _ = contributions(bundle.blend, scorer.values(matrix))
    found, rows = strengths(scorer, matrix)
    assert rows == 60
    means = dict(zip(bundle.catalogue.ids, np.abs(parts).mean(axis=0), strict=True))
    assert {each.indicator.id: each.mean for each in found} == pytest.approx(means)
    order = [each.mean for each in found]
    assert order == sorted(order, reverse=True)
    top = parts[:, bundle.catalogue.ids.index(found[0].indicator.id)]
    assert (found[0].raised, found[0].lowered) == ((top >= 0.005).mean(), (top <= -0.005).mean())
    some, fewer = strengths(scorer, matrix, most=20, seed=3)
    assert (len(some), fewer) == (len(found), 20)


# ---------------------------------------------------------------------- page


def test_the_page_is_complete_in_itself(page: Page) -> None:
    html = render_page(page)
    assert not re.findall(r"https?://", html)
    assert not re.findall(r"<(script|iframe|img|object|embed)|@import|url\(", html)
    assert re.findall(r'(?:src|href)="([^"]*)"', html) == ["data:,"]
    assert html.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert '<meta charset="utf-8">' in html
    assert html.count('lang="en"') > 60
    assert "{{" not in html
    assert "nan" not in text_of(html).lower().split()


class Balance(HTMLParser):
    """Counts what is opened and never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Ignore what closes itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_is_closed(page: Page) -> None:
    plain = replace(page, truth=None, example=None, simulated=False)
    for some in (page, plain, replace(page, label=CHECKED, unbiased=page.test)):
        parser = Balance()
        parser.feed(render_page(some))
        assert parser.open == []


def test_with_checks_the_page_speaks_of_what_a_check_would_find(page: Page) -> None:
    html = render_page(replace(page, label=CHECKED, unbiased=page.test))
    assert "180 天内的首次检查是否发现：关键项不合格" in section(html, "summary")
    assert "期内未受检的没有结果" in section(html, "summary")
    assert "被确认" not in text_of(html)
    comparison = section(html, "comparison")
    assert f"{page.test.rows:,} 行，其中 {page.test.positives:,} 行发现违规" in comparison
    assert "全部在营主体" in comparison
    confirmed = render_page(page)
    assert "内是否发生被确认的违规" in section(confirmed, "summary")
    assert "随机抽中的一份" not in confirmed


def shown(share: float) -> str:
    return "–" if np.isnan(share) else f"{share:.1%}"


def test_every_figure_of_the_audit_is_on_the_page(page: Page) -> None:
    html = render_page(page)
    observed, reliability = section(html, "observed"), section(html, "reliability")
    for level, each in zip(Level, page.audit.model, strict=True):
        interval = f"{shown(each.lower)}–{shown(each.upper)}" if each.rows else "–"
        chance = "" if page.truth is None else f"{shown(page.truth.levels[level])} "
        row = (
            f"{shown(each.rate)} {interval} {shown(each.predicted)} {chance}"
            f"{each.violations:,} / {each.rows:,}"
        )
        assert row in observed
    for each in page.audit.final:
        assert f"{each.violations:,} / {each.rows:,}" in observed
    for each in page.audit.reliability:
        row = f"{each.name} {each.rows:,} {shown(each.predicted)} {shown(each.rate)}"
        assert f"{row} {shown(each.lower)}–{shown(each.upper)}" in reliability
    populations = section(html, "populations")
    for name, levels in page.audit.population_levels.items():
        assert f"{page.audit.populations[name].violations:,} / " in populations
        for each in levels:
            assert f"{shown(each.rate)} {each.violations:,} / {each.rows:,}" in populations


def test_todays_grades_and_the_rest_are_on_the_page(page: Page) -> None:
    html = render_page(page)
    levels = section(html, "levels")
    for level in Level:
        assert f"{page.census.final[level]:,}" in levels
    assert "商事主体" in section(html, "populations")
    strengths_of = section(html, "strengths")
    for each in page.strengths:
        assert each.indicator.zh in strengths_of
        assert each.indicator.en in strengths_of
        assert f"{each.mean:.3f}" in strengths_of
    assert page.digest in section(html, "summary")
    comparison = section(html, "comparison")
    for model in page.test.models:
        value, lower, upper = page.test.estimate(model, "auc")
        assert f"{value:.3f} {lower:.3f}–{upper:.3f}" in comparison
    assert page.truth is not None
    for row in [row for row in page.truth.rows if row.telling]:
        assert f"{row.best:.3f} {row.best - row.models[CHAMPION]:.3f}" in comparison


def test_the_example_shows_its_reasons_and_their_records(page: Page) -> None:
    assert isinstance(page.example, Example)
    told, text = page.example.explanation, section(render_page(page), "example")
    assert page.example.identifier in text
    assert page.example.zh in text
    assert f"{told.grade.probability:.1%}" in text
    for reason in told.reasons[: len(told.records)]:
        assert reason.zh in text
        assert reason.en in text
        for record in [r for r in told.records[reason.indicator.id] if r.share][:3]:
            assert record.origin is not None
            assert f"{record.origin.number} · {record.origin.department}" in text
            assert time.show(record.occurred) in text


def test_without_truth_or_example_the_page_says_nothing_of_them(page: Page) -> None:
    html = render_page(replace(page, truth=None, example=None, simulated=False))
    assert "真实" not in section(html, "observed")
    assert "可达上限" not in html
    assert "虚构" not in html
    assert 'id="example"' not in html
    assert "七、与更简单的做法比较" in text_of(html)
