"""Warnings of made-up enterprises, and acts on them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from xinheng.core import time
from xinheng.core.errors import ConflictError, InvalidError
from xinheng.ledger.downgrades import Act, Downgrade, Downgrades, Draft, Event, Ground

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
DAY = time.day_of(NOON)
PEOPLE = ("li", "wang", "zhao")
ANSWER_BY = 7  # days after service on which the time for a statement ends


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def shown(days: int) -> str:
    return time.show(DAY + days)


def ground(*records: str, rule: str = "failed_twice") -> Ground:
    text = {"zh": "抽检两次不合格", "en": "two samples failed"}
    return Ground(rule=rule, records=records, since=DAY - 1, basis="design", text=text)


def draft(*grounds: Ground, number: int = 7, **more: Any) -> Draft:
    told = {"level": "D", "days": 90, "basis": "design", "as_of": DAY, "district": "440304"}
    grounds = grounds or (ground("sampling/1", "sampling/2"),)
    told |= {"number": number, "enterprise": f"E{number}"} | more
    return Draft(grounds=grounds, **told)


def event(found: Downgrade, act: Act, actor: str = "li", days: int = 0, **detail: Any) -> Event:
    return Event(position=found.version, at=later(days), actor=actor, act=act, detail=detail)


def service(days: int, **more: Any) -> dict[str, Any]:
    told = {"document": "警示〔2026〕1号", "method": "direct", "delivered": shown(days)}
    return told | {"due": shown(days + ANSWER_BY)} | more


class Desk:
    """Acts on one warning of a ledger, in short."""

    def __init__(self, downgrades: Downgrades, drafted: Draft | None = None, days: int = 0) -> None:
        self.downgrades = downgrades
        told = {"due": shown(days + 5)}
        [made] = downgrades.draft([drafted or draft()], at=later(days), actor="rule", detail=told)
        assert made.is_new
        self.case = made.case

    def act(
        self,
        act: str,
        actor: str = "li",
        detail: Mapping[str, Any] | None = None,
        days: int = 0,
        **more: Any,
    ) -> Downgrade:
        self.case = self.downgrades.act(
            self.case.id, Act(act), at=later(days), actor=actor, detail=detail or {}, **more
        )
        return self.case

    def confirmed(self, days: int = 0) -> Downgrade:
        self.act("confirm", detail={"second": True}, days=days)
        return self.act("agree", "wang", {"due": shown(days + 9)}, days=days)

    def served(self, days: int = 0) -> Downgrade:
        self.confirmed(days)
        return self.act("serve", detail=service(days), days=days)


def worked(desk: Desk, rng: Random, acts: int) -> None:
    """Do at random what the warning allows, for some days."""
    day = 0
    for _ in range(acts):
        day += rng.choice((0, 1))
        actor = rng.choice(PEOPLE)
        desk.case = desk.case.on(DAY + day)
        act = rng.choice(sorted({*desk.case.allowed(actor)} - {Act.REJECT}))
        try:
            desk.act(act, actor, said(act, rng, day), days=day)
        except (ConflictError, InvalidError):
            continue


def said(act: Act, rng: Random, day: int) -> dict[str, Any]:
    told: dict[str, Any] = {"reason": "seen on the spot", "second": rng.random() < 0.5}
    match act:
        case Act.AMEND:
            return told | {"level": rng.choice("BCDE"), "period": rng.randrange(5, 40)}
        case Act.SERVE:
            return told | service(day - rng.choice((0, 0, 1, 9)))
        case Act.STATE:
            return told | {"received": shown(day - rng.choice((0, 2))), "due": shown(day + 4)}
        case Act.ANSWER:
            answer = rng.choice(("upheld", "upheld", "amended", "lifted"))
            return told | {"answer": answer, **({"level": "B"} if answer == "amended" else {})}
        case Act.CONFIRM | Act.AGREE:
            return told | {"due": shown(day + 6)}
    return told
