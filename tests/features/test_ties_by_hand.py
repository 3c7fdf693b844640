"""The indicators of others, each by a history worked by hand.

Enterprise 0 is asked for. Its neighbours 1 and 2 and enterprise 3, which is of another scheme, are
those of `others`; one code stands for nobody.
"""

from typing import Any

import pytest

from xinheng.features import (
    Events,
    Evidence,
    References,
    build_references,
    compute,
    evidence,
    recompute,
    standard_catalogue,
)

from .histories import Record, build, ended, reinstated, repaired, withdrawn
from .others import CASES as CODES
from .others import NOBODYS
from .test_matrix import rows

CATALOGUE = standard_catalogue()
TODAY = 10_000
YEARS = 1096
A, B = 101, 102
OPERATOR = Record("enterprise.population", 1, code="operator")
NONE = float("nan")


def ago(days: int, kind: str, code: str = "", **more: Any) -> Record:
    return Record(kind, TODAY - days, code=code, **more)


def tie(case: int, role: str = "investment", days: int = 99, **more: Any) -> Record:
    return ago(days, "relation", role, case=case, **more)


def listed(who: int, name: str = "abnormal.other", days: int = 9, **more: Any) -> Record:
    return ago(days, "list_entry", name, enterprise=who, **more)


def fined(who: int, days: int = 9, code: str = "market.food.label", **more: Any) -> Record:
    return ago(days, "penalty", code, enterprise=who, **more)


def post(person: int, who: int = 0, role: str = "director", days: int = 99, **more: Any) -> Record:
    return ago(days, "post", role, case=person, enterprise=who, **more)


def ban(person: int, code: str = "lifetime", who: int = -1, days: int = 9, **more: Any) -> Record:
    return ago(days, "ban", code, case=person, enterprise=who, **more)


def reviewed(risk: float, who: int = 0, days: int = 9, **more: Any) -> Record:
    return ago(days, "licence_review", "0401", value=risk, enterprise=who, **more)


def bakery(who: int, case: int = 7, days: int = 99, **more: Any) -> Record:
    return ago(days, "enterprise.category", case=case, enterprise=who, **more)


TWO = [tie(A), tie(B, "branch")]
COLLEAGUE = [post(5), post(5, who=1)]
FIVE = [bakery(0), bakery(1), *(reviewed(0.1 * n, who=1) for n in range(5))]

