"""Sheets: everything that decided the level stands on them, in either language."""

import html
import io
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from xinheng.archive import Lineage
from xinheng.core.errors import NotFoundError, StorageError
from xinheng.core.time import day
from xinheng.explaining import (
    Actions,
    Clocks,
    DowngradeWarning,
    Explanation,
    Movement,
    Outcome,
    Override,
    Part,
    Publicity,
    Remedies,
    Standpoint,
    State,
    Step,
    Subject,
    explain,
    explain_movement,
    find_remedies,
    pdf,
    print_pdf,
    render_remedies,
    render_sheet,
    to_text,
)
from xinheng.explaining.law.clocks import Repair
from xinheng.explaining.law.steps import About
from xinheng.explaining.reasons import reason
from xinheng.explaining.records import SharedRecord, Usual
from xinheng.explaining.sheet import _Page
from xinheng.explaining.wording import _words, words_of
from xinheng.explaining.words.form import UNNOTICED
from xinheng.features import standard_catalogue
from xinheng.grading import AppliedRule, AtLeast, Bundle, Level, Policy, floor_of

from ..grading.world import TODAY, events_of, record
from .test_remedies import FINE, scorer

RECORDS = (
    record(7, FINE, TODAY - 100),
    record(7, "rectification", TODAY - 40, value=30.0),
    record(7, "list_entry:abnormal.address", TODAY - 60),
    record(7, "inspection.critical:routine", TODAY - 300, value=1.0),
)
EVENTS = events_of(*RECORDS)
ORIGINS = {
    number: Lineage("penalty", f"2025-{number:04}", "区局 <b>district</b>", 3, "told", 5)
    for number in EVENTS.of(7).record.tolist()
}


def subject() -> Subject:
    return Subject("91440300MA5XNG010A", scorer().bundle, 42, "甲 <script>食品</script>")


def told() -> tuple[Movement, Remedies]:
    before = Standpoint(scorer(), EVENTS, TODAY - 90)
    movement = explain_movement(before, Standpoint(scorer(), EVENTS, TODAY), 7)
    return movement, find_remedies(scorer(), EVENTS, 7, TODAY, most=2)


