"""The blend: all that gives a row its margin.

A booster always; beside it, where that was measured to help, a linear part, the two weighed; and
on top, where a population has one, a specialist: a further booster that starts from the general
margin. All three add up, so that a margin is explained exactly, part by part.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError
from .linear import Linear

__all__ = ["Blend", "Specialist"]

Array = npt.NDArray[np.float64]
BOOSTER, SPECIALIST, PARTS = "booster.txt", "specialist.txt", "blend.json"


@dataclass(frozen=True, slots=True, eq=False)
class Specialist:
    """A booster that adds to the general margin of one population.

    Parameters
    ----------
    booster
        Its columns are those of the general booster.
    population
        Whom it is about, such as `producer`.
    marker
        A column that holds a number for that population and NaN for all others.
    """

    booster: lgb.Booster
    population: str
    marker: str

    def rows(self, values: Array) -> npt.NDArray[np.bool_]:
        """Tell which rows of a matrix it is about."""
        return np.asarray(~np.isnan(values[:, _place(self)]))


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """What turns a row of the matrix into a margin, the log-odds before calibration.

    Parameters
    ----------
    booster
        A LightGBM booster with one margin.
    linear
        The linear part, if there is one.
    weight
        Of the booster; the linear part has what is left to one.
    specialist
        The specialist on top, if there is one.

    Raises
    ------
    InvalidError
        If parts do not fit together.
    """

    booster: lgb.Booster
    linear: Linear | None = None
    weight: float = 1.0
    specialist: Specialist | None = None

    def __post_init__(self) -> None:
        if not 0 < self.weight <= 1 or (self.weight < 1) != (self.linear is not None):
            raise InvalidError(
                f"the booster's weight is {self.weight}; with a linear part it lies between 0 and "
                "1, without one it is 1"
            )
        for booster in self.boosters:
            if booster.num_model_per_iteration() != 1:
                raise InvalidError("the booster has several classes; a grade needs one margin")
        if self.specialist is None:
            return
        if self.specialist.booster.feature_name() != self.columns:
            raise InvalidError("the specialist has other columns than the general booster")
        if self.specialist.marker not in self.columns:
            raise InvalidError(f"the specialist's marker {self.specialist.marker!r} is no column")

    @property
    def columns(self) -> list[str]:
        """Names of the matrix's columns, in order."""
        return list(self.booster.feature_name())

    @property
    def boosters(self) -> tuple[lgb.Booster, ...]:
        """The booster, and that of the specialist."""
        own = () if self.specialist is None else (self.specialist.booster,)
        return (self.booster, *own)

    def margins(self, values: Array, threads: int = 1) -> Array:
        """Return the margin of each row of a matrix, float64 of shape (n, columns)."""
        margin = self.general(values, threads)
        if self.specialist is not None and (mine := self.specialist.rows(values)).any():
            margin[mine] += _raw(self.specialist.booster, values[mine], threads)
        return margin

    def general(self, values: Array, threads: int = 1) -> Array:
        """Return the margin of each row without the specialist."""
        if not len(values):
            return np.empty(0)
        margin = _raw(self.booster, values, threads)
        if self.linear is None:
            return margin
        line = self.linear.margins(values, self.columns)
        return np.asarray(self.weight * margin + (1 - self.weight) * line)

    def to_texts(self) -> dict[str, str]:
        """Return the blend as the files of a bundle."""
        special = self.specialist
        fields = {
            "weight": self.weight,
            "linear": None if self.linear is None else self.linear.to_dict(),
            "specialist": special and {"population": special.population, "marker": special.marker},
        }
        return {
            BOOSTER: self.booster.model_to_string(),
            SPECIALIST: special.booster.model_to_string() if special else "",
            PARTS: json.dumps(fields, indent=1),
        }

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Self:
        """Read the files that `to_texts` gave.

        Raises
        ------
        InvalidError
            If they are not of that form.
        """
        try:
            fields = json.loads(texts[PARTS])
            linear, told = fields["linear"], fields["specialist"]
            booster = lgb.Booster(model_str=texts[BOOSTER])
            special = told and Specialist(lgb.Booster(model_str=texts[SPECIALIST]), **told)
            weight = float(fields["weight"])
        except (ValueError, KeyError, TypeError, lgb.basic.LightGBMError) as error:
            raise InvalidError(f"these are no parts of a margin: {error!r}") from error
        return cls(booster, linear and Linear.from_dict(linear), weight, special)


@lru_cache(maxsize=16)
def _place(special: Specialist) -> int:
    """Return the place of its marker, for which LightGBM would copy all names each time."""
    return special.booster.feature_name().index(special.marker)


def _raw(booster: lgb.Booster, values: Array, threads: int) -> Array:
    found = booster.predict(values, raw_score=True, num_threads=threads)
    return np.asarray(found, np.float64)
