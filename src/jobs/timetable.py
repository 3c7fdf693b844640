"""The timetable: which jobs there are, and when each runs."""

import re
import tomllib
from datetime import date, datetime, timedelta
from datetime import time as clock
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ..core.errors import InvalidError, NotFoundError
from ..core.time import SHANGHAI

__all__ = ["WEEKDAYS", "Job", "Timetable", "read_timetable"]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COMMANDS = (
    ("archive", "compact"),
    ("archive", "vacuum"),
    ("archive", "verify"),
    ("backup", "make"),
    ("backup", "prune"),
    ("backup", "verify"),
    ("collect",),
    ("grade",),
    ("ledger", "verify"),
    ("monitor",),
    ("purge",),
    ("recalibrate",),
    ("reviews", "expire"),
    ("reviews", "scan"),
    ("warnings", "expire"),
    ("warnings", "run"),
    ("watch", "run"),
)
"""Those of xinheng that nobody has to decide on."""
PLACES = re.compile(r"\{(\w*)\}")


class Job(BaseModel):
    """One job: what it runs, and when.

    Examples
    --------
    >>> job = Job(name="grades", zh="评级", en="grades", command=["grade"], at="04:00", day=1)
    >>> job.slots(datetime(2026, 1, 20, tzinfo=SHANGHAI), datetime(2026, 3, 5, tzinfo=SHANGHAI))
    [datetime.datetime(2026, 2, 1, 4, 0, ...), datetime.datetime(2026, 3, 1, 4, 0, ...)]
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,49}$")]
    zh: str = Field(min_length=1, max_length=100)
    en: str = Field(min_length=1, max_length=200)
    command: tuple[str, ...] = Field(min_length=1)
    at: clock
    day: int | None = Field(None, ge=1, le=28)
    weekday: Weekday | None = None
    minutes: int = Field(240, ge=1, le=2_880)
    tries: int = Field(3, ge=1, le=10)
    catch_up: Literal["once", "each", "none"] = "once"

    @field_validator("command")
    @classmethod
    def _ours(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        if not any(command[: len(each)] == each for each in COMMANDS):
            known = ", ".join(" ".join(each) for each in COMMANDS)
            raise ValueError(f"no command that runs unattended; there are: {known}")
        for place in {each for word in command for each in PLACES.findall(word)}:
            if place not in {"today", "month"}:
                raise ValueError(f"{{{place}}} means nothing; there are {{today}} and {{month}}")
        return command

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if self.day is not None and self.weekday is not None:
            raise ValueError("give day, of the month, or weekday, or neither: then it is daily")
        return self

    @property
    def rhythm(self) -> str:
        """When it runs, in words."""
        when = f"at {self.at:%H:%M}"
        if self.weekday is not None:
            return f"{self.weekday} {when}"
        return f"day {self.day} {when}" if self.day is not None else f"daily {when}"

    def words(self, day: date) -> list[str]:
        """Return the words of the command for a run of a day."""
        month = day.replace(day=1)
        return [
            each.replace("{today}", day.isoformat()).replace("{month}", month.isoformat())
            for each in self.command
        ]

    def slots(self, after: datetime, until: datetime) -> list[datetime]:
        """Return the moments at which it is due after one moment and up to another, in order."""
        first, last = (each.astimezone(SHANGHAI).date() for each in (after, until))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        moments = (datetime.combine(day, self.at, SHANGHAI) for day in days if self._falls_on(day))
        return [each for each in moments if after < each <= until]

    def _falls_on(self, day: date) -> bool:
        if self.weekday is not None:
            return WEEKDAYS[day.weekday()] == self.weekday
        return self.day is None or day.day == self.day


class Timetable(BaseModel):
    """Every job of an installation, in the order in which they run when several are due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    job: tuple[Job, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [each.name for each in self.job]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"there are several jobs of the name {', '.join(twice)}")
        return self

    def __getitem__(self, name: str) -> Job:
        """Return a job by its name.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        for each in self.job:
            if each.name == name:
                return each
        raise NotFoundError.among("job", name, [each.name for each in self.job])


def read_timetable(path: Path | None = None) -> Timetable:
    """Read a timetable; the one that ships where no file is named.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InvalidError
        If it cannot be used; the message names every fault by its place.

    Examples
    --------
    >>> [each.name for each in read_timetable().job]
    ['reviews', 'collect', 'purge', 'grades', 'watch', 'warnings', 'downgrades', 'monitoring',
     'trail', 'backup', 'pruning', 'compaction', 'vacuum', 'archive', 'rehearsal']
    """
    if path is not None and not path.is_file():
        raise NotFoundError(
            f"there is no timetable {path}, which XINHENG_JOBS names; without the setting, the "
            "one that ships holds"
        )
    text = (
        path.read_text("utf-8")
        if path is not None
        else resources.files(__package__).joinpath("timetable.toml").read_text("utf-8")
    )
    try:
        return Timetable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(f"the timetable {path} is no TOML: {error}") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'job'}: "
            f"{each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        raise InvalidError(f"the timetable {path} cannot be used. {faults}") from None
