"""Movement: why a grade moved between two days, in parts that sum to the difference.

Each thing that changed is a player: what was told of records, by the way in which it was told; what
left a window; time alone; other enterprises; the model, or its calibration; the edition of the
policy; statutory rules that are met; the score card; the level from which hysteresis started; what
a person set. Their parts are Shapley values (`shapley`), once of the log-odds of a violation and
once of the level in steps, so that they do not depend on the order in which things are changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..features import Catalogue, Events, References, compute
from ..features.hindsight import known_before
from ..grading import Grade, Level, Scorer
from ..grading.dynamic import same_blend
from ..grading.dynamic.moved import MOVERS, movers_of
from ..grading.dynamic.telling import TOLD, mixed, tellings
from ..grading.scores import NO_LEVEL, ruled
from .changes import Change, sentences_of, tell_cause
from .explanation import Override
from .sentences import Sentences
from .shapley import coalitions, shapley

__all__ = ["Movement", "Part", "Standpoint", "explain_movement"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
DAYS = {"aged_out": "windows", "time": "time", "others": "others"}
NONE = -1
NOTHING = ("无", "none")


@dataclass(frozen=True, slots=True, eq=False)
class Standpoint:
    """From where a grade is given.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    events
        Of at least the enterprise, as delivered by then.
    as_of
        Day number.
    references
        As for `explain`.
    previous
        Code of the model's level from which hysteresis starts; -1 for none.
    override
        What a person set, where that holds on the day.
    """

    scorer: Scorer
    events: Events
    as_of: int
    references: References | None = None
    previous: int = NO_LEVEL
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing that changed did.

    Parameters
    ----------
    cause
        `new_records` and the like, `aged_out`, `time`, `others`, `model` or `calibration`,
        `policy`, `rules`, `card`, `hysteresis`, `override`.
    log_odds
        Its part of the change of the log-odds of a violation; above zero raises the risk.
    steps
        Its part of the change of the level, in steps towards E.
    records
        Numbers of the records of which something was told.
    indicators
        The indicators that it moves, alone or among others: what they were, and what they are.
    zh, en
        What it did, in a sentence.
    changes
        The same of each of the indicators.
    """

    cause: str
    log_odds: float
    steps: float
    records: tuple[int, ...] = ()
    indicators: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    zh: str = ""
    en: str = ""
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the part as values that JSON knows."""
        return {
            "cause": self.cause,
            "log_odds": self.log_odds,
            "steps": self.steps,
            "sentence_zh": self.zh,
            "sentence_en": self.en,
            "records": [str(record) for record in self.records],
            "indicators": {
                name: [None if np.isnan(value) else value for value in pair]
                for name, pair in self.indicators.items()
            },
            "changes": [
                {"id": each.indicator, "sentence_zh": each.zh, "sentence_en": each.en}
                for each in self.changes
            ],
        }


@dataclass(frozen=True, slots=True)
class Movement:
    """Why a grade moved.

    Parameters
    ----------
    before, after
        The two grades.
    levels
        The levels that counted, of rules, card and persons as well.
    log_odds
        Of a violation, before and after.
    parts
        What did it, the strongest first; they sum to the differences of both.
    """

    before: Grade
    after: Grade
    levels: tuple[Level, Level]
    log_odds: tuple[float, float]
    parts: tuple[Part, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the movement as values that JSON knows."""
        return {
            "as_of": [time.show(self.before.as_of), time.show(self.after.as_of)],
            "levels": [str(level) for level in self.levels],
            "log_odds": list(self.log_odds),
            "parts": [each.to_dict() for each in self.parts],
        }


def explain_movement(
    before: Standpoint,
    after: Standpoint,
    enterprise: int,
    *,
    sentences: Sentences | None = None,
) -> Movement:
    """Explain why the grade of an enterprise moved between two standpoints.

    Parameters
    ----------
    before, after
        The two; both may be of one day, and of one bundle.
    enterprise
        Dense number.
    sentences
        The words of indicators; those of the standard ones if not given.
    """
    sides = _Side(before, enterprise), _Side(after, enterprise)
    game = _Game(*sides)
    sets = coalitions(len(game.players))
    log_odds, levels = game.worth(sets)
    parts = shapley(np.column_stack([log_odds, levels]))
    words = sentences or Sentences.default()
    moved = [
        game.part(name, log_odds, steps, words)
        for name, (log_odds, steps) in zip(game.players, parts.tolist(), strict=True)
        if log_odds or steps
    ]
    return Movement(
        sides[0].grade,
        sides[1].grade,
        (Level(int(levels[0])), Level(int(levels[-1]))),
        (float(log_odds[0]), float(log_odds[-1])),
        tuple(sorted(moved, key=lambda each: (-abs(each.steps), -abs(each.log_odds), each.cause))),
    )


