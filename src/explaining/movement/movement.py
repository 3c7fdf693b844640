"""Movement: why a grade moved between two days, in parts that sum to the difference.

Each thing that changed is a player: what was told of records, by the way in which it was told; what
left a window; time alone; groups, those tied to the enterprise and the city; the model, or its
calibration; the edition of the policy; statutory rules that are met; the score card; the level from
which hysteresis started; what a person set; the downgrade warning in force. Their parts are Shapley
values (`shapley`), once of the log-odds of a violation and once of the level in steps, and of every
indicator, so that they do not depend on the order in which things are changed.
"""

from dataclasses import dataclass
from typing import Any

from ...core import time
from ...grading import Grade, Level
from ..words.sentences import Sentences
from .changes import Change, Texts, sentences_of, tell_cause
from .game import Game
from .sides import Side, Standpoint

__all__ = ["Movement", "Part", "explain_movement"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing that changed did.

    Parameters
    ----------
    cause
        `new_records` and the like, `aged_out`, `time`, `others`, `model` or `calibration`,
        `policy`, `rules`, `card`, `hysteresis`, `override`, `downgrade_warning`.
    log_odds
        Its part of the change of the log-odds of a violation; above zero raises the risk.
    steps
        Its part of the change of the level, in steps towards E.
    records
        Numbers of the records of which something was told, as far as the indicators read them that
        it moved.
    zh, en
        What it did, in a sentence.
    changes
        What it did to each of the indicators that it moved, what matters most first.
    """

    cause: str
    log_odds: float
    steps: float
    records: tuple[int, ...] = ()
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
            "changes": [each.to_dict() for each in self.changes],
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
    sides = Side(before, enterprise), Side(after, enterprise)
    game, words = Game(*sides), sentences or Sentences.default()
    moved = [
        _part(game, name, odds, steps, words)
        for name, (odds, steps) in game.parts.items()
        if odds or steps
    ]
    (odds_before, level_before), (odds_after, level_after) = game.worth[[0, -1]].tolist()
    return Movement(
        sides[0].grade,
        sides[1].grade,
        (Level(int(level_before)), Level(int(level_after))),
        (odds_before, odds_after),
        tuple(sorted(moved, key=lambda each: (-abs(each.steps), -abs(each.log_odds), each.cause))),
    )


def _part(game: Game, cause: str, log_odds: float, steps: float, words: Sentences) -> Part:
    """Return what a cause did, with its sentences."""
    moves, worlds = cause in game.worlds.movers, game.worlds
    read = game.effects.streams(cause) if moves else ()
    records = worlds.records(cause, read) or worlds.records(cause)
    why = _why(game, cause, len(records))
    changes = game.effects.changes(cause, why, words) if moves else ()
    zh, en = sentences_of(why, changes, log_odds, steps)
    return Part(cause, log_odds, steps, records, zh, en, changes)


def _why(game: Game, cause: str, count: int) -> Texts:
    """Return a cause in words: of how many records, or from what to what."""
    if cause in game.worlds.ways:
        return tell_cause(cause, count=count)
    was, now = (side.told(cause) for side in (game.before, game.after))
    told = "others_told" if cause == "others" and was == now else cause
    return tell_cause(told, was=was, now=now)
