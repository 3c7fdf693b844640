"""Weights: how surely each reason tells that an enterprise is exposed."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...core.errors import InvalidError

__all__ = ["REASONS", "Reason", "Weights", "read_weights"]

Reason = Literal[
    "failed",
    "harmed",
    "declared",
    "passed",
    "other_fault",
    "complained",
    "licensed",
    "commission",
    "supply",
    "same_supplier",
    "same_group",
    "same_site",
]
REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]
"""Why an enterprise may be exposed; the first two tell of a failure of its own."""


class Told(BaseModel):
    """How much a reason weighs, and how it is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(gt=0, lt=1)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Weights(BaseModel):
    """Everything that exposure weighs with; a file of one's own may take its place.

    Attributes
    ----------
    past_days
        Records that are older tell nothing.
    half_life_days
        After so many days a record weighs half as much.
    most_records
        How many keys of records an answer names.
    levels
        Factor on what is told, by credit level.
    reasons
        Weight in 0..1 and texts of each of `REASONS`; `{count}`, `{day}` and `{other}` are
        filled in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    past_days: int = Field(ge=1)
    half_life_days: float = Field(gt=0)
    most_records: int = Field(ge=1)
    levels: dict[str, float]
    reasons: dict[Reason, Told]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = [name for name in REASONS if name not in self.reasons]
        if missing:
            raise ValueError(f"there is no weight for {', '.join(missing)}; give each one")
        return self


def read_weights(path: Path | None = None) -> Weights:
    """Read weights; those that ship where no file is named.

    Raises
    ------
    InvalidError
        If they cannot be used; every fault is named by its place.

    Examples
    --------
    >>> read_weights().reasons["failed"].weight
    0.95
    """
    return _shipped() if path is None else _read(path.read_text("utf-8"), str(path))


@cache
def _shipped() -> Weights:
    text = resources.files(__package__).joinpath("weights.toml").read_text("utf-8")
    return _read(text, "weights.toml")


def _read(text: str, name: str) -> Weights:
    try:
        return Weights.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(f"the weights {name} are no TOML: {error}") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'reasons'}: "
            f"{each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        raise InvalidError(f"the weights {name} cannot be used. {faults}") from None
