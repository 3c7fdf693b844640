"""Standing rules: when they alarm, how urgently, and for how long they are silent."""

from datetime import date
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.earlywarning.alarm import Alarm
from xinheng.earlywarning.products import Vocabulary
from xinheng.earlywarning.standing import Rules, Weather, read_rules, stand
from xinheng.earlywarning.standing import rules as shipped

from ..towns import seen, town, watched

AUGUST, MARCH = day("2026-08-20"), day("2026-03-20")
TOXIN = "米酵菌酸"
TEXT = Path(shipped.__file__).with_name("rules.toml").read_text("utf-8")


def only(name: str) -> Rules:
    """Return the rules that ship without all others."""
    rules = read_rules()
    return rules.model_copy(update={"rule": tuple(r for r in rules.rule if r.id == name)})


NOODLES = only("bongkrekic-wet-noodles")


def alarms(rows, when: int = AUGUST, districts=("南山区", "福田区"), **more) -> list[Alarm]:
    return stand(watched(town(districts), rows, when), rules=more.pop("rules", NOODLES), **more)


def test_an_alarm_bears_no_mark_of_what_was_not_checked():
    [rule] = NOODLES.rule
    unsure = rule.model_copy(update={"basis": "食品安全法 art. 22; hazard mem-H; months design"})
    rules = NOODLES.model_copy(update={"rule": (unsure,)})
    [found] = alarms([seen(1, 0, "河粉", "complained", AUGUST)], rules=rules)
    assert found.evidence["basis"] == "食品安全法 art. 22; hazard; months design"


def places(found: list[Alarm]) -> list[tuple[str, int]]:
    return [(each.place, each.evidence["urgency"]) for each in found]


def test_a_rule_alarms_where_its_product_is_and_tells_all_about_it():
    rows = [
        seen(1, 0, "河粉", "passed", AUGUST - 300, stage="production"),
        seen(2, 1, "肠粉", "declared", AUGUST - 900),
        seen(3, 1, "肠粉", "complained", AUGUST - 3, topic="smell"),
    ]
    near, far = alarms(rows)
    assert (near.kind, near.product, near.hazard) == ("standing", "wet_rice_noodles", TOXIN)
    assert (near.lens, near.place, near.day, near.of) == ("district", "福田区", AUGUST, AUGUST)
    assert (near.records, near.strength) == (("3",), None)
    assert near.evidence == {
        "rule": "bongkrekic-wet-noodles",
        "basis": NOODLES.rule[0].basis,
        "urgency": 2,
        "makers": 0,
        "sellers": 1,
        "enterprises": ["E1"],
        "records": 1,
        "complaints": 1,
        "illness": 0,
        "weather": None,
        "shelf_life_hours": 24,
        "cold_chain": True,
    }
    assert near.sentence["zh"].startswith("福田区的湿粉：湿米粉中的椰毒假单胞菌")
    assert (
        "近30天有1条投诉、负面舆情或不合格记录；没有气象数据，仅按季节判断。" in near.sentence["zh"]
    )
    assert "Wet rice noodles in Nanshan: " in far.sentence["en"]
    assert "1 makers and 0 sellers" in far.sentence["en"]
    assert "it is the season; there is no weather data" in far.sentence["en"]
    assert places([near, far]) == [("福田区", 2), ("南山区", 1)]


@pytest.mark.parametrize(
    ("row", "urgency"),
    [
        (seen(1, 0, "河粉", "complained", AUGUST - 29, topic="taste"), 2),
        (seen(1, 0, "河粉", "complained", AUGUST - 30, topic="taste"), 1),
        (seen(1, 0, "河粉", "complained", AUGUST, topic="poisoning"), 3),
        (seen(1, 0, "河粉", "failed", AUGUST), 2),
        (seen(1, 0, "河粉", "harmed", AUGUST), 3),
        (seen(1, 0, "河粉", "told", AUGUST, topic="poisoning"), 3),
        (seen(1, 0, "河粉", "passed", AUGUST), 1),
        (seen(1, 0, "河粉", "complained", AUGUST - 90, topic="x", available=AUGUST - 2), 2),
    ],
)
def test_how_urgent_an_alarm_is(row, urgency: int):
    assert places(alarms([row])) == [("南山区", urgency)]


def test_who_fell_ill_is_not_counted_as_complaining_too_and_the_latest_record_comes_first():
    rows = [seen(1, 0, "河粉", "complained", AUGUST - 9, topic="poisoning")]
    rows.append(seen(2, 0, "河粉", "complained", AUGUST - 1, topic="taste"))
    [found] = alarms(rows)
    assert (found.evidence["complaints"], found.evidence["illness"]) == (1, 1)
    assert found.records == ("2", "1")


