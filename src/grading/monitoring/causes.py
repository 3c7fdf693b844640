"""Causes: signals put together into stories, each with the cause that explains it best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from ...features import Catalogue
from ...features.reads import readings
from .signals import RISK, Signal
from .watched import Aspect

__all__ = ["Cause", "Story", "explain"]


class Cause(StrEnum):
    """Why what is watched moved."""

    STOPPED = "stopped"
    PARTIAL = "partial"
    LATE = "late"
    RENAMED = "renamed"
    NEW_CODE = "new code"
    VANISHED = "vanished code"
    UNIT = "unit"
    VALUES = "values"
    BLANK = "blank"
    TWINS = "twins"
    QUARANTINE = "quarantine"
    SURGE = "surge"
    SHIFT = "shift"
    REAL = "real change"
    STRICTNESS = "strictness"
    MIX = "mix"
    DRIFT = "drift"
    MODEL = "model"
    POLICY = "policy"
    SEASON = "season"


DELIVERY, CODES, VALUES, CHANGE = "delivery", "codes", "values", "risk"
FAMILIES = {
    **dict.fromkeys((Cause.STOPPED, Cause.PARTIAL, Cause.LATE), DELIVERY),
    **dict.fromkeys((Cause.RENAMED, Cause.NEW_CODE, Cause.VANISHED, Cause.SHIFT), CODES),
    **dict.fromkeys((Cause.UNIT, Cause.VALUES), VALUES),
    **dict.fromkeys((Cause.REAL, Cause.STRICTNESS), CHANGE),
    **dict.fromkeys((Cause.MIX, Cause.DRIFT), "drift"),
}
GONE, HALF, LIKE = 0.15, 0.3, 0.4
POWER = 0.7
CITY = ""
REGISTER = "enterprise"
CHECKED = "inspection"
SEVERAL = 3
OUTCOMES = (Aspect.FOUND, Aspect.CALIBRATION)


@dataclass(frozen=True, slots=True)
class Story:
    """What moved, and why: one alert, however many series tell of it.

    Attributes
    ----------
    cause
        What explains it best.
    source, kind
        Whose records of which kind; empty where it is about the city.
    names
        Codes, fields or indicators at the heart of it: what fell or is missing first.
    months
        For how many months it has been out of the ordinary.
    seen, expected
        Figures at the heart of it, over these months.
    chance
        How often anything watched would move as far if nothing had changed.
    indicators
        Those that moved with it.
    signals
        All that tells of it, least likely first.
    """

    cause: Cause
    source: str
    kind: str
    names: tuple[str, ...]
    months: int
    seen: float
    expected: float
    chance: float
    indicators: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        """Under which it is kept: the same as long as something is wrong with the same records."""
        family = FAMILIES.get(self.cause, str(self.cause))
        kind = "" if family == DELIVERY else self.kind
        return "/".join(filter(None, (family, self.source, kind)))


def explain(signals: Sequence[Signal], catalogue: Catalogue) -> list[Story]:
    """Put signals together into stories, least likely first; what is only the season comes last.

    Parameters
    ----------
    signals
        From `read_signals`.
    catalogue
        Tells which kinds of record an indicator reads.
    """
    hints = [each for each in signals if each.hint]
    alarms = [each for each in signals if not each.seasonal and not each.hint]
    stories: list[Story] = []
    for source in dict.fromkeys(each.key.source for each in alarms if each.key.source):
        mine = [each for each in alarms if each.key.source == source]
        stories += _department(mine, [each for each in hints if each.key.source == source])
    city = [each for each in alarms if not each.key.source]
    stories = _real(stories, city, hints)
    stories = _with_indicators(stories, city, catalogue)
    seasons = _seasons([each for each in signals if each.seasonal], stories)
    return [*sorted(stories, key=lambda story: story.chance), *seasons]


def _department(signals: Sequence[Signal], hints: Sequence[Signal]) -> list[Story]:
    """Explain what moved in the deliveries of one department.

    Of what does not come nothing more is said: what is left is no fair sample.
    """
    fewer = [s for s in signals if s.key.aspect is Aspect.COUNT and not s.rises]
    late = [s for s in signals if s.key.aspect is Aspect.LATE and s.rises]
    stories: list[Story] = []
    if fewer:
        stories.append(_missing(fewer, late, signals))
    elif late:
        stories.append(_story(Cause.LATE, late, signals))
    if fewer and stories[0].cause in (Cause.STOPPED, Cause.LATE):
        return stories
    for kind in dict.fromkeys(each.key.kind for each in signals):
        own = [each for each in signals if each.key.kind == kind]
        codes = [s for s in hints if s.key.kind == kind and s.key.aspect is Aspect.CODE]
        stories += _of_kind(own, codes, quiet=bool(fewer))
    return stories


def _missing(fewer: Sequence[Signal], late: Sequence[Signal], signals: Sequence[Signal]) -> Story:
    """Tell whether records ceased to come, come late or come in part."""
    most = max(fewer, key=lambda each: each.expected)
    if late:
        return _story(Cause.LATE, [most], signals)
    cause = Cause.STOPPED if most.ratio < GONE else Cause.PARTIAL
    return _story(cause, [most], [*fewer, *late])


def _of_kind(signals: Sequence[Signal], hints: Sequence[Signal], *, quiet: bool) -> list[Story]:
    """Explain what moved within the records of one kind; more of them, unless `quiet`."""
    stories = []
    by = {aspect: [each for each in signals if each.key.aspect is aspect] for aspect in Aspect}
    twins = [each for each in by[Aspect.TWIN] if each.rises]
    if twins:
        stories.append(_story(Cause.TWINS, twins, [*twins, *by[Aspect.COUNT]]))
    if by[Aspect.VALUE]:
        widest = max(by[Aspect.VALUE], key=_moved)
        far = _moved(widest) >= POWER
        stories.append(_story(Cause.UNIT if far else Cause.VALUES, [widest], by[Aspect.VALUE]))
    blank = [each for each in by[Aspect.BLANK] if each.rises]
    blank += [each for each in by[Aspect.PART] if not each.rises]
    if blank:
        stories.append(_story(Cause.BLANK, blank, blank))
    quarantine = [each for each in by[Aspect.QUARANTINE] if each.rises]
    if quarantine:
        stories.append(_story(Cause.QUARANTINE, quarantine, quarantine))
    if not blank and by[Aspect.CODE]:
        stories.append(_codes(by[Aspect.CODE], hints))
    more = [each for each in by[Aspect.COUNT] if each.rises]
    if more and not twins and not quiet:
        stories.append(_story(Cause.SURGE, more, more))
    return stories


def _moved(signal: Signal) -> float:
    """Return by how much a value moved, in the last month where that is more."""
    last = abs(signal.latest - signal.usual)
    return float(np.nanmax([abs(signal.seen - signal.expected), last]))


def _codes(signals: Sequence[Signal], hints: Sequence[Signal]) -> Story:
    """Tell a code that took another's place from one that came, went, or grew."""
    every = [*signals, *hints]
    fell = sorted((s for s in every if not s.rises), key=lambda s: s.seen - s.expected)
    rose = sorted((s for s in every if s.rises), key=lambda s: s.expected - s.seen)
    gone = next((s for s in fell if s.ratio < HALF), None)
    if gone and rose:
        lost = _monthly(gone)
        partner = min(rose, key=lambda s: abs(_monthly(s) - lost))
        if LIKE <= _monthly(partner) / max(lost, LIKE) <= 1 / LIKE:
            story = _story(Cause.RENAMED, [gone], signals)
            return replace(story, names=(gone.key.name, partner.key.name))
    first = signals[0]
    if first.rises:
        return _story(Cause.NEW_CODE if first.expected < 1 else Cause.SHIFT, [first], signals)
    return _story(Cause.VANISHED if first.ratio < HALF else Cause.SHIFT, [first], signals)


