"""What to do about a run: nothing where it went well, else what it told and the next command."""

from dataclasses import replace

import pytest

from xinheng.jobs import advice

from .test_due import ran

TOLD = "   0.4 s  Looking\nerror: there is no inbox; set XINHENG_INBOX"


@pytest.mark.parametrize("outcome", ["done", "running"])
def test_there_is_nothing_to_do_about_one_that_went_well_or_goes_on(outcome):
    assert advice(replace(ran(0, outcome), excerpt=TOLD)) == ""


@pytest.mark.parametrize(
    ("outcome", "told", "then"),
    [
        ("failed", TOLD, "there is no inbox; set XINHENG_INBOX; mend what it says"),
        ("failed", "", "it told nothing; mend what it says"),
        (
            "late",
            f"{TOLD}\nstopped: too long",
            "stopped: too long; see what held it up, or give it more `minutes` in the timetable",
        ),
        (
            "lost",
            "who ran it on m was gone before it ended",
            "who ran it on m was gone before it ended; the log of that machine says why",
        ),
    ],
)
def test_one_that_did_not_says_what_to_do(outcome, told, then):
    found = advice(replace(ran(0, outcome), excerpt=told))
    assert found == f"{then}, then: xinheng jobs run grades"
