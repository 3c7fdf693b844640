"""Searching: who is meant, in which order, and which page of them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive.directory import Directory, Rows, folded, is_pair
from ..core import time
from .live.directories import Everybody
from .live.standing import NO_LEVEL

__all__ = ["May", "Order", "Page", "Wanted", "search"]

BLOCK, MOST_BLOCK, GROWTH = 256, 65_536, 4
COUNTED = 10_000
"""Up to so many are looked at one by one to be counted."""
FEW = 100_000
LEVELS = 6

ALL = slice(None)
Mask = Callable[[Rows | slice], npt.NDArray[np.bool_]]
May = Callable[[Rows], npt.NDArray[np.bool_]]


class Order(StrEnum):
    """In which order enterprises are listed."""

    NAME = "name"
    CODE = "code"
    LEVEL = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who is meant; what is None or empty narrows nothing.

    Attributes
    ----------
    text
        Words of a name, or the beginning of a code or of a licence number.
    code, name, licence
        Beginning of a code, words of a name, beginning of a licence number.
    districts, categories
        Those of the directory, any of which is meant.
    levels
        Codes of the levels that are meant.
    moved
        Day number since which the level moved.
    individuals
        Whether individual operators are found by their names.
    order
        In which they come.
    after
        Dense number of the enterprise after which the page begins.
    limit
        How many a page has.
    """

    text: str | None = None
    code: str | None = None
    name: str | None = None
    licence: str | None = None
    districts: Collection[str] | None = None
    categories: Collection[str] | None = None
    levels: Collection[int] | None = None
    moved: int | None = None
    individuals: bool = True
    order: Order = Order.NAME
    after: int | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Page:
    """A page of those that are meant.

    Attributes
    ----------
    rows
        Rows of the directory, in the order that was asked for.
    total
        How many are meant; None where more are than are counted.
    more
        Whether others come after.
    """

    rows: tuple[int, ...]
    total: int | None
    more: bool


def search(everybody: Everybody, wanted: Wanted, may: May | None = None) -> Page:
    """Return a page of those that are meant.

    Parameters
    ----------
    everybody
        The directory, and where its rows stand.
    wanted
        Who is meant.
    may
        Tells of rows whether whoever asks may see them; None where they may see all.
    """
    directory = everybody.directory
    found, words = _found(directory, wanted)
    found = _narrowed(everybody, wanted, found)
    checks = [check for check in (_named(directory, words), may) if check is not None]

    def sound(rows: Rows) -> Rows:
        for check in checks:
            rows = rows[check(rows)]
        return rows

    count = len(directory) if found is None else len(found)
    total: int | None = count
    if checks and count > COUNTED:
        total = None
    elif checks:
        found = sound(np.arange(count, dtype=np.int32) if found is None else found)
        total, checks = len(found), []
    page: list[int] = []
    for rows in _blocks(_ordered(everybody, wanted, found)):
        page += sound(rows).tolist()
        if len(page) > wanted.limit:
            break
    return Page(tuple(page[: wanted.limit]), total, len(page) > wanted.limit)


def _named(directory: Directory, words: tuple[str, ...]) -> May | None:
    return (lambda rows: directory.named(rows, words)) if words else None


def _found(directory: Directory, wanted: Wanted) -> tuple[Rows | None, tuple[str, ...]]:
    """Return who may be meant by texts, None if anybody, and the words of names to look for."""
    lists: list[Rows] = []
    words: tuple[str, ...] = ()
    if wanted.code is not None:
        lists.append(directory.coded(wanted.code))
    if wanted.licence is not None:
        lists.append(directory.licensed(wanted.licence))
    if wanted.name is not None:
        words = tuple(map(folded, wanted.name.split()))
        lists.append(_by_name(directory, words, wanted))
        words = tuple(word for word in words if not is_pair(word))
    if wanted.text is not None:
        said = tuple(map(folded, wanted.text.split()))
        named = _by_name(directory, said, wanted)
        if "".join(said).isascii():
            named = named[directory.named(named, said)]
            codes = directory.coded(wanted.text), directory.licensed(wanted.text)
            named = directory.either(named, *codes)
        else:
            words += tuple(word for word in said if not is_pair(word))
        lists.append(named)
    if wanted.categories is not None:
        lists.append(directory.of_categories(wanted.categories))
    return directory.common(lists), words


