"""Calls about enterprises: who there is, their grades and the reasons, one or many."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal, TypedDict

from ...serving.answers import (
    ChangesAnswer,
    EnterprisesAnswer,
    ExplanationAnswer,
    GradeAnswer,
    GradesAnswer,
    MovementAnswer,
    OverviewAnswer,
    ProfileAnswer,
    RecordsAnswer,
    RemediesAnswer,
    ScoresAnswer,
    ShortExplanationAnswer,
    WhatIfAnswer,
)
from ..call import Call, path
from .parts import Day, Record, Several, get, given, post, several

__all__ = [
    "Order",
    "Search",
    "changes",
    "enterprises",
    "explanation",
    "grade",
    "grades",
    "movement",
    "overview",
    "profile",
    "records",
    "remedies",
    "scores",
    "scores_of_a_file",
    "short_explanation",
    "what_if",
]

Order = Literal["name", "code", "level"]
ONE = "/v1/enterprises/{identifier}"


class Search(TypedDict, total=False):
    """What is to be true of enterprises; see `enterprises`."""

    code: str | None
    name: str | None
    licence: str | None
    district: Several
    category: Several
    level: Several
    moved_since: Day
    sort: Order


def overview() -> Call[OverviewAnswer]:
    """Return the call for how many enterprises stand at which level."""
    return get("overview", "/v1/overview", OverviewAnswer)


def enterprises(
    q: str | None = None,
    *,
    code: str | None = None,
    name: str | None = None,
    licence: str | None = None,
    district: Several = None,
    category: Several = None,
    level: Several = None,
    moved_since: Day = None,
    sort: Order = "name",
    after: int = 0,
    limit: int = 20,
) -> Call[EnterprisesAnswer]:
    """Return the call for a page of the enterprises that all of it is true of.

    Parameters
    ----------
    q
        Words of a name, or how a code or a licence number begins.
    code, name, licence
        The same for one of them.
    district, category, level
        One or several, of which any may be true.
    moved_since
        Whose level a run of that day or later changed.
    sort
        By `name`, `code`, or `level`, the worst first.
    after, limit
        Cursor, and how many at most.
    """
    return get(
        "enterprises",
        "/v1/enterprises",
        EnterprisesAnswer,
        q=q,
        code=code,
        name=name,
        licence=licence,
        district=several(district),
        category=several(category),
        level=several(level),
        moved_since=moved_since,
        sort=sort,
        after=after,
        limit=limit,
    )


def profile(identifier: str, as_of: Day = None) -> Call[ProfileAnswer]:
    """Return the call for what is registered of an enterprise."""
    where = path(f"{ONE}/profile", identifier=identifier)
    return get("profile", where, ProfileAnswer, as_of=as_of)


def grade(identifier: str, as_of: Day = None) -> Call[GradeAnswer]:
    """Return the call for a grade."""
    return get("grade", path(f"{ONE}/grade", identifier=identifier), GradeAnswer, as_of=as_of)


def grades(identifier: str, after: int = 0, limit: int = 24) -> Call[GradesAnswer]:
    """Return the call for a page of the grades that runs gave."""
    where = path(f"{ONE}/grades", identifier=identifier)
    return get("grades", where, GradesAnswer, after=after, limit=limit)


def explanation(identifier: str, as_of: Day = None) -> Call[ExplanationAnswer]:
    """Return the call for an explanation, in full."""
    where = path(f"{ONE}/explanation", identifier=identifier)
    return get("explanation", where, ExplanationAnswer, as_of=as_of, detail="full")


def short_explanation(identifier: str, as_of: Day = None) -> Call[ShortExplanationAnswer]:
    """Return the call for an explanation in short."""
    where = path(f"{ONE}/explanation", identifier=identifier)
    return get("explanation", where, ShortExplanationAnswer, as_of=as_of, detail="short")


def records(identifier: str, as_of: Day = None) -> Call[RecordsAnswer]:
    """Return the call for the records behind a grade."""
    where = path(f"{ONE}/records", identifier=identifier)
    return get("records", where, RecordsAnswer, as_of=as_of)


def movement(identifier: str, since: date | str, as_of: Day = None) -> Call[MovementAnswer]:
    """Return the call for why a grade moved."""
    where = path(f"{ONE}/movement", identifier=identifier)
    return get("movement", where, MovementAnswer, since=since, as_of=as_of)


def remedies(identifier: str, as_of: Day = None) -> Call[RemediesAnswer]:
    """Return the call for what leads to a better level."""
    where = path(f"{ONE}/remedies", identifier=identifier)
    return get("remedies", where, RemediesAnswer, as_of=as_of)


def scores(identifiers: Sequence[str], as_of: Day = None) -> Call[ScoresAnswer]:
    """Return the call for the grades of a list."""
    return post("scores", "/v1/scores", ScoresAnswer, enterprises=list(identifiers), as_of=as_of)


def scores_of_a_file(
    content: bytes | Path,
    as_of: Day = None,
    media: str = "text/csv",
    accept: str | None = None,
) -> Call[bytes]:
    """Return the call for the grades of a file, which is sent as it is read.

    Parameters
    ----------
    content
        The file, or where it is.
    as_of
        The day of rows that name none.
    media, accept
        Media types of what is sent, and of what is to be answered; the same if None.
    """
    headers = {"Content-Type": media, "Accept": accept or media.partition(";")[0]}
    return Call(
        "scores_of_a_file",
        "POST",
        "/v1/scores/file",
        bytes,
        params=given({"as_of": as_of}),
        content=content,
        headers=headers,
    )


def changes(after: int = 0, limit: int = 100) -> Call[ChangesAnswer]:
    """Return the call for a page of the levels that changed."""
    return get("changes", "/v1/changes", ChangesAnswer, after=after, limit=limit)


def what_if(identifier: str, records: Sequence[Record], as_of: Day = None) -> Call[WhatIfAnswer]:
    """Return the call for the grade with further records."""
    body = {"enterprise": identifier, "records": [dict(each) for each in records]}
    return post("what_if", "/v1/what-if", WhatIfAnswer, as_of=as_of, **body)
