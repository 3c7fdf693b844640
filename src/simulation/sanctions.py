"""Penalties of the other departments, cases that are filed, and repair of the record."""

import numpy as np

from .affairs import Affairs, rarely
from .arrays import Mask, Who
from .cases import CONFISCATION, FINE, REVOCATION, STOPPAGE, SUSPENSION, pay, payable
from .inspectors import probability
from .months import Month, entered, weekdays
from .roster import organs
from .vocabulary import WORDS, place

__all__ = ["file_cases", "repair", "sanction"]

SLOPE = 0.8
STEPS = (0.18, 0.88, 0.94, 0.965, 0.99)
WITHDRAWN, REINSTATED, RELAYED = 0.03, 0.3, 0.8
REPAIR, TOO_EARLY, UNDONE = 0.4, 0.12, 0.04
REFERRED, IN_VAIN = 0.04, 0.2
IDLE = 5_000_000
MARKET = place("organ", "market")
ORIGINS = (0.45, 0.05, 0.15, 0.08, 0.15, 0.05, 0.03, 0.02, 0.02)


def sanction(affairs: Affairs, month: Month, active: Who) -> None:
    """Let each department punish some in its lines of business, the least compliant first."""
    rng, trade = affairs.rng["sanctions"], affairs.city.trade
    for number, organ in enumerate(organs()):
        if organ.rate:
            lined = active[organ.trades[trade[active]]]
            who = rarely(rng, lined, organ.rate, lambda them: np.exp(
                -SLOPE * affairs.compliance(them) - 0.2
            ))  # fmt: skip
            _punish(affairs, month, who, number)


def _punish(affairs: Affairs, month: Month, who: Who, organ: int) -> None:
    rng, count = affairs.rng["sanctions"], len(who)
    days = weekdays(rng, month.first, month.after, count)
    known = entered(rng, (days + 3).astype(np.int32), 7)
    kind = np.searchsorted(STEPS, rng.random(count))
    fine = np.round(800 + 4000 * rng.lognormal(0, 0.9, count), -1)
    taken = np.round(600 * rng.lognormal(0, 1, count), 2)
    gone = rng.random(count) < WITHDRAWN
    withdrawn = np.where(gone, known + rng.integers(20, 120, count), -1)
    back = gone & (rng.random(count) < REINSTATED)
    limited = np.isin(kind, [SUSPENSION, STOPPAGE])
    paid = pay(affairs.rng["payment"], days, known, kind, affairs.finance(who))
    number = affairs.numbers(organs()[organ].name, count)
    affairs.enter(
        "sanction",
        who,
        number=number,
        case=affairs.numbers("sanction_case", count),
        organ=organ,
        occurred=days,
        known=known,
        violation=rng.choice(organs()[organ].violations, size=count),
        penalty=kind,
        fine=np.where(np.isin(kind, [FINE, CONFISCATION, STOPPAGE]), fine, 0.0),
        confiscated=np.where(kind == CONFISCATION, taken, 0.0),
        performed=np.where(limited, known + rng.integers(10, 90, count), paid),
        withdrawn=withdrawn,
        reinstated=np.where(back, withdrawn + rng.integers(30, 150, count), -1),
        relayed=np.where(rng.random(count) < RELAYED, known + rng.integers(1, 7, count), -1),
    )
    mended = ~gone & payable(kind) & (paid >= 0) & (rng.random(count) < REPAIR)
    decided = known + 185 + rng.integers(0, 200, count)
    chosen = {"organ": np.full(count, organ), "target": number, "year": days, "decided": decided}
    _apply(affairs, who[mended], **{name: each[mended] for name, each in chosen.items()})


def repair(affairs: Affairs) -> None:
    """Let those whom the market regulator punished apply for credit repair at the window."""
    rng = affairs.rng["cases"]
    told = affairs.heard.told("penalty", "organ", "number", "occurred", "known", "repaired")
    told = told.take(told["organ"] == MARKET)
    early = (told["repaired"] < 0) & (rng.random(len(told)) < TOO_EARLY)
    told = told.take((told["repaired"] >= 0) | early)
    _apply(
        affairs,
        told.who,
        organ=np.full(len(told), -1),
        target=told["number"].astype(np.int64),
        year=told["occurred"].astype(np.int64),
        decided=np.where(told["repaired"] >= 0, told["repaired"], told["known"] + 60),
        granted=told["repaired"] >= 0,
    )


