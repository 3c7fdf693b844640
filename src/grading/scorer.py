"""The scorer: from a matrix of indicators to grades, the same for one row and for millions."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from ..core.errors import InvalidError, PolicyError
from ..features import Events, Examination, References, compute
from .bundle import Bundle
from .calibrator import Array, Band
from .card import Purpose
from .cards import card_levels
from .grade import Distance, Grade
from .policy import Combination, Edition
from .rules import Rule
from .scale import Level
from .scores import NO_LEVEL, Codes, Masks, Scores, codes_of, masks_of, ruled
from .settled import settled_codes

__all__ = ["Scorer"]

INTERVAL = 0.95


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
        calibrator = bundle.calibrator
        self._bands = {calibrator.since: calibrator.band(INTERVAL)}
        self._placed: dict[tuple[str, Level | None], list[tuple[float, float]]] = {}

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
        conditions = self.bundle.rules.conditions(events, rows)
        return self.grades(matrix, conditions, previous, self.cards(events, rows))

    def cards(self, events: Events, rows: pd.DataFrame) -> Codes | None:
        """Return the levels that the score card gives rows, where policy lets them count.

        Parameters
        ----------
        events, rows
            As for `features.compute`; in any order.

        Returns
        -------
        Codes of levels as `grades` takes them, -1 where the card does not count or gives none;
        None if it counts in no row.

        Raises
        ------
        PolicyError
            If no edition of the policy, or of the card, is in force on a day.
        """
        days = rows["as_of"].to_numpy()
        counts = self.bundle.policy.lets_cards_count(days)
        if not counts.any():
            return None
        at = np.flatnonzero(counts)
        found = np.full(len(rows), NO_LEVEL, np.int8)
        found[at] = card_levels(self.bundle.score_card, self.bundle.policy, events, rows.iloc[at])
        return found

    def grades(
        self,
        matrix: pd.DataFrame,
        conditions: pd.DataFrame,
        previous: npt.ArrayLike | None = None,
        cards: npt.ArrayLike | None = None,
        overrides: npt.ArrayLike | None = None,
        warnings: npt.ArrayLike | None = None,
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
        overrides
            Code of the level that people set, -1 where there is none; shape (n,).
        warnings
            Code of the level of the downgrade warning in force, likewise.

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
        days = matrix.index.get_level_values("as_of").to_numpy()
        met = self.met(conditions, days)
        scores = self.score(self.values(matrix), met, days, previous, cards, overrides, warnings)
        policy, name = np.zeros(len(days), np.int32), self.bundle.policy.name
        for place, edition in enumerate(editions := self._editions(days)):
            policy[edition.holds(days)] = place
        versions = pd.Index([f"{name} {edition.version}" for edition in editions], dtype=object)
        return scores.frame(
            matrix.index,  # type: ignore[arg-type]
            self.bundle.rules.ids,
            pd.Categorical.from_codes(policy, versions),
            self.bundle.digest,
        )

    def score(
        self,
        values: Array,
        met: Masks,
        days: npt.NDArray[np.integer[Any]],
        previous: npt.ArrayLike | None = None,
        cards: npt.ArrayLike | None = None,
        overrides: npt.ArrayLike | None = None,
        warnings: npt.ArrayLike | None = None,
    ) -> Scores:
        """Grade rows of numbers, which is what `grades` does, without a frame around them.

        Parameters
        ----------
        values
            Of the catalogue's indicators, in its order; shape (n, indicators).
        met
            From `met`; shape (n,).
        days, previous, cards, overrides, warnings
            Day number, and codes as in `grades`; shape (n,).

        Raises
        ------
        PolicyError
            If policy lets the score card count, and no levels of it are given.
        """
        editions = self._editions(days)
        if cards is None:
            _check_without_cards(self.bundle.policy.name, editions)
        before, card, override, warning = (
            codes_of(codes, len(values)) for codes in (previous, cards, overrides, warnings)
        )
        margins = self.bundle.blend.margins(values, self.threads)
        calibrator = self.bundle.calibrator
        centre = calibrator.logit(margins)
        lower, upper = np.empty_like(margins), np.empty_like(margins)
        for day in (distinct := np.unique(days)).tolist():
            rows = slice(None) if len(distinct) == 1 else days == day
            lower[rows], upper[rows] = self._band(day).interval(margins[rows], centre[rows])
        model, plain, level = np.empty_like(before), np.empty_like(before), np.empty_like(before)
        better, worse = np.empty_like(margins), np.empty_like(margins)
        applied = np.empty_like(met)
        for edition in editions:
            rows = slice(None) if len(editions) == 1 else edition.holds(days)
            placed = edition.scale.place(margins[rows], calibrator, before[rows])
            model[rows], better[rows], worse[rows] = placed.codes, placed.better, placed.worse
            cuts = edition.scale.margin_cuts(calibrator)
            plain[rows] = np.searchsorted(cuts, margins[rows], "right")
            start = edition.score_card.joined(placed.codes, card[rows])
            ids = self.bundle.rules.ids
            given, applied[rows] = ruled(start, met[rows], ids, edition.rules)
            level[rows] = settled_codes(
                given, override[rows], applied[rows], ids, edition.rules, warning[rows]
            )
        return Scores(
            margin=margins,
            probability=expit(centre),
            lower=lower,
            upper=upper,
            better=better,
            worse=worse,
            level=level,
            model=model,
            plain=plain,
            card=card,
            previous=before,
            override=override,
            warning=warning,
            met=met,
            applied=applied,
        )

    def met(self, conditions: pd.DataFrame, days: npt.NDArray[np.integer[Any]]) -> Masks:
        """Return as bits which rules' conditions are met while policy applies them.

        Raises
        ------
        InvalidError
            If the conditions lack one of the bundle's rules.
        """
        rules = self.bundle.rules
        absent = [name for name in rules.ids if name not in conditions.columns]
        if absent:
            raise InvalidError(f"the conditions lack {absent}; compute them by the bundle's rules")
        return self.masks(conditions[list(rules.ids)].to_numpy(bool), days)

    def masks(self, conditions: npt.NDArray[np.bool_], days: npt.NDArray[np.integer[Any]]) -> Masks:
        """Return what `met` does, of conditions without a frame, shape (n, rules)."""
        editions = self._editions(days)
        rules = zip(self.bundle.rules, conditions.T, strict=True)
        return masks_of([met & _applies(rule, editions, days) for rule, met in rules], len(days))

    def grade(self, grades: pd.DataFrame, position: int = 0) -> Grade:
        """Return one row of a frame of grades as a value, rules and distances spelled out."""
        row = grades.iloc[position]
        enterprise, as_of = grades.index[position]
        return self._grade(
            (int(enterprise), int(as_of)),
            tuple(_level(row[name]) for name in ("level", "model_level", "card_level", "previous")),
            tuple(float(row[name]) for name in ("margin", "probability", "lower", "upper")),
            str(row["rules"]).split(),
        )

    def examined(
        self, seen: Examination, law: Examination, previous: npt.ArrayLike | None = None
    ) -> Grade:
        """Grade one enterprise that was examined, as `run` and `grade` do of a frame.

        Parameters
        ----------
        seen, law
            By the catalogue of the bundle, and by that of its rules.
        previous
            As for `grades`; shape (1,).
        """
        days = np.array([seen.as_of])
        cards = None
        if self.bundle.policy.lets_cards_count(days).any():
            rows = pd.DataFrame({"enterprise": [seen.enterprise], "as_of": [seen.as_of]})
            cards = self.cards(seen.own, rows)
        met = self.masks(law.row[None, :] > 0, days)
        scores = self.score(seen.row[None, :], met, days, previous, cards)
        return self.graded(scores, seen.enterprise, seen.as_of)

    def graded(self, scores: Scores, enterprise: int, as_of: int, position: int = 0) -> Grade:
        """Return one row of scores as a value; see `grade`."""
        applied = int(scores.applied[position])
        codes = (scores.level, scores.model, scores.card, scores.previous)
        numbers = (scores.margin, scores.probability, scores.lower, scores.upper)
        return self._grade(
            (enterprise, as_of),
            tuple(Level(code) if code >= 0 else None for code in (int(c[position]) for c in codes)),
            tuple(float(each[position]) for each in numbers),
            [rule for place, rule in enumerate(self.bundle.rules.ids) if applied >> place & 1],
        )

    def _grade(
        self,
        row: tuple[int, int],
        levels: tuple[Level | None, ...],
        numbers: tuple[float, ...],
        rules: list[str],
    ) -> Grade:
        bundle, (enterprise, as_of) = self.bundle, row
        (level, model, card, previous), (margin, probability, lower, upper) = levels, numbers
        if level is None or model is None:
            raise InvalidError(f"enterprise {enterprise} has no level as of {as_of}")
        edition = bundle.policy.on(as_of)
        cuts = self._cuts(edition, previous)

        def distance(towards: int, cut: int) -> Distance | None:
            if not 0 <= cut < len(cuts):
                return None
            height, chance = cuts[cut]
            return Distance(Level(towards), height, abs(margin - height), chance)

        effects = [(name, edition.rules[name]) for name in rules]
        codes = (np.array([-1 if each is None else each], np.int8) for each in (model, card))
        [start] = edition.score_card.joined(*codes).tolist()
        return Grade(
            enterprise=enterprise,
            as_of=as_of,
            level=level,
            model_level=model,
            card_level=card,
            previous=previous,
            probability=probability,
            lower=lower,
            upper=upper,
            margin=margin,
            better=distance(model - 1, cut=model - 1),
            worse=distance(model + 1, cut=model),
            rules=bundle.rules.applied(Level(start), effects, as_of, edition.continued),
            policy=f"{bundle.policy.name} {edition.version}",
            bundle=bundle.digest,
        )

    def _cuts(self, edition: Edition, previous: Level | None) -> list[tuple[float, float]]:
        """Return the cut points after a level, as margins and probabilities, made once."""
        key = edition.version, previous
        if key not in self._placed:
            calibrator = self.bundle.calibrator
            cuts = edition.scale.margin_cuts(calibrator, previous).tolist()
            self._placed[key] = [(cut, float(calibrator.probability(cut))) for cut in cuts]
        return self._placed[key]

    def _band(self, day: int) -> Band:
        """Return the table of intervals as of a day, made once."""
        if day not in self._bands:
            self._bands[day] = self.bundle.calibrator.band(INTERVAL, day)
        return self._bands[day]

    def _editions(self, days: npt.NDArray[np.integer[Any]]) -> list[Edition]:
        """Return the editions of the policy that are in force on some of the days."""
        found = [self.bundle.policy.on(day) for day in np.unique(days).tolist()]
        return list({edition.version: edition for edition in found}.values())


def _check_without_cards(policy: str, editions: list[Edition]) -> None:
    for edition in editions:
        if edition.score_card is Combination.WORSE:
            raise PolicyError(
                f"policy {policy!r}, edition {edition.version!r}, lets the worse of model and "
                "score card count, and none of the card were given; pass those of `Scorer.cards`"
            )


def _applies(
    rule: Rule, editions: list[Edition], days: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.bool_]:
    """Tell for each day whether the edition in force on it applies a rule."""
    parts = [edition.holds(days) & edition.applies(rule, days) for edition in editions]
    return np.any(parts, axis=0) if parts else np.zeros(len(days), np.bool_)


def _level(text: object) -> Level | None:
    return Level.of(text) if isinstance(text, str) else None