CASES: list[tuple[str, list[Record], float]] = [
    # Nobody at all; one of two, whichever side reports the tie, and however often.
    ("PN14", [], 0),
    ("PN14", [listed(0), listed(1)], 0),
    ("PN14", [*TWO, listed(1)], 1 / 2),
    ("PN14", [*TWO, tie(A, "same_person"), tie(100, enterprise=1), listed(1), listed(1)], 1 / 2),
    ("PN14", [tie(100, enterprise=1), tie(B), listed(1)], 1 / 2),
    # The lists that count, and those that do not.
    ("PN14", [*TWO, listed(1, "serious_dishonesty.other"), listed(2, "judgment_defaulter.a")], 1),
    ("PN14", [*TWO, listed(1, "consumption_limit."), listed(2, "tax_arrears.other")], 0),
    # Supply and commissioned production relate nobody, nor does a tie to oneself.
    ("PN14", [tie(A, "supply"), tie(A, "commission"), listed(1)], 0),
    ("PN14", [tie(100), tie(A), listed(0), listed(1)], 1),
    # A code that nobody is known by is related; one of another scheme is another one's.
    ("PN14", [tie(A), tie(NOBODYS), tie(NOBODYS, "branch"), listed(1)], 1 / 2),
    ("PN14", [tie(A), tie(100, enterprise=3), listed(1), listed(3)], 1),
    # A tie that ended, was withdrawn or is not known yet; one that stands again.
    ("PN14", [*TWO[:1], tie(B, happened=(ended(TODAY - 1),)), listed(1)], 1),
    ("PN14", [*TWO[:1], tie(B, happened=(ended(TODAY),)), listed(1)], 1 / 2),
    ("PN14", [*TWO[:1], tie(B, happened=(ended(TODAY - 9, TODAY),)), listed(1)], 1 / 2),
    ("PN14", [*TWO[:1], tie(B, happened=(withdrawn(TODAY - 1),)), listed(1)], 1),
    ("PN14", [*TWO[:1], tie(B, available=TODAY), listed(1)], 1),
    ("PN14", [tie(A, happened=(withdrawn(TODAY - 5), reinstated(TODAY - 2))), listed(1)], 1),
    # An entry that ended, was withdrawn or is not known yet.
    ("PN14", [*TWO, listed(1, happened=(ended(TODAY - 1),)), listed(2, available=TODAY)], 0),
    ("PN14", [*TWO, listed(1, available=TODAY - 1), listed(2, happened=(ended(TODAY),))], 1),
    ("PN14", [*TWO, listed(1, happened=(withdrawn(TODAY - 1),))], 0),
    ("PN15", [], 0),
    ("PN15", [*TWO, fined(0), fined(1, YEARS), fined(2, YEARS + 1)], 1 / 2),
    (
        "PN15",
        [*TWO, fined(1, code="market.general.price"), fined(2, code="other.food.hygiene")],
        0.5,
    ),
    ("PN15", [*TWO, fined(1, happened=(repaired(TODAY - 1),)), fined(2, available=TODAY)], 0),
    ("PN15", [*TWO, fined(1, happened=(repaired(TODAY),))], 1 / 2),
    ("PN15", [*TWO, fined(1, happened=(withdrawn(TODAY - 1),)), fined(1)], 1 / 2),
    ("PN15", [tie(A), ago(YEARS, "enterprise.status_since", "revoked", enterprise=1)], 1),
    ("PN15", [tie(A), ago(YEARS + 1, "enterprise.status_since", "revoked", enterprise=1)], 0),
    ("PN15", [tie(A), ago(9, "enterprise.status_since", "stopped", enterprise=1)], 0),
    (
        "PN15",
        [
            *TWO,
            tie(NOBODYS),
            ago(9, "licence_event", "production.revoked", enterprise=1),
            ago(9, "licence_event", "operation.withdrawn", enterprise=2),
        ],
        2 / 3,
    ),
    ("PN15", [tie(A), ago(9, "licence_event", "production.cancelled", enterprise=1)], 0),
    ("PN16", [], 0),
    ("PN16", [post(5), ban(6)], 0),
    # A ban that names no enterprise, another one, or this one; more than one person.
    ("PN16", [post(5), ban(5)], 3),
    ("PN16", [post(5), post(6), ban(5, "five_years", who=2), ban(6)], 3),
    ("PN16", [post(5), ban(5, "judgment_defaulter", who=0)], 2),
    ("PN16", [post(5), post(6), ban(5, "judgment_defaulter"), ban(6)], 3),
    # A ban that ran out yesterday or runs to today, was lifted, withdrawn, is not known yet.
    ("PN16", [post(5), ban(5, "five_years", ended=TODAY - 1)], 0),
    ("PN16", [post(5), ban(5, "five_years", ended=TODAY)], 3),
    ("PN16", [post(5), ban(5, happened=(ended(TODAY - 9, TODAY),))], 3),
    ("PN16", [post(5), ban(5, happened=(withdrawn(TODAY - 1),))], 0),
    ("PN16", [post(5), ban(5, available=TODAY)], 0),
    ("PN16", [post(5), ban(5, happened=(withdrawn(TODAY - 5), reinstated(TODAY - 2)))], 3),
    # Who left is no longer in charge, who holds shares is not.
    ("PN16", [post(5, ended=TODAY - 1), ban(5)], 0),
    ("PN16", [post(5, available=TODAY), ban(5)], 0),
    ("PN16", [post(5, role="shareholder"), ban(5)], 0),
    # A post elsewhere, in an enterprise that was revoked or listed.
    ("PN16", [*COLLEAGUE, ago(YEARS, "enterprise.status_since", "revoked", enterprise=1)], 1),
    ("PN16", [*COLLEAGUE, ago(YEARS + 1, "enterprise.status_since", "revoked", enterprise=1)], 0),
    ("PN16", [*COLLEAGUE, ago(YEARS, "licence_event", "production.revoked", enterprise=1)], 1),
    ("PN16", [*COLLEAGUE, ago(YEARS + 1, "licence_event", "production.revoked", enterprise=1)], 0),
    ("PN16", [*COLLEAGUE, ago(9, "licence_event", "production.suspended", enterprise=1)], 0),
    ("PN16", [*COLLEAGUE, listed(1, "serious_dishonesty.other", YEARS)], 1),
    ("PN16", [*COLLEAGUE, listed(1, "serious_dishonesty.other", available=TODAY)], 0),
    ("PN16", [*COLLEAGUE, listed(1, "abnormal.other")], 0),
    ("PN16", [*COLLEAGUE, listed(0, "serious_dishonesty.other")], 0),
    (
        "PN16",
        [
            post(5),
            post(5, who=1, days=2000, ended=TODAY - YEARS),
            listed(1, "serious_dishonesty.other"),
        ],
        1,
    ),
    (
        "PN16",
        [
            post(5),
            post(5, who=1, days=2000, ended=TODAY - YEARS - 1),
            listed(1, "serious_dishonesty.other"),
        ],
        0,
    ),
    (
        "PN16",
        [
            post(5),
            post(5, who=1, happened=(withdrawn(TODAY - 1),)),
            listed(1, "serious_dishonesty.other"),
        ],
        0,
    ),
    ("PN16", [*COLLEAGUE, listed(1, "serious_dishonesty.other"), ban(5, "judgment_defaulter")], 2),
    ("RL08", [OPERATOR], 0.05),
    ("RL08", [reviewed(0.3)], NONE),
    # The latest review of one's own; one withdrawn, one not known yet.
    ("RL08", [OPERATOR, reviewed(0.3, days=30), reviewed(0.1)], 0.1),
    ("RL08", [OPERATOR, reviewed(0.3, days=30), reviewed(0.1, available=TODAY)], 0.3),
    ("RL08", [OPERATOR, reviewed(0.1, happened=(withdrawn(TODAY - 1),)), *FIVE], 0.2),
    # Without one the median of the bakeries, of whom five reviews are known.
    ("RL08", [OPERATOR, *FIVE, reviewed(0.9, who=2)], 0.2),
    ("RL08", [OPERATOR, *FIVE, reviewed(0.9, who=1)], 0.25),
    # With fewer, or without a category, the city's.
    ("RL08", [OPERATOR, *FIVE[:-1], reviewed(0.9, who=2)], 0.2),
    ("RL08", [OPERATOR, *FIVE[1:], reviewed(0.9, who=2)], 0.25),
    ("RL08", [OPERATOR, bakery(1), reviewed(0.3, who=1), reviewed(0.5, who=2)], 0.4),
    ("RL08", [OPERATOR, bakery(0), reviewed(0.3, who=1, available=TODAY)], 0.05),
    # Reviews of those who are no bakery any more are no longer the bakeries'.
    (
        "RL08",
        [OPERATOR, *FIVE, bakery(1, case=8, days=1), *(reviewed(0.9, 2) for _ in "123456")],
        0.9,
    ),
    ("RL09", [], 0),
    ("RL09", [tie(A, "commission"), tie(100, "commission", enterprise=1)], 1),
    ("RL09", [tie(A, "commission"), tie(B, "commission"), tie(NOBODYS, "commission")], 3),
    ("RL09", [tie(A), tie(B, "supply"), tie(100, "commission")], 0),
    ("RL09", [tie(A, "commission", days=0), tie(B, "commission", available=TODAY)], 0),
    ("RL09", [tie(A, "commission", days=1), tie(B, "commission", available=TODAY - 1)], 2),
    ("RL09", [tie(A, "commission", happened=(ended(TODAY - 1),))], 0),
    ("RL09", [tie(A, "commission", happened=(ended(TODAY, TODAY - 5),))], 1),
    ("RL09", [tie(A, "commission", happened=(withdrawn(TODAY - 1),))], 0),
    ("RL09", [tie(A, "commission", happened=(withdrawn(TODAY),))], 1),
]


