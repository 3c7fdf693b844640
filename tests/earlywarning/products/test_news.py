from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.earlywarning.products import Mentions, News, Recogniser, Vocabulary, never_seen
from xinheng.earlywarning.products.grams import new_grams
from xinheng.earlywarning.products.groups import grouped

SINCE, AS_OF = 100, 110
TABLES = ("products", "terms", "names", "grams")


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(Vocabulary.default(), AS_OF)


def mentions(*new: tuple[str | None, int, str | None, str]) -> Mentions:
    """Return a past of mooncakes, one a day for a hundred days, and what is given."""
    rows = [("月饼", day, "A", "court") for day in range(SINCE)] + list(new)
    keys = [crc32(repr(row).encode()) for row in rows]
    return Mentions.of(*map(list, zip(*rows, strict=True)), keys)


def rows(news: News) -> dict[str, list[dict[str, object]]]:
    return {name: getattr(news, name).to_pylist() for name in TABLES}


def found(news: News, table: str) -> list[object]:
    return getattr(news, table)[0].to_pylist()


def test_new_names_of_one_spelling_are_told_as_one(recogniser) -> None:
    told = [
        ("脆啵啵粒", 103, "B", "tax"),
        ("(阿明) 脆啵啵粒 500g", 101, "C", "tax"),
        ("脆波啵粒", 105, None, "court"),
        (None, 106, "C", "court"),
    ]
    news = never_seen(mentions(*told), SINCE, AS_OF, recogniser)
    assert news.names.drop_columns(["chance", "records"]).to_pylist() == [
        {
            "name": "脆啵啵粒",
            "first": 101,
            "times": 3,
            "enterprises": 2,
            "sources": 2,
            "spellings": ["脆啵啵粒", "脆波啵粒"],
        }
    ]
    assert news.names["chance"].to_pylist() == pytest.approx([(3 / 103) ** 3])


@pytest.mark.parametrize(
    "told",
    [
        [("脆啵啵", 101, "B", "tax")],  # once
        [("脆啵啵", 101, "B", "tax"), ("脆啵啵", 102, "B", "tax")],  # by one, of one
        [("脆啵啵", 99, "B", "tax"), ("脆啵啵", 101, "B", "tax"), ("脆啵啵", 102, "C", "tax")],
        [("脆啵啵", 110, "B", "tax"), ("脆啵啵", 111, "C", "tax")],  # in the future
        [("月饼", 101, "B", "tax"), ("月饼", 102, "C", "tax")],
    ],
)
def test_what_is_rare_or_was_seen_or_is_to_come_is_no_news(recogniser, told) -> None:
    news = never_seen(mentions(*told), SINCE, AS_OF, recogniser)
    assert all(len(getattr(news, table)) == 0 for table in TABLES)


def test_a_spelling_of_a_past_name_is_not_new(recogniser) -> None:
    told = [("脆波啵粒", 50, "B", "tax")]
    told += [("脆啵啵粒", 101, "B", "tax"), ("脆啵啵粒", 102, "C", "tax")]
    assert found(never_seen(mentions(*told), SINCE, AS_OF, recogniser), "names") == []


def test_products_and_terms_that_are_known_are_told_by_their_codes(recogniser) -> None:
    told = [
        ("3D打印烧鹅", 101, "B", "tax"),
        ("烧鹅", 102, "C", "tax"),
        ("三维打印糕糕", 103, "C", "tax"),
    ]
    news = never_seen(mentions(*told), SINCE, AS_OF, recogniser)
    assert found(news, "products") == ["roast_goose"]
    assert found(news, "terms") == ["printed"]
    assert news.terms["times"].to_pylist() == [2]


def test_a_new_ingredient_is_told_by_the_longest_run_that_names_share(recogniser) -> None:
    told = [
        ("木姜子月饼", 101, "B", "tax"),
        ("木姜子酸奶", 102, "C", "tax"),
        ("酸奶", 103, "C", "tax"),
    ]
    news = never_seen(mentions(*told), SINCE, AS_OF, recogniser)
    assert found(news, "grams") == ["木姜子"]
    assert news.grams["times"].to_pylist() == [2]


def test_two_products_in_one_text_are_no_new_name(recogniser) -> None:
    told = [("月饼、烧鹅", 101, "B", "tax"), ("月饼、烧鹅", 102, "C", "tax")]
    assert found(never_seen(mentions(*told), SINCE, AS_OF, recogniser), "names") == []


