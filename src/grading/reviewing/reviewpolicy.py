"""Review policies: which grades people look at, from a TOML file of editions."""

from dataclasses import dataclass
from typing import ClassVar, Self

from ...core.editions import Editions, in_order
from ...core.table import Table
from .edition import ReviewEdition, read_edition

__all__ = ["ReviewPolicy"]


@dataclass(frozen=True, slots=True)
class ReviewPolicy(Editions[ReviewEdition]):
    """A review policy.

    Examples
    --------
    >>> from datetime import date
    >>> from xinheng.grading import Level
    >>> edition = ReviewPolicy.default().on(date(2026, 3, 1))
    >>> edition.trigger_of(Level.B, Level.D, 17).id, edition.needs_second("confirm", Level.D)
    ('to_high_risk', True)
    """

    KIND: ClassVar[str] = "review policy"
    SHIPPED: ClassVar[str] = "policies/review.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a review policy from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(read_edition, tables), source), text)
