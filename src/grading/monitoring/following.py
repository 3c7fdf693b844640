"""Following stories: which are new, which go on, and which are over."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .causes import Cause, Story
from .sample import first_days
from .surprise import WINDOWS
from .survey import Survey
from .watched import Aspect, Key

__all__ = ["State", "Told", "follow"]

BACK = 0.3


class State(StrEnum):
    """What a run says of a story."""

    OPENED = "opened"
    CHANGED = "changed"
    GOES_ON = "goes on"
    CLOSED = "closed"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Told:
    """A story as a run tells it.

    Attributes
    ----------
    state
        Whether it is new, has another cause than before, goes on as it was, or is over.
    key
        Under which it is kept.
    story
        What moved; None where it is over, or only goes on by what was told before.
    since
        Day number of the first day of the first month that was out of the ordinary.
    detail
        Its figures, as they are kept.
    """

    state: State
    key: str
    story: Story | None
    since: int
    detail: Mapping[str, Any]


def follow(survey: Survey, open_alerts: Mapping[str, Mapping[str, Any]]) -> list[Told]:
    """Compare what a run found with what is open: nothing is told twice.

    Parameters
    ----------
    survey
        The run.
    open_alerts
        By key, with `cause`, `since` (day number) and `detail` as `Told` has them.

    Returns
    -------
    New stories first, then those that changed, go on, or are over, and last what is only the
    season. Months that were out of the ordinary are no story any more when the last of them is
    not. A story that is not told of any more is over when its figures are nearer to what was
    usual before it than to what they were when it began; forecasts get used to a fault, and that
    alone closes nothing.
    """
    stories = {
        s.key: s for s in survey.stories if s.cause is not Cause.SEASON and not _recovered(s)
    }
    told = [_of_story(each, survey.day, open_alerts.get(key)) for key, each in stories.items()]
    for key, before in open_alerts.items():
        if key not in stories:
            state = State.CLOSED if _over(before["detail"], survey) else State.GOES_ON
            told.append(Told(state, key, None, before["since"], before["detail"]))
    order = list(State)
    told.sort(key=lambda each: order.index(each.state))
    seasons = [s for s in survey.stories if s.cause is Cause.SEASON]
    return [*told, *(_season(each, survey.day) for each in seasons)]


def _of_story(story: Story, day: int, before: Mapping[str, Any] | None) -> Told:
    if before is None:
        return Told(State.OPENED, story.key, story, _since(story, day), figures(story))
    other = not set(story.names) & set(before["detail"]["names"])
    changed = before["cause"] != story.cause or (other and bool(story.names) and bool(story.source))
    detail = figures(story) if changed else before["detail"]
    state = State.CHANGED if changed else State.GOES_ON
    return Told(state, story.key, story, before["since"], detail)


def _season(story: Story, day: int) -> Told:
    return Told(State.SEASON, story.key, story, _since(story, day), figures(story))


def _recovered(story: Story) -> bool:
    """Tell whether several months together are out of the ordinary, but the last one is not."""
    heart = story.signals[0]
    if heart.months == 1 or heart.key.aspect is not Aspect.COUNT:
        return False
    astray = abs(heart.seen - heart.expected) / heart.months
    usual = heart.usual, heart.expected / heart.months
    return min(abs(heart.latest - each) for each in usual) < BACK * astray


def _since(story: Story, day: int) -> int:
    return int(first_days(day, story.months + 1)[0])


def figures(story: Story) -> dict[str, Any]:
    """Return what is kept of a story: plain values, from which it can be told and closed."""
    heart = story.signals[0].key
    return {
        "cause": str(story.cause),
        "source": story.source,
        "kind": story.kind,
        "names": list(story.names),
        "months": story.months,
        "seen": round(story.seen, 4),
        "expected": round(story.expected, 4),
        "chance": story.chance,
        "indicators": list(story.indicators),
        "series": [str(heart.aspect), heart.source, heart.kind, heart.name, heart.population],
    }


def _over(detail: Mapping[str, Any], survey: Survey) -> bool:
    aspect, *names = detail["series"]
    key, window = Key(Aspect(aspect), *names), WINDOWS.index(detail["months"])
    for judged in survey.judged:
        if key in judged.bank.keys:
            row = list(judged.bank.keys).index(key)
            now = float(judged.surprise.seen[window, row, -1])
            usual, wrong = detail["expected"], detail["seen"]
            return bool(abs(now - usual) < abs(now - wrong))
    return True