def _monthly(signal: Signal) -> float:
    return abs(signal.seen - signal.expected) / signal.months


def _story(cause: Cause, heart: Sequence[Signal], signals: Sequence[Signal]) -> Story:
    first = heart[0]
    told = dict.fromkeys([*heart, *signals])
    return Story(
        cause=cause,
        source=first.key.source,
        kind=first.key.kind,
        names=tuple(dict.fromkeys(each.key.name for each in heart if each.key.name)),
        months=first.months,
        seen=first.seen,
        expected=first.expected,
        chance=min(each.chance for each in told),
        signals=tuple(told),
    )


def _real(stories: Sequence[Story], city: Sequence[Signal], hints: Sequence[Signal]) -> list[Story]:
    """Tell a real change: checks find another share, or departments agree that risk moved.

    What is no alarm by itself counts here, where it goes the same way as what is.
    """
    outcomes = [s for s in city if s.key.aspect in OUTCOMES]
    telling = [s for s in stories if s.cause in (Cause.SURGE, Cause.SHIFT)]
    others = {s.source for s in telling if s.kind in RISK}
    worse = [*outcomes, *(s for story in telling for s in story.signals)][:1]
    alike = [s for s in hints if worse and s.rises == worse[0].rises]
    heard = others | {s.key.source for s in alike if s.key.kind in RISK}
    found = outcomes or [s for s in alike if s.key.aspect in OUTCOMES]
    if not outcomes and not (others and found) and len(heard) < SEVERAL:
        return list(stories)
    if not outcomes and not others:
        return list(stories)
    story = _story(Cause.REAL if heard else Cause.STRICTNESS, found or telling[0].signals, found)
    merged = [s for s in telling if s.kind in RISK or s.kind == CHECKED]
    signals = dict.fromkeys([*story.signals, *(s for each in merged for s in each.signals)])
    story = replace(
        story,
        source=CITY,
        names=tuple(sorted(heard)),
        chance=min(signal.chance for signal in signals),
        signals=tuple(signals),
    )
    return [story, *(each for each in stories if each not in merged)]


