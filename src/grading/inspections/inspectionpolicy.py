"""Inspection policies: how the inspection plan combines the gradings, from a TOML file."""

from dataclasses import dataclass
from typing import ClassVar, Self

from ...core.editions import Editions, in_order
from ...core.table import Table
from .edition import InspectionEdition, read_edition

__all__ = ["InspectionPolicy"]


@dataclass(frozen=True, slots=True)
class InspectionPolicy(Editions[InspectionEdition]):
    """An inspection policy, and what its reader has to know besides (`notes`).

    Examples
    --------
    >>> from datetime import date
    >>> plan = InspectionPolicy.default().on(date(2026, 3, 1)).plans["producer"]
    >>> plan.by, plan.visits["D"].most, plan.credit["E"].share
    ('risk', 4, 1.0)
    """

    KIND: ClassVar[str] = "inspection policy"
    SHIPPED: ClassVar[str] = "policies/inspections.toml"

    notes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read an inspection policy from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, notes = top.take("name", str), top.texts("notes", [])
        tables = top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(read_edition, tables), source), text, notes)
