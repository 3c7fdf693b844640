"""Sources of signals: which records tell of hazards, what is a case in them, and of what."""

from dataclasses import dataclass
from typing import Literal

import pyarrow.compute as pc

__all__ = ["SOURCES", "Source", "Tells"]

Tells = Literal["tests", "series", "product"]
"""Of lots, passed or failed; of a hazard in a product; or of a product alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Records of a kind as signals; see `SOURCES`.

    Parameters
    ----------
    kind
        Which records.
    tells
        What they tell of.
    fields
        Fields of the kind that are read beside those that follow.
    where
        Which records count; all by default.
    case
        Of tests, which are failed.
    hazard
        Fields that name the hazard, the first that is filled.
    once
        Field by whose value records count once for a product; each counts by default.
    places
        Field by lens: what a record tells of where it is from.
    """

    kind: str
    tells: Tells
    fields: tuple[str, ...] = ()
    where: pc.Expression | None = None
    case: pc.Expression | None = None
    hazard: tuple[str, ...] = ()
    once: str | None = None
    places: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All fields that are read."""
        once = () if self.once is None else (self.once,)
        lenses = (field for _, field in self.places)
        return tuple(dict.fromkeys(("product", *self.hazard, *once, *lenses, *self.fields)))


GENUINE = pc.field("counterfeit").is_null() | ~pc.field("counterfeit")

SOURCES: tuple[Source, ...] = (
    Source(
        kind="sampling",
        tells="tests",
        fields=("passed", "counterfeit"),
        where=GENUINE,
        case=~pc.field("passed"),
        hazard=("item", "hazard"),
        once="lot",
        places=(("supplier", "maker"), ("origin", "origin")),
    ),
    Source(
        kind="alert",
        tells="series",
        hazard=("item", "hazard"),
        places=(("origin", "origin"),),
    ),
    Source(kind="complaint", tells="product", fields=("food",), where=pc.field("food")),
    Source(
        kind="opinion",
        tells="product",
        fields=("food", "polarity"),
        where=pc.field("food") & (pc.field("polarity") == "negative"),
        once="cluster",
    ),
    Source(kind="recall", tells="product"),
    Source(kind="incident", tells="product"),
)
"""All sources: a lot counts once, and so does a story that many pieces of opinion tell."""