class _Side:
    """A standpoint, with what decides the grade there."""

    def __init__(self, standpoint: Standpoint, enterprise: int) -> None:
        self.standpoint, self.enterprise = standpoint, enterprise
        self.bundle = standpoint.scorer.bundle
        self.edition = self.bundle.policy.on(standpoint.as_of)
        self.known = known_before(standpoint.events.of(enterprise), standpoint.as_of)
        self.catalogue = self.bundle.catalogue
        rows, scorer = self._rows, standpoint.scorer
        days = rows["as_of"].to_numpy()
        self.met = scorer.met(self.bundle.rules.conditions(self.known, rows), days)
        cards = scorer.cards(self.known, rows)
        self.card = NONE if cards is None else int(cards[0])
        previous = [standpoint.previous]
        scores = scorer.score(self.values(self.known), self.met, days, previous, cards)
        self.grade = scorer.graded(scores, enterprise, standpoint.as_of)
        override = standpoint.override
        holds = override is not None and standpoint.as_of <= override.until
        self.override = int(override.level) if override is not None and holds else NONE

    @property
    def rules(self) -> frozenset[str]:
        """The statutory rules that are met."""
        ids, met = self.bundle.rules.ids, int(self.met[0])
        return frozenset(rule for place, rule in enumerate(ids) if met >> place & 1)

    def told(self, cause: str) -> tuple[str, str]:
        """Return what a cause is on this side, in Chinese and in English."""
        levels = {
            "card": self.card,
            "hysteresis": self.standpoint.previous,
            "override": self.override,
        }
        if cause in levels:
            return NOTHING if levels[cause] < 0 else (str(Level(levels[cause])),) * 2
        if cause == "rules":
            met = [self.bundle.rules[name] for name in sorted(self.rules)]
            named = "、".join(each.zh for each in met), ", ".join(each.en for each in met)
            return named if met else NOTHING
        digest, version = self.bundle.digest[:16], self.edition.version
        names = {"model": digest, "calibration": digest, "policy": version}
        return (names.get(cause) or time.show(self.standpoint.as_of),) * 2

    def values(self, events: Events, catalogue: Catalogue | None = None) -> Array:
        """Return the indicators from some events as of this day, by a catalogue or its own."""
        found = compute(
            catalogue or self.catalogue,
            events,
            self._rows,
            references=self.standpoint.references,
        )
        return np.asarray(found.to_numpy(np.float64))

    @property
    def _rows(self) -> pd.DataFrame:
        return pd.DataFrame({"enterprise": [self.enterprise], "as_of": [self.standpoint.as_of]})


