"""Code tables: what ships is consistent, and dates decide what is valid."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.codes import CodeTable, code_tables
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.time import Change, day

TODAY = day("2026-03-01")

DATED = """code,zh,en,valid_from,valid_to,points
old,旧,Old,,2020-12-31,1
kept,留,Kept,,2020-12-31,2
kept,留,Kept,2021-01-01,,3
new,新,New,2021-01-01,,
"""


def _table(folder: Path, text: str) -> CodeTable:
    path = folder / "grade.csv"
    path.write_text(text, encoding="utf-8")
    return CodeTable.read(path)


@cache
def dated() -> CodeTable:
    """Return the dated table, for tests that cannot have a fixture."""
    with TemporaryDirectory() as folder:
        return _table(Path(folder), DATED)


# code, day, valid, points
CASES = [
    ("old", "2020-12-31", True, 1.0),
    ("old", "2021-01-01", False, None),
    ("kept", "1950-01-01", True, 2.0),
    ("kept", "2020-12-31", True, 2.0),
    ("kept", "2021-01-01", True, 3.0),
    ("new", "2020-12-31", False, None),
    ("new", "2021-01-01", True, None),
    ("new", "2150-01-01", True, None),
    ("none", "2021-01-01", False, None),
    (None, "2021-01-01", False, None),
]


def test_a_code_is_valid_from_its_first_to_its_last_day(tmp_path: Path) -> None:
    table = _table(tmp_path, DATED)
    codes = np.array([case[0] for case in CASES], dtype=object)
    days = np.array([day(case[1]) for case in CASES], dtype=np.int32)
    assert table.check(codes, days).tolist() == [case[2] for case in CASES]
    points = [None if np.isnan(p) else p for p in table.numbers("points", codes, days)]
    assert points == [case[3] for case in CASES]


def test_a_table_at_a_day_holds_the_rows_valid_then(tmp_path: Path) -> None:
    table = _table(tmp_path, DATED)
    assert table.at(day("2020-12-31")).codes == ["kept", "old"]
    assert table.at(day("2021-01-01")).table["points"].to_pylist() == ["3", None]
    assert table.at(day("2021-01-01")).check(["old"], day("2020-01-01")).tolist() == [False]


CODES = st.sampled_from(["old", "kept", "new", "none"])


@given(st.lists(st.tuples(CODES, st.integers(-40_000, 90_000)), min_size=1))
def test_checking_many_codes_is_checking_each(queries: list[tuple[str, int]]) -> None:
    table = dated()
    codes, days = [q[0] for q in queries], [q[1] for q in queries]
    assert table.check(codes, days).tolist() == [c in table.at(d).codes for c, d in queries]
    faults = [table.fault(code, when) for code, when in queries]
    assert [fault is None for fault in faults] == table.check(codes, days).tolist()


def test_a_code_out_of_its_time_is_explained(tmp_path: Path) -> None:
    table = _table(tmp_path, DATED)
    assert table.fault("old", day("2021-05-01")) == (
        "grade 'old' does not hold on 2021-05-01; it is valid always to 2020-12-31"
    )
    assert table.fault("odl", day("2020-05-01")) == (
        "there is no grade 'odl'; did you mean 'old'? There are: kept, new, old"
    )


def test_a_table_of_a_source_needs_only_codes(tmp_path: Path) -> None:
    table = _table(tmp_path, "\ufeffcode,severity\n16,critical\n\n15,minor\n")
    assert table.words("severity", ["15", "16", "17"], TODAY).tolist() == [
        "minor",
        "critical",
        None,
    ]
    assert table.columns == ["code", "zh", "en", "valid_from", "valid_to", "severity"]


BAD = [
    ("no code column", "name\nx\n", "one named 'code'"),
    ("column twice", "code,code\nx,y\n", "distinct columns"),
    ("no row", "code\n", "without any code"),
    ("nothing", "", "one named 'code'"),
    ("ragged", "code,zh\nx\n", "line 2: 1 fields where the header has 2"),
    ("empty code", "code,zh\n,x\n", "line 2: the code is empty"),
    ("impossible date", "code,valid_from\nx,2026-02-30\n", "line 2: '2026-02-30' is no date"),
    ("ends first", "code,valid_from,valid_to\nx,2026-02-02,2026-02-01\n", "no day at all"),
    ("twice", "code\nx\nx\n", "line 3: code 'x' is valid twice"),
    ("overlap", "code,valid_from,valid_to\nx,,2026-02-01\nx,2026-02-01,\n", "line 3.*valid twice"),
]


@pytest.mark.parametrize(("text", "words"), [c[1:] for c in BAD], ids=[c[0] for c in BAD])
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        _table(tmp_path, text)


def test_a_missing_or_undecodable_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"missing\.csv: this is no readable code table"):
        CodeTable.read(tmp_path / "missing.csv")
    (tmp_path / "gb.csv").write_bytes("code\n蚝\n".encode("gb18030"))
    with pytest.raises(InvalidError, match=r"gb\.csv: .*expected a UTF-8 CSV"):
        CodeTable.read(tmp_path / "gb.csv")


def test_unknown_tables_and_columns_name_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'penalty_kind'"):
        CodeTable.load("penalty_kinds")
    with pytest.raises(NotFoundError, match="did you mean 'ordinal'"):
        CodeTable.load("incident").numbers("ordinals", ["death"], TODAY)
    with pytest.raises(InvalidError, match=r"column 'zh' .* holds text"):
        CodeTable.load("incident").numbers("zh", ["death"], TODAY)


@pytest.mark.parametrize("name", code_tables())
def test_every_row_that_ships_has_names_and_a_basis(name: str) -> None:
    table = CodeTable.load(name).table
    for column in ("zh", "en", "basis"):
        assert table[column].null_count == 0


ORDINALS = {
    "penalty_kind": {
        "warning": 1,
        "fine": 2,
        "suspension": 3,
        "stoppage": 4,
        "revocation": 5,
        "detention": 6,
    },
    "inspection_result": {
        "pass": 0,
        "none": 0,
        "corrected": 1,
        "pending": 2,
        "fail": 2,
        "dishonest": 3,
        "uncontactable": 3,
        "refused": 4,
    },
    "random_check_result": {
        "pass": 0,
        "none": 0,
        "corrected": 1,
        "pending": 2,
        "undisclosed": 2,
        "dishonest": 3,
        "uncontactable": 3,
        "refused": 4,
    },
    "ban": {"judgment_defaulter": 2, "five_years": 3, "lifetime": 3},
    "catering_grade": {"A": 0, "B": 1, "C": 2},
    "item_severity": {"critical": 3, "serious": 2, "minor": 1, "other": 0},
    "list_reason": {
        "report_missing": 1,
        "disclosure_missing": 2,
        "unreachable": 3,
        "concealment": 4,
    },
    "enterprise_status": {"active": 0, "paused": 1, "stopped": 2, "liquidation": 3, "revoked": 4},
    "award_level": {"city": 1, "province": 2, "nation": 3},
    "incident": {"outbreak": 1, "mass": 2, "death": 3},
    "hazard_class": {
        "pathogen": 5,
        "contaminant": 4,
        "pesticide": 4,
        "additive": 3,
        "quality": 2,
        "label": 1,
    },
    "licence_event": {"granted": 0, "cancelled": 1, "suspended": 2, "revoked": 4},
    "recall_level": {"level1": 3, "level2": 2, "level3": 1},
    "tax_rating": {"A": 0, "B": 1, "M": 2, "C": 3, "D": 4},
}


@pytest.mark.parametrize("name", ORDINALS)
def test_ordinals_are_those_of_the_indicators(name: str) -> None:
    expected = ORDINALS[name]
    found = CodeTable.load(name).numbers("ordinal", list(expected), TODAY)
    assert dict(zip(expected, found.tolist(), strict=True)) == expected


def test_food_categories_belong_to_groups_and_carry_scores() -> None:
    categories, groups = CodeTable.load("food_category"), CodeTable.load("food_group")
    assert len(groups.codes) == 32
    assert all(code.isdigit() and len(code) == 4 for code in categories.codes)
    parents = categories.table["parent"].to_pylist()
    assert parents == [code[:2] for code in categories.codes]
    assert groups.check(parents, TODAY).all()
    assert (
        categories.words("band", categories.codes, TODAY).tolist()
        == groups.words("band", parents, TODAY).tolist()
    )
    cases = {"0101": 13.5, "0104": 14, "2101": 14, "0201": 20, "2401": 26, "0401": 34, "2901": 34}
    assert categories.numbers("score", list(cases), TODAY).tolist() == list(cases.values())


def test_tables_that_point_at_others_point_at_something() -> None:
    reasons = CodeTable.load("list_reason").table["parent"].drop_null().to_pylist()
    assert CodeTable.load("list").check(reasons, TODAY).all()
    chosen = CodeTable.load("inspection_purpose").table["selection"].to_pylist()
    assert CodeTable.load("selection").check(chosen, TODAY).all()
    assert CodeTable.load("change").codes == sorted(Change)


def test_the_code_tables_are_listed_and_what_they_rest_on_is_explained() -> None:
    assert CodeTable.load("code_table").codes == code_tables()
    sources = "|".join(re.escape(code) for code in CodeTable.load("source").codes)
    explained = re.compile(rf"(?<![\w-])({sources}|[BRPCE][CLNA]\d\d)(?![\w-])")
    for name in code_tables():
        for basis in CodeTable.load(name).table["basis"].to_pylist():
            assert [part for part in basis.split(";") if not explained.search(part)] == [], name


NUMBERS = {
    "random_check_result": 8,
    "obstruction_form": 8,
    "check_follow_up": 6,
    "penalty_kind": 13,
    "licence_event": 8,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_list_that_a_rule_fixes_is_complete(name: str) -> None:
    assert len(CodeTable.load(name).codes) == NUMBERS[name]


def test_the_drawn_checks_have_the_words_of_inspections() -> None:
    drawn, visits = CodeTable.load("random_check_result"), CodeTable.load("inspection_result")
    for column in ("zh", "en", "ordinal"):
        words = drawn.words(column, drawn.codes, TODAY).tolist()
        assert words == visits.words(column, drawn.codes, TODAY).tolist()


def test_every_list_reason_of_the_abnormal_list_and_of_the_courts_is_there() -> None:
    table = CodeTable.load("list_reason").table
    reasons = Counter(table["parent"].to_pylist())
    assert [reasons[name] for name in ("abnormal", "serious_dishonesty")] == [4, 4]
    assert reasons["judgment_defaulter"] == 6


def test_districts_lie_in_shenzhen_and_its_cooperation_zone_east_of_it() -> None:
    whole = CodeTable.load("district")
    assert len(whole.codes) == 11
    assert whole.numbers("longitude", ["shenshan"], TODAY)[0] == 115.0
    city = [code for code in whole.codes if code != "shenshan"]
    longitude = whole.numbers("longitude", city, TODAY)
    latitude = whole.numbers("latitude", city, TODAY)
    assert ((longitude > 113.7) & (longitude < 114.7) & (latitude > 22.4) & (latitude < 22.9)).all()