def sheet(
    language: str = "zh",
    override: Override | None = None,
    warning: DowngradeWarning | None = None,
) -> str:
    movement, remedies = told()
    beside = {"override": override, "warning": warning}
    found = explain(scorer(), EVENTS, 7, TODAY, origins=ORIGINS, **beside)
    return render_sheet(subject(), found, movement=movement, remedies=remedies, language=language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_that_decided_the_level_stands_on_it(language: str) -> None:
    page = sheet(language)
    found = explain(scorer(), EVENTS, 7, TODAY, origins=ORIGINS)
    movement, remedies = told()
    for each in found.reasons[: len(found.records)]:
        assert (each.zh if language == "zh" else each.en) in page
    for rule in found.grade.rules:
        assert (rule.zh if language == "zh" else rule.en) in page
        assert rule.basis in page
    for step in remedies.outcomes[0].steps:
        assert (step.action.zh if language == "zh" else step.action.en) in page
    for part in movement.parts:
        sentence = part.zh if language == "zh" else part.en
        least = max(abs(part.log_odds), abs(part.steps)) < UNNOTICED
        assert (_words()[language]["causes"][part.cause] if least else sentence) in page
    for text in ("91440300MA5XNG010A", found.grade.bundle, "42", f"{found.grade.probability:.1%}"):
        assert text in page
    kind = "行政处罚" if language == "zh" else "penalty"
    assert f"2025-11-21 {kind} {ORIGINS[1].number}, 区局" in page
    assert html.unescape(page).count(words_of(language)["reading"]) == 1


def test_causes_that_hardly_did_anything_are_told_together() -> None:
    movement, _ = told()
    weak = Part("time", 0.001, 0.0, zh="甲", en="x"), Part("others", -0.004, 0.0, zh="乙", en="y")
    found = explain(scorer(), EVENTS, 7, TODAY)
    page = _Page(words_of("zh"), "zh", found)
    parts = page.movement(replace(movement, parts=(*movement.parts, *weak)))["parts"]
    assert parts[:-1] == page.movement(movement)["parts"]
    assert (
        parts[-1]["sentence"] == "其他原因，几乎无影响（各不足0.005）：时间推移; 群体、关联方或全市"
    )
    assert parts[-1]["log_odds"] == pytest.approx(-0.003)


@pytest.mark.parametrize(
    ("language", "against", "whole"),
    [
        (
            "zh",
            "作用相反的记录1条",
            "属同类别整体情况（结果2,653项，其中本主体8项），不归于单条记录",
        ),
        (
            "en",
            "working the other way: 1",
            "of its category as a whole (2,653 outcomes, 8 of them its own), of no record alone",
        ),
    ],
)
def test_why_no_record_has_a_share_is_told(language: str, against: str, whole: str) -> None:
    found = explain(scorer(), EVENTS, 7, TODAY, origins=ORIGINS)
    name, records = next((k, v) for k, v in found.records.items() if v and v[0].share)
    one = replace(records[0], share=0.0, contribution=0.0)
    usual = {name: (Usual("category", 2653, 8, 1694.0, 0.638),)}

    def behind(*some: SharedRecord) -> list[str]:
        told = replace(found, records={name: some}, usual=usual)
        return _Page(words_of(language), language, told)._behind(name)

    assert behind(replace(one, against=True)) == [against]
    assert behind(one) == behind() == [whole]
    usual = {name: usual[name] * 2}  # of two rates
    assert behind(one) == [whole]
    assert len(behind(records[0], replace(one, against=True))) == 2


def test_it_loads_and_runs_nothing_and_escapes_what_it_is_told() -> None:
    seen = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    page = sheet()
    Reader().feed(page)
    assert {tag for tag, _ in seen}.isdisjoint({"script", "img", "link", "iframe", "a", "b"})
    assert not [attrs for _, attrs in seen if attrs.keys() & {"src", "href", "onclick"}]
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "甲 &lt;script&gt;食品&lt;/script&gt;" in page
    assert "区局 &lt;b&gt;district&lt;/b&gt;" in page


def test_both_languages_say_the_same_things() -> None:
    zh, en = _words()["zh"], _words()["en"]
    assert zh.keys() == en.keys()
    assert zh["causes"].keys() == en["causes"].keys()
    for name, text in zh.items():
        if isinstance(text, str):
            assert sorted(re.findall(r"{(\w+)}", text)) == sorted(re.findall(r"{(\w+)}", en[name]))
    with pytest.raises(NotFoundError, match="no language 'fr'"):
        sheet("fr")


def test_every_sentence_of_a_reason_has_its_figure() -> None:
    found = explain(scorer(), EVENTS, 7, TODAY)
    for each in found.reasons:
        for sentence in (each.zh, each.en):
            assert re.search(r"\d\.\d\d", sentence)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_distances_beside_another_level_are_the_model_s(language: str) -> None:
    events = events_of(
        record(7, "award:city", TODAY - 700),
        record(7, "list_entry:serious_dishonesty.food", TODAY - 100),
    )
    found = explain(scorer(), events, 7, TODAY)
    assert found.level is Level.E
    assert found.grade.better is None
    page, said = render_sheet(subject(), found, language=language), words_of(language)
    assert said["best"] not in page
    assert said["of_model"] in "".join(_Page(said, language, found).ways())
    assert "next better level: none" not in to_text(found)
    assert f"next worse level {found.grade.worse.level} of the model" in to_text(found)


def test_the_best_level_of_the_model_is_told_as_such_where_it_counts() -> None:
    found = explain(scorer(), events_of(record(7, "award:city", TODAY - 700)), 7, TODAY)
    assert found.grade.better is None
    assert words_of("en")["best"] in render_sheet(subject(), found, language="en")
    assert "next better level: none" in to_text(found)


def test_a_person_s_decision_is_told_as_one() -> None:
    given = explain(scorer(), EVENTS, 7, TODAY).grade
    floor = floor_of(rule.effect for rule in given.rules)
    assert floor > Level.A
    for level, decided, counts in (
        (Level.E, "decided_by_person", Level.E),
        (Level.A, "decided_by_rule", floor),
    ):
        page = sheet(override=Override(level, "李某", "现场核实", TODAY + 30))
        assert _words()["zh"][decided].format(level=given.model_level) in page
        assert "李某将" in page
        assert f'<div class="badge">{counts}<small>' in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_downgrade_warning_says_so_on_it(language: str) -> None:
    given, words = explain(scorer(), EVENTS, 7, TODAY), _words()[language]
    better = Override(Level.A_PLUS, "li", "seen on the spot", TODAY + 9)
    for override, decided in ((None, "warning_too"), (better, "decided_by_warning")):
        warning = DowngradeWarning(3, Level.E, TODAY, TODAY + 9, "design")
        page = html.unescape(sheet(language, override, warning))
        assert words["warning"].format(**warning.to_dict()) in page
        assert words[decided].format(level=given.grade.model_level) in page
        assert '<div class="badge">E<small>' in page
    mild = sheet(language, warning=DowngradeWarning(3, Level.A_PLUS, TODAY, TODAY, "design"))
    assert words["decided_by_warning"].format(level=given.grade.model_level) not in mild


def test_without_movement_and_remedies_there_are_none() -> None:
    found = explain(scorer(), EVENTS, 7, TODAY)
    page = render_sheet(subject(), found, language="en")
    assert "What would improve it" not in page
    assert "Since" not in page
    none = Remedies(found.level, (), (), ())
    page = render_sheet(subject(), found, remedies=none, horizon=90, language="en")
    assert "leads to a better level within 90 days" in page


def test_how_many_actions_were_left_out_is_told() -> None:
    found, console = explain(scorer(), EVENTS, 7, TODAY), Console(file=io.StringIO(), width=200)
    for outcomes in ((), (Outcome((), TODAY + 30, Level.A, 0.1),)):
        some = Remedies(found.level, (), (), outcomes, left_out=5)
        page = render_sheet(subject(), found, remedies=some, language="en")
        assert "5 further actions" in page
        console.print(render_remedies(some))
    assert console.file.getvalue().count("5 further actions") == 2
    assert "further actions" not in sheet("en")


def crowded() -> tuple[Explanation, Movement, Remedies]:
    """All that can stand on a sheet, each as long as it gets."""
    found, (movement, remedies) = explain(scorer(), EVENTS, 7, TODAY), told()
    catalogue = standard_catalogue()
    whole = [reason(each, 2.0, State.KNOWN, 0.5) for each in catalogue]
    reasons = tuple(sorted(whole, key=lambda each: -len(each.en))[:8])
    behind = next(each for each in found.records.values() if each)[0]
    clocks = Clocks(TODAY + 300, Repair(TODAY + 20, None), TODAY + 700)
    some = tuple(replace(behind, clocks=clocks, share=0.25) for _ in range(4))
    basis = "市场监督管理严重违法失信名单管理办法（市场监管总局令第44号；期限三年，未核对原文）"
    rule = AppliedRule("r", "列入严重违法失信名单", "on a list", basis, AtLeast(Level.E), Level.E)
    rules = tuple(replace(rule, id=name) for name in "abc")
    notes = [each.note for each in Publicity.default().editions]
    explanation = replace(
        found,
        grade=replace(found.grade, rules=rules),
        reasons=(*reasons, *found.reasons),
        records={each.indicator.id: some for each in reasons},
        rule_records={each.id: some[:2] for each in rules},
        note=max(notes, key=lambda each: len(each[1])),
        override=Override(
            Level.D, "李某", "现场核查发现的情况与记录不一致，待复查" * 2, TODAY + 90
        ),
    )
    part = Part(
        "new_records", 0.3, 0.4, zh="新增记录使各项指标变化。" * 9, en="A new record. " * 20
    )
    step = remedies.steps[0]
    outcomes = tuple(
        Outcome((step,) * 3, TODAY + day, Level.C, 0.1, TODAY + 200) for day in range(5)
    )
    return (
        explanation,
        replace(movement, parts=(part,) * 7),
        replace(remedies, outcomes=outcomes, left_out=9),
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("which", ["usual", "crowded"])
def test_it_prints_to_two_pages(tmp_path: Path, which: str, language: str) -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))):
        pytest.skip("no Chromium on this machine")
    path, page = tmp_path / "sheet.pdf", sheet(language)
    if which == "crowded":
        found, movement, remedies = crowded()
        page = render_sheet(
            subject(), found, movement=movement, remedies=remedies, language=language
        )
    print_pdf(page, path)
    pages = re.findall(rb"/Type\s*/Page[^s]", path.read_bytes())
    assert 1 <= len(pages) <= 2


