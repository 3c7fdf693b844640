"""Routes that find enterprises, and tell what is registered of one."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ...archive.directory import folded
from ...core import time
from ...core.errors import ForbiddenError
from ...grading import Level
from ..access import Kind, Permission
from ..answers import EnterprisesAnswer, ProfileAnswer
from ..answers import Level as LevelName
from ..entrance.caller import Caller
from ..live.directories import Everybody
from ..problem import FieldError, ProblemError, sentence
from ..questions import AsOf, Identifier
from ..reads import enterprises
from ..searching import Order, Wanted
from .parts import READING, After, Asking, Day, answers, without

__all__ = ["router"]

LONGEST, MOST, PAGE = 100, 50, 20
LEAST = 2
router = APIRouter(tags=["enterprises"])

Text = Annotated[str | None, Query(min_length=1, max_length=LONGEST)]
Several = Annotated[list[str] | None, Query(max_length=MOST)]


def _wanted(
    caller: Asking,
    q: Annotated[Text, Query(description="Words of a name, or how a code or a licence number "
                             "begins; two characters at least.", examples=["禾沐"])] = None,
    code: Annotated[Text, Query(description="How the code begins, of any scheme.")] = None,
    name: Annotated[Text, Query(description="Words of the name now or before; each stands in it "
                                "somewhere.")] = None,
    licence: Annotated[Text, Query(description="How the number of a licence begins.")] = None,
    district: Annotated[Several, Query(description="Districts by code or name; any of them.",
                                       examples=[["440304"]])] = None,
    category: Annotated[Several, Query(description="Food categories by code, lines of business by "
                                       "code or name; any of them.")] = None,
    level: Annotated[list[LevelName] | None, Query(description="Levels in force; any of them.")]
    = None,
    moved_since: Annotated[AsOf | None, Query(description="Whose level a run of that day or later "
                                              "changed.", examples=["2026-02-01"])] = None,
    sort: Annotated[Order, Query(description="By name, by code, or by level, the worst first.")]
    = Order.NAME,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = PAGE,
) -> tuple[Everybody, Wanted]:  # fmt: skip
    """Read the question."""
    everybody = caller.service.directories.now()
    if level is not None or sort is Order.LEVEL:
        _require_told(caller, "enterprises.level")
    if moved_since is not None:
        _require_told(caller, "enterprises.moved")
    for where, text in (("q", q), ("code", code), ("name", name), ("licence", licence)):
        _check_text(where, text)
    wanted = Wanted(
        text=q,
        code=code,
        name=name,
        licence=licence,
        districts=_districts(everybody, district),
        categories=_categories(everybody, category),
        levels=None if level is None else [Level.of(each) for each in level],
        moved=None if moved_since is None else time.day(moved_since),
        individuals=Kind.NAME not in caller.visit.found.masks.kinds,
        order=sort,
        after=after - 1 if after else None,
        limit=limit,
    )
    return everybody, wanted


@router.get(
    "/v1/enterprises",
    name="enterprises",
    summary="Enterprises by code, name, licence, district, category and level",
    response_description="A page of those that are meant, with their levels in force.",
    response_model=EnterprisesAnswer,
    responses=answers(without(READING, 404)),
)
def listed(caller: Asking, asked: Annotated[Any, Depends(_wanted)]) -> Response:
    """Return the enterprises that all of what is asked for is true of, within the reach."""
    everybody, wanted = asked
    levels = caller.principal.grant.allows(Permission.READ_GRADE)
    page = enterprises.found(everybody, wanted, caller.reach, levels=levels)
    told = {
        "enterprises": [each["enterprise"] for each in page["enterprises"]],
        "levels": levels,
        "run": page["run"],
        "total": page["total"],
        "next": page["next"],
        "directory": everybody.directory.key,
    }
    return caller.read("search enterprises", "enterprises", told, lambda: page)


@router.get(
    "/v1/enterprises/{identifier:path}/profile",
    summary="What is registered of an enterprise",
    response_description="Names, address, district, categories, and licences with validity.",
    response_model=ProfileAnswer,
    responses=answers(READING),
)
def profile(identifier: Identifier, caller: Asking, as_of: Day = None) -> Response:
    """Return what is registered of an enterprise: no grade, and nothing that bears on one."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    number = caller.number(identifier, day)
    make = partial(enterprises.profile, service, number, identifier, day)
    return caller.read("read profile", identifier, {"as_of": time.show(day)}, make)


def _require_told(caller: Caller, field: str) -> None:
    """Refuse to narrow or order by what of levels is not told: the order would tell it."""
    try:
        caller.principal.require(Permission.READ_GRADE)
        caller.visit.found.channel.require(EnterprisesAnswer.__name__, field)
    except ForbiddenError as error:
        problem = ProblemError("forbidden", sentence(error))
        caller.visit.refuse(problem, "enterprises")
        raise problem from None


def _check_text(where: str, text: str | None) -> None:
    if text is None or any(len(folded(word)) >= LEAST for word in text.split()):
        return
    message = (
        "expected two letters or digits in a row at least; blanks part words, marks do not count"
    )
    error = FieldError(where=f"query.{where}", message=message, value=text)
    raise ProblemError("invalid-request", "Too little to search for: see errors.", [error])


def _districts(everybody: Everybody, named: list[str] | None) -> list[str] | None:
    if named is None:
        return None
    found, unknown = enterprises.districts_named(everybody.directory, named)
    _refuse("district", unknown, everybody.directory.districts)
    return found


def _categories(everybody: Everybody, named: list[str] | None) -> list[str] | None:
    if named is None:
        return None
    found, unknown = enterprises.categories_named(everybody.directory, named)
    _refuse("category", unknown, everybody.directory.categories)
    return found


def _refuse(what: str, unknown: list[str], known: Any) -> None:
    if not unknown:
        return
    exist = ", ".join(sorted(known)) or "none"
    error = FieldError(
        where=f"query.{what}", message=f"no enterprise has it; there are: {exist}", value=unknown[0]
    )
    raise ProblemError("invalid-request", f"There is no such {what}: see errors.", [error])
