"""The scorer: from a matrix of indicators to grades, the same for one row and for millions."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError
from ..features import Events, References, compute
from .bundle import Bundle
from .calibrator import Array
from .card import Purpose
from .effects import AtLeast, Worse
from .grade import Distance, Grade
from .policy import Combination, Edition
from .scale import Level

__all__ = ["Scorer"]

Codes = npt.NDArray[np.int8]
INTERVAL = 0.95
LEVELS = [str(level) for level in Level]
NO_LEVEL = -1


class Scorer:
    """Grades by one bundle.

    Parameters
    ----------
    bundle
        A bundle that was read and found whole.
    threads
        Threads of the booster; one keeps a service predictable. Results do not differ.

    Raises
    ------
    NotGradableError
        If the bundle is for scheduling.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        bundle.require(Purpose.GRADE)
        self.bundle = bundle
        self.threads = threads
        self._band = bundle.calibrator.band(INTERVAL)

    def values(self, matrix: pd.DataFrame) -> Array:
        """Return a matrix as the blend takes it: float64, columns as in the catalogue.

        Raises
        ------
        InvalidError
            If the columns are not the catalogue's indicators, in its order.
        """
        columns, wanted = [str(name) for name in matrix.columns], list(self.bundle.catalogue.ids)
        if columns != wanted:
            missing = [name for name in wanted if name not in columns]
            extra = [name for name in columns if name not in wanted]
            raise InvalidError(
                f"the matrix misses {missing} and has {extra} too many, or its columns are in "
                "another order; compute it with the bundle's own catalogue"
            )
        return np.ascontiguousarray(matrix.to_numpy(np.float64))

    def margins(self, matrix: pd.DataFrame) -> Array:
        """Return the margin, log-odds before calibration, of each row of a matrix."""
        return self.bundle.blend.margins(self.values(matrix), self.threads)

    def run(
        self,
        events: Events,
        rows: pd.DataFrame,
        *,
        references: References | None = None,
        previous: npt.ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Compute indicators and conditions of rows from events, and grade them.

        See `features.compute` for `events`, `rows` and `references`, and `grades` for the rest.
        """
        matrix = compute(
            self.bundle.catalogue, events, rows, references=references, threads=self.threads
        )
        return self.grades(matrix, self.bundle.rules.conditions(events, rows), previous)

    def grades(
        self,
        matrix: pd.DataFrame,
        conditions: pd.DataFrame,
        previous: npt.ArrayLike | None = None,
        cards: npt.ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Grade every row of a matrix.

        Parameters
        ----------
        matrix
            Values of the catalogue's indicators, by (enterprise, as_of) as index.
        conditions
            Whether each statutory rule's condition is met, same index (`Rules.conditions`).
        previous
            Code of the model's level in the previous grade, -1 where there is none; shape (n,).
        cards
            Code of the score card's level, -1 where there is none; shape (n,).

        Returns
        -------
        pandas.DataFrame
            Same index; `level`, `model_level`, `card_level`, `previous` (ordered categories),
            `probability`, `lower`, `upper`, `margin`, `to_better`, `to_worse` (in margin, NaN
            where there is no such level), `rules` (ids, parted by blanks), `policy`, `bundle`.

        Raises
        ------
        InvalidError
            If columns, index or lengths do not fit.
        PolicyError
            If no edition of the policy is in force on an `as_of`.
        """
        if not matrix.index.equals(conditions.index):
            raise InvalidError("matrix and conditions have different rows; compute both for one")
        before, card = (_codes(codes, len(matrix)) for codes in (previous, cards))
        margins = self.margins(matrix)
        calibrator = self.bundle.calibrator
        lower, upper = self._band.interval(margins, calibrator.logit(margins))
        model, level = np.empty_like(before), np.empty_like(before)
        better, worse = np.empty_like(margins), np.empty_like(margins)
        rules, versions = np.full(len(matrix), "", object), np.full(len(matrix), "", object)
        days = matrix.index.get_level_values("as_of").to_numpy()
        editions = [self.bundle.policy.on(day) for day in np.unique(days).tolist()]
        for edition in {each.version: each for each in editions}.values():
            rows = edition.holds(days)
            placed = edition.scale.place(margins[rows], calibrator, before[rows])
            model[rows], better[rows], worse[rows] = placed.codes, placed.better, placed.worse
            counted = edition.score_card is Combination.WORSE
            start = np.maximum(placed.codes, card[rows]) if counted else placed.codes
            met = self._met(conditions, edition, days, rows)
            level[rows], rules[rows] = _ruled(start, met, edition)
            versions[rows] = f"{self.bundle.policy.name} {edition.version}"
        columns = {
            "level": _levels(level),
            "model_level": _levels(model),
            "card_level": _levels(card),
            "previous": _levels(before),
            "probability": calibrator.probability(margins),
            "lower": lower,
            "upper": upper,
            "margin": margins,
            "to_better": better,
            "to_worse": worse,
            "rules": pd.Categorical(rules),
            "policy": pd.Categorical(versions),
            "bundle": pd.Categorical.from_codes(
                np.zeros_like(level), pd.Index([self.bundle.digest])
            ),
        }
        return pd.DataFrame(columns, index=matrix.index)

    def grade(self, grades: pd.DataFrame, position: int = 0) -> Grade:
        """Return one row of a frame of grades as a value, rules and distances spelled out."""
        row = grades.iloc[position]
        enterprise, as_of = grades.index[position]
        edition = self.bundle.policy.on(int(as_of))
        model, previous = Level.of(row["model_level"]), _level(row["previous"])
        cuts = edition.scale.margin_cuts(self.bundle.calibrator, previous).tolist()
        margin = float(row["margin"])

        def distance(towards: int, cut: int) -> Distance | None:
            if not 0 <= cut < len(cuts):
                return None
            chance = float(self.bundle.calibrator.probability(cuts[cut]))
            return Distance(Level(towards), cuts[cut], abs(margin - cuts[cut]), chance)

        effects = [(name, edition.rules[name]) for name in str(row["rules"]).split()]
        return Grade(
            enterprise=int(enterprise),
            as_of=int(as_of),
            level=Level.of(row["level"]),
            model_level=model,
            card_level=_level(row["card_level"]),
            previous=previous,
            probability=float(row["probability"]),
            lower=float(row["lower"]),
            upper=float(row["upper"]),
            margin=margin,
            better=distance(model - 1, cut=model - 1),
            worse=distance(model + 1, cut=model),
            rules=self.bundle.rules.applied(model, effects, int(as_of), edition.continued),
            policy=str(row["policy"]),
            bundle=self.bundle.digest,
        )

    def _met(
        self,
        conditions: pd.DataFrame,
        edition: Edition,
        days: npt.NDArray[np.integer[Any]],
        rows: npt.NDArray[np.bool_],
    ) -> dict[str, npt.NDArray[np.bool_]]:
        """Return for each rule that policy enables where it is met while policy applies it."""
        absent = [name for name in edition.rules if name not in conditions.columns]
        if absent:
            raise InvalidError(f"the conditions lack {absent}; compute them by the bundle's rules")
        when = days[rows]
        return {
            rule.id: conditions[rule.id].to_numpy(bool)[rows] & edition.applies(rule, when)
            for rule in self.bundle.rules
            if rule.id in edition.rules
        }


def _codes(codes: npt.ArrayLike | None, rows: int) -> Codes:
    if codes is None:
        return np.full(rows, NO_LEVEL, np.int8)
    found = np.asarray(codes)
    if found.shape != (rows,) or not np.isin(found, range(NO_LEVEL, len(Level))).all():
        raise InvalidError(f"give a code of a level, from -1 (none) to 5, for each of {rows} rows")
    return found.astype(np.int8)


def _level(text: object) -> Level | None:
    return Level.of(text) if isinstance(text, str) else None


def _levels(codes: Codes) -> "pd.Categorical[str]":
    return pd.Categorical.from_codes(codes, pd.Index(LEVELS), ordered=True)


def _ruled(
    levels: Codes, met: dict[str, npt.NDArray[np.bool_]], edition: Edition
) -> tuple[Codes, npt.NDArray[np.object_]]:
    """Apply the rules met to many levels at once, as `effects.combine` does to one."""
    moved, floor = levels.copy(), np.zeros_like(levels)
    names = np.full(levels.size, "", object)
    for rule, where in met.items():
        if not where.any():
            continue
        match edition.rules[rule]:
            case Worse(steps, limit):
                target = np.minimum(levels[where] + steps, limit)
                moved[where] = np.maximum(moved[where], target)
            case AtLeast(level):
                floor[where] = np.maximum(floor[where], level)
        names[where] += np.where(names[where] == "", rule, f" {rule}")
    return np.maximum(moved, floor).astype(np.int8), names
