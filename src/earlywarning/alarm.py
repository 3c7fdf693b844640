"""An alarm: what a person should look into, why, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["Alarm", "Kind", "Lens"]

Kind = Literal["signal", "standing", "newcomer"]
"""A detector's, that of a standing rule, or that of something never seen before."""

Lens = Literal["", "origin", "district", "supplier"]
"""What a series is narrowed to, beside product and hazard; "" is the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What a run of the watch tells of one series.

    Attributes
    ----------
    kind
        What told it.
    product, hazard
        Which series; the hazard is "" where it is not known yet.
    lens, place
        What the series is narrowed to, and to which place or supplier of it.
    day
        The day at whose end it was told.
    of
        The day that ends the week it is about; earlier than `day` where records came late.
    strength
        Natural logarithm of how much likelier the records are if something spreads; None where
        no probability stands behind it.
    records
        Keys of the records behind it, the latest first.
    sentence
        What happened, in one plain sentence by language: "zh" and "en".
    evidence
        Figures behind it, in values of JSON.
    """

    kind: Kind
    product: str
    hazard: str
    lens: Lens = ""
    place: str = ""
    day: int
    of: int
    strength: float | None = None
    records: tuple[str, ...] = ()
    sentence: Mapping[str, str]
    evidence: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
