"""What sheet and terminal tell of a level that the law keeps, and of names as they are."""

import html
import io
from dataclasses import replace

import pytest
from rich.console import Console

from xinheng.archive import Lineage
from xinheng.core.time import day, months_after
from xinheng.explaining import (
    Actions,
    Explanation,
    Override,
    Remedies,
    explain,
    render_remedies,
    render_sheet,
    to_text,
)
from xinheng.explaining.law.steps import About, Step, possible_steps
from xinheng.explaining.records import Records
from xinheng.explaining.remedies.remedies import Outcome
from xinheng.explaining.wording import words_of
from xinheng.grading import AppliedRule, AtLeast, Distance, Effect, Level, Worse

from ..grading.world import TODAY, events_of, record
from .test_remedies import BY_ID, FINE
from .test_sheet import EVENTS, RECORDS, scorer, subject

MARKED = ("粤[2025]7号", "[bold]7", "a [/b] c", ":smile: 7", "\\[red]7")


def graded(
    level: Level, *effects: Effect, card: Level | None = None, override: Override | None = None
) -> Explanation:
    """An explanation whose model says C, between a better and a worse level."""
    found = explain(scorer(), EVENTS, 7, TODAY)
    rules = tuple(
        AppliedRule(str(effect), "规则", "rule", "law", effect, effect.on(Level.C))
        for effect in effects
    )
    better, worse = (Distance(to, 0.5, 0.25, 0.125) for to in (Level.B, Level.D))
    grade = replace(
        found.grade, level=level, model_level=Level.C, card_level=card,
        rules=rules, better=better, worse=worse,
    )  # fmt: skip
    behind = dict.fromkeys((rule.id for rule in rules), ())
    return replace(found, grade=grade, rule_records=behind, override=override)


PERSON = Override(Level.C, "李某", "现场核实", TODAY + 30)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("found", "said", "owners"),
    [
        (graded(Level.C), "nothing_decides", (False, False)),
        (graded(Level.C, AtLeast(Level.B)), "nothing_decides", (False, False)),
        (graded(Level.C, AtLeast(Level.C)), "rule_too", (True, False)),
        (graded(Level.C, card=Level.C), "card_too", (True, False)),
        (graded(Level.C, card=Level.A), "nothing_decides", (False, False)),
        (graded(Level.C, card=Level.C, override=PERSON), "decided_by_person", (True, True)),
        (graded(Level.D, Worse(1, Level.D)), "decided_by_rule", (True, True)),
        (graded(Level.D, card=Level.D), "decided_by_card", (True, True)),
    ],
    ids=["model", "mild rule", "rule too", "card too", "mild card", "person", "rule", "card"],
)
def test_what_keeps_a_level_is_told(
    found: Explanation, said: str, owners: tuple[bool, bool], language: str
) -> None:
    """A rule that leads to the level by itself keeps it, however much better the model's is."""
    found, words = replace(found, decisive=()), words_of(language)
    page = html.unescape(render_sheet(subject(), found, language=language))
    assert words[said].format(level=Level.C) in page
    text = to_text(found, width=200)
    for name, to, owner, verb in zip(
        ("better", "worse"), "BD", owners, ("fall below", "rise to"), strict=True
    ):
        line = words[name].format(
            owner=words["of_model"] if owner else "", level=to, cut="+0.50", probability="12.5%",
            margin=f"{found.grade.margin:+.2f}".replace("-", "−"),
        )  # fmt: skip
        assert line in page
        assert f"next {name} level {to}{' of the model' if owner else ''}: risk score" in text
        assert f"{verb} +0.50" in text


@pytest.mark.parametrize(
    ("effect", "zh", "en"),
    [
        (
            AtLeast(Level.B),
            "不优于B级；只适用此规则时为C级",
            "no better than B; with this rule alone C",
        ),
        (
            Worse(2, Level.D),
            "向高风险下调2级，不超过D级；只适用此规则时为D级",
            "2 worse, not beyond D; with this rule alone D",
        ),
    ],
)
def test_what_a_rule_does_is_told_beside_what_comes_of_it(effect: Effect, zh: str, en: str) -> None:
    """A rule by which a level is B at least does not make a C of the model."""
    found = graded(effect.on(Level.C), effect)
    assert zh in render_sheet(subject(), found)
    assert en in render_sheet(subject(), found, language="en")
    assert f"{effect}; with this rule alone {effect.on(Level.C)}" in to_text(found, width=200)


