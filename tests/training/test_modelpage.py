"""The page of one model: what it says is what was measured, and it loads nothing."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from plotly.offline import get_plotlyjs

from xinheng.features import standard_catalogue
from xinheng.grading import ModelCard, Policy, Purpose
from xinheng.simulation import expected_auc
from xinheng.training import (
    CAPACITIES,
    CHAMPION,
    Assessment,
    Cohort,
    Estimate,
    OutcomeRule,
    Scores,
    Strength,
    Task,
    Verdict,
    audit,
    breakdown,
    capacity_curve,
    compare_with_truth,
    evaluate,
    reliability,
    render_assessment,
)
from xinheng.training.pages.findings import came, headline, lost, of_auc, of_rates, predicted, tone
from xinheng.training.verdict import verdict

from .world import FEW, cohort_of

ROWS = 900
EVIL = "<script>alert('</script>')</script>&"
EMPTY = {"meta", "link", "br"}


def made(seed: int = 0) -> tuple[Cohort, Scores, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.beta(2, 8, ROWS)
    label = (rng.random(ROWS) < truth).astype(int)
    days = np.sort(rng.integers(19_000, 19_500, ROWS))
    logit = np.log(truth / (1 - truth))
    models = {
        "constant": np.full(ROWS, label.mean()),
        "logistic": 1 / (1 + np.exp(-(logit + rng.normal(0, 1.0, ROWS)))),
        CHAMPION: 1 / (1 + np.exp(-(logit + rng.normal(0, 0.4, ROWS)))),
        "somebody's <b>": rng.random(ROWS),
    }
    frozen = {
        name: 1 / (1 + np.exp(-(logit + rng.normal(0, 2.0, ROWS))))
        for name in models
        if not name.startswith("somebody")
    }
    cohort = cohort_of(days.tolist(), label.tolist())
    return cohort, Scores(np.arange(ROWS), models, frozen), truth


def assessment(seed: int = 0) -> Assessment:
    cohort, scores, truth = made(seed)
    test = evaluate(cohort, scores, capacity=0.5, planning=True, draws=FEW)
    category = np.array([EVIL, "CAFE", "BAR"], object)[np.arange(ROWS) % 3]
    category[:9] = "RARE"
    population = np.array(["operator", "producer"], object)[np.arange(ROWS) % 2]
    quarter = np.array(["2022-Q1", "2022-Q2"], object)[np.arange(ROWS) * 2 // ROWS]
    own = scores.probability[CHAMPION]
    grades = pd.DataFrame({"probability": own, "lower": own * 0.9, "upper": own * 1.1})
    grades["model_level"] = np.array(["A+", "A", "B", "C", "D", "E"])[
        np.searchsorted([0.05, 0.1, 0.2, 0.3, 0.5], own)
    ]
    grades["level"] = grades["model_level"]

    def by(name: str, group: np.ndarray) -> object:
        return breakdown(name, group, cohort, scores, draws=FEW)

    indicators = list(standard_catalogue())[:3]
    return Assessment(
        task=Task(),
        card=ModelCard(
            purpose=Purpose.GRADE,
            cohort="inspections",
            label="any critical item not met",
            windows={"train": ("2020-01-01", "2021-12-31"), "test": ("2022-01-08", "2023-05-22")},
            rows={"train": 1000, "test": ROWS},
            measures={},
            seed=0,
            cut="2022-01-08",
        ),
        digest="f" * 64,
        edition=Policy.default().on(19_000),
        thinned=0,
        test=test,
        rolling=None,
        unbiased=None,
        kept=None,
        verdicts=tuple(verdict("test", test, name) for name in ("auc", "log_loss")),
        capacity=capacity_curve(cohort, scores, planning=True, draws=FEW),
        reliability=reliability(cohort.label, own, cohort.enterprise),
        groups=(
            by("population", population),
            by("district", np.full(ROWS, "", object)),
            by("category", category),
            by("staff", np.full(ROWS, "<10", object)),
        ),
        over_time=by("quarter", quarter),
        earlier=None,
        audit=audit(grades, cohort.label, cohort.enterprise, population),
        strengths=tuple(
            Strength(each, 0.3 - n / 10, 0.5, 0.25) for n, each in enumerate(indicators)
        ),
        sampled=ROWS,
        truth=compare_with_truth(scores.probability, grades, population, truth, expected_auc),
        simulated=True,
    )


@pytest.fixture(scope="module")
def found() -> Assessment:
    return assessment()


@pytest.fixture(scope="module")
def html(found: Assessment) -> str:
    return render_assessment(found)


class Reader(HTMLParser):
    """Reads a page strictly: what is opened, every attribute, and what scripts hold."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        where = {"script": self.scripts, "style": self.styles}
        where.get(self.open[-1] if self.open else "", self.text).append(data)


