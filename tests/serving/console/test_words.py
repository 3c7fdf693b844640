"""Whatever the service answers by a code is called something in both languages."""

from typing import get_args

import pytest

from xinheng.earlywarning.alarm import Kind
from xinheng.earlywarning.exposure.traces import ROLES
from xinheng.earlywarning.signals.sources import SOURCES
from xinheng.ledger import downgrades, reviews, watch
from xinheng.serving.console import downgradeacts, reviewacts


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (reviewacts.STATES, set(reviews.State)),
        (reviewacts.DONE, set(reviews.Act)),
        (downgradeacts.STATES, set(downgrades.State)),
        (downgradeacts.DONE, set(downgrades.Act)),
        (downgradeacts.ALARM_DONE, set(watch.Act)),
        (downgradeacts.KINDS, set(get_args(Kind))),
        (downgradeacts.EXPOSED, set(ROLES)),
        (dict(downgradeacts.REPLIES), set(downgrades.Answer)),
    ],
)
def test_every_code_has_words(words, codes):
    assert set(words) == {str(code.value if hasattr(code, "value") else code) for code in codes}
    assert all(zh and en and zh != en for zh, en in words.values())


def test_every_source_of_signals_has_words():
    assert set(downgradeacts.SOURCES) >= {each.kind for each in SOURCES}
