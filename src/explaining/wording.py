"""Wording: what sheet and terminal say of clocks, steps and outcomes, in one language."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ..core import time
from ..core.codes import CodeTable
from ..core.errors import NotFoundError
from .law.clocks import Clocks, Repair
from .law.steps import About, Step
from .records import MissedDeadline
from .remedies.remedies import Outcome
from .words.form import lowered

__all__ = [
    "Words",
    "tell_clocks",
    "tell_kind",
    "tell_missed",
    "tell_step",
    "tell_until",
    "words_of",
]

Words = Mapping[str, Any]
LANGUAGES = ("zh", "en")


def words_of(language: str) -> Words:
    """Return what sheets and figures say, in a language.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    if language not in LANGUAGES:
        raise NotFoundError.among("language", language, LANGUAGES)
    return _words()[language]


@cache
def _words() -> Mapping[str, Words]:
    told = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
    kinds = CodeTable.load("record_kind").table.select(["code", *LANGUAGES]).to_pylist()
    return {
        language: {**words, "kinds": {each["code"]: lowered(each[language]) for each in kinds}}
        for language, words in told.items()
    }


def tell_kind(kind: str, words: Words) -> str:
    """Return what records of a kind are called, or of a part of one, such as `penalty.due`."""
    return str(words["kinds"].get(kind.partition(".")[0], kind))


def tell_clocks(clocks: Clocks, words: Words) -> Iterator[str]:
    """Yield what time will do to a record."""
    if clocks.ages_out is not None:
        yield words["counts_until"].format(day=time.show(clocks.ages_out - 1))
    if clocks.repair is not None:
        yield _repair(clocks.repair, words)
    if clocks.public_until is not None:
        yield words["public_until"].format(day=time.show(clocks.public_until))


def tell_missed(deadline: MissedDeadline, words: Words) -> str:
    """Return which deadline passed without what was due."""
    return str(words["missed"].format(day=time.show(deadline.due)))


def _repair(repair: Repair, words: Words) -> str:
    if repair.day is not None:
        return str(words["repair_from"].format(day=time.show(repair.day)))
    return str(words["repair_once"].get(repair.awaits, words["repair_once"]["other"]))


def tell_step(step: Step, words: Words) -> str:
    """Return about which record a step is, when to begin it, and when it is done."""
    name = "applied" if step.action.is_decided else "done"
    when = words[name].format(start=time.show(step.start), day=time.show(step.done))
    told = [] if step.about is None else [_about(step.about, words)]
    told.append(when + (words["estimated"] if step.estimated else ""))
    return str(words["step"].format(told=words["between"].join(told)))


def _about(about: About, words: Words) -> str:
    name = about.number or f"{tell_kind(about.kind, words)} {about.code}".strip()
    more = words["others"].format(count=about.others) if about.others else ""
    return f"{time.show(about.occurred)} {name}{more}"


def tell_until(outcome: Outcome, words: Words) -> str:
    """Return on what an outcome rests, and until when it lasts."""
    if outcome.until is None:
        return str(words["holds"])
    return str(words["holds_until"].format(day=time.show(outcome.until)))
