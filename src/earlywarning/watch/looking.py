"""Looking: a run of the watch at the end of a day, on what was known then."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..alarm import Alarm, Lens
from ..discovery import false_shares
from ..signals import Panel, Rows
from ..tally import WEEK
from .bar import Bar, set_bar
from .figures import figures_of, records_of
from .scoring import At, Scored, score
from .settings import WatchSettings
from .wording import sentence

__all__ = ["Series", "Since", "Watched", "look"]


class Since(NamedTuple):
    """What a run before had read: up to which day, and which delivery."""

    day: int
    sequence: int


class Series(NamedTuple):
    """What alarms are of: two of the same are not told within the silence."""

    product: str
    hazard: str
    lens: Lens = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A run of the watch.

    Attributes
    ----------
    day
        At whose end it was.
    bar
        How strong alarms had to be.
    series
        How many there are, of all lenses, and products that are told of as a whole.
    alarms
        What is told, the strongest first.
    """

    day: int
    bar: Bar
    series: int
    alarms: tuple[Alarm, ...]


class _Found(NamedTuple):
    """What is over the bar."""

    key: Series
    at: At


def look(
    panels: Mapping[Lens, Panel],
    day: int,
    since: Since,
    settings: WatchSettings,
    silent: Collection[Series] = (),
    bar: Bar | None = None,
    english: Mapping[str, str] = MappingProxyType({}),
) -> Watched:
    """Return what is out of the ordinary at the end of a day.

    Told is what has news: a case that became known after the last run. A record that came late or
    was corrected is news of the week that it is told of: that week and those after it are looked at
    again, with all that is known now.

    Parameters
    ----------
    panels
        All series, and those that are narrowed, by lens; "" must be there.
    day
        At the end of which it is looked.
    since
        What the run before had read.
    settings
        How it looks.
    silent
        Series that were told not long ago.
    bar
        A bar that was set before; it is set anew where there is none, where it is too old, or is
        for another budget.
    english
        English names of products, for sentences.
    """
    bar = bar if bar and _holds(bar, day, settings) else set_bar(panels[""], settings, day)
    told = set(silent)
    found: list[_Found] = []
    for lens in sorted(panels):
        panel = panels[lens]
        wider = np.log(max(panel.watched, 1) / max(panels[""].watched, 1))
        scored = score(panel, settings, day, settings.late + 1)
        for each in _over(scored, day, since, bar.strength + max(float(wider), 0.0)):
            if not _is_told(each.key, told):
                told.add(each.key)
                found.append(each)
    watched = sum(panel.watched for panel in panels.values())
    strengths = [each.at.strength for each in found]
    shares = false_shares(strengths, watched)
    alarms = [
        _alarm(each, day, float(share), settings, english)
        for each, share in zip(found, shares, strict=True)
    ]
    alarms.sort(key=lambda each: -(each.strength or 0.0))
    return Watched(day=day, bar=bar, series=watched, alarms=tuple(alarms))


def _holds(bar: Bar, day: int, settings: WatchSettings) -> bool:
    return bar.budget == settings.budget and 0 <= day - bar.day < settings.kept * WEEK


def _over(scored: Scored, day: int, since: Since, least: float) -> Iterator[_Found]:
    """Yield the series, and then the products, that are over the bar in a week with news."""
    panel = scored.panel
    cases = _weeks(panel.newly(day, *since), scored.strength.shape, day)
    for row, week in _latest(cases & (scored.strength >= least)):
        product, hazard = int(panel.product[row]), panel.hazards[panel.hazard[row]]
        key = Series(panel.products[product], hazard, panel.lens, panel.places[product])
        yield _Found(key, At(scored, product, row, week))
    reports = _weeks(panel.newly_reported(day, *since), scored.reported.shape, day)
    for row, week in _latest(reports & (scored.reported >= least)):
        key = Series(panel.products[row], "", panel.lens, panel.places[row])
        yield _Found(key, At(scored, row, None, week))


def _weeks(news: Rows, shape: tuple[int, ...], day: int) -> npt.NDArray[np.bool_]:
    """Tell of which rows there are news in the weeks up to a day, or before in a window of them."""
    found = np.zeros(shape, bool)
    back = (day - news.told) // WEEK
    recent = (back >= 0) & (back < shape[1])
    found[news.row[recent], shape[1] - 1 - back[recent]] = True
    return np.asarray(np.logical_or.accumulate(found, axis=1), bool)


def _latest(over: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the rows with any week, and the latest week of each."""
    for row in np.flatnonzero(over.any(axis=1)):
        yield int(row), int(np.flatnonzero(over[row])[-1])


def _is_told(key: Series, told: Collection[Series]) -> bool:
    """Tell whether it was told of a series, of what it is part of, or of a hazard of a product."""
    within = {("", ""), (key.lens, key.place)}
    return any(
        each.product == key.product
        and (each.lens, each.place) in within
        and (each.hazard == key.hazard or not key.hazard)
        for each in told
    )


def _alarm(
    found: _Found, day: int, share: float, settings: WatchSettings, english: Mapping[str, str]
) -> Alarm:
    key, at = found
    of, series = day - at.back * WEEK, (key.product, key.place, key.hazard)
    figures = figures_of(at, settings)
    return Alarm(
        kind="signal",
        product=key.product,
        hazard=key.hazard,
        lens=key.lens,
        place=key.place,
        day=day,
        of=of,
        strength=at.strength,
        records=records_of(at, day, settings),
        sentence=sentence(series, of, figures, at.scored.panel.main, english),
        evidence=figures | {"false_share": share, "firm": share <= settings.false_share},
    )