def _by_name(directory: Directory, words: tuple[str, ...], wanted: Wanted) -> Rows:
    rows = directory.perhaps_named(words)
    return rows if wanted.individuals else rows[~directory.individual[rows]]


def _narrowed(everybody: Everybody, wanted: Wanted, found: Rows | None) -> Rows | None:
    """Return those of some, or of all, in districts, of levels, and that moved."""
    directory, standing = everybody.directory, everybody.standing
    masks: list[Mask] = []
    if wanted.districts is not None:
        named = [directory.districts[name] for name in wanted.districts]
        masks.append(lambda rows: _any_of(directory.district[rows], named))
    if (levels := wanted.levels) is not None:
        masks.append(lambda rows: _any_of(standing.level[rows], levels))
    if (day := wanted.moved) is not None:
        masks.append(lambda rows: _between(standing.moved[rows], day, time.NEVER))
    if not masks:
        return found
    if found is None:
        return np.flatnonzero(reduce(and_, (mask(ALL) for mask in masks))).astype(np.int32)
    for mask in masks:
        found = found[mask(found)]
    return found


def _any_of(column: npt.NDArray[Any], values: Collection[int]) -> npt.NDArray[np.bool_]:
    """Tell which cells have one of some values; a comparison each is soonest while they are few."""
    return reduce(or_, (column == value for value in values), np.zeros(len(column), bool))


def _between(column: npt.NDArray[Any], first: int, after: int) -> npt.NDArray[np.bool_]:
    return (first <= column) & (column < after)


def _ordered(everybody: Everybody, wanted: Wanted, found: Rows | None) -> Iterator[Rows]:
    """Yield rows in order, from after the cursor on; None for all."""
    directory = everybody.directory
    after = -1 if wanted.after is None else directory.row(wanted.after)
    match wanted.order:
        case Order.NAME:
            if found is None:
                yield np.arange(after + 1, len(directory), dtype=np.int32)
            else:
                yield found[np.searchsorted(found, after, "right") :]
        case Order.CODE:
            yield from _by_code(directory, found, after)
        case Order.LEVEL:
            yield from _by_level(everybody.standing.level, found, after)


def _by_code(directory: Directory, found: Rows | None, after: int) -> Iterator[Rows]:
    place = -1 if after < 0 else int(directory.place[after])
    if found is not None and len(found) <= FEW:
        places = directory.place[found]
        later = places > place
        yield found[later][np.argsort(places[later])]
        return
    here = np.ones(len(directory), bool)
    if found is not None:
        here[:] = False
        here[found] = True
    rest = directory.by_code[place + 1 :]
    for first in range(0, len(rest), MOST_BLOCK):
        rows = rest[first : first + MOST_BLOCK]
        yield rows[here[rows]]


def _by_level(level: npt.NDArray[np.int8], found: Rows | None, after: int) -> Iterator[Rows]:
    """Yield the worst levels first, and those without any last; within a level by name."""
    begin = LEVELS - 1 if after < 0 else int(level[after])
    mine = level if found is None else level[found]
    for code in range(begin, NO_LEVEL - 1, -1):
        rows = np.flatnonzero(mine == code).astype(np.int32)
        rows = rows if found is None else found[rows]
        if after >= 0 and code == begin:
            rows = rows[np.searchsorted(rows, after, "right") :]
        yield rows


def _blocks(parts: Iterator[Rows]) -> Iterator[Rows]:
    """Cut rows into blocks that grow: most pages are full after the first."""
    size = BLOCK
    for rows in parts:
        first = 0
        while first < len(rows):
            yield rows[first : first + size]
            first, size = first + size, min(size * GROWTH, MOST_BLOCK)
