"""docs/downgrade-warnings.md says what the code does."""

import re
from pathlib import Path

from xinheng.earlywarning.enterprises import WarningPolicy
from xinheng.ledger.downgrades import Act

from .accesspage import DAY
from .downgradepage import CLOCKS, PAGE, PARTS, STATES, WHAT, render

TEXT = PAGE.read_text("utf-8")
EDITION = WarningPolicy.default().on(DAY)


def test_the_tables_are_those_of_the_code() -> None:
    assert all(f"<!-- {name} -->" in TEXT for name in PARTS)
    assert render(TEXT) == TEXT


def test_every_clock_and_every_act_of_the_policy_is_told() -> None:
    clocks = {*EDITION.clocks, "state"}
    assert CLOCKS.keys() == clocks == {each[2] for each in STATES.values()} - {""}
    assert WHAT.keys() == EDITION.second.keys()


def test_what_it_says_of_the_policy_is_so() -> None:
    assert f"({EDITION.most_days} days, design)" in TEXT
    told = {*re.findall(r"`([a-z]+)`", TEXT)}
    assert {Act.BEGIN, Act.EXPIRE, Act.RECKON, Act.ESCALATE} <= told


def test_the_files_that_it_names_exist() -> None:
    for path in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (PAGE.parent / Path(path)).exists(), path
