"""Calls about the service: its indicators and its model, how it is, and its jobs."""

from ...serving.answers import (
    HealthAnswer,
    IndicatorsAnswer,
    JobRequestAnswer,
    JobRunsAnswer,
    JobsAnswer,
    ModelAnswer,
    PromotionsAnswer,
    ReadyAnswer,
    StateAnswer,
)
from ..call import Call, path
from .parts import get

__all__ = [
    "health",
    "indicators",
    "job_runs",
    "jobs",
    "model",
    "operations_metrics",
    "promotions",
    "ready",
    "run_job",
    "state",
]


def indicators() -> Call[IndicatorsAnswer]:
    """Return the call for the indicators."""
    return get("indicators", "/v1/indicators", IndicatorsAnswer)


def model() -> Call[ModelAnswer]:
    """Return the call for the model."""
    return get("model", "/v1/model", ModelAnswer)


def promotions() -> Call[PromotionsAnswer]:
    """Return the call for the models that graded."""
    return get("promotions", "/v1/model/promotions", PromotionsAnswer)


def health() -> Call[HealthAnswer]:
    """Return the call for whether the service answers."""
    return get("health", "/healthz", HealthAnswer)


def ready() -> Call[ReadyAnswer]:
    """Return the call for whether the service is ready."""
    return get("ready", "/readyz", ReadyAnswer)


def state() -> Call[StateAnswer]:
    """Return the call for what is answered from."""
    return get("state", "/v1/state", StateAnswer)


def operations_metrics() -> Call[str]:
    """Return the call for the metrics."""
    return get("operations_metrics", "/v1/metrics", str)


def jobs() -> Call[JobsAnswer]:
    """Return the call for the scheduled jobs."""
    return get("jobs", "/v1/jobs", JobsAnswer)


def job_runs(name: str, after: int = 0, limit: int = 20) -> Call[JobRunsAnswer]:
    """Return the call for a page of the runs of a job."""
    where = path("/v1/jobs/{name}/runs", name=name)
    return get("job_runs", where, JobRunsAnswer, after=after, limit=limit)


def run_job(name: str) -> Call[JobRequestAnswer]:
    """Return the call that asks for a run of a job; while one waits, it asks for the same."""
    return Call("run_job", "POST", path("/v1/jobs/{name}/runs", name=name), JobRequestAnswer)
