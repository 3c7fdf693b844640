"""How people write whom they mean: slips of known kinds, most texts right all the same."""

import numpy as np
import pytest

from xinheng.simulation.miswriting import WAYS, miswritten

NAME = "信衡市宝安区禾沐餐饮有限公司(第3分店)"
ADDRESS = "信衡市宝安区云禾街道沐谷路12号3栋101"
SLIPS = {
    "name": {
        "宝安区禾沐餐饮有限公司(第3分店)",
        "禾沐餐饮有限公司(第3分店)",
        "信衡市宝安区禾沐餐饮有限公司（第３分店）",
        "信衡市宝安区禾沐餐饮有限责任公司(第3分店)",
    },
    "trade name": {"禾沐餐饮", "禾沐餐饮有限公司(第3分店)", "宝安区禾沐餐饮有限公司(第3分店)"},
    "address": {
        "宝安区云禾街道沐谷路12号3栋101",
        "信衡市宝安区云禾街道沐谷路12号",
        "信衡市宝安区沐谷路12号3栋101",
        "信衡市宝安区云禾街道沐谷路12号3座101",
        "信衡市宝安区云禾街道沐谷路１２号３栋１０１",
        None,
    },
    "licence": {"jy24403990000075", None},
}
TEXTS = {"name": NAME, "trade name": NAME, "address": ADDRESS, "licence": "JY24403990000075"}


@pytest.mark.parametrize("what", list(WAYS))
def test_every_slip_occurs_and_most_of_the_rest_is_right(what) -> None:
    text = TEXTS[what]
    written = miswritten(np.random.default_rng(5), what, [text] * 4_000)
    assert set(written) >= SLIPS[what]
    expected = 1 - sum(share for share, _ in WAYS[what])
    assert np.mean([each == text for each in written]) == pytest.approx(expected, abs=0.04)
    assert "" not in written


@pytest.mark.parametrize("what", list(WAYS))
def test_what_is_not_there_stays_away(what) -> None:
    assert miswritten(np.random.default_rng(5), what, [None] * 50) == [None] * 50
    assert miswritten(np.random.default_rng(5), what, []) == []


@pytest.mark.parametrize("text", ["甲", "信衡市", "街道", "号", "JY1"])
@pytest.mark.parametrize("what", list(WAYS))
def test_odd_texts_are_written_too(what, text) -> None:
    if what != "licence" or text.startswith("JY"):
        assert len(miswritten(np.random.default_rng(5), what, [text] * 200)) == 200
