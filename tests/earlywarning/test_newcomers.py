"""What records tell of for the first time, and what only seems new."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.earlywarning.alarm import Alarm
from xinheng.earlywarning.newcomers import Novelty, newcomers
from xinheng.earlywarning.sightings import Sightings

from .towns import known, seen

DAY = 20_000
PAST = [seen(n, n % 3, "月饼", "passed", DAY - 500 + n, source="bureau") for n in range(480)]
PAST += [seen(900 + n, 0, "烧鹅", "passed", DAY - 600 + n, source="market") for n in range(3)]


def told(*rows, day: int = DAY, **more) -> list[Alarm]:
    past, recogniser = more.pop("past", ()), known(DAY)
    sightings = Sightings.of([*PAST, *rows], day, recogniser)
    return newcomers(sightings, recogniser, novelty=Novelty(**more), past=past)


def named(found: list[Alarm]) -> list[tuple[str, str]]:
    return [(each.evidence["what"], each.product) for each in found]


SPRING = [
    seen(1, 5, "脆啵啵粒", "complained", DAY - 20),
    seen(2, 6, "脆波啵粒 500g", "passed", DAY - 3, source="market"),
]


def test_a_name_that_nobody_wrote_before_is_told_with_all_there_is_of_it():
    [found] = told(*SPRING)
    assert (found.kind, found.product, found.hazard, found.lens) == ("newcomer", "脆啵啵粒", "", "")
    assert (found.day, found.of, found.records) == (DAY, DAY, ("2", "1"))
    # Of 485 mentions 9 are recent: 7 of mooncakes, and these.
    assert found.strength == pytest.approx(-2 * math.log(9 / 485))
    assert found.evidence["spellings"] == ["脆啵啵粒", "脆波啵粒"]
    assert found.evidence["first"] == "2024-09-14"
    assert (found.evidence["times"], found.evidence["enterprises"]) == (2, 2)
    assert found.evidence["nearest"]["likeness"] < 0.6
    assert found.sentence["zh"] == (
        "未收录的产品名称“脆啵啵粒”首次出现：自2024-09-14起有2条记录提到，涉及2家企业、2个来源。"
        f"最接近的已知名称是“{found.evidence['nearest']['name']}”。"
    )
    assert found.sentence["en"].startswith(
        "The name, which no known product has, 脆啵啵粒 is told of for the first time: by 2 "
        "records since 2024-09-14, of 2 enterprises, from 2 sources. The nearest known name is "
    )


def test_products_terms_and_shared_words_are_told_by_what_they_are():
    rows = [
        seen(1, 5, "3D打印河粉", "passed", DAY - 9),
        seen(2, 6, "鲜河粉", "passed", DAY - 8),
        seen(3, 7, "三维打印月饼", "passed", DAY - 7),
        seen(4, 7, "木姜子月饼", "passed", DAY - 7),
        seen(5, 8, "木姜子烧鹅", "passed", DAY - 6),
    ]
    found = told(*rows)
    assert named(found) == [("product", "ho_fun"), ("term", "printed"), ("run", "木姜子")]
    product, term, word = found
    assert "产品“河粉”首次出现" in product.sentence["zh"]
    assert "The product Ho fun is told of" in product.sentence["en"]
    assert "用语“3D打印”首次出现" in term.sentence["zh"]
    assert product.evidence["nearest"] is None
    assert "最接近" not in product.sentence["zh"]
    assert word.records == ("5", "4")


def test_words_within_a_new_name_are_not_told_beside_it():
    rows = [seen(n, n, "脆啵啵粒", "passed", DAY - n) for n in range(1, 4)]
    assert named(told(*rows)) == [("name", "脆啵啵粒")]


@pytest.mark.parametrize(
    "rows",
    [
        [seen(1, 5, "脆啵啵粒", "passed", DAY - 1)],  # once
        [seen(n, 5, "脆啵啵粒", "passed", DAY - n) for n in (1, 2)],  # of one, from one
        [seen(n, n, "脆啵啵粒", "passed", DAY - 28 - n) for n in (0, 1)],  # too long ago
        [*SPRING, seen(3, 5, "脆啵波粒", "passed", DAY - 100)],  # by another spelling
        [seen(n, n, "烧俄", "passed", DAY - n) for n in (1, 2)],  # a known one miswritten
        [seen(n, n, "脆啵啵粒", "passed", DAY - n, source="new") for n in (1, 2)],
    ],
)
def test_what_is_rare_or_old_or_miswritten_or_of_a_source_that_is_new_itself_is_no_news(rows):
    assert told(*rows) == []


def test_nothing_is_new_in_a_first_delivery():
    rows = [seen(n, n, f"脆{'啵' * n}粒", "passed", DAY - n % 9) for n in range(1, 30)]
    recogniser = known(DAY)
    assert newcomers(Sightings.of(rows, DAY, recogniser), recogniser) == []
    assert newcomers(Sightings.of([], DAY, recogniser), recogniser) == []


def test_a_source_that_is_new_tells_nothing_new_but_what_it_tells_is_known_from_then_on():
    young = [seen(n, n, "脆啵啵粒", "passed", DAY - 20 - n, source="new") for n in range(1, 4)]
    later = [seen(9, 5, "脆啵啵粒", "passed", DAY - 2), seen(8, 6, "脆啵啵粒", "passed", DAY - 1)]
    assert named(told(*later)) == [("name", "脆啵啵粒")]
    assert told(*young, *later) == []
    assert named(told(*young, warm_up_days=0)) == [("name", "脆啵啵粒")]


def test_the_warm_up_of_a_source_ends_after_its_days():
    old = [seen(1, 5, "烧鹅", "passed", DAY - 30, source="new")]
    rows = [seen(n, n, "脆啵啵粒", "passed", DAY - 10, source="new") for n in (5, 6)]
    assert told(*old, *rows, warm_up_days=21) == []
    assert named(told(*old, *rows, warm_up_days=20)) == [("name", "脆啵啵粒")]


def test_nothing_is_told_twice_not_even_by_another_spelling():
    first = told(*SPRING)
    more = [seen(n, n, "脆波啵粒", "passed", DAY - n) for n in (4, 5, 7, 8)]
    [again] = told(*SPRING, *more)
    assert again.product == "脆波啵粒"
    assert told(*SPRING, *more, past=first) == []
    assert told(*SPRING, past=[again]) == []
    assert told(*more, past=first) == []


def test_whoever_asks_for_more_gets_less():
    assert told(*SPRING, times=3) == []
    assert told(*SPRING, tellers=3) == []
    assert told(*SPRING, chance=1e-9) == []
    assert told(*SPRING, days=10) == []


def test_a_name_without_any_known_letter_has_no_nearest():
    rows = [seen(n, n, "QZXJ", "passed", DAY - n) for n in (1, 2)]
    [found] = told(*rows)
    assert found.evidence["nearest"] is None or found.evidence["nearest"]["likeness"] > 0


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["脆啵啵粒", "木姜子糕", "益生菌啵啵", "河粉", "月饼"]),
        st.integers(0, 60),
        st.sampled_from([5, 6, None]),
        st.sampled_from(["bureau", "market", "new"]),
    ),
    max_size=10,
)


@settings(max_examples=15)
@given(ROWS)
def test_nothing_is_from_the_future_and_all_that_was_told_is_silent(rows):
    made = [seen(n, whom, text, "passed", DAY - 30 + age, source=source)
            for n, (text, age, whom, source) in enumerate(rows)]  # fmt: skip
    now = [row for row in made if row["available"] <= DAY]
    assert told(*made) == told(*now)
    assert told(*made, past=told(*made)) == []