def known(name: str, records: list[Record]) -> tuple[Events, References]:
    catalogue = CATALOGUE.select(ids=[name])
    events = build([r for r in records if r.enterprise >= 0])
    bans = build([r for r in records if r.enterprise < 0])
    return events, build_references(catalogue, events, cases=CODES, bans=bans)


def found(name: str, records: list[Record], enterprise: int = 0) -> Evidence:
    events, references = known(name, records)
    catalogue = CATALOGUE.select(ids=[name])
    own = events.of(enterprise)
    return evidence(catalogue, name, own, enterprise, TODAY, references=references)


@pytest.mark.parametrize(("name", "records", "expected"), CASES)
def test_an_indicator_of_others_has_the_value_worked_out_by_hand(
    name: str, records: list[Record], expected: float
) -> None:
    events, references = known(name, records)
    catalogue = CATALOGUE.select(ids=[name])
    value = compute(catalogue, events, rows([0], [TODAY]), references=references)[name]
    assert value.tolist() == [pytest.approx(expected, nan_ok=True)]
    result = found(name, records)
    for one in (result.value, recompute(result)):
        assert [one] == [pytest.approx(expected, nan_ok=True)]


def test_evidence_names_the_related_enterprises_and_what_they_are_counted_for() -> None:
    records = [
        tie(A),
        tie(100, "branch", enterprise=1),
        tie(NOBODYS),
        tie(B),
        listed(1),
        listed(1, "serious_dishonesty.other"),
        listed(2, happened=(ended(TODAY - 1),)),
    ]
    result = found("PN14", records)
    on_list, related = result.neighbours
    assert result.value == pytest.approx(1 / 3)
    assert (on_list.value, related.value) == (1, 3)
    assert [each.enterprise for each in related.others] == [1, 2, None]
    assert [each.case for each in related.others] == [A, B, NOBODYS]
    assert [(each.ties, each.flags, each.share) for each in on_list.others] == [
        ((0, 1), (4, 5), 1.0),
        ((3,), (), 0.0),
        ((2,), (), 0.0),
    ]
    assert [each.share for each in related.others] == pytest.approx([1 / 3] * 3)
    # Half of the value rests on A, the other half on all three; A's own tie is on its file.
    shares = dict(zip(result.events.record.tolist(), result.shares.tolist(), strict=True))
    assert shares == pytest.approx({0: 0.6, 2: 0.2, 3: 0.2})


