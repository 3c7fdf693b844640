"""Movement drawn: what leads from one grade to another."""

from collections.abc import Iterator

from ...core import time
from ..movement.movement import Movement, Part
from ..numbers import signed
from ..wording import words_of
from ..words.form import UNNOTICED
from .cascade import Step, cascade
from .lettering import wrapped
from .parts import Plot
from .phrases import phrases
from .stack import Row, strongest

__all__ = ["plot_movement"]

MOST, HOVER, TOP = 3, 44, 8


def plot_movement(movement: Movement, language: str = "zh") -> Plot:
    """Draw what each cause adds to the log-odds of a violation, and to the level in steps.

    Parameters
    ----------
    movement
        Between two grades.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    words, causes = phrases(language), words_of(language)["causes"]
    days = [time.show(each.as_of) for each in (movement.before, movement.after)]
    before, after = (
        Row(words["given"].format(day=day, level=level), signed(odds), strong=True)
        for day, level, odds in zip(days, movement.levels, movement.log_odds, strict=True)
    )
    steps = [_step(each, causes[each.cause], language) for each in movement.parts]
    says = words["says"]["movement"].format(
        before=movement.levels[0],
        after=movement.levels[1],
        before_day=days[0],
        after_day=days[1],
    )
    return cascade(
        before,
        steps,
        after,
        movement.log_odds[0],
        title=words["odds"],
        description=says + strongest([each.row for each in steps], words),
        top=TOP,
    )


def _step(part: Part, name: str, language: str) -> Step:
    words = phrases(language)
    moved = words["steps"].format(steps=_short(part.steps))
    steps = [moved] if abs(part.steps) >= UNNOTICED else []
    told = [f"<b>{name}</b>", words["adds"].format(effect=signed(part.log_odds)), *steps]
    if part.records:
        told.append(words["records"].format(count=len(part.records)))
    told += _moved(part, language)
    figure = " · ".join((signed(part.log_odds), *steps))
    return Step(name, part.log_odds, figure, "<br>".join(told))


def _moved(part: Part, language: str) -> Iterator[str]:
    """Yield in sentences how something moved indicators."""
    for each in part.changes[:MOST]:
        yield wrapped(each.en if language == "en" else each.zh, HOVER)
    if len(part.changes) > MOST:
        yield str(phrases(language)["more"].format(count=len(part.changes) - MOST))


def _short(steps: float) -> str:
    """Write a number of levels, whole ones without decimals."""
    return signed(steps).removesuffix(".00")