@pytest.fixture(scope="module")
def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def between(html: str, start: str, end: str) -> str:
    first = html.index(start) + len(start)
    return html[first : html.index(end, first)]


def plots_of(html: str) -> dict:
    return json.loads(between(html, 'id="plots">', "</script>"))


def shown(html: str) -> str:
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


# -------------------------------------------------------------------- nothing loaded


def test_the_page_loads_nothing_from_anywhere(read: Reader) -> None:
    loading = {"src", "href", "srcset", "data", "action", "background", "poster", "xlink:href"}
    assert [each for each in read.attributes if each[1] in loading] == [("link", "href", "data:,")]
    tags = {tag for tag, _, _ in read.attributes}
    assert not tags & {"img", "iframe", "object", "embed", "base", "form", "video", "audio"}
    assert not [each for each in read.attributes if each[1].startswith("on")]
    for style in (*read.styles, *(value for _, name, value in read.attributes if name == "style")):
        assert "url(" not in style
        assert "@import" not in style
    assert "http" not in "".join(read.text)


def test_its_own_policy_forbids_to_load_and_names_its_scripts(read: Reader) -> None:
    data, library, draw = read.scripts
    assert library == get_plotlyjs()
    rules = dict(
        each.strip().split(" ", 1)
        for each in read.attributes[
            read.attributes.index(("meta", "http-equiv", "Content-Security-Policy")) + 1
        ][2].split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    named = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in (library, draw)
    ]
    assert rules["script-src"].split() == named
    assert ("script", "type", "application/json") in read.attributes
    plots = json.loads(data)
    assert {part["type"] for plot in plots.values() for part in plot["data"]} == {"scatter", "bar"}
    assert "http" not in data
    assert "NaN" not in data


def test_the_same_assessment_makes_the_same_bytes(html: str) -> None:
    assert render_assessment(assessment()) == html


def test_names_from_records_are_escaped(html: str, found: Assessment) -> None:
    assert EVIL not in html
    assert "somebody's <b>" not in html
    text = shown(html)
    assert EVIL in text
    assert "somebody's <b>" in text
    data = between(html, 'id="plots">', "</script>")
    assert "<" not in data
    assert any(EVIL[:12] in label for label in json.loads(data)["rate-by-category"]["data"][0]["y"])
    assert found.groups[2].groups[0].observed.name == EVIL


# ------------------------------------------------------------------------ what it says


def test_every_figure_has_a_place_a_title_with_n_and_a_table(html: str, read: Reader) -> None:
    plots = json.loads(read.scripts[0])
    assert set(plots) == {
        "capacity", "reliability", "auc-over-time", "rate-over-time", "auc-by-population",
        "rate-by-population", "auc-by-category", "rate-by-category", "strengths", "truth",
    }  # fmt: skip
    for name, plot in plots.items():
        figure = between(html, f'<figure id="{name}">', "</figure>")
        assert re.search(r"（n = [\d,]+）<span lang=\"en\">", figure)
        assert f'id="plot-{name}" role="img" aria-label="' in figure
        for axis in ("xaxis", "yaxis"):
            title = plot["layout"][axis]["title"].get("text", "")
            rows = plot["layout"][axis]
            assert title or rows.get("type") == "category" or not rows["visible"]
        rest = between(html, f'<figure id="{name}">', "</section>")
        assert "<details><summary>数据表" in rest
    assert html.count('id="plot-') == len(plots)


