"""What sheet and terminal tell of a level that the law keeps, and of names as they are."""

import html
import io
from dataclasses import replace

import pytest
from rich.console import Console

from xinheng.archive import Lineage
from xinheng.explaining import (
    Explanation,
    Override,
    Remedies,
    explain,
    render_remedies,
    render_sheet,
    to_text,
)
from xinheng.explaining.remedies import Outcome
from xinheng.explaining.steps import About, Step
from xinheng.explaining.wording import words_of
from xinheng.grading import AppliedRule, AtLeast, Distance, Effect, Level, Worse

from ..grading.world import TODAY
from .test_remedies import BY_ID
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