def _with_indicators(
    stories: Sequence[Story], city: Sequence[Signal], catalogue: Catalogue
) -> list[Story]:
    """Give each indicator that moved to the first story about records that it reads."""
    moved = [s for s in city if s.key.aspect is Aspect.INDICATOR]
    names = list(dict.fromkeys(signal.key.name for signal in moved))
    kinds = {name: _kinds(catalogue, name) for name in names}
    left, told = set(names), []
    for story in stories:
        mine = tuple(name for name in names if name in left and _touches(story, kinds[name]))
        left -= set(mine)
        told.append(replace(story, indicators=mine))
    rest = [s for s in moved if s.key.name in left]
    scores = [s for s in city if s.key.aspect in (Aspect.MARGIN, Aspect.LEVEL)]
    if not rest and (told or not scores):
        return told
    heart = rest or scores
    newcomers = any(s.cause is Cause.SURGE and s.kind == REGISTER for s in told)
    story = _story(Cause.MIX if newcomers else Cause.DRIFT, heart, [*rest, *scores])
    indicators = tuple(name for name in names if name in left)
    return [*told, replace(story, names=(), indicators=indicators)]


def _touches(story: Story, kinds: frozenset[str]) -> bool:
    if story.cause in (Cause.REAL, Cause.STRICTNESS):
        return True
    own = {signal.key.kind.partition(".")[0] for signal in story.signals}
    return bool(own & kinds)


def _kinds(catalogue: Catalogue, name: str) -> frozenset[str]:
    return frozenset(
        stream.partition(".")[0] for each in readings(catalogue[name]) for stream in each.streams
    )


def _seasons(signals: Sequence[Signal], stories: Iterable[Story]) -> list[Story]:
    """Tell once for each department and kind what moved as it did in earlier years."""
    taken = {(story.source, story.kind) for story in stories}
    found: dict[tuple[str, str], list[Signal]] = {}
    for signal in signals:
        if (signal.key.source, signal.key.kind) not in taken:
            found.setdefault((signal.key.source, signal.key.kind), []).append(signal)
    return [_story(Cause.SEASON, own[:1], own) for own in found.values()]