def test_the_verdict_and_the_headline_table_come_first(html: str, found: Assessment) -> None:
    first = shown(html[: html.index('<section id="levels">')])
    assert headline(found.verdicts)[0] in first
    assert headline(found.verdicts)[1] in first
    assert found.digest in first
    assert "这次检查是否发现关键项不合格" in first
    for model in found.test.models:
        for measure, digits in (("auc", 3), ("average_precision", 3), ("log_loss", 4)):
            value, lower, upper = found.test.estimate(model, measure)
            assert f"{value:.{digits}f} {lower:.{digits}f}–{upper:.{digits}f}" in first
    own = first.index("本模型 LightGBM")
    assert own < first.index("基准率")
    assert found.verdicts[0].outcome == "better"
    assert "verdict better" in html


def test_numbers_of_the_figures_are_in_the_tables(html: str, found: Assessment) -> None:
    text = shown(html)
    for capacity in CAPACITIES:
        value, lower, upper = found.capacity.estimate(CHAMPION, capacity)
        assert f"{value:.1%} {lower:.1%}–{upper:.1%}" in text
    for each in found.reliability:
        assert f"{each.predicted:.1%} {each.rate:.1%} {each.lower:.1%}–{each.upper:.1%}" in text
    for each in found.groups[2].telling:
        value, lower, upper = each.estimates["auc"]
        assert f"{value:.3f} {lower:.3f}–{upper:.3f}" in text
        assert f"{each.observed.rows:,} {each.observed.enterprises:,}" in text
    for row in found.truth.rows:
        assert f"{row.best:.3f} {row.best - row.models[CHAMPION]:.3f}" in text


def test_figures_of_planning_are_of_the_first_day_and_every_table_says_its_day(
    html: str, found: Assessment
) -> None:
    tables = [part.split("</table>")[0] for part in html.split("<caption>")[1:]]
    of_day, of_first = (shown(each.split("</caption>")[0]) for each in tables)
    ranking, planned = (shown(each.split("</caption>")[1]) for each in tables)
    assert "每行按其当日所知评分" in of_day
    assert "each row scored as of its own day" in of_day
    assert "按检验期首日所知评分" in of_first
    assert "from what was known on its first day" in of_first
    for name, digits in (("auc", 3), ("days_earlier", 1), ("found", 3)):
        frozen, own_day = (
            found.test.estimate(CHAMPION, each).value for each in (f"frozen_{name}", name)
        )
        assert f" {frozen:.{digits}f} " in planned
        assert f" {own_day:.{digits}f} " not in planned
    assert "提前天数" not in ranking
    assert "somebody's" in ranking
    assert "somebody's" not in planned


def test_the_sentence_on_capacity_says_what_was_known_when(html: str, found: Assessment) -> None:
    assert found.capacity.frozen
    value = found.capacity.estimate(CHAMPION, 0.2).value
    assert f"按检验期首日所知，先查风险最高的 20%，可查出 {value:.0%}（" in html
    assert "By what was known on the window&#39;s first day, the riskiest 20% hold" in html
    cohort, scores, _ = made()
    dated = Scores(scores.rows, scores.probability, {})
    capacity = capacity_curve(cohort, dated, planning=False, draws=FEW)
    test = evaluate(cohort, dated, capacity=0.5, planning=False, draws=FEW)
    text = shown(render_assessment(replace(found, test=test, capacity=capacity)))
    assert "首日" not in text
    assert "first day" not in text
    assert "按各行当日所知，先查风险最高的 20%" in text


def test_too_little_data_and_no_record_are_said(html: str, found: Assessment) -> None:
    rare = next(each for each in found.groups[2].groups if each.observed.name == "RARE")
    assert not rare.telling
    groups = shown(between(html, '<section id="groups">', "</section>"))
    assert re.search(r"RARE 9 9 \d+ [\d.]+% [\d.]+%–[\d.]+% [\d.]+% 数据不足", groups)
    assert "1 组数据不足" in groups
    assert "辖区 district 没有记录说明各行属于哪一组" in groups
    assert "从业人数 people employed 各行同属一组：<10 人" in groups
    notes = plots_of(html)["auc-by-category"]
    assert [each["text"] for each in notes["layout"]["annotations"]] == ["数据不足 not enough data"]


