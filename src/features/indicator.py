"""Indicators: one immutable declaration each, from which everything else follows."""

from collections.abc import Collection
from dataclasses import dataclass
from math import inf, isfinite

from ..core.errors import DeclarationError, unknown
from .aggregate import Aggregate
from .bands import read_bands
from .dated import Dated
from .expression import Expression, Leaf, leaves_of
from .groups import CITY, WHEREABOUTS
from .missed import Missed
from .persons import Persons
from .streams import matching
from .ties import Tied

__all__ = ["DIMENSIONS", "POPULATIONS", "USES", "Indicator"]

DIMENSIONS = {
    "BC": ("经营与变更情况", "Operation and changes"),
    "RL": ("登记与许可信息", "Registration and licences"),
    "PN": ("处罚与负面名单", "Penalties and negative lists"),
    "CC": ("案件与投诉举报", "Cases, complaints and reports"),
    "EA": ("评价与表彰记录", "Evaluations and awards"),
    "IH": ("检查历史", "Inspection history"),
    "CX": ("周边与时令", "Surroundings and season"),
}
POPULATIONS = ("entity", "operator", "producer")
USES = ("grade", "scheduling")


WHERE = tuple((f"enterprise.{name}", "") for name in (*WHEREABOUTS, "longitude", "latitude"))


