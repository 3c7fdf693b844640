"""Cases of a made-up enterprise, and acts on them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from xinheng.core import time
from xinheng.core.errors import ConflictError
from xinheng.ledger.reviews import Act, Case, Event, Opening, Reviews

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = time.day_of(NOON)
PEOPLE = ("li", "wang", "zhao")
UNTRIED = {Act.DECLINE, Act.WITHDRAW}
OPENING = Opening(number=7, enterprise="E1", cause="worse", as_of=DAY, level="D", district="440304")
OBJECTION = replace(OPENING, cause="objection")


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def decision(what: str = "override", *, second: bool = True, **more: Any) -> dict[str, Any]:
    found = {"decision": what, "reason": "seen on the spot", "basis": "design", "second": second}
    if what == "override":
        found |= {"level": "B", "until": time.show(DAY + 30)}
    return found | more


def event(case: Case, act: Act, actor: str, at: datetime, **detail: Any) -> Event:
    return Event(position=case.version, at=at, actor=actor, act=act, detail=detail)


class Desk:
    """Acts on one case of a ledger, in short."""

    def __init__(self, reviews: Reviews, opening: Opening = OPENING, at: datetime = NOON) -> None:
        self.reviews = reviews
        due = time.show(time.day_of(at) + 10)
        self.case = reviews.open(opening, at=at, actor="policy", detail={"due": due})

    def act(
        self,
        act: str,
        actor: str = "li",
        detail: Mapping[str, Any] | None = None,
        days: int = 0,
        **more: Any,
    ) -> Case:
        self.case = self.reviews.act(
            self.case.id, Act(act), at=later(days), actor=actor, detail=detail or {}, **more
        )
        return self.case

    def overridden(self, level: str = "B", days: int = 0) -> Case:
        self.act("take", days=days)
        until = time.show(DAY + days + 30)
        self.act("decide", detail=decision(level=level, until=until), days=days)
        return self.act("agree", "wang", days=days)


def worked(desk: Desk, rng: Random, acts: int = 60) -> None:
    """Do at random what the case allows, for some weeks."""
    day = 0
    for _ in range(acts):
        day += rng.choice((0, 0, 0, 1))
        actor = rng.choice(PEOPLE)
        act = rng.choice([*sorted({*desk.case.allowed(actor)} - UNTRIED), Act.MOVE, Act.EXPIRE])
        try:
            desk.act(act, actor, _said(act, rng, day), days=day)
        except ConflictError:
            continue


def _said(act: Act, rng: Random, day: int) -> dict[str, Any]:
    if act is Act.MOVE:
        return {"level": "E", "level_before": "D"}
    if act is Act.LIFT:
        return {"second": rng.random() < 0.5, "reason": "over"}
    if act is not Act.DECIDE:
        return {}
    what = rng.choice(("confirm", "override", "override", "send_back"))
    said = decision(what, second=rng.random() < 0.5, level_before=rng.choice("CDE"))
    if what == "override":
        said |= {"level": "B", "until": time.show(DAY + day + rng.randrange(2, 9))}
    return said