def test_records_of_nobody_concern_the_whole_city():
    rows = [seen(1, None, "河粉", "harmed", AUGUST), seen(2, 0, "河粉", "passed", AUGUST)]
    whole, part = alarms(rows)
    assert (whole.lens, whole.place, whole.evidence["urgency"]) == ("", "", 3)
    assert "湿粉" in whole.sentence["zh"]
    assert whole.sentence["zh"].startswith("全市的")
    assert whole.sentence["en"].startswith("Wet rice noodles in the whole city")
    assert part.place == "南山区"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [seen(1, 0, "月饼", "failed", AUGUST)],
        [seen(1, None, "河粉", "told", AUGUST - 365)],  # too long ago, and of nobody
    ],
)
def test_a_rule_is_silent_where_nobody_has_its_product(rows):
    assert alarms(rows) == []


def test_those_who_are_merely_near_do_not_raise_an_alarm():
    city = town(["南山区", "福田区"], sites={0: "market", 1: "market"})
    exposure = watched(city, [seen(1, 0, "河粉", "failed", AUGUST)], AUGUST)
    assert [each.role for each in exposure.exposed(["ho_fun"])] == ["sells", "same_site"]
    assert [each.place for each in stand(exposure, rules=NOODLES)] == ["南山区"]


SOLD = [seen(1, 0, "河粉", "passed", AUGUST - 100)]


@pytest.mark.parametrize(
    ("temperature", "humidity", "there"),
    [(22.0, 70.0, 1), (21.9, 90.0, 0), (30.0, 69.9, 0), (28.0, 85.0, 1)],
)
def test_the_weather_decides_where_it_is_told(temperature: float, humidity: float, there: int):
    days = [("", AUGUST - n, temperature, humidity) for n in range(7)]
    found = alarms(SOLD, weather=Weather.of(days))
    assert len(found) == there
    for each in found:
        mean = {"temperature": temperature, "humidity": humidity, "days": 7}
        assert each.evidence["weather"] == pytest.approx(mean)
        assert f"{temperature}℃、相对湿度{round(humidity)}%" in each.sentence["zh"]


def test_weather_of_other_days_and_of_days_to_come_decides_nothing():
    far = [("", AUGUST - 7 - n, 5.0, 10.0) for n in range(9)]
    come = [("", AUGUST + 1 + n, 5.0, 10.0) for n in range(9)]
    [found] = alarms(SOLD, weather=Weather.of([*far, *come]))
    assert found.evidence["weather"] is None


def test_a_rule_that_asks_no_weather_says_nothing_of_it():
    rows = [seen(1, 0, "月饼", "passed", AUGUST)]
    cold = Weather.of([("", AUGUST - n, 1.0, 1.0) for n in range(7)])
    [found] = alarms(rows, rules=only("mould-mooncake"), weather=cold)
    assert found.evidence["weather"] is None
    assert "气象" not in found.sentence["zh"]


def test_an_alarm_is_not_repeated_until_it_is_more_urgent_or_long_ago():
    [first] = alarms(SOLD)
    assert first.day == AUGUST
    ill = [*SOLD, seen(2, 0, "河粉", "harmed", AUGUST + 5)]
    assert alarms(SOLD, AUGUST + 20, past=[first]) == []
    [urgent] = alarms(ill, AUGUST + 6, past=[first])
    assert urgent.evidence["urgency"] == 3
    assert alarms(ill, AUGUST + 20, past=[first, urgent]) == []
    ill = [*ill, seen(3, 0, "河粉", "harmed", AUGUST + 30)]
    assert alarms(ill, AUGUST + 33, past=[first, urgent]) == []
    [again] = alarms(ill, AUGUST + 34, past=[first, urgent])
    assert again.evidence["urgency"] == 3
    other = [seen(9, 1, "河粉", "passed", AUGUST)]
    assert [each.place for each in alarms(other, past=[first])] == ["福田区"]


def test_a_season_alone_is_told_once_a_year():
    year = day("2027-07-05")
    [first] = alarms(SOLD)
    sold = [seen(1, 0, "河粉", "passed", year)]
    [again] = alarms(sold, year, past=[first])
    assert again.day == year


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-20", ["norovirus-oyster"]),
        ("2026-05-01", ["vibrio-raw-seafood", "staphylococcus-chilled-dessert"]),
        ("2026-06-30", ["vibrio-raw-seafood", "staphylococcus-chilled-dessert"]),
        ("2026-08-10", ["bongkrekic-wet-noodles", "bongkrekic-soaked-fungus",
                        "vibrio-raw-seafood", "staphylococcus-chilled-dessert"]),
        ("2026-08-11", ["bongkrekic-wet-noodles", "bongkrekic-soaked-fungus",
                        "vibrio-raw-seafood", "staphylococcus-chilled-dessert", "mould-mooncake"]),
        ("2026-09-25", ["bongkrekic-wet-noodles", "bongkrekic-soaked-fungus",
                        "vibrio-raw-seafood", "staphylococcus-chilled-dessert", "mould-mooncake"]),
        ("2026-09-26", ["bongkrekic-wet-noodles", "bongkrekic-soaked-fungus",
                        "vibrio-raw-seafood", "staphylococcus-chilled-dessert"]),
        ("2026-11-30", ["bongkrekic-wet-noodles", "bongkrekic-soaked-fungus", "norovirus-oyster"]),
        ("2009-09-01", ["bongkrekic-wet-noodles", "bongkrekic-soaked-fungus",
                        "vibrio-raw-seafood", "staphylococcus-chilled-dessert"]),
    ],
)  # fmt: skip
def test_which_rules_are_in_season(when: str, expected: list[str]):
    assert [rule.id for rule in read_rules().on(day(when))] == expected


