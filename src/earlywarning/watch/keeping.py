"""Keeping: a run of the watch that goes on from those before, and is kept in the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from ...archive import Archive
from ...ledger import watch as kept
from ..alarm import Alarm, Kind, Lens
from ..exposure import Exposure
from ..newcomers import newcomers
from ..products import Recogniser, Vocabulary
from ..standing import stand
from .bar import Bar
from .looking import Series, Since
from .run import watch
from .settings import WatchSettings

__all__ = ["Looked", "look_and_keep"]

LONGEST = 366
"""Days for which an alarm of a standing rule may keep others of it silent."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A run of the watch that is kept.

    Attributes
    ----------
    run
        As the ledger has it.
    alarms
        What it told, as the ledger has them, the newest number first.
    is_new
        Whether it was made now; otherwise it is of an earlier time, and nothing was told anew.
    """

    run: kept.WatchRun
    alarms: tuple[kept.Kept, ...]
    is_new: bool


def look_and_keep(
    archive: Archive,
    ledger: kept.Watch,
    day: int,
    settings: WatchSettings | None = None,
    *,
    at: datetime,
    actor: str,
    vocabulary: Vocabulary | None = None,
) -> Looked:
    """Look at the end of a day, go on from the run before, and keep what is told.

    A series that was told not long ago is silent, what the run before had read is no news, and its
    bar holds as long as it is not too old. To look again at the same day and the same deliveries
    does nothing.

    Parameters
    ----------
    archive
        Where records are.
    ledger
        The watch of the ledger.
    day
        Day number.
    settings
        How it looks.
    at, actor
        When, and by whom.
    vocabulary
        Names of products; those that ship with the package by default. The ledger has the codes of
        those that it names, and what others are called.
    """
    settings, sequence = settings or WatchSettings(), archive.sequence
    vocabulary = vocabulary or Vocabulary.default()
    names = dict(zip(vocabulary.column("code"), vocabulary.column("zh"), strict=True))
    codes = {name: code for code, name in names.items()}
    last = ledger.last(until=day)
    if last is not None and (last.as_of, last.sequence) == (day, sequence):
        return Looked(last, _alarms_of(ledger, last), is_new=False)
    silent = ledger.silent(day, weeks=settings.silence)
    found = watch(
        archive,
        day,
        settings,
        since=None if last is None else Since(last.as_of, last.sequence),
        silent=[
            Series(names.get(each.product, each.product), each.hazard, _lens(each), each.place)
            for each in silent
            if each.kind == "signal"
        ],
        bar=_bar(last),
        vocabulary=vocabulary,
        upto=sequence,
    )
    signals = [
        replace(each, product=codes.get(each.product, each.product)) for each in found.alarms
    ]
    recogniser, past = Recogniser(vocabulary, day), _past(ledger, day)
    exposure = Exposure.read(archive, day, recogniser=recogniser, upto=sequence)
    standing = stand(exposure, past=past)
    new = newcomers(exposure.sightings, recogniser, past=past)
    run = ledger.record(
        kept.WatchRun(
            at=at,
            actor=actor,
            as_of=day,
            sequence=sequence,
            budget=settings.budget,
            bar=found.bar.strength,
            bar_set=found.bar.day,
            series=found.series,
        ),
        [_told(each) for each in (*signals, *standing, *new)],
    )
    return Looked(run, _alarms_of(ledger, run), is_new=run.at == at)


def _lens(series: kept.Series) -> Lens:
    return next(lens for lens in get_args(Lens) if lens == series.lens)


def _alarms_of(ledger: kept.Watch, run: kept.WatchRun) -> tuple[kept.Kept, ...]:
    on_day = kept.AlarmsWanted(since=run.as_of, until=run.as_of)
    return tuple(each for each in _pages(ledger, on_day) if each.run == run.id)


def _bar(last: kept.WatchRun | None) -> Bar | None:
    """Return the bar of the last run."""
    if last is None or last.bar is None or last.bar_set is None:
        return None
    return Bar(strength=last.bar, day=last.bar_set, budget=last.budget)


def _past(ledger: kept.Watch, day: int) -> list[Alarm]:
    """Return the alarms that standing rules gave in the last year, and all of what was new."""
    spans: tuple[tuple[Kind, int | None], ...] = (("standing", day - LONGEST), ("newcomer", None))
    return [
        _alarm(each, kind)
        for kind, since in spans
        for each in _pages(ledger, kept.AlarmsWanted(since=since, until=day, kind=kind))
    ]


def _pages(ledger: kept.Watch, wanted: kept.AlarmsWanted) -> Iterator[kept.Kept]:
    """Yield all alarms that are wanted, the newest first."""
    before: int | None = None
    while page := ledger.page(wanted, before=before):
        yield from page
        before = page[-1].id


def _told(alarm: Alarm) -> kept.Told:
    return kept.Told(
        series=kept.Series(
            alarm.kind,
            alarm.product[: kept.NAME],
            alarm.hazard[: kept.NAME],
            alarm.lens,
            alarm.place[: kept.NAME],
        ),
        of=alarm.of,
        strength=alarm.strength,
        records=alarm.records,
        sentence=alarm.sentence,
        evidence=alarm.evidence,
    )


def _alarm(each: kept.Kept, kind: Kind) -> Alarm:
    """Return an alarm as it was told."""
    told = each.told
    return Alarm(
        kind=kind,
        product=told.series.product,
        hazard=told.series.hazard,
        place=told.series.place,
        day=each.as_of,
        of=told.of,
        sentence=told.sentence,
        evidence=told.evidence,
    )