def test_what_others_tell_of_a_tie_is_no_effect_of_one_s_own_records() -> None:
    """Two of three related are listed; one of these ties is told by the other side alone."""
    told = tie(100, "branch", enterprise=1), tie(B), tie(NOBODYS)
    result = found("PN14", [*told, listed(1), listed(2)])
    assert result.value == pytest.approx(2 / 3)
    assert result.events.record.tolist() == [1, 2]
    assert result.effects == pytest.approx([1 / 3 - 2 / 9, -2 / 9])


def test_evidence_names_the_persons_and_what_they_are_counted_for() -> None:
    records = [
        post(5),
        post(6),
        post(6, role="principal"),
        post(7),
        post(5, who=1, ended=TODAY - 30),
        post(7, who=2),
        listed(1, "serious_dishonesty.other"),
        ago(9, "enterprise.status_since", "stopped", enterprise=2),
        ago(8, "enterprise.status_since", "revoked", enterprise=1),
    ]
    result = found("PN16", records)
    banned, defaulting, elsewhere = result.holders
    assert (result.value, banned.value, defaulting.value, elsewhere.value) == (1, 0, 0, 1)
    assert [(each.person, each.posts) for each in elsewhere.persons] == [
        (5, (0,)),
        (6, (1, 2)),
        (7, (3,)),
    ]
    (former,) = elsewhere.persons[0].elsewhere
    assert (former.enterprise, former.posts, former.flags) == (1, (4,), (6, 8))
    assert [each.share for each in elsewhere.persons] == [1, 0, 0]
    assert result.events.record.tolist() == [0]
    assert result.shares.tolist() == [1]


def test_evidence_of_a_median_tells_how_many_it_is_the_middle_of() -> None:
    result = found("RL08", [OPERATOR, *FIVE, reviewed(0.9, who=2)])
    (middle,) = result.medians
    assert (middle.n, middle.own, middle.city_n) == (5, 0.2, 6)
    assert middle.city == pytest.approx(0.25)
    assert len(result.events) == 0