class _Tree:
    """What follows from an expression and is asked often; worked out once."""

    __slots__ = ("_leaves",)
    _leaves: tuple[Leaf, ...]
    expression: Expression

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves of the expression from left to right, each once."""
        try:
            return self._leaves
        except AttributeError:
            found = tuple(dict.fromkeys(leaves_of(self.expression)))
            object.__setattr__(self, "_leaves", found)
            return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(_Tree):
    """What one column of the matrix means and how it is computed.

    Parameters
    ----------
    id
        Short and unique, such as `PN07`: letters, digits and `_`, as it names a column.
    zh, en
        Name in Chinese and in English.
    dimension
        A key of `DIMENSIONS`.
    unit_zh, unit_en
        Unit of the value; empty for a plain number.
    expression
        The computation.
    direction
        1 if a larger value is riskier, -1 if it is safer, 0 if neither can be said.
    missing
        The value where the expression is missing. Required, finite.
    disclosure
        Whether the value rests on something the enterprise itself discloses. Then `missing`
        lies at or beyond the worst bound, so that silence never grades better than disclosure.
    bounds
        Values are cut to this interval; None is no bound.
    populations
        To whom it applies: `entity` (every market entity 商事主体), `operator` (licensed food
        operators), `producer` (food producers). For others the matrix holds NaN.
    use
        `grade`, or `scheduling` for context that may plan visits and never decide a grade.
    basis
        Law, rule or source.
    formula, formula_zh
        The definition in plain words, English and Chinese; where there is no Chinese one, the
        English one stands for both.
    window
        Of which time the records count, such as `36m` or `at t`.
    bands
        The default steps from 0 (best) to 1 (worst), such as `0:0; 1-2:.5; >=3:1`; of a
        logarithm to base 10 or 2 they are about what it is taken of (`features.bands`).

    Raises
    ------
    DeclarationError
        If a part is unknown or contradicts another.
    """

    id: str
    zh: str
    en: str
    dimension: str
    expression: Expression
    missing: float
    basis: str
    formula: str
    formula_zh: str = ""
    unit_zh: str = ""
    unit_en: str = ""
    direction: int = 0
    disclosure: bool = False
    bounds: tuple[float | None, float | None] = (None, None)
    populations: tuple[str, ...] = ("entity",)
    use: str = "grade"
    window: str = ""
    bands: str = ""

    def __post_init__(self) -> None:
        for name in ("id", "zh", "en", "basis", "formula"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                self._refuse(f"{name} is empty")
        if not (self.id.isascii() and self.id.isidentifier()):
            self._refuse(
                "an id names a column: letters, digits and _, a letter first, such as 'OWN_FINES'"
            )
        self._among("dimension", self.dimension, DIMENSIONS)
        self._among("use", self.use, USES)
        if not isinstance(self.populations, tuple) or not self.populations:
            self._refuse(f"populations must be a tuple of some of {', '.join(POPULATIONS)}")
        for population in self.populations:
            self._among("population", population, POPULATIONS)
        if self.direction not in (-1, 0, 1):
            self._refuse(
                f"direction {self.direction!r} is none of 1 (a larger value is riskier), -1 (it is "
                "safer) and 0 (neither can be said)"
            )
        tree: object = self.expression
        if not isinstance(tree, Expression):
            self._refuse(f"the expression is {self.expression!r}, build it from aggregates")
        self._check_missing()
        self._check_bounds()
        self._check_bands()
        self._check_leaves()

    @property
    def limits(self) -> tuple[float, float]:
        """The bounds as numbers, infinite where there is none."""
        low, high = self.bounds
        return -inf if low is None else low, inf if high is None else high

    def _check_missing(self) -> None:
        missing: object = self.missing
        number = isinstance(missing, int | float) and not isinstance(missing, bool)
        if not number or not isfinite(self.missing):
            self._refuse(
                f"missing is {missing!r}; say what a value that cannot be computed counts as, by a "
                "finite number inside the order: 0 where no record means that nothing was found"
            )
        object.__setattr__(self, "missing", float(self.missing))

    def _check_bands(self) -> None:
        try:
            read_bands(self.bands)
        except DeclarationError as error:
            self._refuse(str(error))

    def _check_bounds(self) -> None:
        pair: object = self.bounds
        if not isinstance(pair, tuple) or len(pair) != 2 or not all(map(_is_bound, pair)):
            self._refuse(f"bounds are {pair!r}, not (low, high), each a number or None")
        cut = tuple(None if b is None else float(b) for b in self.bounds)
        object.__setattr__(self, "bounds", cut)
        low, high = self.limits
        if not low < high:
            self._refuse(f"the bounds {low} and {high} leave no room")
        if not self.disclosure:
            return
        if self.direction == 0:
            self._refuse("a disclosure needs a direction, to know what the worst value is")
        worst = high if self.direction > 0 else low
        if self.direction * self.missing < self.direction * worst:
            self._refuse(
                f"missing is {self.missing}, better than the worst bound {worst}: not disclosing "
                "would grade better than disclosing; bound the value and put missing at the bound"
            )

    def _check_leaves(self) -> None:
        found = self.leaves
        for leaf in found:
            parts = leaf.parts if isinstance(leaf, Missed) else (leaf,)
            if any(isinstance(part, Aggregate) and part.field == "position" for part in parts):
                self._refuse("the position of an event means nothing outside one table")
        if self.use != "grade":
            return
        for leaf in found:
            if _tells_where(leaf):
                self._refuse(
                    "neither neighbourhood nor district may enter a grade: use 'scheduling'"
                )
        own = [leaf for leaf in found if not (isinstance(leaf, Dated) and leaf.by == CITY)]
        if not own:
            self._refuse("nothing in it is about the enterprise: use 'scheduling'")

    def _among(self, what: str, which: object, exists: Collection[str]) -> None:
        if which not in exists:
            self._refuse(unknown(what, which, exists))

    def _refuse(self, why: str) -> None:
        raise DeclarationError(f"indicator {self.id!r}: {why}")


def _is_bound(bound: object) -> bool:
    return bound is None or (isinstance(bound, int | float) and not isinstance(bound, bool))


def _tells_where(leaf: Leaf) -> bool:
    match leaf:
        case Aggregate(streams=streams):
            return bool(matching(streams, WHERE))
        case Missed():
            return any(map(_tells_where, leaf.parts))
        case Tied(having=parts) | Persons(elsewhere=parts):
            return any(map(_tells_where, parts))
        case Dated(by=by):
            return by in WHEREABOUTS
    return True