def test_many_groups_share_a_row_and_stand_in_the_table(found: Assessment) -> None:
    cohort, scores, _ = made()
    group = np.array([f"G{n % 50:02d}" for n in range(ROWS)], object)
    group[: ROWS // 2] = "LARGE"
    many = breakdown("category", group, cohort, scores, draws=FEW)
    html = render_assessment(replace(found, groups=(many,)))
    plot = plots_of(html)["auc-by-category"]
    labels = plot["layout"]["yaxis"]["categoryarray"]
    assert labels == ["LARGE  n=450", "其余 50 组  n=450"]
    groups = shown(between(html, '<section id="groups">', "</section>"))
    assert all(f"{each} " in groups for each in set(group))


def test_without_truth_audit_or_logistic_regression_it_says_so(found: Assessment) -> None:
    bare = replace(found, truth=None, audit=None, verdicts=(), simulated=False)
    text = shown(render_assessment(bare))
    assert "虚构" not in text
    assert "可达上限" not in text
    assert "各等级后来的实际违规率" not in text
    assert "没有拟合逻辑回归" in text
    assert "一、同样的检查次数" in text


# --------------------------------------------------------------------------- sentences


def stand(where: str, measure: str, value: float, half: float) -> Verdict:
    return Verdict(where, measure, Estimate(value, value - half, value + half))


def test_a_loss_is_said_in_the_first_sentence() -> None:
    worse = [stand("rolling", "auc", -0.02, 0.01), stand("rolling", "log_loss", 0.02, 0.01)]
    better = [stand("test", "auc", 0.02, 0.01), stand("test", "log_loss", -0.02, 0.01)]
    mixed = [worse[0], stand("rolling", "log_loss", -0.02, 0.01)]
    even = [stand("test", "auc", 0.0, 0.01), stand("test", "log_loss", 0.0, 0.01)]
    assert headline(worse)[0] == "在滚动检验期，本模型的排序、概率不如逻辑回归。"
    assert headline(mixed)[0] == "在滚动检验期，本模型的排序不如逻辑回归，概率好于逻辑回归。"
    assert headline(better)[1] == (
        "On the test window this model is better than logistic regression in ranking and "
        "probability."
    )
    assert headline(even)[0] == "在检验期，本模型与逻辑回归分不出高下，排序与概率都是如此。"
    assert [tone(each) for each in (worse, mixed, better, even)] == [
        "worse", "worse", "better", "open",
    ]  # fmt: skip
    assert tone([]) == "open"
    also = [*better, stand("producer", "auc", -0.2, 0.1)]
    assert tone(also) == "better"
    assert lost(also) == (("食品生产者的排序", "ranking, Food producers"),)


def test_what_is_predicted_is_said_for_either_kind_of_label() -> None:
    rule = Task().label.model_copy(update={"severity": "minor", "above": 3})
    assert predicted(rule)[0] == "这次检查是否发现超过 3 项一般项不合格"
    label = OutcomeRule.model_validate(
        {"outcomes": [{"streams": ["incident"], "zh": "食品安全事故"}], "horizon_days": 90}
    )
    assert predicted(label)[0] == "90 天内是否发生被确认的违规：食品安全事故"
    assert came(label) == ("后来违规", "had a violation")
    checked = label.model_copy(update={"checks": ("inspection",)})
    assert predicted(checked)[0] == "90 天内的首次检查是否发现：食品安全事故"
    assert came(checked)[0] == "首次检查发现违规"


def test_findings_of_groups_name_the_groups() -> None:
    rng = np.random.default_rng(5)
    chance = rng.uniform(0.05, 0.5, 1200)
    label = (rng.random(1200) < chance).astype(int)
    said = chance.copy()
    said[::2] = rng.permutation(chance[::2]) / 2
    group = np.array(["440305", "440303"] * 600, object)
    scores = Scores(np.arange(1200), {CHAMPION: said}, {})
    found = breakdown("district", group, cohort_of([1] * 1200, label.tolist()), scores, draws=FEW)
    zh, en = of_auc(found)
    assert "罗湖区比南山区" in zh
    assert "超出偶然" in zh
    assert "Luohu over Nanshan" in en
    assert "beyond chance" in en
    seen = found.off[0].observed
    assert f"南山区（预测 {seen.predicted:.1%}，实际 {seen.rate:.1%}）" in of_rates(found)[0]
