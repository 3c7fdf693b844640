"""A definition: everything a declaration says of an indicator, in words.

Nothing is written twice: the computation is told from the very tree that is evaluated, the
records from the contracts of the archive, and abbreviations from the code tables.
"""

import re
from dataclasses import dataclass

from ..core.codes import CodeTable
from .bands import read_bands
from .indicator import Indicator
from .reads import Reading, readings
from .wording import operators_of, told
from .words import SHARING

__all__ = ["Definition", "Said", "define", "population_names"]

RISK = {
    1: ("larger is riskier", "越大风险越高"),
    -1: ("larger is safer", "越大风险越低"),
    0: ("neither way", "无方向"),
}
WINDOWS = {
    "at t": ("as of the day", "当日"),
    "all": ("all of the past", "历来"),
    "latest": ("the latest", "最近一次"),
    "latest year": ("the latest year", "最近年度"),
    "2 years": ("two years", "最近两个年度"),
    "3 due years": ("the last three years that were due", "最近三个应报年度"),
    "at t + 36m": ("as of the day, and 36 months", "当日及 36 个月"),
    "36m / at t": ("36 months, or as of the day", "36 个月或当日"),
    "24m (pair gap 12m)": ("24 months, and 12 between two", "24 个月，两次相隔不超过 12 个月"),
    "3m vs prior 9m": ("3 months against the 9 before", "近 3 个月与此前 9 个月相比"),
}
SPANS = {"m": ("{} months", "{} 个月"), "d": ("{} days", "{} 天")}
SPAN = re.compile(r"(\d+)([md])")
TREE, ITEM = "TREE", r"R\d{4,}"


@dataclass(frozen=True, slots=True)
class Said:
    """The same in English and in Chinese."""

    en: str
    zh: str

    def __str__(self) -> str:
        """Return both, or one if they are the same."""
        return " ".join(dict.fromkeys(filter(None, (self.en, self.zh))))

    @property
    def lines(self) -> tuple[str, ...]:
        """Both for lines of their own, Chinese first, or one if they are the same."""
        return tuple(dict.fromkeys((self.zh, self.en)))


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator in words.

    Attributes
    ----------
    id, name, dimension, use
        As declared.
    populations
        To whom it applies, by the name that the declaration uses.
    unit, risk, window
        Unit of the value, what a larger one says, and the declared window.
    formula, computed
        What the declaration says, and what its expression computes.
    records
        What it reads.
    low, high
        The bounds to which values are cut.
    missing
        What a missing value counts as.
    bands
        Value of each band, as declared, and its points from 0 (best) to 1 (worst).
    evidence
        For each operator, how it is shared among its records.
    basis, sources
        What it rests on, and what each abbreviation in it stands for.
    """

    id: str
    name: Said
    dimension: str
    use: str
    populations: dict[str, Said]
    unit: Said
    risk: Said
    window: Said
    formula: Said
    computed: Said
    records: tuple[Reading, ...]
    low: float | None
    high: float | None
    missing: Said
    bands: tuple[tuple[str, float], ...]
    evidence: dict[str, Said]
    basis: str
    sources: dict[str, Said]


def define(indicator: Indicator) -> Definition:
    """Say in words what an indicator is.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> fines = define(standard_catalogue()["PN07"])
    >>> print(fines.window, fines.populations["entity"], fines.evidence["total"], sep="; ")
    36 months 36 个月; Market entities 商事主体; by size 按数值大小
    >>> print(fines.formula.zh)
    近 36 个月罚款与没收金额合计（万元）加 1 后以 10 为底的对数
    >>> print(fines.computed.en)
    log10(1 + [total value of penalty:market.* in 1096 days, repaired ones left out])
    """
    return Definition(
        id=indicator.id,
        name=Said(indicator.en, indicator.zh),
        dimension=indicator.dimension,
        use=indicator.use,
        populations={name: population_names(name) for name in indicator.populations},
        unit=Said(indicator.unit_en, indicator.unit_zh),
        risk=Said(*RISK[indicator.direction]),
        window=_window(indicator.window),
        formula=Said(indicator.formula, indicator.formula_zh or indicator.formula),
        computed=Said(told(indicator.expression, "en"), told(indicator.expression, "zh")),
        records=readings(indicator),
        low=indicator.bounds[0],
        high=indicator.bounds[1],
        missing=_missing(indicator),
        bands=tuple((band.name, band.points) for band in read_bands(indicator.bands)),
        evidence=_evidence(indicator),
        basis=indicator.basis,
        sources=_sources(indicator.basis),
    )


def population_names(name: str) -> Said:
    """Return the names of a population.

    Examples
    --------
    >>> print(population_names("producer"))
    Food producers 食品生产者
    """
    table = CodeTable.load("population")
    en, zh = (table.words(column, [name], 0)[0] for column in ("en", "zh"))
    return Said(en, zh)


def _window(window: str) -> Said:
    if (span := SPAN.fullmatch(window)) is not None:
        return Said(*(words.format(span[1]) for words in SPANS[span[2]]))
    return Said(*WINDOWS.get(window, (window, window)))


def _missing(indicator: Indicator) -> Said:
    english, chinese = f"counts as {indicator.missing:g}", f"计为 {indicator.missing:g}"
    if indicator.disclosure:
        english += ", the worst: what is not disclosed never grades better"
        chinese += "，即最差：不披露不优于披露"
    return Said(english, chinese)


def _evidence(indicator: Indicator) -> dict[str, Said]:
    return {name: Said(*SHARING[name]) for name in operators_of(indicator.expression)}


def _sources(basis: str) -> dict[str, Said]:
    """Return what each abbreviation stands for; a bare item is one of the tree."""
    rows = {row["code"]: row for row in CodeTable.load("source").table.to_pylist()}
    longest = sorted(rows, key=len, reverse=True)
    pattern = rf"(?<![\w-])({'|'.join(map(re.escape, longest))}|{ITEM})(?![\w-])"
    codes = (TREE if re.fullmatch(ITEM, code) else code for code in re.findall(pattern, basis))
    return {code: Said(rows[code]["en"], rows[code]["zh"]) for code in dict.fromkeys(codes)}
