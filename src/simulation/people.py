"""People: who represents an enterprise, who sees to food safety, who passes the exam, bans."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from .affairs import Affairs
from .arrays import Days, Floats, Mask, Who
from .cases import REVOCATION, STOPPAGE
from .city import PRODUCER
from .courts import ENFORCEMENT
from .months import Month, entered
from .registry import LEGAL_REPRESENTATIVE
from .vocabulary import place

__all__ = ["Staff", "appoint_staff", "ban", "close_posts", "examine", "replace", "turn_over"]

LEAVING, EXAMINED, PASS = 0.012, 0.015, 60
FIVE_YEARS, LIFETIME = 5 * 365, 0.1
DIRECTOR, OFFICER = place("staff", "director"), place("staff", "officer")
BOARD = ("director", "supervisor", "shareholder")
STILL = np.iinfo(np.int32).max


@dataclass(slots=True)
class Staff:
    """Who sees to food safety now: enterprise, person, role and since when, and how able."""

    who: Who
    person: Who
    role: Who
    since: Who
    able: Floats

    def take(self, rows: Mask) -> Self:
        """Return some of them."""
        return type(self)(
            self.who[rows], self.person[rows], self.role[rows], self.since[rows], self.able[rows]
        )


def appoint_staff(affairs: Affairs) -> Staff:
    """Appoint the staff of every food enterprise when it is founded."""
    city, rng = affairs.city, affairs.rng["people"]
    food = np.flatnonzero(city.food)
    large = (city.population[food] == PRODUCER) | (city.tier[food] == 3)
    officers = np.repeat(food, np.where(large, rng.integers(1, 4, len(food)), 1))
    who = np.concatenate([food[large], officers])
    role = np.repeat([DIRECTOR, OFFICER], [int(large.sum()), len(officers)])
    since = city.established[who] + rng.integers(0, 40, len(who))
    return Staff(
        who,
        affairs.numbers("person", len(who)),
        role,
        since.astype(np.int64),
        rng.standard_normal(len(who)),
    )


def turn_over(affairs: Affairs, month: Month, staff: Staff) -> Staff:
    """Let some staff leave; the worse run, the longer the place stays empty."""
    rng, state = affairs.rng["people"], affairs.world.state
    here = (staff.since < month.first) & (state.closed[staff.who] >= month.after)
    leaving = here & (rng.random(len(staff.who), np.float32) < LEAVING)
    gone = staff.take(leaving)
    days = rng.integers(month.first, month.after, len(gone.who))
    _record_staff(affairs, gone, days)
    gap = rng.gamma(1.2, 20 * np.exp(-0.7 * state.quality[gone.who]), len(gone.who))
    fresh = Staff(
        gone.who,
        affairs.numbers("person", len(gone.who)),
        gone.role,
        (days + 1 + gap.astype(np.int64)),
        rng.standard_normal(len(gone.who)),
    )
    kept = staff.take(~leaving)
    return Staff(
        np.concatenate([kept.who, fresh.who]),
        np.concatenate([kept.person, fresh.person]),
        np.concatenate([kept.role, fresh.role]),
        np.concatenate([kept.since, fresh.since]),
        np.concatenate([kept.able, fresh.able]),
    )


def examine(affairs: Affairs, month: Month, staff: Staff) -> None:
    """Examine some staff on the spot; more fail where quality is low."""
    rng, state = affairs.rng["people"], affairs.world.state
    open_ = (staff.since < month.first) & (state.closed[staff.who] >= month.after)
    open_ &= state.resumes[staff.who] < month.first
    taken = staff.take(open_ & (rng.random(len(staff.who)) < EXAMINED))
    count = len(taken.who)
    points = 74 + 8 * state.quality[taken.who] + 5 * taken.able + rng.normal(0, 7, count)
    score = np.clip(np.round(points), 0, 100).astype(np.int64)
    days = rng.integers(month.first, month.after, count).astype(np.int32)
    affairs.enter(
        "exam",
        taken.who,
        number=affairs.numbers("exam", count),
        person=taken.person,
        role=taken.role,
        passed=score >= PASS,
        score=score,
        occurred=days,
        known=entered(rng, days, 7),
    )


def replace(affairs: Affairs) -> None:
    """Put a new person where the register says that the legal representative changed."""
    told = affairs.heard.told("change", "item", "occurred")
    told = told.take(told["item"] == LEGAL_REPRESENTATIVE)
    told = told.take(np.unique(told.who, return_index=True)[1])
    who, days = told.who, told["occurred"].astype(np.int64)
    later = days > affairs.since[who] + 1
    who, days = who[later], days[later]
    _record_post(affairs, "legal_representative", who, affairs.legal[who], affairs.since[who], days)
    affairs.legal[who] = affairs.numbers("person", len(who))
    affairs.since[who] = days


def ban(affairs: Affairs) -> None:
    """Ban who represents an enterprise that lost its licence: five years, some for life."""
    rng = affairs.rng["people"]
    told = affairs.heard.told("penalty", "penalty", "food", "occurred", "known")
    grave = (told["penalty"] == REVOCATION) | (
        (told["penalty"] == STOPPAGE) & (rng.random(len(told)) < 0.3)
    )
    told = told.take(grave & told["food"].astype(bool))
    who, days = told.who, told["occurred"].astype(np.int64)
    life = rng.random(len(who)) < LIFETIME
    affairs.enter(
        "ban",
        who,
        number=affairs.numbers("ban", len(who)),
        court=ENFORCEMENT,
        person=affairs.legal[who],
        type=np.where(life, place("ban", "lifetime"), place("ban", "five_years")),
        until=np.where(life, -1, days + FIVE_YEARS),
        occurred=days,
        known=told["known"],
    )


def close_posts(affairs: Affairs, staff: Staff) -> None:
    """Write down who is in office at the end, or was until the enterprise closed."""
    city, rng = affairs.city, affairs.rng["people"]
    everybody = np.arange(len(city))
    closed = affairs.world.state.closed.astype(np.int64)
    gone = np.where(closed < STILL, closed, -1)
    _record_post(
        affairs,
        "legal_representative",
        everybody,
        affairs.legal,
        affairs.since,
        np.where(gone > affairs.since, gone, -1),
    )
    for role in BOARD:
        who = np.flatnonzero(city.company & (rng.random(len(city)) < 0.35))
        since = city.established[who].astype(np.int64)
        until = np.where(gone[who] > since, gone[who], -1)
        _record_post(affairs, role, who, affairs.numbers("person", len(who)), since, until)
    kept = staff.take(staff.since < closed[staff.who])
    _record_staff(affairs, kept, gone[kept.who])


def _record_post(
    affairs: Affairs, role: str, who: Who, person: Who, since: Who, until: Who
) -> None:
    rng, count = affairs.rng["people"], len(who)
    affairs.enter(
        "post",
        who,
        number=affairs.numbers("post", count),
        person=person,
        role=place("post", role),
        until=until,
        until_known=_after(rng, until),
        occurred=since,
        known=entered(rng, since.astype(np.int32), 6),
    )


def _record_staff(affairs: Affairs, staff: Staff, until: Who) -> None:
    rng = affairs.rng["people"]
    affairs.enter(
        "staff",
        staff.who,
        number=affairs.numbers("staff", len(staff.who)),
        person=staff.person,
        role=staff.role,
        until=until,
        until_known=_after(rng, until),
        occurred=staff.since,
        known=entered(rng, staff.since.astype(np.int32), 15),
    )


def _after(rng: np.random.Generator, days: Who) -> Days:
    """Return when ends were entered, -1 for one that does not come."""
    return np.where(days >= 0, entered(rng, days.astype(np.int32), 10), -1).astype(np.int32)
