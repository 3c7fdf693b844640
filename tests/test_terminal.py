"""What the command line shows of progress."""

import io
import re

from rich.console import Console

from xinheng.terminal import progress


def told(*, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    with progress(console) as tell:
        tell("Reading", 0, 2)
        tell("Reading", 1, 2)
        tell("Writing", 0, 1)
    return console.file.getvalue()


def test_elsewhere_each_step_is_one_line_with_the_seconds_passed() -> None:
    lines = told(terminal=False).splitlines()
    assert [re.sub(r"^ +\d+\.\d s  ", "", line) for line in lines] == ["Reading", "Writing"]


def test_on_a_terminal_each_step_is_a_bar_that_ends() -> None:
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", told(terminal=True))
    last = shown[shown.rindex("Reading") - 2 :]
    assert re.search(r"✓ Reading +━+ .*\n✓ Writing +━+", last)
