"""Grading policy: dated editions of cut points, hysteresis, rules and horizon, from TOML.

A policy file holds one or more editions, each in force from a date (and to one, inclusive, if
it names it). A grade is made under the edition in force on its `as_of`, and names it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import NoReturn, Self, TypeVar

import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.errors import InvalidError, NotFoundError, PolicyError, unknown
from .effects import Effect, parse_effect
from .scale import Hysteresis, Level, Scale

__all__ = ["Combination", "Edition", "Policy"]

Kind = TypeVar("Kind")


class Combination(StrEnum):
    """How the level of the score card joins the level of the model."""

    BESIDE = "beside"
    """It is shown beside the grade and does not change it."""
    WORSE = "worse"
    """The worse of the two levels counts."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What policy said over a stretch of days; `effective_to` is the last of them."""

    version: str
    status: str
    effective_from: int
    effective_to: int
    horizon_days: int
    scale: Scale
    rules: Mapping[str, Effect]
    score_card: Combination

    def holds(self, days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell for each day number whether the edition is in force on it."""
        when = np.asarray(days)
        return np.asarray((self.effective_from <= when) & (when <= self.effective_to))


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file: its editions in order of time, and its text as it was written."""

    name: str
    editions: tuple[Edition, ...]
    text: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a policy file.

        Raises
        ------
        NotFoundError
            If there is no such file.
        PolicyError
            If it is no TOML, lacks a key, has an unknown one, or contradicts itself; the
            message names file, key, value and what was expected.
        """
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            raise NotFoundError(f"there is no policy file {path}") from None
        except UnicodeDecodeError as error:
            raise PolicyError(f"{path}: not UTF-8 text ({error})") from error
        return cls.parse(text, str(path))

    @classmethod
    def default(cls) -> Self:
        """Return the policy that ships with the package: design values, no rule of law."""
        text = files(__package__).joinpath("policies/default.toml").read_text("utf-8")
        return cls.parse(text, "policies/default.toml")

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a policy from text; `source` names it in errors. See `load`."""
        try:
            top = _Table(source, "", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"{source}: no valid TOML: {error}") from error
        name = top.take("name", str)
        tables = top.take("edition", list)
        top.finish()
        editions = [
            _edition(_Table(source, f"edition[{number}].", table))
            for number, table in enumerate(tables)
        ]
        if not editions:
            raise PolicyError(f"{source}: edition = []: expected at least one [[edition]]")
        editions.sort(key=lambda edition: edition.effective_from)
        for before, after in pairwise(editions):
            if after.effective_from <= before.effective_to:
                raise PolicyError(
                    f"{source}: edition {before.version!r} is in force until "
                    f"{time.show(before.effective_to)}, edition {after.version!r} already from "
                    f"{time.show(after.effective_from)}; give the former an effective_to before it"
                )
        versions = [edition.version for edition in editions]
        if len(set(versions)) < len(versions):
            raise PolicyError(f"{source}: versions {versions} must differ")
        return cls(name, tuple(editions), text)

    def check_rules(self, known: Iterable[str]) -> None:
        """Refuse a policy that enables a rule which nobody declared.

        Raises
        ------
        PolicyError
            That names the edition, the rule, and those there are.
        """
        declared = set(known)
        for edition in self.editions:
            for rule in edition.rules:
                if rule not in declared:
                    raise PolicyError(
                        f"policy {self.name!r}, edition {edition.version!r}, rules: "
                        + unknown("rule", rule, declared)
                    )

    def on(self, day: int | date) -> Edition:
        """Return the edition in force on a day.

        Raises
        ------
        PolicyError
            If none is.

        Examples
        --------
        >>> Policy.default().on(date(2026, 3, 1)).scale.cut_points
        (0.05, 0.15, 0.3, 0.45, 0.65)
        """
        number = time.day(day) if isinstance(day, date) else day
        for edition in self.editions:
            if edition.holds(number):
                return edition
        stretches = "; ".join(
            f"{edition.version} {time.show(edition.effective_from)} to "
            f"{time.show(edition.effective_to)}"
            for edition in self.editions
        )
        raise PolicyError(
            f"policy {self.name!r} says nothing about {time.show(number)}; it covers: {stretches}"
        )


class _Table:
    """One TOML table: hands out its values, and knows what was not asked for."""

    def __init__(self, source: str, prefix: str, values: object) -> None:
        self.source, self.prefix = source, prefix
        if not isinstance(values, dict):
            self.refuse("", values, "a table")
        self.values: dict[str, object] = values
        self.asked: list[str] = []

    def refuse(self, key: str, value: object, expected: str) -> NoReturn:
        shown = time.show(time.day(value)) if isinstance(value, date) else repr(value)
        where = f"{self.prefix}{key}".rstrip(".")
        raise PolicyError(f"{self.source}: {where} = {shown}: expected {expected}")

    def take(self, key: str, kind: type[Kind], default: Kind | None = None) -> Kind:
        self.asked.append(key)
        if key not in self.values:
            if default is not None:
                return default
            where = f"{self.source}: {self.prefix}{key}"
            raise PolicyError(f"{where} is missing; expected {_NAMES[kind]}")
        value = self.values[key]
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, kind) or type(value) is bool:
            self.refuse(key, value, _NAMES[kind])
        return value

    def table(self, key: str) -> "_Table":
        return _Table(self.source, f"{self.prefix}{key}.", self.take(key, dict))

    def finish(self) -> None:
        for key in self.values:
            if key not in self.asked:
                message = unknown(
                    "key", f"{self.prefix}{key}", [self.prefix + known for known in self.asked]
                )
                raise PolicyError(f"{self.source}: {message}")


_NAMES: dict[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    date: "a date like 2026-03-01",
    dict: "a table",
    list: "tables [[edition]]",
}


def _edition(table: _Table) -> Edition:
    start = time.day(table.take("effective_from", date))
    end = table.take("effective_to", date, date.max)
    horizon = table.take("horizon_days", int)
    if horizon < 1:
        table.refuse("horizon_days", horizon, "at least 1")
    last = time.NEVER if end == date.max else time.day(end)
    if last < start:
        table.refuse("effective_to", end, f"a date not before effective_from {time.show(start)}")
    edition = Edition(
        version=table.take("version", str),
        status=table.take("status", str),
        effective_from=start,
        effective_to=last,
        horizon_days=horizon,
        scale=_scale(table),
        rules=_rules(table.table("rules")),
        score_card=_combination(table),
    )
    table.finish()
    return edition


def _scale(table: _Table) -> Scale:
    cuts, width = table.table("cut_points"), table.table("hysteresis")
    points = tuple(cuts.take(str(level), float) for level in Level if level > Level.A_PLUS)
    hysteresis = Hysteresis(width.take("worse", float), width.take("better", float))
    cuts.finish()
    width.finish()
    try:
        return Scale(points, hysteresis)
    except PolicyError as error:
        raise PolicyError(f"{table.source}: {table.prefix}cut_points: {error}") from error


def _rules(table: _Table) -> dict[str, Effect]:
    effects: dict[str, Effect] = {}
    for rule in table.values:
        text = table.take(rule, str)
        try:
            effects[rule] = parse_effect(text)
        except (InvalidError, NotFoundError) as error:
            table.refuse(rule, text, f"an effect ({error})")
    return effects


def _combination(table: _Table) -> Combination:
    card = table.table("score_card")
    text = card.take("combination", str)
    card.finish()
    try:
        return Combination(text)
    except ValueError:
        card.refuse("combination", text, "one of: " + ", ".join(Combination))