class _Game:
    """What sets of changes are worth: log-odds, and the level."""

    def __init__(self, before: _Side, after: _Side) -> None:
        self.before, self.after = before, after
        days = before.standpoint.as_of, after.standpoint.as_of
        self.told = tellings(before.known, after.known, days)
        told = set(self.told["told"])
        self.ways = [way for way in TOLD if way in told]
        names = [f"{way}_records" for way in self.ways]
        same = same_blend(before.bundle, after.bundle)
        self.model = "calibration" if same else "model"
        changed = {
            **dict.fromkeys(DAYS, True),
            self.model: before.bundle.digest != after.bundle.digest,
            "policy": before.edition != after.edition,
            "rules": before.rules != after.rules,
            "card": before.card != after.card,
            "hysteresis": before.standpoint.previous != after.standpoint.previous,
            "override": before.override != after.override,
        }
        self.players = (*names, *(name for name, flag in changed.items() if flag))

    def worth(self, sets: Flags) -> tuple[Array, Array]:
        """Return the log-odds and the level of each set of changes."""
        members = dict(zip(self.players, sets.T, strict=True))
        margins = self._margins(members, len(sets))
        changed = members.get(self.model, np.zeros(len(sets), np.bool_))
        calibrators = self.before.bundle.calibrator, self.after.bundle.calibrator
        log_odds = np.where(changed, *(each.logit(margins) for each in calibrators[::-1]))
        levels = np.empty(len(sets))
        for place in range(len(sets)):
            chosen = {name for name in self.players if members[name][place]}
            levels[place] = self._level(margins[place], chosen)
        return log_odds, levels

    def part(self, cause: str, log_odds: float, steps: float, words: Sentences) -> Part:
        """Return what a cause did, with its sentences."""
        records, indicators = self.records(cause), self.indicators(cause)
        why = self.why(cause, len(records))
        catalogue = self.after.catalogue
        changes = tuple(
            Change(name, was, now, why, words.form(catalogue[name]))
            for name, (was, now) in indicators.items()
        )
        zh, en = sentences_of(why, changes, log_odds, steps)
        return Part(cause, log_odds, steps, records, indicators, zh, en, changes)

    def why(self, cause: str, count: int) -> tuple[str, str]:
        """Return a cause in words: of how many records, or from what to what."""
        if cause.endswith("_records"):
            return tell_cause(cause, count=count)
        was, now = (side.told(cause) for side in (self.before, self.after))
        return tell_cause(cause, was=was, now=now)

    def records(self, cause: str) -> tuple[int, ...]:
        """Return the records of which something was told in the way that a cause names."""
        some = self.told["told"] == cause.removesuffix("_records")
        return tuple(sorted(self.told.loc[some, "record"].tolist()))

    def indicators(self, cause: str) -> dict[str, tuple[float, float]]:
        """Return the indicators that a cause moves, as they were and as they are."""
        catalogue, everything = self.after.catalogue, frozenset(self.players)
        now, without = self._row(catalogue, everything), self._row(catalogue, everything - {cause})
        then, *_ = self._computed(catalogue, ())
        moved = (now != without) & ~(np.isnan(now) & np.isnan(without))
        return {
            catalogue.ids[place]: (float(then[place]), float(now[place]))
            for place in np.flatnonzero(moved).tolist()
        }

    def _margins(self, members: Mapping[str, Flags], size: int) -> Array:
        """Return the margin of each set, by the model that it has."""
        movers = [name for name in self.players if name in DAYS or name.endswith("_records")]
        chosen = [
            frozenset(name for name in movers if members[name][place]) for place in range(size)
        ]
        distinct = list(dict.fromkeys(chosen))
        number = {each: place for place, each in enumerate(distinct)}
        at = np.array([number[each] for each in chosen])
        found = [
            side.bundle.blend.margins(
                np.array([self._row(side.catalogue, each) for each in distinct])
            )[at]
            for side in (self.before, self.after)
        ]
        changed = members.get(self.model, np.zeros(size, np.bool_))
        return np.asarray(np.where(changed, found[1], found[0]))

    def _row(self, catalogue: Catalogue, chosen: frozenset[str]) -> Array:
        """Return the indicators with some changes made: what moves by the day, and by records."""
        ways = tuple(way for way in self.ways if f"{way}_records" in chosen)
        then, unheard, heard = self._computed(catalogue, ways)
        both = (unheard != heard) & ~(np.isnan(unheard) & np.isnan(heard))
        added = then + (heard - unheard)
        still = np.where(both, np.where(np.isnan(added), heard, added), then)
        by = {MOVERS.index(mover): name in chosen for name, mover in DAYS.items()}
        passed = np.array([by[mover] for mover in movers_of(catalogue).tolist()])
        return np.asarray(np.where(passed, heard, still))

    def _computed(self, catalogue: Catalogue, ways: tuple[str, ...]) -> tuple[Array, Array, Array]:
        """Return indicators then; now from what was known then; and with some ways of telling."""
        key = catalogue.fingerprint
        if (key, ways) not in self._kept:
            back = [way for way in self.ways if way not in ways]
            events = mixed(self.before.known, self.after.known, self.told, back)
            self._kept[key, ways] = self.after.values(events, catalogue)[0]
        if key not in self._then:
            then = self.before.values(self.before.known, catalogue)[0]
            self._then[key] = then, self.after.values(self.before.known, catalogue)[0]
        return (*self._then[key], self._kept[key, ways])

    @cached_property
    def _kept(self) -> dict[tuple[str, tuple[str, ...]], Array]:
        return {}

    @cached_property
    def _then(self) -> dict[str, tuple[Array, Array]]:
        return {}

    def _level(self, margin: float, chosen: set[str]) -> int:
        """Return the level that counts with some changes made."""

        def side(name: str) -> _Side:
            return self.after if name in chosen or name not in self.players else self.before

        override = side("override").override
        if override != NONE:
            return override
        edition, previous = side("policy").edition, side("hysteresis").standpoint.previous
        calibrator = side(self.model).bundle.calibrator
        placed = edition.scale.place([margin], calibrator, np.array([previous])).codes
        card = np.array([side("card").card], np.int8)
        codes = np.asarray(edition.score_card.joined(placed, card), np.int8)
        rules = sorted(side("rules").rules)
        met = np.array([(1 << len(rules)) - 1], np.int64)
        return int(ruled(codes, met, rules, edition.rules)[0][0])
