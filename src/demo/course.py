"""The course: the folder that its notebooks share, and what each leaves there for the next."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import InvalidError, NotFoundError
from ..core.settings import Settings, load_settings
from .delivering import Progress, deliver
from .folder import ARCHIVE, CITY, settings_of

if TYPE_CHECKING:
    from ..archive import Archive
    from ..training import Task

__all__ = ["Course", "open_course", "settle_city"]

VARIABLE = "XINHENG_COURSE"
USUAL = Path("out/course")
SOURCES = Path("data/sources")
SETTLED = "city.txt"
WRITTEN_BY = {
    "indicators.json": "02_indicators",
    "judged.parquet": "03_training",
    "challenger.txt": "03_training",
    "model.html": "03_training",
}


@dataclass(frozen=True, slots=True)
class Course:
    """Where the notebooks of a course keep what they make.

    Attributes
    ----------
    folder
        Of everything that they write.
    settings
        Those under which archive, bundles, keys, ledger and MLflow lie in it.
    """

    folder: Path
    settings: Settings

    @property
    def archive(self) -> "Archive":
        """The archive of the course.

        Raises
        ------
        NotFoundError
            If nothing was delivered to it yet.
        """
        from ..archive import Archive

        archive = Archive(self.settings.archive)
        if not archive.sequence:
            raise NotFoundError(
                f"the archive {self.settings.archive} holds no delivery; run the notebook "
                "01_archive first, which fills it, or `xinheng ingest`"
            )
        return archive

    @property
    def task(self) -> "Task":
        """The training task of those who delivered to the archive.

        Raises
        ------
        NotFoundError
            If none of them has one, or nothing was delivered.
        InvalidError
            If several have one.
        """
        from ..training import read_task

        names = sorted({each.source for each in self.archive.deliveries()})
        paths = [self.settings.sources / name / "task.toml" for name in names]
        found = [path for path in paths if path.is_file()]
        if not found:
            raise NotFoundError(
                f"none of the {len(names)} sources that delivered has a task.toml in "
                f"{self.settings.sources}; write one, or read another by `training.read_task`"
            )
        if len(found) > 1:
            files = ", ".join(map(str, found))
            raise InvalidError(f"several tasks: {files}; read one by `training.read_task`")
        return read_task(found[0])

    def left(self, name: str) -> Path:
        """Return the path of what an earlier notebook left.

        Raises
        ------
        NotFoundError
            If it is not there; the message says which notebook to run.
        """
        if name not in WRITTEN_BY:
            raise NotFoundError.among("file that a notebook leaves", name, WRITTEN_BY)
        path = self.folder / name
        if not path.exists():
            raise NotFoundError(
                f"{path} is not there; run the notebook {WRITTEN_BY[name]} first, which writes it"
            )
        return path


def open_course(folder: Path | None = None) -> Course:
    """Return the course in a folder, which is made when missing.

    Parameters
    ----------
    folder
        Where it lies; if not given, what the variable `XINHENG_COURSE` says, or `out/course` in
        the project that the notebook belongs to. The archive lies in it as well, unless
        `XINHENG_ARCHIVE` names another, and the source mappings are those of the project.

    Raises
    ------
    NotFoundError
        If the notebook runs outside a project.
    """
    root = _project(Path.cwd())
    chosen = folder or Path(os.environ.get(VARIABLE) or root / USUAL)
    chosen.mkdir(parents=True, exist_ok=True)
    named = load_settings()
    archive = named.archive if "archive" in named.model_fields_set else chosen / ARCHIVE
    return Course(chosen, settings_of(chosen, root / SOURCES, archive))


def settle_city(
    course: Course,
    *,
    at: datetime,
    seed: int = 1,
    enterprises: int = 2_000,
    producers: int = 60,
    progress: Progress = lambda _, __, ___: None,
) -> "Archive":
    """Return the archive of a course, filled with a made-up city if it was empty.

    A city that was interrupted on its way in is made anew.

    Parameters
    ----------
    course
        The course; an archive of other deliveries is returned as it is.
    at
        When the deliveries are received.
    seed, enterprises, producers
        Of the city, see `simulation.simulate`.
    progress
        Told what is being done.
    """
    from ..archive import Archive
    from ..simulation import simulate

    folder, settings = course.folder / CITY, course.settings
    archive, settled = Archive(settings.archive), course.folder / SETTLED
    begun = folder.exists() and not settled.exists()
    if archive.sequence and not begun:
        return archive
    if begun:
        shutil.rmtree(folder)
        shutil.rmtree(course.folder / ARCHIVE, ignore_errors=True)
    city = simulate(folder, seed, enterprises=enterprises, producers=producers, progress=progress)
    deliver(city, archive, settings.sources, at, progress)
    settled.write_text(f"{seed} {enterprises} {producers}\n", "utf-8")
    return archive


def _project(start: Path) -> Path:
    """Return the folder around a notebook that holds the source mappings."""
    for folder in (start, *start.parents):
        if (folder / SOURCES).is_dir():
            return folder
    raise NotFoundError(
        f"neither {start} nor a folder around it holds {SOURCES}; start Jupyter in the project, "
        "as `make notebooks` does"
    )
