"""Enterprises: who was searched for, and what is registered of one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from ...archive import Entry
from ...archive.directory import Directory
from ...core import time
from ...grading import Level
from ..answers import Values, category_values, listed_values, term_values, terms_of
from ..entrance.reach import Reach
from ..live.directories import Everybody
from ..live.profiles import category_code, district_code
from ..live.service import Service
from ..searching import May, Page, Wanted, search

__all__ = ["categories_named", "districts_named", "found", "profile", "within"]

KINDS = ("enterprise", "licence")


def found(everybody: Everybody, wanted: Wanted, reach: Reach, *, levels: bool) -> Values:
    """Return a page of the enterprises that are meant and within reach.

    Parameters
    ----------
    everybody
        That is searched.
    wanted
        Who is meant.
    reach
        Of whoever asks.
    levels
        Whether levels are told.
    """
    page = search(everybody, wanted, within(everybody.directory, reach))
    run = everybody.standing.run
    return {
        "run": run if levels and run else None,
        "total": page.total,
        "enterprises": [_listed(everybody, row, levels=levels) for row in page.rows],
        "next": _next(everybody.directory, page),
    }


def within(directory: Directory, reach: Reach) -> May | None:
    """Return what tells of rows whether somebody reaches them; None if they reach all."""
    if reach.everywhere:
        return None
    return lambda rows: reach.among(directory.number[rows].astype(np.int64))


def districts_named(directory: Directory, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the districts of the directory that are meant, and the names that nobody knows."""
    known: dict[str, list[str]] = {}
    for text in directory.districts:
        known.setdefault(district_code(text), []).append(text)
    districts: list[str] = []
    unknown: list[str] = []
    for name in names:
        districts += known.get(district_code(name), [])
        unknown += [name] * (district_code(name) not in {*known, *terms_of("district")})
    return districts, unknown


def categories_named(directory: Directory, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the categories of the directory that are meant, and the names that nobody knows."""
    named = {category_code(name) for name in names}
    found = [text for text in directory.categories if category_code(text) in named]
    known = {*map(category_code, found), *terms_of("food_category"), *terms_of("line_of_business")}
    return found, sorted(named - known)


def profile(service: Service, number: int, identifier: str, day: int) -> Values:
    """Return what is registered of an enterprise as of a day."""
    entries = service.archive.credit_file(identifier, day, KINDS)
    register = [each for each in entries if each.kind == "enterprise" and _holds(each)]
    names = [*dict.fromkeys(filter(None, (each.personal.get("name") for each in register)))]
    district = service.profiles.district(number, day)
    categories = sorted(service.profiles.categories(number, day))
    status = _latest(register, "status")
    established = _latest(register, "established_on")
    addresses = [each.personal["address"] for each in register if "address" in each.personal]
    return {
        "enterprise": identifier,
        "as_of": time.show(day),
        "known_since": time.show(service.register.since(number)),
        "name": names[0] if names else None,
        "former_names": names[1:],
        "address": addresses[0] if addresses else None,
        "status": None if status is None else term_values("enterprise_status", status),
        "established_on": None if established is None else str(established),
        "district": None if district is None else term_values("district", district),
        "categories": [category_values(each) for each in categories],
        "licences": _licences(each for each in entries if each.kind == "licence"),
        "sequence": service.book.sequence,
    }


def _listed(everybody: Everybody, row: int, *, levels: bool) -> Values:
    standing = everybody.standing
    code, moved = int(standing.level[row]), int(standing.moved[row])
    level = str(Level(code)) if levels and code >= 0 else None
    day = time.show(moved) if levels and moved != time.NEVER else None
    return listed_values(everybody.directory.listed(row), level, day)


def _next(directory: Directory, page: Page) -> int | None:
    """Return the cursor after a page: one more than the dense number of the last on it."""
    return int(directory.number[page.rows[-1]]) + 1 if page.more else None


def _holds(entry: Entry) -> bool:
    return entry.state != "withdrawn"


def _latest(register: Sequence[Entry], field: str) -> Any:
    """Return what the newest record that says something says."""
    said = (each.value for entry in register for each in entry.said if each.field == field)
    return next(said, None)


def _licences(entries: Iterable[Entry]) -> list[Values]:
    """Return licences, the newest first, with the categories of each."""
    told = [(entry, {each.field: each for each in entry.said}) for entry in entries]
    told.sort(key=lambda each: _term(*each), reverse=True)
    return [_licence([*some]) for _, some in groupby(told, lambda each: _term(*each))]


def _term(entry: Entry, said: Mapping[str, Any]) -> tuple[str, ...]:
    return str(entry.occurred), said["licence"].value, said["type"].value, entry.state


def _licence(records: Sequence[tuple[Entry, Mapping[str, Any]]]) -> Values:
    entry, said = records[0]
    codes = {each["category"].value for _, each in records if "category" in each}
    return {
        "licence": said["licence"].value,
        "type": said["type"].value,
        "categories": [term_values("food_category", code) for code in sorted(codes)],
        "valid_from": str(entry.occurred),
        "valid_to": None if entry.until is None else str(entry.until),
        "state": entry.state,
    }
