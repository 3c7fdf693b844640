"""The folder that the notebooks of the course share."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from xinheng import simulation
from xinheng.archive import Archive
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.demo import open_course, settle_city

from ..training.world import archive_of, city

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    for name in ("XINHENG_COURSE", "XINHENG_ARCHIVE"):
        monkeypatch.delenv(name, raising=False)


def test_everything_lies_in_one_folder(tmp_path: Path) -> None:
    course = open_course(tmp_path / "mine")
    assert course.folder.is_dir()
    settings = course.settings
    for path in (settings.archive, settings.bundles, settings.keys, settings.mlruns):
        assert path.parent == course.folder
    assert settings.ledger == f"sqlite:///{course.folder}/ledger.db"
    assert settings.sources == ROOT / "data" / "sources"


def test_variables_name_another_folder_and_another_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_COURSE", str(tmp_path / "course"))
    monkeypatch.setenv("XINHENG_ARCHIVE", str(tmp_path / "ours"))
    course = open_course()
    assert course.folder == tmp_path / "course"
    assert course.settings.archive == tmp_path / "ours"
    assert course.settings.bundles == tmp_path / "course" / "bundles"


def test_what_is_missing_names_the_notebook_that_writes_it(tmp_path: Path) -> None:
    course = open_course(tmp_path)
    with pytest.raises(NotFoundError, match="run the notebook 01_archive first"):
        _ = course.archive
    with pytest.raises(NotFoundError, match="run the notebook 02_indicators first"):
        course.left("indicators.json")
    (tmp_path / "indicators.json").write_text("{}")
    assert course.left("indicators.json") == tmp_path / "indicators.json"
    with pytest.raises(NotFoundError, match=r"did you mean 'judged\.parquet'"):
        course.left("judge.parquet")


def test_outside_a_project_it_says_where_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError, match="start Jupyter in the project"):
        open_course()


def test_an_archive_of_other_deliveries_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = archive_of(city(shops=3), tmp_path)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(ours.folder))
    course = open_course(tmp_path / "course")
    archive = settle_city(course, at=AT)
    assert archive.folder == course.archive.folder == ours.folder
    assert archive.sequence == 1
    assert list(course.folder.iterdir()) == []


def test_the_task_is_that_of_who_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = archive_of(city(shops=3), tmp_path)
    course = open_course(tmp_path)
    course = replace(
        course, settings=course.settings.model_copy(update={"sources": tmp_path / "sources"})
    )
    assert course.archive.folder == archive.folder
    with pytest.raises(NotFoundError, match=r"none of the 1 sources that delivered has a task"):
        _ = course.task
    (source,) = {each.source for each in archive.deliveries()}
    for name in (source, "somebody-else"):
        (tmp_path / "sources" / name).mkdir(parents=True)
        (tmp_path / "sources" / name / "task.toml").write_text(f'title = "{name}"')
    assert course.task.title == source
    both = [SimpleNamespace(source=name) for name in (source, "somebody-else")]
    monkeypatch.setattr(Archive, "deliveries", lambda _: both)
    with pytest.raises(InvalidError, match="several tasks"):
        _ = course.task


def test_a_city_is_settled_once_and_anew_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def simulate(folder: Path, seed: int, **given: object) -> SimpleNamespace:
        made.append((seed, given["enterprises"], given["producers"]))
        archive_of(city(shops=3), tmp_path / "made")
        (tmp_path / "made" / "archive").rename(tmp_path / "archive")
        folder.mkdir()
        return SimpleNamespace(folder=folder, delivering=())

    monkeypatch.setattr(simulation, "simulate", simulate)
    for name in ("city", "archive"):  # somebody stopped it on its way
        (tmp_path / name).mkdir()
        (tmp_path / name / "half.txt").write_text("half")
    course = open_course(tmp_path)
    first = settle_city(course, at=AT, seed=7, enterprises=300, producers=9)
    again = settle_city(course, at=AT, seed=8)
    assert made == [(7, 300, 9)]
    assert (first.sequence, again.sequence) == (1, 1)
    assert not list(tmp_path.rglob("half.txt"))
