"""Runs of the watch: what is told, once, on which records, and nothing of what came later."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import day, show
from xinheng.earlywarning.alarm import Alarm
from xinheng.earlywarning.products import Vocabulary
from xinheng.earlywarning.watch import Bar, Series, Since, Watched, WatchSettings, naming, watch
from xinheng.ledger.watch import NAME

from .bureau import Bureau

FIRST = day("2025-01-06")
LOW = Bar(strength=1.0, day=FIRST + 190, budget=2.0)
PRODUCTS = ("tea", "ham", "rice", "milk")


def lots(weeks: range, failed: dict[tuple[int, str], int], late: int = 0) -> list[str]:
    """Return four lots of each product a week, of which some fail for lead."""
    rows = []
    for week in weeks:
        for product in PRODUCTS:
            for lot in range(4):
                known = FIRST + week * 7 + late
                item = "lead,contaminant" if lot < failed.get((week, product), 0) else ","
                number = f"{product}{week}-{lot}"
                sampled = show(FIRST + week * 7 - 10)
                rows.append(f"{number},{sampled},{show(known)},E{lot},{number},{product},{item},")
    return rows


def calls(weeks: range, product: str, often: int) -> list[str]:
    return [
        f"{product}{week}-{call},{when},{when},E9,true,{product}"
        for week in weeks
        for when in [show(FIRST + week * 7)]
        for call in range(often)
    ]


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    made = Bureau(tmp_path_factory.mktemp("bureau"))
    quiet = {(3, "ham"): 1, (17, "rice"): 1, (9, "tea"): 1, (20, "milk"): 1}
    made.deliver(
        sampling=lots(range(30), quiet | {(28, "tea"): 2, (29, "tea"): 3}),
        complaint=[
            *(row for product in PRODUCTS for row in calls(range(30), product, 2)),
            *(f"more {row}" for row in calls(range(27, 30), "tea", 9)),
        ],
        lifecycle=["tea29-0,2025-08-08,2025-08-08,E0"],
    )
    return made


def told(bureau: Bureau, at: int, since: Since | None = None, **more: object) -> Watched:
    return watch(bureau.archive, at, since=since or Since(at - 7, 1), **more)


def cited(bureau: Bureau, alarm: Alarm) -> list[str]:
    """Return what the bureau calls the records behind an alarm."""
    traces = [bureau.archive.trace(record)[0] for record in alarm.records]
    return [f"{each.kind} {each.number}" for each in traces]


def named(found: Watched) -> list[tuple[str, str, str]]:
    return [(each.product, each.hazard, show(each.of)) for each in found.alarms]


def test_what_spreads_is_told_with_its_figures_and_records(bureau: Bureau):
    last = FIRST + 29 * 7
    found = told(bureau, last, bar=LOW)
    assert named(found) == [("tea", "lead", show(last))]
    alarm = found.alarms[0]
    month = alarm.evidence["windows"]["4"]
    assert (month["cases"], month["tested"], month["told"]["complaint"]["cases"]) == (5, 16, 35)
    records = cited(bureau, alarm)
    assert "tea29-" in records[0]
    assert {"sampling tea28-0", "sampling tea29-2", "complaint more tea27-0"} <= {*records}
    assert not {"sampling tea28-2", "sampling tea9-0", "complaint ham29-0"} & {*records}
    assert "抽检不合格5起" in alarm.sentence["zh"]
    assert "5 failed samples" in alarm.sentence["en"]
    assert alarm.evidence["firm"] is (alarm.evidence["false_share"] <= 0.1)
    assert {each["product"] for each in alarm.evidence["kin"]} == {"milk", "rice"}


def test_complaints_alone_are_told_of_the_product_before_any_test_fails(bureau: Bureau):
    found = told(bureau, FIRST + 28 * 7 - 1, bar=replace(LOW, strength=0.1))
    assert named(found) == [("tea", "", show(FIRST + 28 * 7 - 1))]
    assert "cases" not in found.alarms[0].evidence["windows"]["4"]


def test_nothing_is_told_twice_and_a_product_is_not_told_beside_its_series(bureau: Bureau):
    last = FIRST + 29 * 7
    assert named(told(bureau, last, bar=LOW, silent=[Series("tea", "lead")])) == []
    again = told(bureau, last, bar=LOW, silent=[Series("tea", "")])
    assert [each.hazard for each in again.alarms] == ["lead"]


def test_a_place_is_not_told_beside_the_whole(tmp_path: Path):
    made = Bureau(tmp_path)
    made.deliver(
        enterprise=["1,2020-01-01,2020-01-01,E1,Harbour"],
        sampling=lots(range(30), {(29, "tea"): 3}),
    )
    last = FIRST + 29 * 7
    assert [each.lens for each in told(made, last, bar=LOW).alarms] == [""]
    silent = [Series("tea", "lead", "district", "Harbour")]
    assert [each.lens for each in told(made, last, bar=LOW, silent=silent).alarms] == [""]
    high = replace(LOW, strength=told(made, last, bar=LOW).alarms[0].strength + 0.01)
    assert told(made, last, bar=high).alarms == ()


def test_a_district_is_told_that_the_whole_hides_by_a_bar_for_all_districts(tmp_path: Path):
    made = Bureau(tmp_path)
    usual = {(week, "tea"): 1 for week in range(27)}  # always that of E0
    made.deliver(
        enterprise=[
            f"{each},2020-01-01,2020-01-01,E{each},{name}"
            for each, name in enumerate(["Hills", "Harbour", "Lakes", "Moor"])
        ],
        sampling=lots(range(30), usual | {(week, "tea"): 2 for week in (27, 28, 29)}),
    )
    last = FIRST + 29 * 7
    [alarm] = told(made, last, bar=replace(LOW, strength=0.5)).alarms
    assert (alarm.lens, alarm.place, alarm.hazard) == ("district", "Harbour", "lead")
    for more, count in ((np.log(2) + 0.01, 1), (np.log(2) - 0.01, 0)):
        bar = replace(LOW, strength=alarm.strength - more)
        assert len(told(made, last, bar=bar).alarms) == count


def test_what_is_no_news_is_not_told(bureau: Bureau):
    last = FIRST + 29 * 7
    assert named(told(bureau, last + 3, Since(last, 1), bar=LOW)) == []
    assert named(told(bureau, last, Since(last, 1), bar=LOW)) == []


def test_what_comes_later_changes_nothing_and_what_is_withdrawn_counts_no_more(bureau: Bureau):
    before = told(bureau, FIRST + 214, Since(FIRST + 200, 1), bar=LOW)
    after = told(bureau, FIRST + 215, Since(FIRST + 200, 1), bar=LOW)
    assert show(FIRST + 214) == "2025-08-08"
    cases = [each.alarms[0].evidence["windows"]["4"]["cases"] for each in (before, after)]
    assert cases == [4, 4]
    earlier = told(bureau, FIRST + 213, Since(FIRST + 200, 1), bar=LOW)
    assert earlier.alarms[0].evidence["windows"]["4"]["cases"] == 5
    assert "sampling tea29-0" in cited(bureau, earlier.alarms[0])
    assert "sampling tea29-0" not in cited(bureau, before.alarms[0])


def test_records_that_come_late_open_their_weeks_again_and_no_others(tmp_path: Path):
    made = Bureau(tmp_path)
    made.deliver(sampling=lots(range(30), {(3, "ham"): 1, (9, "tea"): 1}))
    last = FIRST + 29 * 7
    first = told(made, last, bar=LOW)
    assert named(first) == []
    some = ["late1", "late2", "late3"]
    rows = [f"{each},{show(FIRST)},{show(FIRST + 25 * 7)},E1,{each},rice,lead,contaminant,"
            for each in some]  # fmt: skip
    made.deliver(sampling=rows)
    found = told(made, last + 1, Since(last, 1), bar=LOW)
    assert named(found) == [("rice", "lead", show(last + 1))]
    high = replace(LOW, strength=found.alarms[0].strength + 0.01)
    before = told(made, last + 1, Since(last, 1), bar=high)
    assert named(before) == [("rice", "lead", show(last + 1 - 7))]  # stronger a week ago
    assert before.alarms[0].strength > found.alarms[0].strength
    assert sorted(cited(made, found.alarms[0])) == [f"sampling {each}" for each in some]
    assert named(told(made, last + 2, Since(last + 1, 2), bar=LOW)) == []
    old = [row.replace("late", "old").replace("rice", "milk") for row in rows]
    made.deliver(sampling=[row.replace(show(FIRST + 25 * 7), show(FIRST + 14 * 7)) for row in old])
    assert named(told(made, last + 2, Since(last + 1, 2), bar=LOW)) == []


def test_the_bar_is_kept_for_some_weeks_and_for_its_budget(bureau: Bureau):
    last = FIRST + 29 * 7
    made = told(bureau, last).bar
    assert (made.day, made.budget) == (last, 2.0)
    assert made.strength >= np.log(10)
    old = replace(LOW, day=last - 28)
    assert told(bureau, last, bar=old).bar.day == last
    assert told(bureau, last, bar=replace(old, day=last - 27)).bar.day == last - 27
    other = WatchSettings(budget=0.1)
    assert told(bureau, last, settings=other, bar=LOW).bar.budget == 0.1


def test_a_smaller_budget_has_a_higher_bar(bureau: Bureau):
    last = FIRST + 29 * 7
    bars = [told(bureau, last, settings=WatchSettings(budget=each)).bar.strength
            for each in (0.05, 0.2, 5)]  # fmt: skip
    assert bars == sorted(bars, reverse=True)
    assert bars[0] > bars[-1]


def test_settings_that_mean_nothing_are_refused():
    with pytest.raises(InvalidError, match="budget"):
        WatchSettings(budget=0)
    with pytest.raises(InvalidError, match="below one"):
        WatchSettings(false_share=1.0)


def test_a_name_is_no_longer_than_the_ledger_has_room_for():
    named = naming(Vocabulary.default(), FIRST)
    found = named(pa.array(["没人听说过的" * 50, "河粉"])).to_pylist()
    assert found == [("没人听说过的" * 50)[:NAME], "河粉"]


def test_an_empty_archive_has_nothing_to_tell(tmp_path: Path):
    found = watch(Bureau(tmp_path).archive, FIRST)
    assert (found.series, found.alarms) == (0, ())


def test_severe_hazards_are_told_before_others_that_are_as_likely(tmp_path: Path):
    made = Bureau(tmp_path)
    quiet, known = lots(range(30), {}), show(FIRST + 203)
    rows = [
        f"{item}{number},{show(FIRST)},{known},E1,{item}{number},{product},{item},{kind},"
        for product, item, kind in [("tea", "label", "label"), ("ham", "toxin", "acute_toxin")]
        for number in range(3)
    ]
    made.deliver(sampling=quiet + rows)
    found = told(made, FIRST + 203, bar=LOW)
    strengths = {each.hazard: each.strength for each in found.alarms}
    assert strengths["toxin"] - strengths["label"] == pytest.approx(np.log(5))