@pytest.mark.parametrize("number", MARKED)
def test_the_terminal_tells_names_as_they_are(number: str) -> None:
    origins = {
        each: Lineage("penalty", number, f"局{number}", 3, "told", 5)
        for each in range(len(RECORDS) + 1)
    }
    found = explain(scorer(), EVENTS, 7, TODAY, origins=origins)
    text = to_text(found, number, width=400)
    assert text.startswith(f"{number} · ")
    assert f"{number}, 局{number} (delivery 3, row 5)" in text
    step = Step(BY_ID["rectify"], 1, TODAY, TODAY + 9, about=About("rectification", "", 1, number))
    console = Console(file=io.StringIO(), width=400)
    console.print(
        render_remedies(Remedies(Level.C, (step,), (), (Outcome((step,), 1, Level.A, 0.1),)))
    )
    assert f"1970-01-02 {number}" in console.file.getvalue()


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        ("2022-03-01", "may come that much later"),
        ("2025-12-24", "may come that much later"),
        ("2025-12-25", "general penalties are public for 3 months to 1 year: publicity may end"),
        ("2026-04-01", "serious ones for 1 to 3 years (NDRC Order 36)"),
    ],
)
def test_what_days_of_the_law_leave_out_is_told_where_any_is(as_of: str, says: str) -> None:
    events = events_of(record(7, FINE, day(as_of) - 100))
    found = explain(scorer(), events, 7, day(as_of))
    page = html.unescape(render_sheet(subject(), found, language="en"))
    assert says in page
    assert page.count("About these days") == 1
    assert says in " ".join(to_text(found).split())
    assert says in found.to_dict()["note_en"]


def test_without_such_a_day_nothing_is_said_of_them() -> None:
    events = events_of(record(7, "inspection.critical:routine", TODAY - 300, value=1.0))
    found = explain(scorer(), events, 7, TODAY)
    assert found.note is None
    assert "About these days" not in render_sheet(subject(), found, language="en")


def test_other_departments_penalties_are_repaired_by_the_order_in_force() -> None:
    """NDRC Order 58 knew a year for food; Order 36 repeals it and knows classes alone."""
    for stream in ("penalty.kind:other.food.fine", "penalty.kind:other.general.fine"):
        own = events_of(record(7, stream, "2026-02-10")).of(7)
        for as_of, law, months in (
            ("2026-03-31", "58", 12 if "food" in stream else 3),
            ("2026-04-01", "36", 3),
        ):
            steps = possible_steps(
                Actions.default().on(day(as_of)).actions, own, day(as_of), frozenset()
            )
            [step] = [each for each in steps if each.about is not None]
            assert f"第{law}号" in step.action.basis
            assert step.start == months_after(day("2026-02-10"), months) + 1


@pytest.mark.parametrize(
    ("stream", "since", "public"),
    [
        ("list_entry:serious_dishonesty.food", "2023-03-10", "2026-03-10"),
        ("list_entry:serious_dishonesty.food", "2023-03-01", "2026-03-01"),  # to the end of today
        ("list_entry:serious_dishonesty.food", "2023-02-28", None),
        ("list_entry:judgment_defaulter.evasion", "2024-02-29", None),
        ("list_entry:judgment_defaulter.evasion", "2024-04-01", "2026-04-01"),
        ("list_entry:judgment_defaulter.forgery_violence", "2024-02-29", "2029-02-28"),
        ("penalty.kind:market.food.fine", "2023-02-28", "2026-02-28"),
    ],
)
def test_an_entry_that_stands_beyond_its_term_has_no_day_on_which_its_publicity_ended(
    stream: str, since: str, public: str | None
) -> None:
    own = events_of(record(7, stream, since)).of(7)
    [number] = own.record.tolist()
    clocks = Records(own, TODAY, {})._clocks(number, None)
    assert clocks.public_until == (None if public is None else day(public))
    gone = events_of(record(7, stream, since, ended=TODAY - 9, ended_available=TODAY - 9)).of(7)
    assert Records(gone, TODAY, {})._clocks(number, None).public_until is not None


def test_a_cut_point_is_told_as_policy_sets_it() -> None:
    found = graded(Level.C)
    worse = replace(found.grade.worse, probability=0.0885)
    found = replace(found, grade=replace(found.grade, worse=worse))
    assert "a probability of 8.85%" in to_text(found)
    assert "变为D级" in render_sheet(subject(), found)
    assert "8.85%" in render_sheet(subject(), found, language="en")
