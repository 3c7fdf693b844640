"""The watch: alarms within reach, one of them with whom it concerns, and what is done about it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from ...core import time
from ...core.errors import ConflictError, InvalidError, NotFoundError
from ...earlywarning.exposure import Exposed
from ...ledger.watch import Act, AlarmsWanted, Kept
from ..access import Permission, Principal
from ..answers import Language, Values, alarm_values, watch_run_values, whole_alarm_values
from ..entrance.reach import Reach
from ..live.profiles import district_code
from ..live.service import Service
from ..problem import ProblemError, sentence
from .reviews import Doing

__all__ = ["act_on", "alarm", "alarms", "find", "reached", "runs"]

NEAR, NEIGHBOURS, CONCERNED, LOOKED = 91, 20, 50, 500


def find(service: Service, reach: Reach, number: int) -> Kept:
    """Return an alarm within reach.

    Raises
    ------
    ProblemError
        If there is none of that number, or it is about a place beyond reach: which is told alike.
    """
    with suppress(NotFoundError):
        found = service.ledger.watch.alarm(number)
        if _within(reach, found):
            return found
    raise ProblemError(
        "unknown-alarm",
        f"There is no alarm {number} here; GET /v1/watch/alarms lists those there are.",
    )


def alarms(
    service: Service,
    reach: Reach,
    wanted: AlarmsWanted,
    after: int | None,
    limit: int,
    language: Language,
) -> Values:
    """Return a page of the alarms that are wanted and within reach, the newest first."""
    found = [*islice(reached(service, reach, wanted, after), limit + 1)]
    return {
        "alarms": [alarm_values(each, language) for each in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


def reached(
    service: Service, reach: Reach, wanted: AlarmsWanted, before: int | None = None
) -> Iterator[Kept]:
    """Yield the alarms that are wanted and within reach, the newest first."""
    while page := service.ledger.watch.page(wanted, before=before, limit=LOOKED):
        yield from (each for each in page if _within(reach, each))
        before = page[-1].id


def alarm(
    service: Service, principal: Principal, reach: Reach, kept: Kept, language: Language
) -> Values:
    """Return an alarm with what stands behind it, whom it concerns, and what was done about it."""
    return whole_alarm_values(
        kept,
        language,
        evidence=_evidence(reach, kept),
        neighbours=_neighbours(service, reach, kept),
        exposed=_concerned(service, reach, kept),
        allowed=_allowed(principal, kept),
    )


def runs(service: Service, after: int | None, limit: int) -> Values:
    """Return a page of the runs of the watch, the newest first."""
    found = service.ledger.watch.runs(before=after, limit=limit + 1)
    return {
        "runs": [watch_run_values(each) for each in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


def act_on(service: Service, kept: Kept, act: Act, doing: Doing) -> Kept:
    """Write down what somebody does about an alarm, and return it after that.

    Raises
    ------
    ProblemError
        If it is closed, or open, already; or the key was used for something else.
    """
    do: Callable[[], Kept] = partial(
        service.ledger.watch.act,
        kept.id,
        act,
        at=service.now(),
        actor=doing.principal.author,
        reason=doing.said["reason"],
        purpose=doing.purpose,
        asked=doing.asked(f"{act} alarm {kept.id}"),
    )
    try:
        return do()
    except ConflictError as error:
        raise ProblemError("conflict", sentence(error)) from None
    except InvalidError as error:
        raise ProblemError("invalid-request", sentence(error)) from None


def _within(reach: Reach, kept: Kept) -> bool:
    """Tell whether an alarm is of the whole city, of an origin, or of a place within reach."""
    lens, place = kept.told.series.lens, kept.told.series.place
    scope = reach.principal.grant.scope
    if reach.everywhere or lens in {"", "origin"}:
        return True
    if lens == "district":
        return scope.districts is None or district_code(place) in scope.districts
    numbers, _ = reach.find([place], time.NEVER)
    return bool(numbers[0] >= 0)


def _evidence(reach: Reach, kept: Kept) -> Mapping[str, Any]:
    """Return the figures behind an alarm; a standing one names enterprises of the whole city."""
    named = "enterprises" if kept.told.series.kind == "standing" and not reach.everywhere else None
    return {name: value for name, value in kept.told.evidence.items() if name != named}


def _allowed(principal: Principal, kept: Kept) -> list[Act]:
    if not principal.allows(Permission.DECIDE):
        return []
    return [Act.NOTE, Act.CLOSE if kept.is_open else Act.REOPEN]


def _neighbours(service: Service, reach: Reach, kept: Kept) -> list[Kept]:
    """Return the alarms of the same product or hazard that were told about the same time."""
    near = AlarmsWanted(since=kept.as_of - NEAR, until=kept.as_of + NEAR)
    series = kept.told.series
    asked = [replace(near, product=series.product)]
    asked += [replace(near, hazard=series.hazard)] if series.hazard else []
    found = {
        each.id: each for one in asked for each in islice(reached(service, reach, one), LOOKED)
    }
    found.pop(kept.id, None)
    return sorted(found.values(), key=lambda each: (abs(each.as_of - kept.as_of), -each.id))[
        :NEIGHBOURS
    ]


def _concerned(service: Service, reach: Reach, kept: Kept) -> tuple[Exposed, ...]:
    """Return the enterprises within reach that an alarm concerns today, in order."""
    series, today, sequence = kept.told.series, time.day_of(service.now()), service.book.sequence
    return service.foresight.exposures.exposed(
        series.product, series.hazard, today, sequence, reach.among, CONCERNED
    )
