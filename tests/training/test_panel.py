"""The panel: which rows, which label, and from when to when it is known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from xinheng.core import time
from xinheng.core.errors import InvalidError
from xinheng.core.time import NEVER
from xinheng.features import standard_catalogue
from xinheng.training import (
    Cohort,
    Outcome,
    OutcomeRule,
    PanelRule,
    last_heard,
    panel,
    registration,
)

from ..features.histories import Record, build, happenings, reinstated, repaired, withdrawn

CATALOGUE = standard_catalogue()
T = 365  # 1971-01-01, the date that most tests look at
HORIZON, ALLOWANCE = 30, 10
SETTLED = T + HORIZON + ALLOWANCE - 1
FAILED = Outcome(streams=("inspection.critical:routine", "inspection.critical:random_*"), above=0)
LABEL = OutcomeRule(
    outcomes=(FAILED, Outcome(streams=("sampling:fail.*",))),
    horizon_days=HORIZON,
    allowance_days=ALLOWANCE,
)
RULE = PanelRule(first=date(1971, 1, 1), last=date(1971, 1, 1))


def registered(
    enterprise: int = 0,
    population: str | None = "operator",
    status: int = 0,
    on: int = 10,
    available: int | None = None,
) -> list[Record]:
    """What a register says of an enterprise from a day on."""
    facts = [
        ("enterprise.status", "active" if status == 0 else "stopped", float(status), 0.0),
        ("enterprise.established", "", 0.0, float(on)),
        *([("enterprise.population", population, 0.0, 0.0)] if population else []),
    ]
    return [
        Record(kind, on, available, code, enterprise=enterprise, severity=severity, value=value)
        for kind, code, severity, value in facts
    ]


def failed(
    occurred: int, available: int | None = None, items: float = 1.0, **more: object
) -> Record:
    return Record("inspection.critical", occurred, available, "routine", value=items, **more)  # type: ignore[arg-type]


HEARD = Record("sampling", 2000, code="pass")  # so that every row below is settled


def build_panel(
    records: Sequence[Record], rule: PanelRule = RULE, label: OutcomeRule = LABEL, **more: object
) -> Cohort:
    return panel(build([*records, HEARD]), rule, label, CATALOGUE, **more)  # type: ignore[arg-type]


def readings(cohort: Cohort) -> list[tuple[int, int, int]]:
    columns = (cohort.label, cohort.available, cohort.withdrawn)
    return [(int(a), int(b), int(c)) for a, b, c in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("occurred", "label"), [(T - 1, 0), (T, 1), (T + HORIZON - 1, 1), (T + HORIZON, 0)]
)
def test_the_horizon_begins_on_the_date_and_ends_before_its_last(occurred: int, label: int) -> None:
    cohort = build_panel([*registered(), failed(occurred)])
    assert readings(cohort) == [(label, SETTLED, NEVER)]
    assert (cohort.enterprise.tolist(), cohort.as_of.tolist()) == ([0], [T])
    assert cohort.settled.tolist() == [SETTLED]
    assert cohort.known(SETTLED).tolist() == [False]
    assert cohort.known(SETTLED + 1).tolist() == [True]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([failed(T, items=0.0)], [(0, SETTLED, NEVER)]),
        ([Record("inspection.critical", T, code="complaint", value=3.0)], [(0, SETTLED, NEVER)]),
        ([Record("sampling", T, code="fail.0401.lead")], [(1, SETTLED, NEVER)]),
        # known on the last day of the allowance, and a day later
        ([failed(T, SETTLED)], [(1, SETTLED, NEVER)]),
        ([failed(T, SETTLED + 1)], [(0, SETTLED, SETTLED + 1), (1, SETTLED + 1, NEVER)]),
        ([failed(T, 700)], [(0, SETTLED, 700), (1, 700, NEVER)]),
        # withdrawn before it was settled, and after
        ([failed(T, happened=(withdrawn(T + 5),))], [(0, SETTLED, NEVER)]),
        ([failed(T, happened=(withdrawn(500),))], [(1, SETTLED, 500), (0, 500, NEVER)]),
        (
            [failed(T, happened=(withdrawn(500), reinstated(600)))],
            [(1, SETTLED, 500), (0, 500, 600), (1, 600, NEVER)],
        ),
        # repaired: it happened all the same
        ([failed(T, happened=(repaired(420),))], [(1, SETTLED, NEVER)]),
        # one is withdrawn while another stands, or on the day another comes
        ([failed(T, happened=(withdrawn(500),)), failed(T + 1)], [(1, SETTLED, NEVER)]),
        ([failed(T, happened=(withdrawn(500),)), failed(T, 500)], [(1, SETTLED, NEVER)]),
        (
            [failed(T, happened=(withdrawn(500),)), failed(T, 510)],
            [(1, SETTLED, 500), (0, 500, 510), (1, 510, NEVER)],
        ),
    ],
)
def test_a_label_is_read_as_it_was_known(
    records: list[Record], expected: list[tuple[int, int, int]]
) -> None:
    assert readings(build_panel([*registered(), *records])) == expected


@pytest.mark.parametrize(
    ("records", "there"),
    [
        (registered(), [0]),
        (registered(available=T - 1), [0]),
        (registered(available=T), []),  # not known yet
        (registered(on=T), []),  # established on the date itself
        (registered(status=1), []),  # paused
        (registered(status=2), []),
        ([*registered(), *registered(status=2, on=200)], []),
        ([*registered(), *registered(status=2, on=200, available=T)], [0]),
        ([*registered(status=2), *registered(on=200)], [0]),
        ([failed(20)], []),  # known, but never registered
    ],
)
def test_rows_are_those_known_to_be_in_business(records: list[Record], there: list[int]) -> None:
    cohort = build_panel([*records, *registered(enterprise=1)])
    assert cohort.enterprise.tolist() == [*there, 1]


def test_rows_are_of_the_wanted_populations_and_enterprises() -> None:
    records = [
        *registered(0, "entity"),
        *registered(1, "operator"),
        *registered(2, "producer"),
        *registered(3, None),
        *registered(4, "operator"),
        *registered(4, "producer", on=50),
    ]
    assert build_panel(records).enterprise.tolist() == [0, 1, 2, 3, 4]
    makers = replace_rule(populations=("producer",))
    assert build_panel(records, makers).enterprise.tolist() == [2, 4]
    general = replace_rule(populations=("entity", "operator"))
    assert build_panel(records, general, among={1, 2, 3}).enterprise.tolist() == [1, 3]
    cohort = build_panel(records)
    found = registration(CATALOGUE, build(records), cohort.enterprise, cohort.as_of)
    assert found.population.tolist() == ["entity", "operator", "producer", "entity", "producer"]


def replace_rule(**fields: object) -> PanelRule:
    return PanelRule.model_validate(RULE.model_dump() | fields)


def test_dates_go_on_until_the_last_settled_one() -> None:
    rule = PanelRule(first=date(1970, 10, 1), every_months=3)
    records = [*registered(), *registered(1, on=300), failed(T + 3)]
    dates = [time.day(each) for each in ("1970-10-01", "1971-01-01", "1971-04-01")]
    span = HORIZON + ALLOWANCE - 1
    for heard, settled in ((dates[1] + span - 1, 1), (dates[1] + span, 2), (dates[2] + span, 3)):
        events = build([*records, Record("sampling", heard, code="pass")])
        assert last_heard(events, LABEL) == heard
        cohort = panel(events, rule, LABEL, CATALOGUE)
        rows = [(dates[0], 0), (dates[1], 0), (dates[1], 1), (dates[2], 0), (dates[2], 1)]
        kept = [row for row in rows if row[0] in dates[:settled]]
        assert list(zip(cohort.as_of, cohort.enterprise, strict=True)) == kept
        late = [day for day in rule.days(heard).tolist() if day > dates[settled - 1]]
        assert cohort.unlabelled == 2 * len(late)


def test_a_panel_without_rows_says_how_far_it_got() -> None:
    with pytest.raises(InvalidError, match=r"1 rows are registered .*, 1 of them are operator"):
        panel(build([*registered(), failed(T)]), replace_rule(populations=("operator",)), LABEL,
              CATALOGUE)  # fmt: skip
    with pytest.raises(InvalidError, match="0 rows are registered"):
        build_panel([failed(T)])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"first": "1971-01-31"}, "not every month has"),
        ({"last": "1970-01-31"}, "lies before first"),
        ({"populations": ["shops"]}, "populations"),
        ({"every_months": 0}, "every_months"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        replace_rule(**fields)
    with pytest.raises(ValidationError, match="did you mean 'sampling'"):
        Outcome(streams=("samplings",))
    with pytest.raises(ValidationError):
        OutcomeRule(outcomes=())


# ------------------------------------------------------------------- property


def label_as_of(records: list[Record], enterprise: int, as_of: int, cut: int) -> int:
    """Read a label as it was known before a day, one record after the other."""
    for record in records:
        if record.enterprise != enterprise or not as_of <= record.occurred < as_of + HORIZON:
            continue
        counts = record.kind == "inspection.critical" and record.value > 0
        counts |= record.kind == "sampling" and record.code.startswith("fail")
        since = record.occurred if record.available is None else record.available
        standing = time.spans(time.Span(since), record.happened)
        if counts and any(span.available < cut <= span.withdrawn for span in standing):
            return 1
    return 0


@st.composite
def outcomes(draw: st.DrawFn) -> Record:
    kind, code = draw(
        st.sampled_from([("inspection.critical", "routine"), ("sampling", "fail.x"),
                         ("sampling", "pass"), ("penalty", "market.food.label")])
    )  # fmt: skip
    occurred = draw(st.integers(T - 5, T + HORIZON + 95))
    later = tuple(
        replace(each, available=each.available + T, occurred=each.occurred + T)
        for each in draw(happenings())
    )
    return Record(
        kind,
        occurred,
        occurred + draw(st.integers(0, 60)),
        code,
        enterprise=draw(st.integers(0, 2)),
        value=float(draw(st.integers(0, 2))),
        happened=later,
    )


@given(st.lists(outcomes(), max_size=12))
def test_readings_agree_with_a_plain_reading_on_every_day(found: list[Record]) -> None:
    rule = PanelRule(first=date(1971, 1, 1), last=date(1971, 4, 1), every_months=1)
    everyone = [record for who in range(3) for record in registered(who)]
    cohort = build_panel([*everyone, *found], rule)
    days = rule.days(NEVER).tolist()
    for cut in range(T, T + 260):
        known = cohort.take(cohort.known(cut))
        read = {
            (int(day), int(who)): int(value)
            for day, who, value in zip(known.as_of, known.enterprise, known.label, strict=True)
        }
        assert len(read) == len(known)  # of the readings of one row, at most one holds
        span = HORIZON + ALLOWANCE
        assert read == {
            (day, who): label_as_of(found, who, day, cut)
            for day in days
            for who in range(3)
            if day + span <= cut
        }


def test_dates_of_a_rule_are_months_apart() -> None:
    rule = PanelRule(first=date(2020, 11, 1), last=date(2022, 3, 1), every_months=5)
    end = time.day(date(2020, 11, 1) + timedelta(days=3000))
    shown = [time.show(day) for day in rule.days(end).tolist()]
    assert shown == ["2020-11-01", "2021-04-01", "2021-09-01", "2022-02-01"]


CHECKED = LABEL.model_copy(update={"checks": ("inspection.critical:routine",)})


def passed(occurred: int, available: int | None = None, **more: object) -> Record:
    return failed(occurred, available, items=0.0, **more)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        # nobody looked: no outcome, whatever else was found
        ([], [None]),
        ([Record("sampling", T, code="fail.0401.lead")], [None]),
        ([passed(T - 1), passed(T + HORIZON)], [None]),
        # what the first check found counts, and nothing else
        ([passed(T)], [(0, SETTLED, NEVER)]),
        ([failed(T + HORIZON - 1)], [(1, SETTLED, NEVER)]),
        ([passed(T + 1), failed(T + 2)], [(0, SETTLED, NEVER)]),
        ([failed(T + 1), passed(T + 2)], [(1, SETTLED, NEVER)]),
        ([passed(T + 1), Record("sampling", T + 1, code="fail.0401.lead")], [(1, SETTLED, NEVER)]),
        # a check that was known too late, or withdrawn in time, was none
        ([passed(T, SETTLED + 1)], [None]),
        ([passed(T, SETTLED)], [(0, SETTLED, NEVER)]),
        ([passed(T, SETTLED + 1), failed(T + 2)], [(1, SETTLED, NEVER)]),
        ([passed(T, happened=(withdrawn(SETTLED),)), failed(T + 2)], [(1, SETTLED, NEVER)]),
        # withdrawn later, it stays the check that it was; what it found does not
        ([failed(T, happened=(withdrawn(500),))], [(1, SETTLED, 500), (0, 500, NEVER)]),
    ],
)
def test_with_checks_the_label_is_what_the_first_one_found(
    records: list[Record], expected: list[tuple[int, int, int] | None]
) -> None:
    cohort = build_panel([*registered(), *records], label=CHECKED)
    columns = (cohort.label, cohort.available, cohort.withdrawn)
    found = [
        None if available == NEVER else (int(label), int(available), int(until))
        for label, available, until in zip(*columns, strict=True)
    ]
    assert found == expected
    if expected == [None]:
        assert np.isnan(cohort.label).all()
        assert cohort.unlabelled == 1
        assert not cohort.known(NEVER).any()
        assert cohort.selection.tolist() == [""]
    else:
        assert set(cohort.selection) == {"routine"}
