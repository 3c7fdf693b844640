"""Newcomers: products, terms and names that no record told of before."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..core.time import show
from .alarm import Alarm
from .products import Mentions, Recogniser, never_seen
from .products.lexicon import Lexicon
from .sightings import Sightings

__all__ = ["Novelty", "newcomers"]

MOST = 50
WHAT = {
    "product": ("产品", "The product"),
    "term": ("新业态、新技术或新原料用语", "The term"),
    "name": ("未收录的产品名称", "The name, which no known product has,"),
    "run": ("多个名称共有的未收录词语", "The word, which several names share,"),
}
ZH = (
    "{what}“{name}”首次出现：自{first}起有{times}条记录提到，"
    "涉及{enterprises}家企业、{sources}个来源。"
)
EN = (
    "{what} {name} is told of for the first time: by {times} records since {first}, of "
    "{enterprises} enterprises, from {sources} sources."
)
LIKE_ZH, LIKE_EN = "最接近的已知名称是“{near}”。", " The nearest known name is {near}."


@dataclass(frozen=True, slots=True)
class Novelty:
    """What has to be told before something counts as new; all of it is our own proposal (design).

    Attributes
    ----------
    days
        Length of the recent span; what was told of before it is not new.
    warm_up_days
        Nothing is new that a source tells within so many days of its first record, for all it
        tells is new to us; a year, since many foods come with a season.
    times, tellers
        How many records at least, and of how many enterprises or from how many sources.
    chance
        The greatest chance with which all mentions would fall into the span if mentions of
        anything fell evenly.
    """

    days: int = 28
    warm_up_days: int = 365
    times: int = 2
    tellers: int = 2
    chance: float = 0.01


def newcomers(
    seen: Sightings,
    recogniser: Recogniser,
    *,
    novelty: Novelty | None = None,
    past: Iterable[Alarm] = (),
) -> list[Alarm]:
    """Return an alarm for all that recent records are the first to tell of.

    Names that are a known one miswritten, or a slip away from one told of before, are not new.

    Parameters
    ----------
    seen
        Records that name products, as they stood at the end of a day.
    recogniser
        Of the vocabulary and terms of that day.
    novelty
        What counts as new; the default if not given.
    past
        Alarms that were given before; nothing is told twice.

    Returns
    -------
    list of Alarm
        Of kind "newcomer": products first, then terms, names, and words that several names
        share; the most frequent of each first. `product` is the code of a product or a term, or
        the name itself, and `evidence["what"]` tells which.
    """
    asked = novelty or Novelty()
    since = seen.day + 1 - asked.days
    news = never_seen(
        _mentions(seen, asked, since),
        since,
        seen.day + 1,
        recogniser,
        times=asked.times,
        tellers=asked.tellers,
        chance=asked.chance,
    )
    silent = _told(past)
    written = [name for each in news.names["spellings"].to_pylist() for name in each]
    alarms: list[Alarm] = []
    for what, table in (
        ("product", news.products),
        ("term", news.terms),
        ("name", news.names),
        ("run", news.grams),
    ):
        for row in table.to_pylist():
            spellings = row.get("spellings", [row[table.column_names[0]]])
            part = what == "run" and any(spellings[0] in name for name in written)
            if silent.isdisjoint(spellings) and not part:
                alarms.append(_alarm(what, row, spellings, seen.day, recogniser))
    return alarms


def _mentions(seen: Sightings, asked: Novelty, since: int) -> Mentions:
    """Return what was told and when, as if it was told before where a source was warming up."""
    table, day = seen.table, seen.numbers("available").astype(np.int32)
    source, names = seen.codes("source")
    first = np.full(len(names) + 1, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, source, day)
    warming = (day < first[source].astype(np.int64) + asked.warm_up_days) & (day <= seen.day)
    when = np.where(warming, np.minimum(day, since - 1), day)
    whom = table["enterprise"].cast(pa.string())
    record = seen.numbers("record")
    return Mentions.of(table["text"], when, whom, table["source"], record)


def _told(past: Iterable[Alarm]) -> set[str]:
    """Return everything that was told as new before, in all its spellings."""
    given = [each for each in past if each.kind == "newcomer"]
    return {name for each in given for name in (each.product, *each.evidence["spellings"])}


def _alarm(
    what: str, row: Mapping[str, Any], spellings: list[str], day: int, recogniser: Recogniser
) -> Alarm:
    key = spellings[0]
    names = _names(what, key, recogniser)
    near = None if what in ("product", "term") else _nearest(key, recogniser.known)
    counted = {name: row[name] for name in ("times", "enterprises", "sources")}
    told = counted | {"first": show(row["first"])}
    sentence = {
        "zh": ZH.format(what=WHAT[what][0], name=names["zh"], **told),
        "en": EN.format(what=WHAT[what][1], name=names["en"], **told),
    }
    if near is not None:
        sentence["zh"] += LIKE_ZH.format(near=near[0])
        sentence["en"] += LIKE_EN.format(near=near[0])
    evidence = {"what": what, "name": names["zh"], "spellings": spellings, **told}
    evidence["nearest"] = None if near is None else {"name": near[0], "likeness": near[1]}
    return Alarm(
        kind="newcomer",
        product=key,
        hazard="",
        day=day,
        of=day,
        strength=-math.log(row["chance"]) if row["chance"] > 0 else None,
        records=tuple(str(each) for each in row["records"][:MOST]),
        sentence=sentence,
        evidence=evidence,
    )


def _names(what: str, key: str, recogniser: Recogniser) -> dict[str, str]:
    """Return what a newcomer is called by language: a code by its names, a name by itself."""
    known: dict[str, Lexicon] = {"product": recogniser.vocabulary, "term": recogniser.terms}
    if what not in known:
        return {"zh": key, "en": key}
    lexicon = known[what]
    row = lexicon.column("code").index(key)
    return {language: lexicon.column(language)[row] for language in ("zh", "en")}


def _nearest(name: str, known: list[str]) -> tuple[str, float] | None:
    """Return the known name with the fewest characters other, and how like it is in 0..1."""
    found = process.extractOne(name, known, scorer=OSA.normalized_similarity, score_cutoff=1e-9)
    return None if found is None else (str(found[0]), round(float(found[1]), 2))
