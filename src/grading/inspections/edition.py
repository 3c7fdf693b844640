"""Editions of an inspection policy: what each grading means for each population."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ...core.editions import DatedEdition, read_dates
from ...core.errors import DeclarationError, PolicyError
from ...core.table import Table
from ...core.time import months
from ...features import POPULATIONS, Aggregate, count, latest
from ..gradetypes import CateringGrade, GradeType, RiskGrade
from ..scale import Level

__all__ = [
    "NO_GRADE",
    "CreditLine",
    "InspectionEdition",
    "Intensity",
    "PopulationPlan",
    "Visits",
    "read_edition",
]

Kind = TypeVar("Kind")

NO_GRADE = "none"
BY: Mapping[str, type[GradeType] | None] = {
    "risk": RiskGrade,
    "catering": CateringGrade,
    "nothing": None,
}
TAKES = ("least", "most")


@dataclass(frozen=True, slots=True)
class Intensity:
    """How thorough supervision is, in words."""

    id: str
    zh: str
    en: str
    basis: str


@dataclass(frozen=True, slots=True)
class Visits:
    """How many planned visits a year a grade asks for, from the least to the most."""

    least: int
    most: int
    basis: str


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What a level of credit asks for.

    Parameters
    ----------
    share
        Which share of its enterprises is drawn for double-random checks in a year.
    take
        Whether the least or the most visits of a grade are planned.
    intensity
        Id of the intensity.
    basis
        What it rests on.
    """

    share: float
    take: str
    intensity: str
    basis: str


@dataclass(frozen=True, slots=True)
class PopulationPlan:
    """How the plan combines the gradings of one population.

    Parameters
    ----------
    population
        Whom it is for.
    by
        The grading by which visits are planned: `risk`, `catering` or `nothing`.
    visits
        By grade as text, and by `NO_GRADE`, where an enterprise has none.
    credit
        By level as text, and by `NO_GRADE`.
    full_check
        Days within which everything is to be checked once; None: there is no such duty.
    basis
        What the duty rests on.
    """

    population: str
    by: str
    visits: Mapping[str, Visits]
    credit: Mapping[str, CreditLine]
    full_check: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class InspectionEdition(DatedEdition):
    """What an inspection policy said over a stretch of days.

    Parameters
    ----------
    gap
        Days that lie between two planned visits, at least.
    full_checks
        The day of the last visit at which everything was checked.
    key_grades, key_licences
        Risk grades, and licences, whose producers are supervised with priority 重点监督.
    intensities, plans
        By id, and by population.
    """

    gap: int
    full_checks: Aggregate
    key_grades: tuple[RiskGrade, ...]
    key_licences: Aggregate
    key_basis: str
    intensities: Mapping[str, Intensity]
    plans: Mapping[str, PopulationPlan]


def read_edition(table: Table) -> InspectionEdition:
    """Read an edition.

    Raises
    ------
    PolicyError
        If a key is missing, unknown or of no use; it names file, key, value and what exists.
    """
    dates = read_dates(table)
    intensities = {each.id: each for each in map(_intensity, table.tables("intensity", least=1))}
    plans = [_plan(each, intensities) for each in table.tables("population", least=1)]
    by_population = {plan.population: plan for plan in plans}
    if set(by_population) != set(POPULATIONS) or len(plans) != len(POPULATIONS):
        found = [plan.population for plan in plans]
        table.refuse("population.name", found, f"each once of: {', '.join(POPULATIONS)}")
    key = table.table("key_supervision")
    edition = InspectionEdition(
        *dates,
        gap=months(table.take("gap", float)),
        full_checks=_last(table, "full_checks"),
        key_grades=_key_grades(key),
        key_licences=_open(key, "licences"),
        key_basis=key.take("basis", str),
        intensities=intensities,
        plans=by_population,
    )
    key.finish()
    table.finish()
    return edition


def _intensity(table: Table) -> Intensity:
    found = Intensity(*(table.take(key, str) for key in ("id", "zh", "en", "basis")))
    table.finish()
    return found


def _plan(table: Table, intensities: Mapping[str, Intensity]) -> PopulationPlan:
    name, by = table.among("name", POPULATIONS), table.among("visits_by", tuple(BY))
    grades = BY[by]
    letters = () if grades is None else tuple(grades.__members__)
    full = table.take("full_check", float) if "full_check" in table else None
    plan = PopulationPlan(
        population=name,
        by=by,
        visits=_by_grade(table, "visits", letters, _visits),
        credit=_by_grade(
            table,
            "credit",
            tuple(map(str, Level)),
            lambda each: _credit(each, tuple(intensities)),
        ),
        full_check=None if full is None else months(full),
        basis=table.take("basis", str, "design"),
    )
    table.finish()
    return plan


def _visits(table: Table) -> Visits:
    least, most = table.take("least", int), table.take("most", int)
    if not 0 <= least <= most:
        table.refuse("most", most, f"a number not below least, {least}, which is not below 0")
    return Visits(least, most, table.take("basis", str, "design"))


def _credit(table: Table, intensities: tuple[str, ...]) -> CreditLine:
    share = table.take("share", float)
    if not 0 <= share <= 1:
        table.refuse("share", share, "a share from 0 to 1")
    return CreditLine(
        share,
        table.among("take", TAKES),
        table.among("intensity", intensities),
        table.take("basis", str, "design"),
    )


def _by_grade(
    table: Table, key: str, letters: tuple[str, ...], read: Callable[[Table], Kind]
) -> dict[str, Kind]:
    """Read a line for each grade, and one for where there is none."""
    lines = table.table(key)
    found = {}
    for letter in (*letters, NO_GRADE):
        each = lines.table(letter)
        found[letter] = read(each)
        each.finish()
    lines.finish()
    return found


def _key_grades(table: Table) -> tuple[RiskGrade, ...]:
    grades = table.texts("risk_grades")
    for grade in grades:
        if grade not in RiskGrade.__members__:
            table.refuse("risk_grades", grade, "of: " + ", ".join(RiskGrade.__members__))
    return tuple(map(RiskGrade.of, grades))


def _last(table: Table, key: str) -> Aggregate:
    try:
        return latest(*table.texts(key), field="occurred")
    except DeclarationError as error:
        raise PolicyError(f"{table.place}: {key}: {error}") from error


def _open(table: Table, key: str) -> Aggregate:
    try:
        return count(*table.texts(key), state="open")
    except DeclarationError as error:
        raise PolicyError(f"{table.place}: {key}: {error}") from error
