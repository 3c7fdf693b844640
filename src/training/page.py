"""The page for the supervisor who answers for the grades: one HTML file, nothing loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import ceil, isnan, log10

from ..archive import contract_of
from ..core import CodeTable, time
from ..explaining import SharedRecord, figure
from ..grading import Edition, Level, ModelCard
from .audit import Audit, Truth
from .census import Census
from .evaluation import Comparison
from .example import Example
from .outcome import OutcomeRule
from .strength import Strength

__all__ = ["Page", "render_page"]

NOTHING = "–"
MODELS = {
    "constant": ("基准率", "base rate for everyone"),
    "prior_rate": ("历史比率规则", "rule: past rate, own and of the line of business"),
    "score_card": ("食品生产评分卡", "score card of food production, for producers"),
    "logistic": ("逻辑回归", "logistic regression"),
    "lightgbm": ("本模型 LightGBM", "this model"),
}
GROUPS = {"city": "全市", "category": "同业", "brand": "同品牌", "site": "同址"}
ORDER = ("entity", "operator", "producer")
RECORDS = 3
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
LOWEST = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What the page tells.

    Attributes
    ----------
    simulated
        Whether the city is made up.
    last
        Last day of which there are records.
    census
        Today's grades, counted.
    edition
        The policy in force on that day.
    label
        What counts as a violation.
    card, digest
        The model's card, and its bundle's digest.
    thinned, per_date
        How many training rows were left out by drawing so many enterprises of each date.
    audit
        What became of those who were graded.
    test, populations
        The models compared on the same window, altogether and in each population.
    truth
        The same against the hidden truth, where the city is made up.
    strengths, sampled
        The strongest indicators, and over how many enterprises.
    example
        One explained enterprise.
    """

    simulated: bool
    last: int
    census: Census
    edition: Edition
    label: OutcomeRule
    card: ModelCard
    digest: str
    thinned: int
    per_date: int
    audit: Audit
    test: Comparison
    populations: Mapping[str, Comparison]
    truth: Truth | None
    strengths: Sequence[Strength]
    sampled: int
    example: Example | None


def render_page(page: Page) -> str:
    """Return the page as HTML, complete in itself: no script, nothing from elsewhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(str(files(__package__).joinpath("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "cut": lambda share: f"{100 * share:g}%",
        "count": lambda value: f"{value:,}",
        "day": time.show,
        "figure": figure,
        "signed": _signed,
        "number": _number,
    }
    template = environment.get_template("page.html.j2")
    return template.render(
        page=page,
        levels=tuple(Level),
        order=ORDER,
        population=_population,
        models=MODELS,
        groups=GROUPS,
        reach=_reach(page),
        step=_step,
        place=_place,
        kind=_kind,
        origin=_origin,
        shown=RECORDS,
    )


def percent(value: float, digits: int = 1) -> str:
    """Write a share as people read it; NaN is a dash.

    Examples
    --------
    >>> percent(0.0634), percent(0.5, 0), percent(float("nan"))
    ('6.3%', '50%', '–')
    """
    return NOTHING if isnan(value) else f"{value:.{digits}%}"


def _number(value: float, digits: int) -> str:
    return NOTHING if isnan(value) else f"{value:.{digits}f}"


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def _reach(page: Page) -> float:
    """Return the end of the axis of rates: a whole tick beyond all that is drawn."""
    seen = [each for each in (*page.audit.model, *page.audit.final) if each.rows]
    most = max(page.edition.scale.cut_points[-1], *(max(o.upper, o.predicted) for o in seen))
    step = _step(most)
    return min(1.0, step * ceil(most / step - 1e-9))


def _step(most: float) -> float:
    """Return the distance of ticks that puts three to six of them below a share."""
    return next((step for step in STEPS if most / step <= 6), 0.25)


def _place(share: float) -> float:
    """Return where a share lies on a logarithmic axis from 0.1 % to 100 %, as 0 to 1.

    Examples
    --------
    >>> [round(_place(share), 2) for share in (0.0, 0.001, 0.1, 1.0)]
    [0.0, 0.0, 0.67, 1.0]
    """
    return 1 - log10(max(share, LOWEST)) / log10(LOWEST)


def _population(code: str) -> tuple[str, str]:
    for row in CodeTable.load("population").table.to_pylist():
        if row["code"] == code:
            return row["zh"], row["en"]
    return code, code


def _kind(record: SharedRecord) -> tuple[str, str]:
    contract = contract_of(record.kind.partition(".")[0])
    return contract.zh, f"{record.kind} {record.code}"


def _origin(record: SharedRecord) -> str:
    if record.origin is None:
        return f"{record.record}"
    return f"{record.origin.number} · {record.origin.department}"