def test_days_of_mid_autumn_are_holidays():
    known = {when.year for when, name in chinese_calendar.holidays.items()
             if name == "Mid-autumn Festival"}  # fmt: skip
    told = {each.year: each for each in read_rules().feasts["mid_autumn"]}
    checked = known & told.keys()
    assert checked >= {2010, 2019, 2021, 2025, 2026}
    for year in checked:
        assert chinese_calendar.is_holiday(told[year]), year
    assert sorted(told) == list(range(2010, 2041))
    assert all(date(y, 9, 7) <= each <= date(y, 10, 8) for y, each in told.items())


def test_rules_that_ship_are_about_products_that_there_are():
    rules = read_rules()
    rules.check(Vocabulary.default())
    with pytest.raises(InvalidError, match=r"no product 'wet_noodles'.*take it from the rule"):
        changed(TEXT, '["wet_rice_noodles"]', '["wet_noodles"]').check(Vocabulary.default())


def changed(text: str, old: str, new: str) -> Rules:
    assert old in text
    return shipped._read(text.replace(old, new, 1), "own.toml")


def test_a_rule_holds_between_its_days(tmp_path: Path):
    own = tmp_path / "own.toml"
    dated = "months = [7, 8, 9, 10, 11]\nvalid_from = 2026-08-01\nvalid_to = 2026-08-31"
    own.write_text(TEXT.replace("months = [7, 8, 9, 10, 11]", dated, 1), "utf-8")
    rules = read_rules(own)
    days = ("2026-07-31", "2026-08-01", "2026-08-31", "2026-09-01")
    held = ["bongkrekic-wet-noodles" in [rule.id for rule in rules.on(day(d))] for d in days]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("months = [7, 8, 9, 10, 11]", "", "rule bongkrekic-wet-noodles: give months, or a feast"),
        ("months = [7, 8, 9, 10, 11]", "months = [0]", "from 1 to 12"),
        ("days_before = 45", "", "days_before the feast are missing"),
        ('feast = "mid_autumn"', 'feast = "spring"', "no days of the feast spring"),
        ('id = "norovirus-oyster"', 'id = "mould-mooncake"', "several rules of the name mould"),
        ("cold_chain = true", "cold_chain = perhaps", "no TOML"),
        ("cold_chain = true", "cold_chian = true", "cold_chian"),
        ("[texts.zh]", "[texts.de]", "texts.de"),
        ("about.zh =", "act.zh =", "no TOML"),
        ("act.en = ", "act.de = ", "act.de"),
    ],
)
def test_rules_that_cannot_be_used_are_told(old: str, new: str, fault: str):
    with pytest.raises(InvalidError, match=f"own.toml .*{fault}"):
        changed(TEXT, old, new)


def test_a_rule_without_one_of_its_languages_is_refused():
    kept = "\n".join(line for line in TEXT.splitlines() if not line.startswith("act.en"))
    with pytest.raises(InvalidError, match="told in zh and in en"):
        shipped._read(kept, "own.toml")


def test_a_feast_of_a_year_that_is_not_told_is_asked_for():
    with pytest.raises(InvalidError, match="mid_autumn in 2041; add it"):
        read_rules().on(day("2041-09-01"))


@settings(max_examples=15)
@given(st.lists(st.tuples(
    st.sampled_from(["河粉", "木耳", "生蚝", "水发木耳", "双皮奶", "月饼"]),
    st.sampled_from(["passed", "failed", "harmed", "complained", "declared"]),
    st.integers(0, 400),
    st.sampled_from([0, 1, None]),
), max_size=10))  # fmt: skip
def test_whoever_was_told_today_is_not_told_again_today(told):
    rows = [seen(n, whom, text, outcome, AUGUST - age)
            for n, (text, outcome, age, whom) in enumerate(told)]  # fmt: skip
    first = alarms(rows, rules=read_rules())
    assert len({(each.product, each.hazard, each.place) for each in first}) == len(first)
    assert alarms(rows, rules=read_rules(), past=first) == []
    urgency = [each.evidence["urgency"] for each in first]
    assert urgency == sorted(urgency, reverse=True)