def test_a_browser_that_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "bin" / "chromium"
    browser.parent.mkdir()
    browser.write_text("#!/bin/sh\nexec sleep 30\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(browser.parent), prepend=os.pathsep)
    monkeypatch.setattr(pdf, "SECONDS", 0.2)
    with pytest.raises(StorageError, match=r"did not print within 0\.2 seconds; .* as \.html"):
        print_pdf("<p>", tmp_path / "sheet.pdf")
    assert not list(tmp_path.glob("*.pdf*"))


def test_the_horizon_is_the_policy_s() -> None:
    bundle = scorer().bundle
    text = bundle.policy.text.replace("horizon_days = 365", "horizon_days = 180")
    fields = {name: getattr(bundle, name) for name in bundle.__dataclass_fields__}
    half = Bundle(**fields | {"policy": Policy.parse(text, "policy")})
    found = explain(scorer(), EVENTS, 7, TODAY)
    page = render_sheet(replace(subject(), bundle=half), found, language="en")
    assert "within 180 days finds a violation" in page
    assert "within 365 days finds a violation" in sheet("en")
    assert "365天内查出违规的概率" in sheet("zh")


def test_days_that_holidays_may_put_off_are_told_on_the_terminal() -> None:
    action = Actions.default().on(TODAY).actions[0]
    steps = (Step(action, 1, TODAY, TODAY + 9), Step(action, 2, TODAY, TODAY + 9, estimated=True))
    outcomes = tuple(Outcome((step,), TODAY + 30, Level.A, 0.1) for step in steps)
    console = Console(file=io.StringIO(), width=200)
    console.print(render_remedies(Remedies(Level.C, steps, (), outcomes)))
    first, second, _ = console.file.getvalue().split("if nothing else is told")
    assert [each.count("holiday") for each in (first, second)] == [0, 1]


def test_steps_name_their_records_and_tell_when_to_apply() -> None:
    by = {each.id: each for each in Actions.default().on(TODAY).actions}
    about = About("penalty.kind", "market.food.fine", day("2025-01-05"), "深市监罚〔2025〕7号")
    steps = (
        Step(by["rectify"], 1, TODAY, day("2026-03-13")),
        Step(by["repair_food_penalty"], 2, day("2026-03-02"), day("2026-03-25"), about=about),
        Step(by["renew_licence"], 3, day("2026-03-02"), day("2026-03-30"),
             about=About("licence", "food_production.0101", day("2021-05-05"), others=2)),
    )  # fmt: skip
    outcome = Outcome(steps, day("2026-04-01"), Level.A, 0.1, day("2026-07-01"))
    some = Remedies(Level.C, steps, (), (outcome,))
    found = explain(scorer(), EVENTS, 7, TODAY)
    zh, en = (
        html.unescape(render_sheet(subject(), found, remedies=some, language=each))
        for each in ("zh", "en")
    )
    console = Console(file=io.StringIO(), width=400)
    console.print(render_remedies(some))
    for page in (zh, console.file.getvalue()):
        assert (
            "申请信用修复（2025-01-05 深市监罚〔2025〕7号；2026-03-02起申请，最迟2026-03-25决定）"
            in page
        )
        assert (
            "（2021-05-05 食品生产经营许可 food_production.0101（另2项）；2026-03-02起申请" in page
        )
        assert "完成整改并经复查销号（最迟2026-03-13完成）" in page
        assert "若无其他变化；2026-07-01起转差" in page
    for page in (en, console.file.getvalue()):
        assert "7号; apply from 2026-03-02, decided by 2026-03-25)" in page
        assert "licence food_production.0101 and 2 more; apply from" in page
        assert "if nothing else is told; worse again from 2026-07-01" in page


def test_what_has_to_end_before_repair_stands_on_sheet_and_terminal() -> None:
    found = explain(scorer(), EVENTS, 7, TODAY)
    name, behind = next((name, each) for name, each in found.records.items() if each)
    clocks = Clocks(None, Repair(None, "penalty.due"), None)
    told = replace(found, records={**found.records, name: (replace(behind[0], clocks=clocks),)})
    assert "待处罚履行完毕后可申请修复或移出" in render_sheet(subject(), told)
    assert "repair or removal once the penalty is performed" in to_text(told, width=200)
    record = next(each for each in told.to_dict()["reasons"] if each["id"] == name)["records"][0]
    assert (record["repairable"], record["repair_awaits"]) == (None, "penalty.due")


def test_without_a_browser_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NotFoundError, match=r"write the sheet as \.html"):
        print_pdf("<p>", tmp_path / "sheet.pdf")
    assert list(tmp_path.iterdir()) == []
