"""Catalogues: ordered sets of indicators, with one fingerprint for all they mean."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self, TypeVar

from ..core.errors import DeclarationError, InvalidError, NotFoundError, unknown
from .aggregate import latest
from .codec import canonical, decode, encode
from .dated import Dated
from .expression import Constant, Expression, Leaf, leaves_of
from .finishing import Finishing
from .indicator import POPULATIONS, USES, Indicator
from .layout import Layout, layout_of

__all__ = ["SEMANTICS", "STANDARD_POPULATIONS", "Catalogue"]

Kind = TypeVar("Kind", Expression, Indicator)

SEMANTICS = 1
"""Version of what the operators mean; raised when the same declaration yields another value."""


def _registered(population: str) -> Expression:
    """Build 1 for those whose latest registration names the population, else what is not over 0."""
    latest_at = latest("enterprise.population", field="occurred")
    return 1 - (latest_at - latest(f"enterprise.population:{population}", field="occurred"))


STANDARD_POPULATIONS: Mapping[str, Expression] = MappingProxyType(
    {
        "entity": Constant(1),
        "operator": _registered("operator"),
        "producer": _registered("producer"),
    }
)
"""Who belongs to a population: those for whom the expression is over zero."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Indicators in the order of the matrix's columns, and who belongs to which population.

    `ids` is their ids, `leaves` what has to be computed from records for them, each once, `layout`
    what of it is computed from an enterprise's own events, and `finishing` how one row is made.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> catalogue = standard_catalogue()
    >>> catalogue["PN06"].en
    'Administrative penalties'
    >>> catalogue.select(ids=["PN06", "BC01"]).monotone_constraints()
    (1, -1)
    >>> Catalogue.from_json(catalogue.to_json()) == catalogue
    True
    """

    indicators: tuple[Indicator, ...]
    populations: Mapping[str, Expression] = field(
        default_factory=lambda: STANDARD_POPULATIONS, hash=False
    )
    ids: tuple[str, ...] = field(init=False, repr=False, compare=False)
    leaves: tuple[Leaf, ...] = field(init=False, repr=False, compare=False)
    layout: Layout = field(init=False, repr=False, compare=False)
    finishing: Finishing = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", tuple(self.indicators))
        _check_ids(self.indicators)
        object.__setattr__(self, "ids", tuple(each.id for each in self.indicators))
        for name in self.populations:
            if name not in POPULATIONS:
                raise DeclarationError(unknown("population", name, POPULATIONS))
        for indicator in self.indicators:
            for name in indicator.populations:
                if name not in self.populations:
                    known = unknown("population", name, self.populations)
                    raise DeclarationError(f"indicator {indicator.id!r}: {known}")
        trees = (*self.populations.values(), *(i.expression for i in self.indicators))
        found = dict.fromkeys(leaf for tree in trees for leaf in leaves_of(tree))
        object.__setattr__(self, "leaves", tuple(found))
        layout = layout_of(self.indicators, self.populations.values())
        object.__setattr__(self, "layout", layout)
        finishing = Finishing.of(self.indicators, self.populations)
        object.__setattr__(self, "finishing", finishing)

    def __reduce__(self) -> tuple[object, ...]:
        """Return how another process rebuilds it: from what travels with a model."""
        return type(self).from_json, (self.to_json(),)

    def __len__(self) -> int:
        return len(self.indicators)

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self.indicators)

    def __contains__(self, name: object) -> bool:
        return name in self.ids

    def __getitem__(self, name: str) -> Indicator:
        if name not in self.ids:
            raise NotFoundError.among("indicator", name, self.ids)
        return self.indicators[self.ids.index(name)]

    def select(self, *, use: str | None = None, ids: Iterable[str] | None = None) -> Self:
        """Return the indicators of one use, or those named, in the order in which they are named.

        Raises
        ------
        NotFoundError
            If a use or an id is unknown.
        """
        if use is not None and use not in USES:
            raise NotFoundError.among("use", use, USES)
        if isinstance(ids, str):
            raise InvalidError(f"ids is the text {ids!r}, not a list of ids such as [{ids!r}]")
        chosen = self.indicators if ids is None else tuple(self[name] for name in ids)
        kept = tuple(indicator for indicator in chosen if use in (None, indicator.use))
        return type(self)(kept, self.populations)

    def extended(self, *more: Indicator) -> Self:
        """Return the catalogue with further indicators after its own.

        Raises
        ------
        DeclarationError
            If an id is taken.
        """
        return type(self)((*self.indicators, *more), self.populations)

    @property
    def dated(self) -> tuple[Dated, ...]:
        """The leaves that rest on other enterprises, and are answered by dated tables."""
        return tuple(leaf for leaf in self.leaves if isinstance(leaf, Dated))

    def monotone_constraints(self) -> tuple[int, ...]:
        """Return the direction of each column, as LightGBM's `monotone_constraints` wants them."""
        return tuple(indicator.direction for indicator in self.indicators)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything declared and the version of what the operators mean."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Return the whole catalogue as canonical JSON."""
        return canonical(
            {
                "semantics": SEMANTICS,
                "populations": {name: encode(tree) for name, tree in self.populations.items()},
                "indicators": [encode(indicator) for indicator in self.indicators],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild a catalogue; anything unknown in it is refused.

        Raises
        ------
        DeclarationError
            If the text is no catalogue, or one of another version of the semantics.
        """
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise DeclarationError(f"the catalogue is no JSON: {error}") from None
        expected = {"semantics", "populations", "indicators"}
        if not isinstance(data, dict) or data.keys() != expected:
            raise DeclarationError(f"a catalogue has exactly {', '.join(sorted(expected))}")
        if data["semantics"] != SEMANTICS:
            raise DeclarationError(
                f"the catalogue follows semantics {data['semantics']}, this program follows "
                f"{SEMANTICS}; use the program it was made with, or train anew"
            )
        populations, indicators = data["populations"], data["indicators"]
        if not isinstance(populations, dict) or not isinstance(indicators, list):
            raise DeclarationError("populations must be an object and indicators a list")
        trees = {name: _of(Expression, tree) for name, tree in populations.items()}
        return cls(tuple(_of(Indicator, item) for item in indicators), MappingProxyType(trees))


def _check_ids(indicators: Iterable[object]) -> None:
    seen: dict[str, Indicator] = {}
    for each in indicators:
        if not isinstance(each, Indicator):
            raise DeclarationError(
                f"a catalogue is made of indicators, not of {type(each).__name__}; several are "
                "given one by one: catalogue.extended(first, second)"
            )
        if each.id in seen:
            raise DeclarationError(
                f"the indicator {each.id!r} is declared twice, as {seen[each.id].en!r} and as "
                f"{each.en!r}; ids are unique: give one of them another"
            )
        seen[each.id] = each


def _of(kind: type[Kind], data: object) -> Kind:
    node = decode(data)
    if not isinstance(node, kind):
        raise DeclarationError(f"expected {kind.__name__}, found {type(node).__name__}")
    return node
