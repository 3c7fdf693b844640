"""Every notebook runs from its first cell to its last."""

import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", notebook],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_page_lists_every_notebook() -> None:
    assert NOTEBOOKS
    page = (NOTEBOOKS[0].parent / "README.md").read_text("utf-8")
    assert [path.stem for path in NOTEBOOKS if f"`{path.stem}`" not in page] == []
