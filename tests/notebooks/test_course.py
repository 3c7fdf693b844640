"""The course runs from its first cell to its last, in order, as a new data scientist runs it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import jupytext
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from plotly.graph_objects import Figure
from traitlets.config import Config

from xinheng.core.errors import NotFoundError
from xinheng.demo import open_course, settle_city

AT = datetime(2026, 1, 1, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
NAMES = [
    "01_archive", "02_indicators", "03_training", "04_evaluation", "05_promote",
    "06_emerging_risks", "07_explanations", "08_asking_the_service",
]  # fmt: skip


def run(notebook: Path) -> tuple[list[object], str]:
    """Run a notebook in this process; return what its cells showed, and what they printed."""
    quiet = Config()
    quiet.HistoryManager.enabled = False
    shell = InteractiveShell(config=quiet, user_module=ModuleType("notebook"))
    shown, printed = [], []
    for cell in jupytext.read(notebook).cells:
        if cell.cell_type == "code":
            with capture_output() as captured:
                done = shell.run_cell(cell.source)
            done.raise_error()
            shown.append(done.result)
            printed.append(captured.stdout)
    return shown, "".join(printed)


@pytest.mark.parametrize("enterprises", [500, pytest.param(2_000, marks=pytest.mark.slow)])
def test_the_course_runs_in_order(
    enterprises: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a small city; and in one of the size that the notebooks make."""
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("XINHENG_COURSE", str(tmp_path / "course"))
    settle_city(open_course(), at=AT, enterprises=enterprises)
    told = {}
    for notebook in NOTEBOOKS:
        shown, told[notebook.stem] = run(notebook)
        assert any(isinstance(each, Figure) for each in shown), notebook.stem
    digest = (tmp_path / "course" / "challenger.txt").read_text("utf-8")
    assert f"trained again: {digest}" in told["05_promote"]
    assert "are not as they were signed" in told["05_promote"]
    promoted = re.findall("in force: ([0-9a-f]{16})", told["05_promote"])
    first = re.findall("in force: ([0-9a-f]{16})", told["03_training"])
    assert promoted == [digest[:16], *first]
    assert "challenger less in_force" in told["04_evaluation"]
    assert re.search("drafted: [1-9][0-9]*, and when asked again: 0", told["06_emerging_risks"])
    assert "small changes" in told["07_explanations"]
    [asked] = re.findall("asked of: ([0-9A-Z]{18})", told["07_explanations"])
    assert asked in (tmp_path / "course" / "why.html").read_text("utf-8")
    assert "unknown-enterprise: " in told["08_asking_the_service"]
    assert "the first time for: routine" in told["08_asking_the_service"]
    assert "no value rests on what came later" in told["02_indicators"]


@pytest.mark.parametrize(
    ("notebook", "needed"),
    [
        ("02_indicators", "01_archive"),
        ("03_training", "01_archive"),
        ("04_evaluation", "01_archive"),
        ("05_promote", "01_archive"),
        ("07_explanations", "01_archive"),
    ],
)
def test_a_notebook_says_which_one_to_run_first(
    notebook: str, needed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("XINHENG_COURSE", str(tmp_path))
    with pytest.raises(NotFoundError, match=f"run the notebook {needed} first"):
        run(FOLDER / f"{notebook}.py")


def test_what_a_notebook_leaves_is_what_a_later_one_reads() -> None:
    texts = {path.stem: path.read_text("utf-8") for path in NOTEBOOKS}
    for name in open_course.__globals__["WRITTEN_BY"]:
        writer = open_course.__globals__["WRITTEN_BY"][name]
        assert f'course.folder / "{name}"' in texts[writer], name
        readers = [other for other, text in texts.items() if f'course.left("{name}")' in text]
        assert readers, name
        assert min(readers) > writer


def test_the_page_lists_every_notebook() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    assert [path.stem for path in NOTEBOOKS] == NAMES
    assert re.findall(r"^\| `(\d\d_\w+)`", page, re.MULTILINE) == NAMES


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin(notebook: Path) -> None:
    code = "\n".join(
        cell.source for cell in jupytext.read(notebook).cells if cell.cell_type == "code"
    )
    assert not re.search(r"^\s*(def|class) ", code, re.MULTILINE)
