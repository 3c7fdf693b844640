"""Sentences: both languages, the figure always in it."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.explaining import State, reason, sum_by_dimension
from xinheng.explaining.reasons import amount
from xinheng.explaining.words.amounts import figure, money, percent

from ..grading.world import CATALOGUE

CRITICAL, WAIT, KIND, HACCP = CATALOGUE
KIND, HACCP = replace(KIND, en="Heaviest kind"), replace(HACCP, en="HACCP")


@pytest.mark.parametrize(
    ("found", "zh", "en"),
    [
        (
            reason(CRITICAL, 3.0, State.KNOWN, 0.416),
            "近两年严重问题数为3项，使风险分上升0.42。",
            "Critical items in two years: 3 items; this raises the risk score by 0.42.",
        ),
        (
            reason(WAIT, 207.0, State.KNOWN, -0.5),
            "距上次检查天数为207天，使风险分下降0.50。",
            "Days since the last inspection: 207 days; this lowers the risk score by 0.50.",
        ),
        (
            reason(KIND, 0.0, State.MISSING, -0.17),
            "近三年最重处罚种类无记录，按0计，使风险分下降0.17。",
            "Heaviest kind: no record, counted as 0; this lowers the risk score by 0.17.",
        ),
        (
            reason(HACCP, np.nan, State.NOT_APPLICABLE, 0.001),
            "该主体不是食品生产者，不适用“有效HACCP认证”，对风险分几乎无影响（0.00）。",
            (
                "The enterprise is no food producer, so “HACCP” does not apply; "
                "this hardly changes the risk score (0.00)."
            ),
        ),
    ],
)
def test_sentences_by_hand(found: object, zh: str, en: str) -> None:
    assert found.zh == zh
    assert found.en == en


@given(value=st.floats(-1e5, 1e5), size=st.floats(-3, 3), state=st.sampled_from(State))
def test_no_sentence_of_an_indicator_of_one_s_own_is_without_its_figures(
    value: float, size: float, state: State
) -> None:
    for indicator in CATALOGUE:
        found = reason(indicator, value, state, size)
        told = zip((found.zh, found.en), amount(indicator, value), strict=True)
        for sentence, value_told in told:
            assert f"{abs(size):.2f}" in sentence or "0.00" in sentence
            if state is not State.NOT_APPLICABLE:
                assert value_told in sentence
                assert re.search(r"\d", value_told)


def test_dimensions_add_up() -> None:
    reasons = [
        reason(CRITICAL, 1.0, State.KNOWN, 0.5),
        reason(WAIT, 1.0, State.KNOWN, -0.2),
        reason(KIND, 1.0, State.KNOWN, -0.7),
        reason(HACCP, 1.0, State.KNOWN, 0.1),
    ]
    sums = sum_by_dimension(reasons)
    assert [each.dimension for each in sums] == ["PN", "IH", "EA"]
    assert [each.contribution for each in sums] == pytest.approx([-0.7, 0.3, 0.1])
    assert sums[0].zh == "处罚与负面名单"


def test_nothing_has_no_sign_and_ten_thousand_yuan_are_one_wan() -> None:
    assert [figure(value) for value in (-0.0, -1e-9, -3.0)] == ["0", "0", "-3"]
    assert percent(-0.0) == "0%"
    assert [money(-0.00001, zh=zh) for zh in (True, False)] == ["0元", "0 yuan"]
    assert [money(wan, zh=True) for wan in (0.9999, 0.99996, 1.0)] == ["9,999元", "1万元", "1万元"]
