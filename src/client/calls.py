"""The calls: one function for each route of the service."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from ..serving.answers import (
    ChangesAnswer,
    ExplanationAnswer,
    GradeAnswer,
    GradesAnswer,
    HealthAnswer,
    IndicatorsAnswer,
    JobRequestAnswer,
    JobRunsAnswer,
    JobsAnswer,
    ModelAnswer,
    MovementAnswer,
    ReadyAnswer,
    RecordsAnswer,
    RemediesAnswer,
    ScoresAnswer,
    ShortExplanationAnswer,
    StateAnswer,
    WhatIfAnswer,
)
from .call import Call, path

__all__ = ["Day", "Detail", "Record"]

Day = date | str | None
Detail = Literal["full", "short"]
Record = Mapping[str, Any]
ONE = "/v1/enterprises/{identifier}"


def grade(identifier: str, as_of: Day = None) -> Call[GradeAnswer]:
    """Return the call for a grade."""
    return _get("grade", path(f"{ONE}/grade", identifier=identifier), GradeAnswer, as_of=as_of)


def grades(identifier: str, after: int = 0, limit: int = 24) -> Call[GradesAnswer]:
    """Return the call for a page of the grades that runs gave."""
    where = path(f"{ONE}/grades", identifier=identifier)
    return _get("grades", where, GradesAnswer, after=after, limit=limit)


def explanation(identifier: str, as_of: Day = None) -> Call[ExplanationAnswer]:
    """Return the call for an explanation, in full."""
    where = path(f"{ONE}/explanation", identifier=identifier)
    return _get("explanation", where, ExplanationAnswer, as_of=as_of, detail="full")


def short_explanation(identifier: str, as_of: Day = None) -> Call[ShortExplanationAnswer]:
    """Return the call for an explanation in short."""
    where = path(f"{ONE}/explanation", identifier=identifier)
    return _get("explanation", where, ShortExplanationAnswer, as_of=as_of, detail="short")


def records(identifier: str, as_of: Day = None) -> Call[RecordsAnswer]:
    """Return the call for the records behind a grade."""
    where = path(f"{ONE}/records", identifier=identifier)
    return _get("records", where, RecordsAnswer, as_of=as_of)


def movement(identifier: str, since: date | str, as_of: Day = None) -> Call[MovementAnswer]:
    """Return the call for why a grade moved."""
    where = path(f"{ONE}/movement", identifier=identifier)
    return _get("movement", where, MovementAnswer, since=since, as_of=as_of)


def remedies(identifier: str, as_of: Day = None) -> Call[RemediesAnswer]:
    """Return the call for what leads to a better level."""
    where = path(f"{ONE}/remedies", identifier=identifier)
    return _get("remedies", where, RemediesAnswer, as_of=as_of)


def scores(identifiers: Sequence[str], as_of: Day = None) -> Call[ScoresAnswer]:
    """Return the call for the grades of a list."""
    return _post("scores", "/v1/scores", ScoresAnswer, enterprises=list(identifiers), as_of=as_of)


def changes(after: int = 0, limit: int = 100) -> Call[ChangesAnswer]:
    """Return the call for a page of the levels that changed."""
    return _get("changes", "/v1/changes", ChangesAnswer, after=after, limit=limit)


def what_if(identifier: str, records: Sequence[Record], as_of: Day = None) -> Call[WhatIfAnswer]:
    """Return the call for the grade with further records."""
    body = {"enterprise": identifier, "records": [dict(each) for each in records]}
    return _post("what_if", "/v1/what-if", WhatIfAnswer, as_of=as_of, **body)


def indicators() -> Call[IndicatorsAnswer]:
    """Return the call for the indicators."""
    return _get("indicators", "/v1/indicators", IndicatorsAnswer)


def model() -> Call[ModelAnswer]:
    """Return the call for the model."""
    return _get("model", "/v1/model", ModelAnswer)


def health() -> Call[HealthAnswer]:
    """Return the call for whether the service answers."""
    return _get("health", "/healthz", HealthAnswer)


def ready() -> Call[ReadyAnswer]:
    """Return the call for whether the service is ready."""
    return _get("ready", "/readyz", ReadyAnswer)


def state() -> Call[StateAnswer]:
    """Return the call for what is answered from."""
    return _get("state", "/v1/state", StateAnswer)


def operations_metrics() -> Call[str]:
    """Return the call for the metrics."""
    return _get("operations_metrics", "/v1/metrics", str)


def jobs() -> Call[JobsAnswer]:
    """Return the call for the scheduled jobs."""
    return _get("jobs", "/v1/jobs", JobsAnswer)


def job_runs(name: str, after: int = 0, limit: int = 20) -> Call[JobRunsAnswer]:
    """Return the call for a page of the runs of a job."""
    where = path("/v1/jobs/{name}/runs", name=name)
    return _get("job_runs", where, JobRunsAnswer, after=after, limit=limit)


def run_job(name: str) -> Call[JobRequestAnswer]:
    """Return the call that asks for a run of a job; while one waits, it asks for the same."""
    return Call("run_job", "POST", path("/v1/jobs/{name}/runs", name=name), JobRequestAnswer)


def _get(route: str, where: str, answer: Any, **params: date | str | int | None) -> Call[Any]:
    return Call(route, "GET", where, answer, params=_given(params))


def _post(route: str, where: str, answer: Any, **body: Any) -> Call[Any]:
    return Call(route, "POST", where, answer, json=_given(body))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not given, and write dates as they are asked for."""
    return {
        name: each.isoformat() if isinstance(each, date) else each
        for name, each in values.items()
        if each is not None
    }
