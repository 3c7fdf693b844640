"""Tables of risk points: which records give points, and what moves the grade, from a TOML file."""

from dataclasses import dataclass
from typing import ClassVar

from ...core.table import Table
from ..cards.pointtable import PointTable
from .edition import RiskEdition, read_edition

__all__ = ["RiskTable"]


@dataclass(frozen=True, slots=True)
class RiskTable(PointTable[RiskEdition]):
    """A table of risk points. The one that ships with the package is that of food producers.

    Examples
    --------
    >>> from datetime import date
    >>> table = RiskTable.default()
    >>> [(str(band.grade), band.most) for band in table.on(date(2026, 3, 1)).bands]
    [('A', 30.0), ('B', 45.0), ('C', 60.0), ('D', 100.0)]
    """

    KIND: ClassVar[str] = "table of risk points"
    SHIPPED: ClassVar[str] = "policies/risk_grade.toml"

    @classmethod
    def read_edition(cls, table: Table) -> RiskEdition:
        """Read an edition from its table."""
        return read_edition(table)
