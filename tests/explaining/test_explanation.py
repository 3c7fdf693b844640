"""Explanations: they add up, end at records, and name the rules."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core.errors import IntegrityError, InvalidError
from xinheng.core.time import day, show
from xinheng.explaining import DowngradeWarning, Explanation, Override, State, explain, to_text
from xinheng.explaining.attribution.trees import trees_of
from xinheng.explaining.records import Records
from xinheng.features import Catalogue, build_references, compute, evidence, own_rate
from xinheng.grading import (
    Blend,
    Level,
    Reference,
    Scorer,
    fit_calibrator,
    key_id,
    read_bundle,
    write_bundle,
)
from xinheng.ledger.downgrades import Warned

from ..grading.world import (
    CATALOGUE,
    TODAY,
    city,
    city_rows,
    events_of,
    indicator,
    parts,
    record,
    rows_of,
    train,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    path = tmp_path_factory.mktemp("bundles") / "one"
    write_bundle(path, parts(), KEY)
    return Scorer(read_bundle(path, {key_id(KEY.public_key()): KEY.public_key()}))


@pytest.fixture(scope="module")
def listed(scorer: Scorer) -> Explanation:
    """A critical item, no inspection or licence on record; a judgment defaulter."""
    events = events_of(
        record(1, "inspection.critical:routine", "2025-06-10", value=1.0),
        record(1, "inspection.critical:routine", "2020-06-10", value=1.0),
        record(1, "list_entry:judgment_defaulter.able", "2025-08-10"),
        record(2, "inspection.critical:routine", "2025-06-10", value=1.0),
    )
    return explain(scorer, events, 1, TODAY)


def test_reasons_and_base_sum_to_the_margin(scorer: Scorer) -> None:
    for number in range(1, 400, 25):
        found = explain(scorer, city(), number, TODAY, strongest=0)
        total = sum(each.contribution for each in found.reasons)
        assert total + found.base == pytest.approx(found.grade.margin, abs=1e-9)
        by_dimension = sum(each.contribution for each in found.dimensions)
        assert by_dimension == pytest.approx(total, abs=1e-12)
        assert found.records == {}


def test_contributions_that_miss_the_grade_are_no_explanation(
    scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = trees_of(scorer.bundle.blend.booster)
    monkeypatch.setattr(ready, "expected", ready.expected + 1e-6)
    with pytest.raises(IntegrityError, match="miss its margin by 1e-06"):
        explain(scorer, city(), 1, TODAY)


def test_it_explains_the_grade_that_was_given(scorer: Scorer) -> None:
    grades = scorer.run(city(), city_rows())
    for position in range(0, 400, 40):
        found = explain(scorer, city(), position + 1, TODAY)
        assert found.grade == scorer.grade(grades, position)


def test_reasons_are_sorted_by_strength_and_cover_every_indicator(listed: Explanation) -> None:
    sizes = [abs(each.contribution) for each in listed.reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert {each.indicator for each in listed.reasons} == set(CATALOGUE)


def test_values_stand_ins_and_what_does_not_apply_are_told_apart(listed: Explanation) -> None:
    found = {each.indicator.id: (each.state, each.value) for each in listed.reasons}
    assert found["IH01"] == (State.KNOWN, 1.0)
    assert found["IH02"] == (State.MISSING, 3650.0)
    assert found["PN08"] == (State.MISSING, 0.0)
    assert found["EA01"][0] is State.NOT_APPLICABLE
    assert np.isnan(found["EA01"][1])


def test_a_contribution_is_shared_among_its_records(scorer: Scorer, listed: Explanation) -> None:
    events = events_of(
        record(1, "inspection.critical:routine", "2025-01-10", value=1.0),
        record(1, "inspection.critical:routine", "2025-06-10", value=1.0),
        record(1, "inspection.critical:routine", "2020-06-10", value=1.0),
        record(1, "penalty:market.food.label", "2025-07-10", severity=2.0),
    )
    found = explain(scorer, events, 1, TODAY)
    critical = next(each for each in found.reasons if each.indicator.id == "IH01")
    records = found.records["IH01"]
    assert [each.occurred for each in records] == [day("2025-01-10"), day("2025-06-10")]
    assert [each.share for each in records] == [0.5, 0.5]
    assert sum(each.contribution for each in records) == pytest.approx(critical.contribution)
    assert [each.severity for each in found.records["PN08"]] == [2.0]
    assert listed.records["IH02"] == ()


def test_rules_come_with_the_records_that_trigger_them(listed: Explanation) -> None:
    assert [rule.id for rule in listed.grade.rules] == ["judgment_defaulter"]
    assert listed.grade.level is Level.D
    (entry,) = listed.rule_records["judgment_defaulter"]
    assert (entry.kind, entry.code) == ("list_entry", "judgment_defaulter.able")


def test_the_interval_says_which_levels_are_likely(scorer: Scorer) -> None:
    scale = parts().policy.on(TODAY).scale
    for number in range(1, 100, 9):
        found = explain(scorer, city(), number, TODAY, strongest=0)
        assert found.likely[0] <= found.grade.model_level <= found.likely[1]
        codes = scale.level_of([found.grade.lower, found.grade.upper]).tolist()
        assert list(found.likely) == codes


def test_likely_levels_are_those_of_the_cut_points_that_the_grade_used(scorer: Scorer) -> None:
    scale = parts().policy.on(TODAY).scale
    moved = 0
    for number in range(1, 400, 23):
        for previous in Level:
            found = explain(scorer, city(), number, TODAY, strongest=0, previous=[previous])
            low, high = found.likely
            assert low <= found.grade.model_level <= high
            plain = scale.level_of([found.grade.lower, found.grade.upper]).tolist()
            moved += [low, high] != plain
    assert moved > 10


def test_an_indicator_decides_where_the_level_would_be_another_without_it(scorer: Scorer) -> None:
    seen = 0
    for number in range(1, 400, 13):
        found = explain(scorer, city(), number, TODAY, strongest=0)
        scale = scorer.bundle.policy.on(TODAY).scale
        for each in found.reasons:
            margin = found.grade.margin - each.contribution
            [code] = scale.place([margin], scorer.bundle.calibrator).codes.tolist()
            told = {one.indicator: one.level for one in found.decisive}
            if code == found.grade.model_level:
                assert each.indicator.id not in told
            else:
                assert told[each.indicator.id] == code
                seen += 1
    assert seen > 10


def test_what_a_person_set_counts_until_its_last_day(scorer: Scorer) -> None:
    given = explain(scorer, city(), 12, TODAY)
    for until, level in ((TODAY, Level.E), (TODAY - 1, given.grade.level)):
        override = Override(Level.E, "li", "seen on the spot", until)
        found = explain(scorer, city(), 12, TODAY, override=override)
        assert (found.level, found.grade) == (level, given.grade)
    told = explain(scorer, city(), 12, TODAY, override=Override(Level.E, "li", "seen", TODAY))
    assert told.to_dict()["override"]["by"] == "li"
    assert "set by 人工调整 li in place of" in to_text(told)


def test_a_downgrade_warning_is_a_layer_of_its_own_over_what_a_person_set(scorer: Scorer) -> None:
    given = explain(scorer, city(), 12, TODAY)
    better = Override(Level.A_PLUS, "li", "seen on the spot", TODAY + 9)
    for since, until, override, level in (
        (TODAY, TODAY, None, Level.E),
        (TODAY, TODAY, better, Level.E),
        (TODAY + 1, TODAY + 9, None, given.grade.level),
        (TODAY - 9, TODAY - 1, None, given.grade.level),
    ):
        warning = DowngradeWarning(3, Level.E, since, until, "design")
        found = explain(scorer, city(), 12, TODAY, override=override, warning=warning)
        assert (found.level, found.grade) == (level, given.grade)
        assert found.counted(Level.A_PLUS) >= (Level.E if level is Level.E else Level.A_PLUS)
    mild = DowngradeWarning(3, Level.A_PLUS, TODAY, TODAY, "design")
    assert explain(scorer, city(), 12, TODAY, warning=mild).level is given.grade.level
    warned = DowngradeWarning(3, Level.E, TODAY, TODAY, "design")
    told = explain(scorer, city(), 12, TODAY, warning=warned)
    assert told.to_dict()["warning"] == warned.to_dict()
    assert told.to_dict()["override"] is None
    assert "downgrade warning 信用降级警示 3: E at best" in to_text(told)


def test_a_downgrade_warning_tells_its_basis_without_marks() -> None:
    said = Warned(id=1, case=3, at=datetime(2026, 1, 1, tzinfo=UTC), number=7, level="D",
                  first=TODAY, until=TODAY + 9, basis="条例 §67 (mem-H); design")  # fmt: skip
    assert DowngradeWarning.of(said) == DowngradeWarning(
        3, Level.D, TODAY, TODAY + 9, "条例 §67; design"
    )
    assert DowngradeWarning.of(replace(said, level=None)) is None


def test_records_tell_what_time_will_do_to_them(scorer: Scorer) -> None:
    events = events_of(
        record(1, "inspection.critical:routine", "2025-06-10", value=1.0),
        record(1, "penalty:market.food.label", "2025-07-10", severity=2.0),
    )
    found = explain(scorer, events, 1, TODAY)
    [critical] = found.records["IH01"]
    assert show(critical.clocks.ages_out) == "2027-06-11"  # 730 days, the last of them counts
    assert "counts until 2027-06-10 计入至2027-06-10" in to_text(found)
    early = explain(scorer, events, 1, day("2020-03-01"), strongest=3)  # before any term
    assert early.records == {} or early.records["IH01"] == ()


def test_nothing_of_the_future_is_told(scorer: Scorer) -> None:
    past = record(1, "inspection.critical:routine", "2025-06-10", value=1.0)
    future = record(1, "inspection.critical:routine", TODAY, value=1.0)
    late = record(1, "penalty:market.food.label", "2025-06-10", severity=2.0, available=TODAY)
    told = explain(scorer, events_of(past), 1, TODAY).to_dict()
    assert explain(scorer, events_of(past, future, late), 1, TODAY).to_dict() == told


def test_the_previous_level_is_part_of_it(scorer: Scorer) -> None:
    found = explain(scorer, city(), 12, TODAY, previous=[Level.E])
    assert found.grade.previous is Level.E
    assert "previous model level E" in to_text(found)


def test_it_is_json(listed: Explanation) -> None:
    told = json.loads(json.dumps(listed.to_dict(), allow_nan=False))
    assert told["grade"]["level"] == "D"
    first = told["reasons"][0]
    assert {"id", "zh", "en", "value", "contribution", "sentence_zh", "sentence_en"} <= set(first)
    assert told["rule_records"]["judgment_defaulter"][0]["occurred"] == "2025-08-10"
    looked_up = [each["records"] is not None for each in told["reasons"]]
    assert sum(looked_up) == len(listed.records)


def test_the_text_says_all_a_supervisor_asks(listed: Explanation) -> None:
    text = to_text(listed, "某食品厂", width=120)
    grade = listed.grade
    for words in (
        "某食品厂 · 2026-03-01",
        "level 等级 D",
        f"{grade.probability:.1%}",
        f"{grade.lower:.1%} to {grade.upper:.1%}",
        f"next better level {grade.better.level}",
        f"next worse level {grade.worse.level}",
        "列入失信被执行人名单 on the list of judgment defaulters: at least D",
        "近两年严重问题数为1项",
        "Critical items in two years: 1 item",
        "2025-06-10  inspection.critical routine",
        "judgment_defaulter.able",
        "policy default design-1",
        grade.bundle[:16],
    ):
        assert words in text, words
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 120


def test_many_reasons_and_records_are_cut_short(scorer: Scorer) -> None:
    dates = [f"2025-06-{number:02}" for number in range(1, 9)]
    items = [record(1, "inspection.critical:routine", date, value=1.0) for date in dates]
    found = explain(
        scorer,
        events_of(*items, record(1, "inspection:routine.fail", dates[0])),
        1,
        TODAY,
        strongest=1,
    )
    text = to_text(found)
    assert list(found.records) == ["IH01"]
    assert "and 3 more" in text
    assert "the other 3 indicators" in text


def test_a_negative_number_of_reasons_is_refused(scorer: Scorer) -> None:
    with pytest.raises(InvalidError, match="give 0 or more"):
        explain(scorer, city(), 1, TODAY, strongest=-1)


def test_rates_show_what_was_usual(tmp_path: Path) -> None:
    rate = indicator(
        "IH03",
        "处罚中罚款以上占比",
        "Share of penalties with a fine",
        expression=own_rate("penalty", above=("severity", 1.5), strength=10),
    )
    catalogue = Catalogue((*CATALOGUE, rate))
    references = build_references(catalogue, city())
    matrix = compute(catalogue, city(), city_rows(), references=references)
    outcomes = matrix["IH03"] > matrix["IH03"].median()
    booster = train(matrix, outcomes, [0] * 5)
    margins = booster.predict(matrix.to_numpy(), raw_score=True)
    made = replace(
        parts(),
        blend=Blend(booster),
        catalogue=catalogue,
        calibrator=fit_calibrator(margins, outcomes, replicates=10),
        reference=Reference.of(matrix, margins),
    )
    write_bundle(tmp_path / "rates", made, KEY)
    scorer = Scorer(read_bundle(tmp_path / "rates", {key_id(KEY.public_key()): KEY.public_key()}))
    found = explain(scorer, city(), 3, TODAY, references=references)
    assert found.grade == scorer.grade(
        scorer.run(city(), rows_of((3, TODAY)), references=references)
    )
    (usual,) = found.usual["IH03"]
    assert usual.group == "city"
    assert usual.own <= usual.outcomes
    assert "usual in city" in to_text(found)
    assert f"{usual.own:,} of them its own)" in to_text(found)
    nobody = explain(scorer, city(), 100_000, TODAY, references=references)
    state = {each.indicator.id: each.state for each in nobody.reasons}
    assert state["IH03"] is State.UNSEEN
    assert state["IH01"] is State.KNOWN
    assert nobody.records["IH03"] == ()
    assert "of the group as a whole, of no record alone" in to_text(nobody)


def test_a_record_that_works_the_other_way_is_told_after_the_others_and_as_such(
    listed: Explanation,
) -> None:
    records = listed.records["IH01"]
    assert not any(each.against for each in records)
    [critical] = [each for each in listed.reasons if each.indicator.id == "IH01"]
    assert critical.contribution > 0
    look = Records(city().of(1), TODAY, {})
    found = evidence(CATALOGUE, "IH01", city(), 1, TODAY)
    turned = look.shared(found, -0.1)
    assert turned
    assert all(each.against and not each.share and not each.contribution for each in turned)
    assert turned[0].to_dict()["against"] is True
    text = to_text(replace(listed, records={**listed.records, "IH01": turned}))
    assert "other way 作用相反" in text