def test_whoever_asks_for_more_mentions_gets_fewer_names(recogniser) -> None:
    told = mentions(("脆啵啵", 101, "B", "tax"), ("脆啵啵", 102, "C", "tax"))
    assert found(never_seen(told, SINCE, AS_OF, recogniser), "names") == ["脆啵啵"]
    assert found(never_seen(told, SINCE, AS_OF, recogniser, times=3), "names") == []


def test_a_span_without_a_day_is_refused(recogniser) -> None:
    with pytest.raises(InvalidError, match="give a day after it"):
        never_seen(mentions(), SINCE, SINCE, recogniser)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["脆啵啵", "木姜子糕糕", "木姜子奶奶", "益生菌啵啵", "烧鹅", None]),
            st.integers(90, 120),
            st.sampled_from(["B", "C", None]),
            st.sampled_from(["tax", "court"]),
        ),
        max_size=12,
    )
)
def test_nothing_is_from_the_future(recogniser, told) -> None:
    known = [each for each in told if each[1] < AS_OF]
    now = never_seen(mentions(*told), SINCE, AS_OF, recogniser)
    assert rows(now) == rows(never_seen(mentions(*known), SINCE, AS_OF, recogniser))


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter(recogniser, random) -> None:
    told = [
        ("脆啵啵粒", 101, "B", "tax"),
        ("脆波啵粒", 102, "C", "tax"),
        ("木姜子糕", 103, "B", "tax"),
    ]
    told += [
        ("木姜子奶", 103, None, "court"),
        ("烧鹅", 104, "C", "court"),
        ("烧鹅", 105, "B", "tax"),
    ]
    news = rows(never_seen(mentions(*told), SINCE, AS_OF, recogniser))
    random.shuffle(told)
    assert rows(never_seen(mentions(*told), SINCE, AS_OF, recogniser)) == news


@given(st.lists(st.text("酸奶月饼", max_size=6)), st.lists(st.text("酸奶月饼", max_size=6)))
def test_new_runs_are_those_that_a_search_finds(past, recent) -> None:
    grams, gram, text = new_grams(past, recent)
    pairs = {(grams[one], at) for one, at in zip(gram.tolist(), text.tolist(), strict=True)}
    assert pairs == {
        (each[start:end], at)
        for at, each in enumerate(recent)
        for start in range(len(each))
        for end in range(start + 2, min(len(each), start + 8) + 1)
        if not any(each[start:end] in other for other in past)
    }
    assert len(set(grams)) == len(grams)
    assert len(pairs) == len(gram)


def test_a_new_run_has_two_to_eight_characters() -> None:
    grams, _, _ = new_grams([], ["甲乙丙丁戊己庚辛壬"])
    assert {len(each) for each in grams} == set(range(2, 9))


def test_names_two_slips_apart_or_of_another_ending_are_two() -> None:
    assert grouped(["脆啵甜粒糕", "啵甜脆粒糕", "脆啵甜粒饼"], []) == [0, 1, 2]
    assert grouped(["脆啵甜粒糕"], ["啵甜脆粒糕", "脆啵甜粒饼"]) == [0]


def test_a_name_is_a_spelling_of_the_most_frequent_one_near_it() -> None:
    names = ["彩虹饭团卷", "彩红饭团卷", "采红饭团卷", "饭团", "反团"]
    assert grouped(names, []) == [0, 0, 2, 3, 4]
    assert grouped(names, ["采红饭团卷"]) == [0, -1, -1, 3, 4]


def test_the_latest_records_of_a_group_come_first() -> None:
    some = Mentions.of(list("甲乙丙丁"), [5, 3, 4, 4], [None] * 4, list("xyyx"), [70, 50, 60, 40])
    group, rows = np.array([0, 0, 1, 0, 2]), np.array([0, 1, 2, 3, 1])
    assert some.records(group, rows, np.array([0, 2])).to_pylist() == [[70, 40, 50], [50]]
    assert some.before(5).record.tolist() == [50, 60, 40]


def test_how_often_and_by_how_many_is_counted_of_each_group() -> None:
    some = Mentions.of(list("甲乙丙丁"), [5, 3, 4, 9], ["A", "A", None, "B"], list("xyyx"))
    told = some.told(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 3]), 2)
    assert told.to_pylist() == [
        {"first": 3, "times": 3, "enterprises": 1, "sources": 2},
        {"first": 9, "times": 1, "enterprises": 1, "sources": 1},
    ]
