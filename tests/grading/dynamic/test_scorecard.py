"""A score card that policy lets count: in runs, their causes, what is made anew and explained."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import PolicyError
from xinheng.explaining import explain
from xinheng.grading import (
    Bundle,
    GradeBook,
    Level,
    Parts,
    Policy,
    ScoreCard,
    Scorer,
    check_card_levels,
)
from xinheng.grading.dynamic import advance, grade_given, rebuild, run_of
from xinheng.ledger import Run

from ..world import events_of, parts
from ..world import record as event
from .world import AT, Town, on, record, town, with_policy

FOUND = (
    record("incident", "S004", "2024-02-10", "outbreak"),
    record("incident", "S004", "2024-03-10", "outbreak"),
    record("incident", "S005", "2024-03-10", "outbreak"),
)


FROM = "effective_from = 2000-01-01"


def bundle_of(made: Parts) -> Bundle:
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return Bundle(**fields, digest="d" * 64, key="k")


def carded(combination: str = "worse") -> Parts:
    """Parts with a card for shops, by which each incident costs twenty-five of ninety points."""
    text = ScoreCard.default().text
    for old, new in (
        ('population = "producer"', 'population = "operator"'),
        (
            'streams = ["inspection.key"]\npoints = 5\ntimes = "value"\ncap = "visit"',
            'streams = ["incident"]\npoints = 25',
        ),
    ):
        assert old in text
        text = text.replace(old, new)
    card = ScoreCard.parse(text, "card.toml")
    old, new = 'combination = "beside"', f'combination = "{combination}"'
    return replace(with_policy(parts(), old, new) if old != new else parts(), score_card=card)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[Run]]]:
    """Half a year under a policy by which the worse of model and card counts."""
    place, _ = town(tmp_path_factory.mktemp("town"), *FOUND)
    bundle = place.sign(carded())
    runs = advance(
        place.gradings, bundle, on("2024-06-10"), at=AT, actor="li", start=on("2024-01-15")
    )
    yield place, runs
    place.ledger.close()


def test_the_worse_of_model_and_card_counts(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    for run in runs:
        grades = place.levels(run)
        levels = {name: grades[name].map(Level.of) for name in ("model_level", "card_level")}
        worse = pd.DataFrame(levels).astype(int).max(axis=1)
        assert grades["level"].map(Level.of).astype(int).tolist() == worse.tolist()
    assert grades["card_level"].nunique() >= 3
    assert (grades["level"] != grades["model_level"]).any()


def test_what_the_card_changed_has_the_card_as_its_cause(made: tuple[Town, list[Run]]) -> None:
    place, _ = made
    found = place.gradings.history.changes(number=place.number("S004"))
    changes = {each.as_of: each for each in found}
    march, april = changes[on("2024-03-01")], changes[on("2024-04-01")]
    assert (march.level, march.cause) == ("C", "card time")  # the model alone gives B by now
    assert (april.level, april.cause, april.detail["card"]) == ("D", "card", ["C", "D"])


def test_a_grade_is_made_anew_with_its_card(made: tuple[Town, list[Run]]) -> None:
    place, runs = made
    for run in runs:
        assert rebuild(place.gradings, run.as_of).different == ()
    number = place.number("S004")
    given = grade_given(place.gradings, run_of(place.gradings, on("2024-04-20"), number), number)
    [again] = rebuild(place.gradings, on("2024-04-20"), number).grades
    assert str(again.card_level) == given["card_level"] == "D"


def test_a_grade_that_is_asked_for_and_explained_has_the_card(
    made: tuple[Town, list[Run]],
) -> None:
    place, runs = made
    bundle, number = place.read(runs[-1].bundle), place.number("S004")
    book = GradeBook(place.archive, bundle)
    told = explain(Scorer(bundle), book.events, number, on("2024-06-01"))
    for grade in (book.grade(number, on("2024-06-01")), told.grade):
        assert (grade.card_level, grade.level) == (Level.D, Level.D)
        assert grade.model_level < Level.D


def test_a_card_beside_costs_nothing_and_is_not_looked_at(tmp_path: Path) -> None:
    place, _ = town(tmp_path, *FOUND)
    bundle = place.sign(replace(parts(), score_card=carded().score_card))
    [run] = advance(place.gradings, bundle, on("2024-01-15"), at=AT, actor="li")
    assert place.levels(run)["card_level"].isna().all()
    assert "CARDED" not in place.gradings.matrices(bundle).catalogue
    place.ledger.close()


def test_a_policy_that_lets_the_card_count_is_a_cause_and_so_is_another_card(
    tmp_path: Path,
) -> None:
    place, bundle = town(tmp_path, *FOUND)
    advance(place.gradings, bundle, on("2024-04-01"), at=AT, actor="li", start=on("2024-03-15"))
    [may] = advance(place.gradings, place.sign(carded()), on("2024-05-01"), at=AT, actor="li")
    changes = {each.enterprise: each for each in place.gradings.history.changes(run=may.id)}
    assert (changes["S004"].level, changes["S004"].cause) == ("D", "policy")
    text = carded().score_card.text.replace("points = 25", "points = 1")
    milder = place.sign(replace(carded(), score_card=ScoreCard.parse(text, "milder.toml")))
    [june] = advance(place.gradings, milder, on("2024-06-01"), at=AT, actor="li")
    changes = {each.enterprise: each for each in place.gradings.history.changes(run=june.id)}
    assert (changes["S004"].previous, changes["S004"].cause) == ("D", "card")
    place.ledger.close()


def test_a_policy_that_knows_no_level_for_a_grade_of_the_card_is_refused() -> None:
    text = carded().policy.text.replace('C = "C", ', "")
    wrong = replace(carded(), policy=Policy.parse(text, "policy.toml"))
    with pytest.raises(PolicyError, match="no grade of the card 'C'"):
        check_card_levels(wrong.score_card, wrong.policy)


def test_a_card_that_says_nothing_of_days_on_which_it_counts_is_refused() -> None:
    text = carded().score_card.text
    late = text.replace("effective_from = 2000-01-01", "effective_from = 2024-03-01")
    with pytest.raises(PolicyError, match="on 2000-01-01, of which the card 'food-production'"):
        check_card_levels(ScoreCard.parse(late, "late.toml"), carded().policy)
    ends = text.replace("effective_from = 2000-01-01", f"effective_to = 2025-12-31\n{FROM}")
    with pytest.raises(PolicyError, match="on 2026-01-01, of which the card"):
        check_card_levels(ScoreCard.parse(ends, "ends.toml"), carded().policy)
    beside = replace(carded(), policy=Policy.default())
    check_card_levels(ScoreCard.parse(late, "late.toml"), beside.policy)


def test_a_rule_moves_on_from_the_level_that_the_card_gave() -> None:
    grading = Scorer(bundle_of(carded()))
    rows = pd.DataFrame({"enterprise": [7], "as_of": [on("2026-03-01")]})
    listed = event(7, "list_entry:serious_quality.food", "2026-02-01")
    sick = [event(7, "incident:outbreak", "2026-02-01")] * 1
    operator = event(7, "enterprise.population:operator", "2020-01-01")
    grade = grading.grade(grading.run(events_of(operator, listed, *sick), rows))
    assert (grade.card_level, grade.level) == (Level.C, Level.D)
    [rule] = grade.rules
    assert rule.alone is Level.D


def test_cards_count_by_the_edition_of_the_day() -> None:
    first = "effective_from = 2000-01-01"
    head, body = carded().policy.text.split("[[edition]]")
    early = body.replace(first, f"effective_to = 2023-12-31\n{first}").replace('worse"', 'beside"')
    late = body.replace(first, "effective_from = 2024-01-01").replace("design-1", "design-2")
    policy = Policy.parse(f"{head}[[edition]]{early}[[edition]]{late}", "editions.toml")
    days = np.array([on("2023-12-31"), on("2024-01-01")])
    assert policy.lets_cards_count(days).tolist() == [False, True]
