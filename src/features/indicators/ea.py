"""评价与表彰记录: evaluations and awards."""

from ...core.time import months
from ..aggregate import count, largest, latest, smallest
from ..expression import if_missing, minimum, years
from ..indicator import Indicator

__all__ = ["EA"]

FAULTS = ("penalty:*.food.*", "sampling:fail.*", "incident")

EA = (
    Indicator(
        id="EA01",
        zh="有效HACCP认证",
        en="Valid HACCP certificate",
        dimension="EA",
        expression=minimum(count("certificate:haccp", state="open"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="1 if certificate valid (not suspended or revoked) at t",
        window="at t",
        bands="1:0; 0:1 (bonus item)",
        basis="ART; FSL§48; 115号文 lower one grade",
    ),
    Indicator(
        id="EA02",
        zh="有效ISO22000或FSSC22000认证",
        en="Valid ISO 22000 / FSSC 22000",
        dimension="EA",
        expression=minimum(count("certificate:iso22000", "certificate:fssc22000", state="open"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="1 if valid at t",
        window="at t",
        bands="1:0; 0:1 (bonus item)",
        basis="ART",
    ),
    Indicator(
        id="EA03",
        zh="良好生产规范认证",
        en="Valid GMP certificate",
        dimension="EA",
        expression=minimum(count("certificate:gmp", state="open"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="1 if valid at t",
        window="at t",
        bands="1:0; 0:1 (bonus item)",
        basis="ART; FSL§48",
    ),
    Indicator(
        id="EA04",
        zh="市级以上监管部门奖励认可",
        en="Awards at city level or above",
        dimension="EA",
        expression=largest("award", field="severity", window=months(36)),
        direction=-1,
        disclosure=True,
        bounds=(0, 3),
        missing=0,
        formula="max level in window: 0 none; 1 city; 2 province; 3 nation",
        window="36m",
        bands=">=2:0; 1:.4; 0:1 (bonus item)",
        basis="ART",
    ),
    Indicator(
        id="EA06",
        zh="连续无食品安全不良记录年数",
        en="Years without adverse food-safety record",
        dimension="EA",
        unit_zh="年",
        unit_en="years",
        expression=if_missing(
            years(latest(*FAULTS, field="occurred")),
            years(smallest("licence", field="occurred")),
        ),
        direction=-1,
        disclosure=True,
        bounds=(0, 5),
        missing=0,
        formula="min(5, years since last food penalty, sampling failure, accident); "
        "without any, age of the first licence; without that 0",
        window="60m",
        bands=">=3:0; 2-3:.3; 1-2:.6; <1:1",
        basis="115号文: 3 years => lower one grade",
    ),
)