def _apply(
    affairs: Affairs,
    who: Who,
    *,
    organ: Who,
    target: Who,
    year: Who,
    decided: Who,
    granted: Mask | None = None,
) -> None:
    """Apply for the repair of a penalty; a few did so with false papers, and it is undone."""
    rng, count = affairs.rng["cases"], len(who)
    free = granted is None
    yes: Mask = rng.random(count) < 1 - TOO_EARLY if granted is None else granted
    withdrawn = ~yes & (rng.random(count) < 0.2)
    word = np.where(yes, 0, np.where(withdrawn, 2, 1))
    undone = yes & (rng.random(count) < UNDONE) & free
    applied = (decided - rng.integers(4, 16, count)).astype(np.int32)
    affairs.enter(
        "repair",
        who,
        number=affairs.numbers("repair", count),
        organ=organ,
        target=target,
        year=year,
        decision=word,
        decided=decided,
        undone=np.where(undone, decided + rng.integers(30, 200, count), -1),
        occurred=applied,
        known=applied + rng.integers(0, 3, count),
    )


def file_cases(affairs: Affairs, month: Month, active: Who) -> None:
    """File the cases behind the regulator's penalties, and some that come to nothing."""
    rng = affairs.rng["cases"]
    columns = ("organ", "case", "occurred", "food", "violation", "penalty")
    told = affairs.heard.told("penalty", *columns)
    told = told.take(told["organ"] == MARKET)
    who, decided = told.who, told["occurred"].astype(np.int64)
    filed = np.minimum(month.first + rng.integers(3, 40, len(told)), decided - 10)
    severe = 0.25 * (told["penalty"] == REVOCATION) + REFERRED * told["food"]
    referred = np.where(
        rng.random(len(told)) < severe, decided + rng.integers(1, 20, len(told)), -1
    )
    number = told["case"].astype(np.int64)
    food, violation = told["food"], told["violation"]
    idle = rarely(
        rng, active, 0.0004, lambda them: 2 * probability(-1.5 * affairs.compliance(them))
    )
    days = weekdays(rng, month.first, month.after, len(idle)).astype(np.int64)
    ended = np.where(rng.random(len(idle)) < IN_VAIN, -1, days + rng.integers(20, 90, len(idle)))
    words = [place("violation", word) for word in ("label", "misleading", "advertising", "price")]
    _file(
        affairs,
        np.concatenate([who, idle]),
        number=np.concatenate([number, IDLE + affairs.numbers("idle_case", len(idle))]),
        filed=np.concatenate([filed, days]),
        decided=np.concatenate([decided, ended]),
        referred=np.concatenate([referred, np.full(len(idle), -1)]),
        food=np.concatenate([food, affairs.city.food[idle]]),
        violation=np.concatenate([violation, rng.choice(words, size=len(idle))]),
    )


def _file(
    affairs: Affairs,
    who: Who,
    *,
    number: Who,
    filed: Who,
    decided: Who,
    referred: Who,
    food: Who,
    violation: Who,
) -> None:
    rng, count = affairs.rng["cases"], len(who)
    known = entered(rng, filed.astype(np.int32), 4)
    told = np.where(decided >= 0, np.maximum(decided, known) + rng.integers(0, 6, count), -1)
    handed = np.where(referred >= 0, np.maximum(referred, told) + rng.integers(1, 6, count), -1)
    affairs.enter(
        "case",
        who,
        number=number,
        food=food,
        violation=violation,
        origin=rng.choice(len(WORDS["origin"]), size=count, p=ORIGINS),
        decided=decided,
        decided_known=told,
        referred=referred,
        referred_known=handed,
        occurred=filed,
        known=known,
    )
