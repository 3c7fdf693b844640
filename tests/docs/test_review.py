"""docs/review.md says what the code does, and its example runs."""

import re
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from xinheng.ledger.reviews import DECISIONS

from .reviewpage import PAGE, PARTS, render

TEXT = PAGE.read_text("utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    assert all(f"<!-- {name} -->" in TEXT for name in PARTS)
    assert render(TEXT) == TEXT


def test_the_example_runs(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(DECISIONS.empty_table(), "decisions.parquet")
    [block] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    *lines, last = block.strip().splitlines()
    program = "\n".join([*lines, f"found = {last.partition('#')[0]}", "print(len(found))"])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("1", 0), done.stderr
