"""The file of a score card: dated editions, every value of it counts, and errors that teach."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xinheng.core.codes import CodeTable
from xinheng.core.errors import NotFoundError, PolicyError
from xinheng.core.time import day, months
from xinheng.grading import CardPart, ScoreCard, entries, score

from .world import TODAY, events_of, record, rows_of

TEXT = ScoreCard.default().text
YESTERDAY = TODAY - 1


def parse(text: str) -> ScoreCard:
    return ScoreCard.parse(text, "card.toml")


def changed(old: str, new: str, text: str = TEXT) -> ScoreCard:
    assert old in text, old
    return parse(text.replace(old, new, 1))


def after(line: str, old: str, new: str) -> ScoreCard:
    """Return the card with a key of one line changed."""
    head, tail = TEXT.split(f'id = "{line}"\n')
    assert old in tail.split("[[edition.")[0], old
    return parse(f'{head}id = "{line}"\n{tail.replace(old, new, 1)}')


def part_of(card: ScoreCard, part: str, *records: dict[str, Any], as_of: int = TODAY) -> float:
    return float(score(card, events_of(*records), rows_of((1, as_of)))[part].iloc[0])


def test_the_default_card_holds_the_values_of_the_design() -> None:
    edition = ScoreCard.default().on(date(2026, 3, 1))
    assert edition.status == "design"
    grades = [(grade.name, grade.zh, grade.least) for grade in edition.grades]
    assert grades[:3] == [("A", "守信", 100), ("B", "基本守信", 80), ("C", "失信", 60)]
    assert grades[3] == ("D", "严重失信", -float("inf"))
    bands = [(line.points.each, len(line.counts.streams)) for line in edition.of(CardPart.INITIAL)]
    assert bands == [(100, 2), (97, 11), (94, 13), (90, 6)]
    given = {line.id: line.points for line in edition.lines if line.points.each}
    assert {name: points.each for name, points in given.items() if "band" not in name} == {
        "key_item": 5, "general_item": 1, "overdue_rectification": 8, "fine": 8, "stoppage": 25,
        "recall_ordered": 10, "recall_late": 15, "verified_report": 3, "annual_report_late": 4,
        "abnormal_operation": 8, "judgment_defaulter": 20, "obstruction": 20,
        "haccp": 3, "iso22000": 2, "gmp": 2,
    }  # fmt: skip
    steps = {line.id: line.points.by_severity for line in edition.lines if line.points.by_severity}
    assert steps == {
        "sampling_failure": ((1, 6), (3, 10), (4, 15), (5, 25)),
        "award": ((1, 2), (2, 3), (3, 4)),
    }
    assert {line.half_life for line in edition.of(CardPart.DEDUCTION)} == {None, months(12)}


def test_the_bands_are_those_of_the_code_table() -> None:
    table = CodeTable.load("food_group")
    for number, band in enumerate(ScoreCard.default().on(TODAY).of(CardPart.INITIAL), 1):
        groups = [pattern[-4:-2] for pattern in band.counts.streams]
        assert table.numbers("band", groups, TODAY).tolist() == [number] * len(groups)


MEAT = record(1, "licence:production.0401", "2020-01-01")
FINE = record(1, "penalty.kind:market.food.fine", YESTERDAY)
OLD_FINE = record(1, "penalty.kind:market.food.fine", TODAY - months(24))
VISIT = record(1, "inspection.key:routine", YESTERDAY, value=9.0)
AWARD = record(1, "award:nation", TODAY - months(30), severity=3.0)
HACCP = record(1, "certificate:haccp", "2025-01-01")
LISTED = record(1, "list_entry:abnormal.x", "2019-01-01")
EARLIER = record(1, "sampling:fail.0401.lead", TODAY - 150, severity=1.0, case=1, withdrawn=TODAY)
LOT = record(1, "sampling:fail.0401.lead", YESTERDAY, severity=4.0, case=2)


def test_a_card_may_be_meant_for_everybody() -> None:
    card = changed('population = "producer"', 'population = "entity"')
    assert score(card, events_of(), rows_of((1, TODAY)))["applies"].tolist() == [True]


@pytest.mark.parametrize(
    ("card", "part", "records", "before", "then"),
    [
        (changed("unknown = 90", "unknown = 88.5"), "initial", (), 90, 88.5),
        (after("band_4", "score = 90", "score = 70"), "initial", (MEAT,), 90, 70),
        (after("fine", "points = 8", "points = 10"), "deductions", (FINE,), -7.98, -9.98),
        (changed("half_life = 12", "half_life = 24"), "deductions", (OLD_FINE,), -2, -4),
        (changed("nothing_after = 36", "nothing_after = 20"), "deductions", (OLD_FINE,), -2, 0),
        (after("fine", "points = 8", "points = 8\nwithin = 6"), "deductions", (OLD_FINE,), -2, 0),
        (changed("points = 15", "points = 20"), "deductions", (VISIT,), -14.97, -19.96),
        (changed('per = "record"', 'per = "all"'), "deductions", (VISIT,), -14.97, -15),
        (after("key_item", 'cap = "visit"', ""), "deductions", (VISIT,), -14.97, -44.91),
        (after("fine", "market.*.fine", "other.*.fine"), "deductions", (FINE,), -7.98, 0),
        (after("abnormal_operation", 'state = "open"', ""), "deductions", (LISTED,), -8, 0),
        (changed("4 = 15", "4 = 16"), "deductions", (LOT,), -14.97, -15.97),
        (changed("by = 2", "by = 3"), "deductions", (EARLIER, LOT), -34.45, -49.42),
        (changed("within = 12", "within = 4"), "deductions", (EARLIER, LOT), -34.45, -19.48),
        (after("award", "within = 36", "within = 24"), "bonus", (AWARD,), 4, 0),
        (after("award", "3 = 4", "3 = 4.5"), "bonus", (AWARD,), 4, 4.5),
        (changed("points = 8\nper", "points = 2\nper"), "bonus", (HACCP,), 3, 2),
        (changed('    "abnormal_operation",\n', ""), "bonus", (HACCP, LISTED), 0, 3),
    ],
)  # fmt: skip
def test_a_changed_value_changes_the_score_as_it_says(
    card: ScoreCard, part: str, records: tuple[dict[str, Any], ...], before: float, then: float
) -> None:
    default = ScoreCard.default()
    assert part_of(default, part, *records) == before
    assert part_of(card, part, *records) == then
    for name in {"initial", "deductions", "bonus"} - {part}:
        assert part_of(default, name, *records) == part_of(card, name, *records)


def test_the_cuts_and_the_words_of_grades_are_of_the_file() -> None:
    card = changed("least = 80", "least = 90.01")
    assert score(card, events_of(), rows_of((1, TODAY)))["grade"].item() == "C"
    assert changed('name = "B"', 'name = "乙"').on(TODAY).grades[1].name == "乙"


def test_each_row_is_scored_by_the_edition_of_its_day() -> None:
    first, rest = TEXT.split("[[edition]]\n")
    ended = rest.replace("effective_from = 2000-01-01", "effective_from = 2000-01-01\n"
                         "effective_to = 2025-12-31")  # fmt: skip
    later = (
        rest.replace("2000-01-01", "2026-01-01")
        .replace("design-1", "city-1")
        .replace("unknown = 90", "unknown = 85")
    )
    card = parse(f"{first}[[edition]]\n{later}\n[[edition]]\n{ended}")
    assert [edition.version for edition in card.editions] == ["design-1", "city-1"]
    days = [day("2026-01-01"), day("2025-12-31"), day("2026-01-02")]
    found = score(card, events_of(), rows_of(*((1, when) for when in days)))
    assert found["initial"].tolist() == [85, 90, 85]
    assert entries(card, events_of(), 1, days[1])[0].points == 90
    with pytest.raises(PolicyError, match="'food-production' says nothing about 1999-12-31"):
        score(card, events_of(), rows_of((1, day("1999-12-31"))))
    with pytest.raises(PolicyError, match="it covers: design-1 2000-01-01 to 2025-12-31; city-1"):
        entries(card, events_of(), 1, day("1999-12-31"))


IDLE = 'points = 1\nper = "all"\n'


def line(name: str, key: str, value: str) -> tuple[str, str]:
    """Return a replacement that gives a line one more key."""
    return f'id = "{name}"\n', f'id = "{name}"\n{key} = {value}\n'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"penalty.kind:market.*.fine"', '"penalties:*"',
         r"edition\[0\].deduction\[4\]: there is no kind of record 'penalties'; did you mean"),
        ('"licence_event:*.granted"', '"licence_events"', r"lowest\[0\]: .*'licence_events'; did"),
        ('"sampling:fail.?*.?*"', '"samplings"', r"factor\[1\]: .* did you mean 'sampling'"),
        ('"enterprise.established"', '"established"', r"missed: there is no kind .*'established'"),
        ("turn = [7, 1]", "turn = [13, 1]", r"deduction\[9\].missed: cycle \(13, 1\) must be"),
        ("turn = [7, 1]", "turn = [7]", r"missed.turn = \[7\]: expected \[month, day\]"),
        ("since = 2015", "since = -1", r"missed: since -1 must be a whole number 0 to 9999"),
        ('"licence:*.{group}??"', '"licence:*"', r"licences = 'licence:\*': .* with {group}"),
        ('"01", "21"', '"01", "99"', r"band\[0\]: there is no food group '99'"),
        ('"01", "21"', '"01"', r"band = 'without 21': expected every food group in a band"),
        ('"01", "21"', '"01", "21", "02"', r"band\[1\].groups = '02': .*initial.band\[0\] has it"),
        ('groups = ["01", "21"]', "groups = []", r"groups = \[\]: expected a list of texts"),
        ('groups = ["01", "21"]', "groups = [1]", r"groups = \[1\]: expected a list of texts"),
        ('cap = "visit"', 'cap = "visits"', r"there is no cap 'visits'; did you mean 'visit'"),
        ('id = "haccp"', 'id = "haccp"\nnote = 1', r"no key 'edition\[0\].bonus\[0\].note'"),
        ('id = "gmp"', 'id = "haccp"', "two lines are named 'haccp'"),
        ('name = "B"', 'name = "A"', "two grades are named 'A'"),
        ("least = 80", "least = 100", r"grade.least = \[100.0, 100.0, 60.0\]: .* that fall"),
        ("least = 80\n", "", r"grade\[1\].least is missing; expected a number"),
        ("half_life = 12", "half_life = 0", r"fading.half_life = 0.0: expected a number over 0"),
        ("half_life = 12", 'half_life = "a year"', r"half_life = 'a year': expected a number"),
        ("unknown = 90", "", r"initial.unknown is missing; expected a number"),
        ("points = 25", "points = -25", r"points = -25.0: expected a number over 0"),
        ("points = 25", "", r"deduction\[5\]: expected one of points, by_severity or by_value"),
        ("points = 25", "points = 25\nby_severity = { 1 = 2 }", "expected one of points, by_sev"),
        ("1 = 6, 3 = 10", "3 = 6, 1 = 10", r"by_severity = .*expected points by rising severity"),
        ("1 = 6, 3", "high = 6, 3", r"by_severity: 'high' is no severity"),
        ('5\ntimes = "value"', '5\ntimes = "severity"', r"times = 'severity': .*one of: value"),
        ('once = "case"', 'once = "lot"', r"once = 'lot': expected one of: record, case, line"),
        ('state = "open"', 'state = "closed"', r"expected one of: any, open, overdue"),
        ('repaired = "stays"', 'repaired = "only"', r"repaired = 'only': .* leaves, stays"),
        ('per = "record"', 'per = "visit"', r"per = 'visit': expected one of: record, all"),
        ('population = "producer"', 'population = "firm"',
         r"population = 'firm': expected one of: entity, operator, producer"),
        ('"annual_report.due:on_time"]', '"annual_report.due:on_time"]\nstate = "open"',
         r"deduction\[9\]: deadlines missed are for deductions that fade"),
        ('id = "bonus"\n', f'id = "idle"\n{IDLE}\n[[edition.cap]]\nid = "bonus"\n',
         r"cap = 'idle': expected caps of lines of one part; this is of no line at all"),
        (*line("obstruction", "cap", '"bonus"'), r"cap = 'bonus': .*is of bonus and deduction"),
        (*line("production_revoked", "points", "1"), r"no key 'edition\[0\].lowest\[1\].points'"),
        ('"three_penalties"', '"two_penalties"', r"no statutory rule 'two_penalties'; did you"),
        ('"three_penalties"', '"licence_revoked"', r"two rules in barred_by are named 'licence_re"),
        ("[[edition]]", "[edition]", r"edition = .*: expected tables \[\[edition\]\]"),
        ("barred_by = [", "barred_bi = [", r"no key 'edition\[0\].barred_bi'; did you mean"),
    ],
)  # fmt: skip
def test_an_error_names_file_key_value_and_what_exists(old: str, new: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says) as caught:
        changed(old, new)
    assert str(caught.value).startswith("card.toml: ")


def test_files_are_loaded_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    with pytest.raises(NotFoundError, match="no score card file"):
        ScoreCard.load(path)
    path.write_text(TEXT, "utf-8")
    assert ScoreCard.load(path) == parse(TEXT)
