"""The laws of behaviour of a city, as numbers in a TOML file of this package.

`standard` stands in for a real city; `contrary` behaves otherwise in every respect that a model
might have been fitted to, so that no claim rests on one generator alone.
"""

import tomllib
from importlib import resources

from pydantic import BaseModel, ConfigDict

from ..core.errors import NotFoundError

__all__ = ["LAWS", "Laws", "read_laws"]

LAWS = ("standard", "contrary")


class _Law(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quality(_Law):
    """How hidden quality is spread and how it drifts."""

    spread: float
    persistence: float
    jumps: float
    jump: float
    tails: float


class Violation(_Law):
    """How likely a visit finds a critical violation."""

    entity: float
    operator: float
    producer: float
    yearly: float
    reform: float
    reform_month: int
    season: float
    peak: int
    threshold: float


class Inspection(_Law):
    """How visits are shared out."""

    entity: float
    operator: float
    producer: float
    key: float
    random: float
    suspicion: float
    tier: float
    waiting: float
    waiting_others: float
    strictness: float


class Complaint(_Law):
    """Who is complained about."""

    rate: float
    general: float
    quality: float
    mobbed: float


class Sampling(_Law):
    """Who is sampled, and what fails."""

    producer: float
    operator: float
    failure: float
    quality: float


class Paper(_Law):
    """What finance and quality do to papers."""

    coupling: float
    finance: float
    certified: float


class Laws(_Law):
    """All laws of a city; the file says what each number means."""

    name: str
    quality: Quality
    violation: Violation
    inspection: Inspection
    complaint: Complaint
    sampling: Sampling
    paper: Paper


def read_laws(name: str = "standard") -> Laws:
    """Return the laws of that name.

    Raises
    ------
    NotFoundError
        If there are no such laws.

    Examples
    --------
    >>> read_laws().violation.peak, read_laws("contrary").violation.peak
    (7, 1)
    """
    if name not in LAWS:
        raise NotFoundError.among("set of laws", name, LAWS)
    text = resources.files(__package__).joinpath(f"laws/{name}.toml").read_text("utf-8")
    return Laws.model_validate(tomllib.loads(text))
