"""Training tasks: what to learn, from when to when, and how to judge it, as a TOML file.

A task belongs to the data of one city (`data/sources/NAME/task.toml`); everything in it has a
default but the cohort's name, so that a city without a file trains as well.
"""

import tomllib
from collections.abc import Collection
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ..core.errors import InvalidError, NotFoundError, unknown
from .boosting import Boosting
from .cohort import CohortRule, LabelRule
from .folds import Window

__all__ = ["Published", "ReferenceFile", "Task", "find_task", "read_task"]

LEARNERS = ("constant", "prior_rate", "logistic", "lightgbm")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Windows(_Part):
    """Training and test window."""

    train: Window
    test: Window


class Rolling(_Part):
    """Test windows that follow each other, from each start to the day before the next."""

    starts: tuple[date, ...] = Field(min_length=1)
    last: date


class Draws(_Part):
    """How intervals are drawn."""

    draws: int = Field(default=2000, ge=100)
    seed: int = Field(default=0, ge=0)
    level: float = Field(default=0.95, gt=0.5, lt=1)


class ReferenceFile(_Part):
    """Scores of other models on the same rows, for comparison pair by pair.

    Parameters
    ----------
    file
        Name in the delivery folder; Parquet, or CSV by its suffix.
    key
        Its column with the number of the record.
    window
        Its column that tells windows apart.
    test
        The value of `window` for the test window; all others are the rolling ones.
    scores
        Its columns with probabilities, one for each model.
    """

    file: str
    key: str
    window: str
    test: str
    scores: tuple[str, ...] = Field(min_length=1)


class Published(_Part):
    """A row of figures published elsewhere for the test window, shown beside ours."""

    name: str
    inspector: bool
    auc: float | None = None
    days_earlier: float | None = None
    found: float | None = None
    log_loss: float | None = None


class Task(_Part):
    """A training task.

    Parameters
    ----------
    title
        One line for people.
    cohort, label
        Which rows, and what counts as a violation.
    windows
        Training and test window; without them the last fifth of the rows is the test.
    rolling
        Further test windows, judged together.
    capacity
        Share of inspections that can be made first (`found`).
    learners
        Whom to fit; a bundle is made of `lightgbm`.
    boosting
        Settings of LightGBM.
    inspector
        Whether to fit each learner once more with who inspected, to see how much that explains.
        Those fits are not gradable.
    bootstrap
        How intervals are drawn.
    policy
        File of the grading policy, beside the task; the one that ships with the package if none.
    reference, published
        What to compare with.
    seed
        Seed of the calibrator's replicates.
    """

    title: str = "Inspections"
    cohort: CohortRule = CohortRule()
    label: LabelRule = LabelRule()
    windows: Windows | None = None
    rolling: Rolling | None = None
    capacity: float = Field(default=0.5, gt=0, lt=1)
    learners: tuple[str, ...] = LEARNERS
    boosting: Boosting = Boosting()
    inspector: bool = False
    bootstrap: Draws = Draws()
    policy: str | None = None
    reference: ReferenceFile | None = None
    published: tuple[Published, ...] = ()
    seed: int = Field(default=0, ge=0)
    folder: Path | None = Field(default=None, exclude=True)

    @field_validator("learners")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in LEARNERS:
                raise ValueError(unknown("learner", name, LEARNERS))
        if "lightgbm" not in names:
            message = "a bundle is made of 'lightgbm'; name it among the learners"
            raise ValueError(message)
        return names


def read_task(path: Path) -> Task:
    """Read a task file.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InvalidError
        If it is no TOML, or a key is unknown or unusable; the message names file, key and value.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no task file {path}; write one, or train without it")
    try:
        values = tomllib.loads(path.read_text("utf-8"))
        if (path.parent / "source.toml").is_file():
            values["cohort"] = {"sources": [path.parent.name]} | values.get("cohort", {})
        return Task.model_validate({**values, "folder": path.parent})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')} "
            f"(found {fault['input']!r:.60})"
            for fault in error.errors()
        )
        raise InvalidError(f"{path}: {faults}") from None


def find_task(sources: Path, cohort: str, delivered: Collection[str] | None = None) -> Task:
    """Return the task of a cohort among the source folders; the default one if there is none.

    Parameters
    ----------
    sources
        Folder of the source folders.
    cohort
        Name of the cohort.
    delivered
        Names of the sources whose tasks come into question, such as those that delivered to the
        archive; all if not given.

    Raises
    ------
    NotFoundError
        If no source has a task for such a cohort, and it is not the default one.
    InvalidError
        If several have; then name the file.

    Examples
    --------
    >>> find_task(Path("nowhere"), "inspections") == Task()
    True
    """
    default = Task()
    paths = sorted(sources.glob("*/task.toml"))
    tasks = {
        path: read_task(path)
        for path in paths
        if delivered is None or path.parent.name in delivered
    }
    fitting = {path: task for path, task in tasks.items() if task.cohort.name == cohort}
    if len(fitting) > 1:
        files = ", ".join(map(str, fitting))
        raise InvalidError(f"several tasks have a cohort {cohort!r}: {files}; name one of them")
    if fitting:
        return next(iter(fitting.values()))
    if cohort != default.cohort.name:
        known = {default.cohort.name, *(task.cohort.name for task in tasks.values())}
        raise NotFoundError.among("cohort", cohort, known)
    return default
