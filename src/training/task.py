"""Training tasks: what to learn, from when to when, and how to judge it, as a TOML file.

A task belongs to the data of one city (`data/sources/NAME/task.toml`). Its cohort is of one of
two kinds, inspections or a panel of dates, and its label is of the same kind. For inspections
everything has a default, so that a city without a file trains as well.
"""

import tomllib
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from ..core.errors import InvalidError, NotFoundError, unknown
from .cohorts import CohortRule, LabelRule, OutcomeRule, PanelRule, SizeBands, Window
from .learners import Boosting, Correction, Search, Specialism
from .limits import Limits
from .measuring import DRAWS, Draws

__all__ = ["Published", "ReferenceFile", "Task", "Thinning", "find_task", "read_task"]

LEARNERS = (
    "constant",
    "prior_rate",
    "score_card",
    "optimal_bins",
    "explainable",
    "logistic",
    "lightgbm",
)
USUAL = ("constant", "prior_rate", "logistic", "lightgbm")
INSPECTIONS, PANEL = "inspections", "panel"


def _kind(rule: Any) -> Any:
    """Return of which kind a cohort or a label is; inspections if it does not say."""
    return rule.get("kind", INSPECTIONS) if isinstance(rule, dict) else rule.kind


AnyCohort = Annotated[
    Annotated[CohortRule, Tag(INSPECTIONS)] | Annotated[PanelRule, Tag(PANEL)],
    Discriminator(_kind),
]
AnyLabel = Annotated[
    Annotated[LabelRule, Tag(INSPECTIONS)] | Annotated[OutcomeRule, Tag(PANEL)],
    Discriminator(_kind),
]


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


class Thinning(_Part):
    """How many enterprises of each population are trained on a date, drawn at random.

    Small populations are kept whole, and test rows are never thinned. Calibrator and level count
    each row for those it stands for.
    """

    rows_per_date: int = Field(ge=1)
    seed: int = Field(default=0, ge=0)


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
        Which rows, and what counts as a violation; both of one kind.
    correction
        How to correct for who was looked at; not if not given. The label of a panel must say who
        was. Grades are corrected, forecasts are not.
    random
        Codes of how a check was chosen that mean a draw at random: nobody chose those test rows,
        so they are judged apart.
    thinning
        Whether to train on some of the rows only, for the time it takes; on all if not given.
    windows
        Training and test window; without them the test is the last fifth of the inspections, or
        the last date of a panel.
    rolling
        Further test windows, judged together.
    capacity
        Share of inspections that can be made first (`found`).
    learners
        Whom to fit; a bundle is made of `lightgbm`. `optimal_bins` and `explainable` need the
        extra `comparison`.
    boosting
        Settings of LightGBM.
    search
        How long to search for settings of LightGBM, on each window by itself; not if not given.
    specialist
        For whom a specialist may be added to the general model.
    blocks
        Into how many temporal blocks the later part of the training window is cut, to choose
        and calibrate out of time.
    plan_months
        How many months a plan of visits reaches, counted from January on. A forecast is trained
        on what was known when each visit's plan began.
    inspector
        Whether to fit each learner once more with who inspected, to see how much that explains.
        Those fits are not gradable.
    bootstrap
        How intervals are drawn.
    sizes
        Where the report cuts sizes of enterprises into bands.
    promotion
        What a challenger may change without a second person's signature.
    policy
        File of the grading policy, beside the task; the one that ships with the package if none.
    score_card
        File of the score card, beside the task; the one that ships with the package if none.
    reference, published
        What to compare with.
    seed
        Seed of the calibrator's replicates.
    """

    title: str = "Inspections"
    cohort: AnyCohort = CohortRule()
    label: AnyLabel = LabelRule()
    correction: Correction | None = None
    random: tuple[str, ...] = ("random_general",)
    thinning: Thinning | None = None
    windows: Windows | None = None
    rolling: Rolling | None = None
    capacity: float = Field(default=0.5, gt=0, lt=1)
    learners: tuple[str, ...] = USUAL
    boosting: Boosting = Boosting()
    search: Search | None = None
    specialist: Specialism = Specialism()
    blocks: int = Field(default=4, ge=1)
    plan_months: Literal[1, 2, 3, 4, 6, 12] = 3
    inspector: bool = False
    bootstrap: Draws = DRAWS
    sizes: SizeBands = SizeBands()
    promotion: Limits = Limits()
    policy: str | None = None
    score_card: str | None = None
    reference: ReferenceFile | None = None
    published: tuple[Published, ...] = ()
    seed: int = Field(default=0, ge=0)
    folder: Path | None = Field(default=None, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _of_one_kind(cls, values: Any) -> Any:
        """Let the cohort's kind be that of the label, where the label names none."""
        if not isinstance(values, dict):
            return values
        cohort, label = values.get("cohort", {}), values.get("label", {})
        if isinstance(cohort, dict) and isinstance(label, dict) and _kind(cohort) == PANEL:
            return {**values, "label": {"kind": PANEL, **label}}
        return values

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.cohort.kind != self.label.kind:
            message = f"a cohort of kind {self.cohort.kind} needs a label of that kind"
            raise ValueError(message)
        if self.correction and isinstance(self.label, OutcomeRule) and not self.label.checks:
            message = (
                "a correction needs a label that says who was looked at; name the label's checks, "
                "such as ['inspection.critical:routine']"
            )
            raise ValueError(message)
        if self.thinning and self.rolling:
            message = "thinning would thin the rolling windows, which test; leave one of them out"
            raise ValueError(message)
        return self

    @property
    def planning(self) -> bool:
        """Whether rows are visits, which a score could have put in another order."""
        return self.cohort.kind == INSPECTIONS

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
        here = (path.parent / "source.toml").is_file()
        if here and _kind(values.get("cohort", {})) == INSPECTIONS:
            values["cohort"] = {"sources": [path.parent.name]} | values.get("cohort", {})
        return Task.model_validate({**values, "folder": path.parent})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{_place(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')} "
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


def _place(path: tuple[int | str, ...]) -> str:
    """Write where a fault lies as the file has it, without the kind that pydantic puts second."""
    tagged = path[:1] in (("cohort",), ("label",)) and path[1:2] in ((INSPECTIONS,), (PANEL,))
    return ".".join(map(str, (path[:1] + path[2:]) if tagged else path))
