"""The departments of the city and the organs among them that punish: tables of this package."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from .arrays import Mask
from .catalogue import trades

__all__ = ["Department", "Organ", "departments", "organs", "violations"]

ALTERNATIVES = "|"


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the city.

    Attributes
    ----------
    source, zh, en
        Its source mapping, and its name in both languages.
    like
        The layout that its mapping takes over, empty for none.
    kinds
        The records that it delivers.
    formats
        The formats of its files.
    names
        How it names enterprises: `code` by credit code, `part` without in part of its rows,
        `none` never by credit code.
    """

    source: str
    zh: str
    en: str
    like: str
    kinds: tuple[str, ...]
    formats: tuple[str, ...]
    names: str


@dataclass(frozen=True, slots=True)
class Organ:
    """A department that punishes enterprises in the national exchange format.

    Attributes
    ----------
    name, source, zh, prefix, basis
        What it is called here, its source mapping, its name, what its decisions begin with, and
        the law that they rest on.
    rate
        Decisions a month for an enterprise of middling compliance in its line; 0 where `cases`
        decides.
    trades
        Which lines of business it looks at, as a mask over `trades`.
    violations
        Places in `violations` of what it punishes.
    """

    name: str
    source: str
    zh: str
    prefix: str
    basis: str
    rate: float
    trades: Mask
    violations: tuple[int, ...]


@cache
def departments() -> dict[str, Department]:
    """Return every department by its source.

    Examples
    --------
    >>> len(departments()), departments()["city-fire"].zh
    (73, '信衡市消防救援支队')
    """
    return {
        row["source"]: Department(
            source=row["source"],
            zh=row["zh"],
            en=row["en"],
            like=row["like"],
            kinds=tuple(row["kinds"].split()),
            formats=tuple(row["formats"].split()),
            names=row["names"],
        )
        for row in _read("departments")
    }


@cache
def organs() -> tuple[Organ, ...]:
    """Return the departments that punish.

    Examples
    --------
    >>> [organ.name for organ in organs()][:3]
    ['fire', 'environment', 'urban']
    """
    names, lines = list(violations()), trades()["name"]
    return tuple(
        Organ(
            name=row["organ"],
            source=row["source"],
            zh=row["zh"],
            prefix=row["prefix"],
            basis=row["basis"],
            rate=float(row["rate"]),
            trades=np.asarray(lines.isin(row["trades"].split(ALTERNATIVES)))
            if row["trades"]
            else np.ones(len(lines), bool),
            violations=tuple(names.index(word) for word in _words(row["violations"])),
        )
        for row in _read("organs")
    )


@cache
def violations() -> dict[str, str]:
    """Return what these departments punish: the Chinese word of each code.

    Examples
    --------
    >>> violations()["wages"]
    '拖欠工资'
    """
    found: dict[str, str] = {}
    for row in _read("organs"):
        found |= _words(row["violations"])
    return found


def _words(text: str) -> dict[str, str]:
    pairs = [pair.split(":") for pair in text.split(ALTERNATIVES)]
    return {code: word for code, word in pairs}  # noqa: C416 (of two each)


def _read(table: str) -> list[dict[str, str]]:
    with resources.files(__package__).joinpath(f"{table}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
