"""Warnings: of many as of one, since the right day, with their records, and nothing of later."""

from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings

from xinheng.core.errors import PolicyError
from xinheng.core.time import day, show
from xinheng.earlywarning.enterprises import (
    WARNINGS,
    Gravity,
    WarningPolicy,
    warn,
    warn_city,
)
from xinheng.earlywarning.enterprises.since import LONGEST, _stretches, met_since
from xinheng.features import Events, known_before
from xinheng.grading import Rules

from ...grading.dynamic.world import Town
from ...grading.dynamic.world import record as told
from ...grading.world import events_of, record
from .test_rules import complaints, penalty

TODAY = day("2026-03-01")
TEXT = WarningPolicy.default().text
PAIR = [penalty("2025-05-01", 1), penalty("2025-09-01", 2)]


def told_of(events: Events, when: int = TODAY, **more: Any) -> dict[tuple[int, str], str]:
    found = warn(events, when, **more)
    return {(each.number, each.rule): show(each.since) for each in found.tell(events)}


def test_each_is_told_with_gravity_records_basis_and_sentence() -> None:
    events = events_of(*PAIR)
    [one] = warn(events, TODAY).tell(events)
    keys = events.record[np.argsort(-events.occurred)][:2].astype(str).tolist()
    assert (one.number, one.rule, one.gravity) == (1, "two_penalties", Gravity.SERIOUS)
    assert (list(one.records), one.basis) == (keys, "食品安全法 §134")
    assert one.sentence == {
        "zh": "一年内两次受到食品安全处罚，再有一次将被责令停产停业，自 2025-09-02 起；"
        "依据 2 条记录（2025-05-01 至 2025-09-01）。",
        "en": "Two food-safety penalties within a year; a third one stops the business, since "
        "2025-09-02; by 2 records of 2025-05-01 to 2025-09-01.",
    }
    assert one.to_dict() | {"records": [], "sentence": {}} == {
        "rule": "two_penalties", "as_of": "2026-03-01", "since": "2025-09-02",
        "gravity": "serious", "records": [], "basis": "食品安全法 §134", "sentence": {},
    }  # fmt: skip


def test_what_speaks_against_a_surge_and_the_register_are_no_records_behind_it() -> None:
    late = complaints("2026-02-10", "2026-02-11", "2026-02-12", "2026-02-13")
    register = record(1, "enterprise.established", "2020-01-01", value=18_000.0)
    events = events_of(register, *complaints("2025-06-01"), *late)
    [one] = warn(events, TODAY).tell(events)
    behind = events.occurred[np.isin(events.record.astype(str), one.records)].tolist()
    assert (one.rule, behind) == ("complaint_surge", [each["occurred"] for each in late])


def test_some_are_told_as_all_are() -> None:
    events = events_of(*PAIR, *(each | {"enterprise": 7} for each in PAIR),
                       record(5, "obstruction:entry", "2026-01-01"))  # fmt: skip
    everybody = warn(events, TODAY)
    assert everybody.enterprise.tolist() == [1, 5, 7]
    some = warn(events, TODAY, [7, 5, 5, 99])
    assert some.enterprise.tolist() == [5, 7]
    assert [str(Gravity(each)) for each in some.gravity.tolist()] == ["serious"] * 2
    assert {k: n for k, n in everybody.counts().items() if n} == {
        "two_penalties": 2, "obstruction": 1,
    }  # fmt: skip
    assert [each.number for each in everybody.tell(events, [5])] == [5]


def test_no_rule_before_its_law_and_none_without_a_gravity() -> None:
    events = events_of(record(1, "rectification", "2022-01-01", value=10.0))
    assert not told_of(events, day("2022-03-15") - 1)
    assert told_of(events, day("2022-03-15"))
    silent = WarningPolicy.parse(_without("overdue_rectification"), "own.toml")
    assert not told_of(events, day("2022-03-15"), policy=silent)
    late = WarningPolicy.parse(
        TEXT.replace("effective_from = 2000-01-01", "effective_from = 2026-01-01"), "own.toml"
    )
    with pytest.raises(PolicyError, match="says nothing about 2022-03-15"):
        warn(events, day("2022-03-15"), policy=late)
    none = Rules((replace(WARNINGS["obstruction"], effective_to=day("2020-01-01")),))
    assert len(warn(events, TODAY, rules=none)) == 0


def _without(rule: str) -> str:
    lines = TEXT.splitlines()
    return "\n".join(x for x in lines if not x.strip().strip('",').startswith(rule))


DAYS = st.integers(TODAY - 1200, TODAY + 100)
KINDS = ("penalty:market.food.label", "obstruction:entry", "incident:outbreak")


@st.composite
def happened(draw: st.DrawFn) -> dict[str, Any]:
    occurred = draw(DAYS)
    since = draw(st.integers(occurred, occurred + 200))
    withdrawn = draw(st.none() | st.integers(since, since + 300))
    return record(
        draw(st.integers(1, 3)),
        draw(st.sampled_from(KINDS)),
        occurred,
        available=since,
        case=draw(st.integers(1, 4)),
        severity=2.0,
        **({} if withdrawn is None else {"withdrawn": withdrawn}),
    )


@settings(max_examples=40)
@given(records=st.lists(happened(), max_size=8))
def test_since_is_the_first_day_of_an_unbroken_stretch(records: list[dict[str, Any]]) -> None:
    events = events_of(*records)
    found = warn(events, TODAY)
    days = range(TODAY - LONGEST, TODAY + 1)
    for who, place, since in zip(found.enterprise, found.rule, found.since, strict=True):
        alone = Rules((WARNINGS[WARNINGS.ids[place]],))
        rows = _rows(int(who), days)
        met = alone.conditions(events, rows).to_numpy()[:, 0]
        assert met[since - days[0] :].all()
        assert since == days[0] or not met[since - days[0] - 1]


def _rows(who: int, days: range) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {"enterprise": np.full(len(days), who, np.int32), "as_of": np.array(days, np.int32)}
    )


def test_no_day_is_passed_over_when_looking_back() -> None:
    days = np.concatenate([*_stretches(TODAY)][::-1])
    assert days.tolist() == list(range(TODAY - LONGEST, TODAY))


def test_what_lasts_longer_than_is_looked_back_begins_there() -> None:
    events = events_of(record(1, "penalty.kind:market.food.closure", "2015-01-01"))
    found = met_since(
        WARNINGS.catalogue, "production_stopped", events, np.array([1], np.int32), TODAY
    )
    assert found.tolist() == [TODAY - LONGEST]


@settings(max_examples=40)
@given(records=st.lists(happened(), max_size=8))
@example(records=[*PAIR, record(1, KINDS[0], "2026-02-01", available=TODAY, case=3)])
def test_nothing_of_later_is_told(records: list[dict[str, Any]]) -> None:
    events = events_of(*records)
    assert told_of(events) == told_of(known_before(events, TODAY))


def test_a_city_is_told_as_its_events_are(tmp_path_factory: pytest.TempPathFactory) -> None:
    town, steps = Town(tmp_path_factory.mktemp("town")), []
    town.deliver(
        told("incident", f"S{n:03}", f"2026-0{1 + n % 4}-11", "outbreak") for n in range(40)
    )
    events = Events.from_view(town.archive.events())
    found = warn_city(
        town.archive, TODAY, threads=2, progress=lambda done, of: steps.append((done, of))
    )
    assert [*found.tell(events)] == [*warn(events, TODAY).tell(events)]
    assert len(found) == 20  # those of January and February
    assert steps[-1][0] == steps[-1][1]
    assert len(warn_city(town.archive, TODAY, sequence=0)) == 0
