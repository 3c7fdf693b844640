"""Task files: read strictly, and not needed."""

from pathlib import Path

import pytest

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.training import OutcomeRule, PanelRule, Task, find_task, read_task

SOURCES = Path(__file__).parents[2] / "data" / "sources"


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "task.toml"
    path.write_text(text, "utf-8")
    return path


PANEL = """
[cohort]
kind = "panel"
first = 2020-01-01
[[label.outcomes]]
streams = ["inspection.critical:routine"]
above = 0
"""
BACKWARDS = """
[windows]
train = { first = 2020-02-01, last = 2020-01-01 }
test = { first = 2020-03-01, last = 2020-04-01 }
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = 'x'", r"task.toml: titel: Extra inputs are not permitted \(found 'x'\)"),
        ("title = ", "is not TOML"),
        ("learners = ['constant', 'lightgmb']", "did you mean 'lightgbm'"),
        ("learners = ['constant']", "a bundle is made of 'lightgbm'"),
        ("[boosting]\ndepths = [0]", "boosting.depths"),
        ("[label]\nseverity = 'grave'", "label.severity"),
        (BACKWARDS, "ends before it begins"),
        ("[cohort]\nkind = 'panels'", "cohort: .*'inspections', 'panel'"),
        ("[cohort]\nkind = 'panel'\nfirst = 2020-01-31", "cohort: .*not every month has"),
        ("[cohort]\nkind = 'panel'\nfirst = 2020-01-01", "label.outcomes: Field required"),
        ("[cohort]\npurpose = ['routine']", "cohort.purpose: Extra inputs"),
        (PANEL.replace("critical:", "critica:"), "label.*did you mean 'inspection.critical'"),
        (
            PANEL.replace("[[label", "[label]\nkind = 'inspections'\n[[label"),
            "label.outcomes: Extra",
        ),
        (
            PANEL + "[thinning]\nrows_per_date = 9\n[rolling]\nstarts = [2020-01-01]\n"
            "last = 2020-02-01",
            "leave one of them out",
        ),
    ],
)
def test_a_task_that_cannot_be_used_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        read_task(written(tmp_path, text))


def test_a_task_says_of_which_kind_its_cohort_is(tmp_path: Path) -> None:
    task = read_task(written(tmp_path, PANEL))
    assert isinstance(task.cohort, PanelRule)
    assert isinstance(task.label, OutcomeRule)
    assert (task.cohort.name, task.planning) == ("panel", False)
    assert (task.label.horizon_days, task.label.allowance_days) == (365, 90)
    assert str(task.label) == (
        "a confirmed violation within 365 days: inspection.critical:routine over 0"
    )
    assert Task.model_validate(task.model_dump()) == task.model_copy(update={"folder": None})
    assert Task().planning
    # What an enterprise is known for comes from many sources: a panel stands for all of them.
    (tmp_path / "source.toml").write_text("")
    assert read_task(tmp_path / "task.toml").cohort.sources is None


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="train without it"):
        read_task(tmp_path / "task.toml")


def test_tasks_are_found_by_cohort(tmp_path: Path) -> None:
    assert find_task(tmp_path, "inspections") == Task()
    with pytest.raises(NotFoundError, match="no cohort 'visits'"):
        find_task(tmp_path, "visits")
    written(tmp_path / "a", "title = 'A'")
    assert find_task(tmp_path, "inspections").title == "A"
    written(tmp_path / "b", "title = 'B'")
    with pytest.raises(InvalidError, match="name one of them"):
        find_task(tmp_path, "inspections")
    assert find_task(tmp_path, "inspections", {"b", "c"}).title == "B"
    assert find_task(tmp_path, "inspections", {"c"}) == Task()


def test_every_task_that_ships_can_be_read() -> None:
    paths = sorted(SOURCES.glob("*/task.toml"))
    assert paths
    for path in paths:
        assert read_task(path).folder == path.parent


def test_a_task_beside_a_mapping_stands_for_that_source(tmp_path: Path) -> None:
    path = written(tmp_path / "a", "title = 'A'")
    assert read_task(path).cohort.sources is None
    (path.parent / "source.toml").write_text("")
    assert read_task(path).cohort.sources == ("a",)
    written(tmp_path / "a", "[cohort]\nsources = ['a', 'b']")
    assert read_task(path).cohort.sources == ("a", "b")
