"""Answers about scheduled jobs: which there are, what ran, and that one was asked for."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

__all__ = ["JobAnswer", "JobRequestAnswer", "JobRunAnswer", "JobRunsAnswer", "JobsAnswer"]

Outcome = Literal["running", "done", "failed", "late", "lost"]
RUN: dict[str, Any] = {
    "id": 41,
    "job": "grades",
    "slot": "2026-03-01T04:00:00+08:00",
    "attempt": 1,
    "started": "2026-02-28T20:00:04Z",
    "ended": "2026-02-28T20:06:31Z",
    "actor": "scheduler",
    "host": "grades-1",
    "outcome": "done",
    "counts": {"made": 1, "in_hindsight": 0},
    "excerpt": "   0.4 s  Making grades",
    "advice": "",
}


class JobRunAnswer(BaseModel):
    """One run of a job."""

    id: int
    job: str
    slot: datetime | None = Field(
        description="The moment by the timetable that it was for; null where somebody asked for it."
    )
    attempt: int = Field(description="The how manieth try for that moment.")
    started: datetime
    ended: datetime | None = Field(description="Null while it runs.")
    actor: str = Field(description="Who asked for it; `scheduler` by the timetable.")
    host: str = Field(description="Machine on which it ran.")
    outcome: Outcome = Field(
        description="`late` was stopped because it took too long; of `lost`, who ran it was gone."
    )
    counts: dict[str, JsonValue] = Field(description="What the command counted.")
    excerpt: str = Field(description="The end of what it told, without personal data.")
    advice: str = Field(
        description="What to do about a run that did not end well, with the command that runs it "
        "again; else empty."
    )


class JobAnswer(BaseModel):
    """A scheduled job."""

    name: str
    zh: str
    en: str
    rhythm: str = Field(description="When it runs, in Shanghai.")
    next: datetime = Field(description="When it is due next.")
    last: JobRunAnswer | None = Field(description="The newest run; null if there was none.")
    last_done: datetime | None = Field(description="When it last ended well; null if never.")


class JobsAnswer(BaseModel):
    """Every scheduled job."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "jobs": [
                        {
                            "name": "grades",
                            "zh": "评级",
                            "en": "every run of grades that is due",
                            "rhythm": "daily at 04:00",
                            "next": "2026-03-02T04:00:00+08:00",
                            "last": RUN,
                            "last_done": RUN["ended"],
                        }
                    ]
                }
            ]
        }
    )

    jobs: list[JobAnswer]


class JobRunsAnswer(BaseModel):
    """Runs of a job, newest first, a page of them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"job": "grades", "runs": [RUN], "next": None}]}
    )

    job: str
    runs: list[JobRunAnswer]
    next: int | None = Field(description="What `after` has to be for the next page, if any.")


class JobRequestAnswer(BaseModel):
    """That a job was asked for, and is run by whoever watches the timetable."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"request": 7, "job": "grades", "at": "2026-03-01T08:00:00Z"}]
        }
    )

    request: int = Field(description="Its number.")
    job: str
    at: datetime = Field(description="When it was asked for first.")
