"""The feed: open alarms, and warnings that wait for whoever decides, the newest first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from ...core import time
from ...ledger.downgrades import WAITING, Downgrade, Wanted
from ...ledger.watch import AlarmsWanted, Kept
from ..access import Permission
from ..answers import Language, Values, product_names
from ..entrance.reach import Reach
from ..live.service import Service
from . import downgrades, watch

__all__ = ["feed"]

VERSION = "https://jsonfeed.org/version/1.1"
WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "title": "信衡预警",
        "alarm": "预警 {number}：{series}",
        "downgrade": "信用降级警示 {number}：{enterprise}，{state}",
        "level": "拟定 {level} 级，{days} 天。",
        "due": "期限 {due}。",
    },
    "en": {
        "title": "Xinheng early warning",
        "alarm": "Alarm {number}: {series}",
        "downgrade": "Downgrade warning {number}: {enterprise}, {state}",
        "level": "Level {level} for {days} days.",
        "due": "Due {due}.",
    },
}
STATES: Mapping[str, str] = {
    "drafted": "待审核",
    "proposed": "待第二人复核",
    "confirmed": "待送达",
    "served": "已送达，可陈述申辩",
    "stated": "待答复陈述申辩",
    "answering": "答复待第二人复核",
}


def feed(service: Service, reach: Reach, base: str, limit: int, language: Language) -> Values:
    """Return the feed.

    Parameters
    ----------
    service, reach
        What is asked, and what of it is told.
    base
        Address of the service, without a slash at its end.
    limit
        How many items at most.
    language
        Of titles and texts.
    """
    items = [*_alarms(service, reach, base, limit, language)]
    items += _downgrades(service, reach, base, limit, language)
    items.sort(key=lambda item: (item["date_published"], item["id"]), reverse=True)
    return {
        "version": VERSION,
        "title": WORDS[language]["title"],
        "feed_url": f"{base}/v1/watch/feed",
        "language": language,
        "items": items[:limit],
    }


def _alarms(
    service: Service, reach: Reach, base: str, limit: int, language: Language
) -> Iterator[dict[str, Any]]:
    found = watch.reached(service, reach, AlarmsWanted(is_open=True))
    return (_alarm(each, base, language) for each in islice(found, limit))


def _alarm(kept: Kept, base: str, language: Language) -> dict[str, Any]:
    about = kept.told.series
    name = product_names(language).get(about.product, about.product)
    series = " · ".join(filter(None, (name, about.hazard, about.place)))
    return {
        "id": f"urn:xinheng:alarm:{kept.id}",
        "url": f"{base}/v1/watch/alarms/{kept.id}",
        "title": WORDS[language]["alarm"].format(number=kept.id, series=series),
        "content_text": kept.told.sentence[language],
        "date_published": _moment(kept.at),
        "date_modified": _moment(kept.acts[-1].at if kept.acts else kept.at),
        "tags": ["alarm", about.kind],
    }


def _downgrades(
    service: Service, reach: Reach, base: str, limit: int, language: Language
) -> Iterator[dict[str, Any]]:
    if not reach.principal.allows(Permission.DECIDE):
        return iter(())
    found = downgrades.latest(service, reach, Wanted(states=WAITING))
    return (_downgrade(each, base, language) for each in islice(found, limit))


def _downgrade(found: Downgrade, base: str, language: Language) -> dict[str, Any]:
    words, state = WORDS[language], found.state.value
    told = [
        *(ground.text[language] for ground in found.grounds),
        words["level"].format(level=found.level, days=found.period),
        "" if found.due is None else words["due"].format(due=time.show(found.due)),
    ]
    return {
        "id": f"urn:xinheng:downgrade:{found.id}",
        "url": f"{base}/v1/downgrades/{found.id}",
        "title": words["downgrade"].format(
            number=found.id,
            enterprise=found.draft.enterprise,
            state=STATES[state] if language == "zh" else state,
        ),
        "content_text": ("" if language == "zh" else " ").join(filter(None, told)),
        "date_published": _moment(found.events[0].at),
        "date_modified": _moment(found.events[-1].at),
        "tags": ["downgrade", state],
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
