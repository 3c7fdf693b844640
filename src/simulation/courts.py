"""What courts and registries see of money: suits, judgments not performed, pledges and freezes."""

from functools import partial

import numpy as np

from .affairs import Affairs, rarely
from .arrays import Floats, Who
from .city import DISTRICTS
from .inspectors import probability
from .months import Month, entered, weekdays
from .vocabulary import WORDS, place

__all__ = ["ENFORCEMENT", "default", "encumber", "sue"]

SUITS, JUDGED, ENFORCED = 0.0022, 0.0004, 0.0003
PARTIES, CAUSES = (0.68, 0.22, 0.10), (0.46, 0.04, 0.2, 0.2, 0.1)
AT_HOME, ENFORCEMENT = 0.8, len(DISTRICTS)
REASONS = [place("reason", word) for word in ("not_performing", "evasion", "property_report")]
BURDENS = {"pledge": (0.0008, 0.2), "freeze": (0.0004, 0.9), "chattel_mortgage": (0.0007, 0.4)}
YEAR = 365
DEFENDANT, PRODUCT = place("party", "defendant"), place("cause", "product_liability")


def sue(affairs: Affairs, month: Month, active: Who) -> None:
    """File suits in the district courts; the unsound are sued, bad food makes for liability."""
    rng, city, state = affairs.rng["courts"], affairs.city, affairs.world.state
    who = rarely(
        rng,
        active,
        SUITS,
        lambda them: np.exp(-0.7 * affairs.finance(them)) * np.where(city.company[them], 1, 0.35),
    )
    days, count = weekdays(rng, month.first, month.after, len(who)), len(who)
    cause = rng.choice(len(WORDS["cause"]), size=count, p=CAUSES)
    poor = city.food[who] & (rng.random(count) < 0.15 * probability(-state.quality[who] - 0.5))
    affairs.enter(
        "suit",
        who,
        number=affairs.numbers("suit", count),
        court=_court(affairs, who),
        party=np.where(poor, DEFENDANT, rng.choice(len(PARTIES), size=count, p=PARTIES)),
        cause=np.where(poor, PRODUCT, cause),
        amount=np.round(12 * rng.lognormal(0, 1.2, count), 2),
        closed=np.where(rng.random(count) < 0.93, days + rng.integers(40, 400, count), -1),
        occurred=days,
        known=entered(rng, days, 10),
    )


def default(affairs: Affairs, month: Month, active: Who) -> None:
    """List who does not perform a judgment, and ban who represents it from office."""
    rng = affairs.rng["courts"]
    for rate, enforced in ((JUDGED, False), (ENFORCED, True)):
        who = rarely(rng, active, rate, lambda them: np.exp(-affairs.finance(them) - 0.3))
        days, count = weekdays(rng, month.first, month.after, len(who)), len(who)
        removed = days + np.where(rng.random(count) < 0.5, 730, rng.integers(30, 700, count))
        known = entered(rng, (days + 2).astype(np.int32), 5)
        court = np.full(count, ENFORCEMENT) if enforced else _court(affairs, who)
        affairs.enter(
            "judgment",
            who,
            number=affairs.numbers("judgment", count),
            court=court,
            reason=rng.choice(REASONS, size=count),
            amount=np.round(30_000 * rng.lognormal(0, 1.1, count), 2),
            person=affairs.legal[who],
            removed=removed,
            occurred=days,
            known=known,
        )
        if not enforced:
            some = rng.random(count) < 0.6
            affairs.enter(
                "ban",
                who[some],
                number=affairs.numbers("ban", int(some.sum())),
                court=court[some],
                person=affairs.legal[who[some]],
                type=place("ban", "judgment_defaulter"),
                until=removed[some],
                occurred=days[some],
                known=known[some],
            )


def encumber(affairs: Affairs, month: Month, active: Who) -> None:
    """Register pledges and freezes of shares and chattel mortgages of companies."""
    rng, city = affairs.rng["courts"], affairs.city
    companies = active[city.company[active]]
    for name, (rate, slope) in BURDENS.items():
        who = rarely(rng, companies, rate, partial(_sound, affairs, slope))
        days, count = weekdays(rng, month.first, month.after, len(who)), len(who)
        share = np.round(rng.beta(1.5, 3, count), 2)
        until = days + rng.integers(1, 6, count) * YEAR
        early = rng.random(count) < 0.35
        affairs.enter(
            "encumbrance",
            who,
            number=affairs.numbers("encumbrance", count),
            type=place("encumbrance", name),
            amount=np.round(affairs.world.state.capital[who] * (0.05 + share), 1),
            share=np.where(name == "chattel_mortgage", np.nan, share),
            until=until,
            ended=np.where(early, days + rng.integers(30, 300, count), -1),
            occurred=days,
            known=entered(rng, days, 5),
        )


def _sound(affairs: Affairs, slope: float, who: Who) -> Floats:
    return np.asarray(np.exp(-slope * affairs.finance(who)), np.float64)


def _court(affairs: Affairs, who: Who) -> Who:
    """Return the district court of each, mostly that of its own district."""
    rng, home = affairs.rng["courts"], affairs.city.district[who]
    elsewhere = rng.integers(0, len(DISTRICTS), len(who))
    return np.where(rng.random(len(who)) < AT_HOME, home, elsewhere)
