"""Sentences of indicators: their words as kept, their figures, and what they are declared as."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from math import nan
from pathlib import Path

import pytest

from xinheng.core.errors import NotFoundError, PolicyError
from xinheng.core.time import months
from xinheng.explaining import Sentences, State, reason
from xinheng.explaining.words.amounts import figure, money, percent
from xinheng.explaining.words.form import general
from xinheng.explaining.words.phrases import UNDO
from xinheng.explaining.words.sentences import window_told
from xinheng.features import Catalogue, Indicator, count, standard_catalogue
from xinheng.features.expression import Unary

from . import telling
from .telling import CATALOGUE, EFFECTS, HERE, SNAPSHOTS, cases, clauses, effects, snapshot, tables

OWN = """
[[form]]
ids = ["VISITS"]
at.0.zh = "{window}未走访"
at.0.en = "nobody called {window}"
some.zh = "{window}走访{x}次"
some.en = "there [was|were] {x} [call|calls] {window}"
"""
VISITS = Indicator(
    id="VISITS",
    zh="走访次数",
    en="Calls",
    dimension="IH",
    unit_zh="次",
    unit_en="calls",
    expression=count("inspection", window=months(24)),
    missing=0,
    basis="design",
    formula="count(calls)",
    window="24m",
)
every = pytest.mark.parametrize("indicator", list(CATALOGUE), ids=lambda each: each.id)


def texts(indicator: Indicator) -> list[tuple[str, str]]:
    """All that is said of an indicator where it applies, in both languages."""
    return [
        clauses(reason(indicator, value, state, 0.5))
        for _, value, state in cases(indicator)
        if state is not State.NOT_APPLICABLE
    ]


def parts(node: object) -> Iterator[object]:
    """A tree and all that is in it."""
    yield node
    if is_dataclass(node):
        for field in fields(node):
            yield from parts(getattr(node, field.name))
    elif isinstance(node, tuple):
        for each in node:
            yield from parts(each)


def windows(indicator: Indicator) -> set[int]:
    """The days that the expression looks back on, and the gaps it looks for."""
    found = set()
    for part in parts(indicator.expression):
        window, lag = getattr(part, "window", None), getattr(part, "lag", 0)
        found |= {window, window + lag} if window else set()
        found |= {getattr(part, name, None) or 0 for name in ("within", "gap", "lag")}
    return found


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_what_is_said_is_what_was_read(name: str) -> None:
    kept = HERE.joinpath(name).read_text("utf-8")
    assert snapshot(name) == kept, "if it is meant: python -m tests.explaining.telling, and read it"


@every
@pytest.mark.parametrize("way", EFFECTS)
def test_every_sentence_is_what_the_value_is_and_what_it_does(
    indicator: Indicator, way: str
) -> None:
    for _, value, state in cases(indicator):
        found = reason(indicator, value, state, EFFECTS[way])
        (zh, en), (zh_effect, en_effect) = clauses(found), effects(EFFECTS[way])
        assert found.zh == f"{zh}，{zh_effect}"
        assert found.en == f"{en}; {en_effect}"
        assert re.search(r"\d\.\d\d", zh_effect)
        assert re.search(r"\d\.\d\d", en_effect)
        assert en[0] == en[0].upper()
        assert not re.search(r"[{}|\[\]]|nan", zh + en)


@every
def test_the_value_is_in_its_sentence_or_it_is_said_that_there_is_none(
    indicator: Indicator,
) -> None:
    root = indicator.expression
    undo = UNDO[root.operator] if isinstance(root, Unary) and root.operator in UNDO else float
    for _, value, state in cases(indicator):
        if state is State.NOT_APPLICABLE:
            continue
        told, raw = abs(value), abs(undo(value))
        ways = {figure(told), figure(raw), percent(told)}
        for text, sums in zip(
            clauses(reason(indicator, value, state, 0.5)),
            ({money(raw, zh=True)}, {money(raw, zh=False)}),
            strict=True,
        ):
            found = any(re.search(rf"(?<![\d.,]){re.escape(way)}", text) for way in ways | sums)
            none = value == 0 and re.search(
                r"无|未|\b(no|not|none|nobody|nothing|neither)\b", text, re.IGNORECASE
            )
            assert found or none, (value, text)


@every
def test_a_window_that_is_told_is_the_one_that_is_computed(indicator: Indicator) -> None:
    looked = windows(indicator)
    for zh, en in texts(indicator):
        told = re.findall(r"近(\d+)(年|个月|天)", zh)
        told += re.findall(r"\blast (\d+) (year|month|day)", en)
        for number, unit in told:
            year, month = unit in ("年", "year"), unit in ("个月", "month")
            days = months(12 * int(number)) if year else int(number)
            assert (months(days) if month else days) in looked, (number, unit, looked)


@every
def test_the_declared_window_is_told(indicator: Indicator) -> None:
    split = re.fullmatch(r"(\d+)([md])", indicator.window)
    if split is None:
        return
    number = int(split[1])
    said = {f"{number}天", f"{number}个月"} if split[2] == "d" else {f"{number}个月"}
    if split[2] == "m" and number % 12 == 0:
        said.add(f"{number // 12}年")
    assert any(word in zh for word in said for zh, _ in texts(indicator)), said


@every
def test_that_repaired_records_do_not_count_is_said_of_every_value(indicator: Indicator) -> None:
    leaves = any(getattr(part, "repaired", "") == "leaves" for part in parts(indicator.expression))
    declared = "missing" in tables()[indicator.id]
    for _, value, state in cases(indicator):
        made = state is State.KNOWN or (state is State.MISSING and declared)
        if not leaves or not made or (indicator.id == "PN15" and state is State.MISSING):
            continue
        zh, en = clauses(reason(indicator, value, state, 0.5))
        assert "修复" in zh
        assert "repaired" in en


@every
def test_units_are_the_declared_ones(indicator: Indicator) -> None:
    said = texts(indicator)
    if indicator.unit_en == "share":
        assert all("%" in zh and "%" in en for zh, en in said)
    elif indicator.unit_zh in ("年", "次", "批次", "家", "个", "类", "种", "天", "分", "项"):
        unit = (
            "件"
            if indicator.id == "RL02"
            else "个年度"
            if indicator.id == "RL01"
            else indicator.unit_zh
        )
        assert any(unit in zh for zh, _ in said)


@every
def test_articles_are_among_the_declared_basis(indicator: Indicator) -> None:
    for zh, en in texts(indicator):
        articles = re.findall(r"第(\d+)条", zh)
        assert articles == re.findall(r"art\. (\d+)", en)
        for article in articles:
            assert re.search(rf"§{article}\b", indicator.basis)


def test_a_declaration_that_was_carried_along_has_its_words() -> None:
    again = Catalogue.from_json(CATALOGUE.to_json())
    for indicator in again:
        assert Sentences.default().form(indicator) is Sentences.default().forms[indicator.id][1]


def test_one_that_is_computed_otherwise_has_general_words() -> None:
    other = replace(CATALOGUE["PN06"], expression=count("penalty", window=months(12)))
    found = reason(other, 1.0, State.KNOWN, 0.314)
    assert found.zh == "近三年行政处罚次数为1次，使风险分上升0.31。"
    assert found.en == "Administrative penalties: 1 penalty; this raises the risk score by 0.31."
    named = replace(CATALOGUE["PN06"], en="Penalties")
    assert "Market regulators imposed" in reason(named, 1.0, State.KNOWN, 0.3).en


def test_a_catalogue_brings_words_of_its_own() -> None:
    words = Sentences.parse(OWN, "own.toml", Catalogue((VISITS,)))
    found = reason(VISITS, 1.0, State.KNOWN, -0.2, words)
    assert found.zh == "近2年走访1次，使风险分下降0.20。"
    assert found.en == "There was 1 call in the last 2 years; this lowers the risk score by 0.20."
    assert reason(VISITS, 0.0, State.KNOWN, 0.2, words).zh.startswith("近2年未走访，")
    assert reason(VISITS, 0.0, State.MISSING, 0.2, words).en.startswith("No record tells “Calls”")
    standard = CATALOGUE["PN09"]
    assert reason(standard, 2.0, State.KNOWN, 0.2, words) == reason(standard, 2.0, State.KNOWN, 0.2)


def test_an_office_has_a_folder_of_its_own_words(tmp_path: Path) -> None:
    calls = replace(VISITS, id="CALLS")
    catalogue = Catalogue((VISITS, calls, CATALOGUE["PN09"]))
    with pytest.raises(NotFoundError, match=r"has no \.toml with sentence forms; write one with"):
        Sentences.read(tmp_path, catalogue)
    (tmp_path / "a.toml").write_text(OWN, "utf-8")
    (tmp_path / "b.toml").write_text(OWN.replace("VISITS", "CALLS"), "utf-8")
    (tmp_path / "notes.txt").write_text("not read", "utf-8")
    words = Sentences.read(tmp_path, catalogue)
    assert reason(calls, 1.0, State.KNOWN, 0.2, words).zh.startswith("近2年走访1次，")
    assert words.form(CATALOGUE["PN09"]) is Sentences.default().form(CATALOGUE["PN09"])
    (tmp_path / "c.toml").write_text(OWN, "utf-8")
    with pytest.raises(PolicyError, match=r"c\.toml: VISITS has a form in .*a\.toml already"):
        Sentences.read(tmp_path, catalogue)
    (tmp_path / "c.toml").write_bytes(OWN.encode("gb18030"))
    with pytest.raises(PolicyError, match=r"c\.toml: not UTF-8 text"):
        Sentences.read(tmp_path, catalogue)


@pytest.mark.parametrize("name", ["a {b} [c|d] name", "{x}"])
def test_names_are_told_as_they_are(name: str) -> None:
    indicator = replace(VISITS, zh=name, en=name)
    for value, state in ((2.0, State.KNOWN), (0.0, State.MISSING), (nan, State.NOT_APPLICABLE)):
        found = reason(indicator, value, state, 0.2)
        assert name in found.zh
        assert name in found.en
    assert general(indicator).subject == (name, name)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            '"VISITS"',
            '"VISIT"',
            "expected an indicator .*no indicator 'VISIT'; did you mean 'VISITS'",
        ),
        ('["VISITS"]', '["VISITS", "VISITS"]', "in one form only"),
        (
            "走访{x}次",
            "走访多次",
            "expected the value in braces, the same in Chinese and in English",
        ),
        ("{x} [call", "{percent} [call", "the same in Chinese and in English"),
        ("走访{x}次", "走访{y}次", "the same in Chinese and in English"),
        ("at.0.zh", "at.none.zh", "at is missing|none = 'none': expected a number"),
        ("未走访", "未走访{y}", "no name in braces 'y'"),
        ("some.zh", "sum.zh", "some.zh is missing"),
        ("at.0", "at0", "key 'form"),
    ],
)
def test_words_that_do_not_tell_are_refused(old: str, new: str, says: str) -> None:
    text = (
        OWN.replace(old, new, 1)
        if "at" not in old
        else OWN.replace(old.removesuffix(".zh"), new.removesuffix(".zh"))
    )
    with pytest.raises(PolicyError, match=says):
        Sentences.parse(text, "own.toml", Catalogue((VISITS,)))


def test_a_window_that_is_not_one_cannot_be_told() -> None:
    assert window_told("at t") is None
    with pytest.raises(PolicyError, match="'36m / at t' is not a single one"):
        Sentences.parse(OWN, "own.toml", Catalogue((replace(VISITS, window="36m / at t"),)))


def test_every_standard_indicator_has_its_own_words() -> None:
    assert Sentences.default().forms.keys() == set(standard_catalogue().ids)
    assert telling.tables().keys() == set(CATALOGUE.ids)


def test_whatever_may_stand_on_others_alone_has_words_for_it() -> None:
    worded = {name for name, table in tables().items() if "unseen" in table}
    # The city's rate is the city's, and without a last score there is nothing to compare.
    assert worded == CATALOGUE.layout.resting.keys() - {"CX_CITY_RATE", "IH_SCORE_LAST"}


def test_one_s_own_that_stands_on_others_alone_is_told_so() -> None:
    found = reason(
        VISITS, 2.0, State.UNSEEN, 0.2, Sentences.parse(OWN, "own", Catalogue((VISITS,)))
    )
    assert found.zh.startswith("“走访次数”无自身记录，按其他主体的2次计，")
    assert found.en.startswith(
        "No record of its own tells “Calls”, which counts as others have, 2;"
    )
    assert reason(VISITS, 2.0, State.UNSEEN, 0.2).zh.startswith(
        "走访次数无自身记录，按其他主体的2次计"
    )
