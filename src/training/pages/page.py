"""The page for the supervisor who answers for the grades: one HTML file, nothing loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...archive import contract_of
from ...explaining import SharedRecord
from ...grading import Edition, ModelCard
from ..cohorts import OutcomeRule
from ..measuring import Audit, Census, Comparison, Strength, Truth
from .example import Example
from .findings import came, predicted
from .typesetting import reach, template

__all__ = ["Page", "render_page"]

GROUPS = {"city": "全市", "category": "同业", "brand": "同品牌", "site": "同址"}
RECORDS = 3


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
    unbiased
        The same on those rows whose check was drawn at random; None where there are too few.
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
    unbiased: Comparison | None
    truth: Truth | None
    strengths: Sequence[Strength]
    sampled: int
    example: Example | None


def render_page(page: Page) -> str:
    """Return the page as HTML, complete in itself: no script, nothing from elsewhere."""
    return template("page.html.j2").render(
        page=page,
        groups=GROUPS,
        what=predicted(page.label),
        came=came(page.label),
        reach=reach(page.audit, page.edition),
        kind=_kind,
        origin=_origin,
        shown=RECORDS,
    )


def _kind(record: SharedRecord) -> tuple[str, str]:
    contract = contract_of(record.kind.partition(".")[0])
    return contract.zh, f"{record.kind} {record.code}"


def _origin(record: SharedRecord) -> str:
    if record.origin is None:
        return f"{record.record}"
    return f"{record.origin.number} · {record.origin.department}"
