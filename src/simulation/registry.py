"""What the registers see: changes, closings, late reports, and the lists of court and tax."""

import numpy as np
import numpy.typing as npt

from .records import Records, weekdays
from .state import Month, entered
from .world import World

__all__ = ["alter", "list_defaulters", "list_late_reports"]

CHANGES = {
    "legal_representative": 0.004,
    "name": 0.0008,
    "address": 0.0025,
    "production_address": 0.0012,
    "scope": 0.003,
    "capital": 0.0025,
    "shareholder": 0.0035,
}
NEW_OWNER = (-0.15, 0.6)
CLOSING, PAUSING = 0.0018, 0.0008
# Lists of court and tax: how often in a month, and how much worse finance makes it.
LISTS = {
    "judgment_defaulter": (0.0004, 1.0),
    "consumption_limit": (0.0005, 1.0),
    "tax_arrears": (0.0006, 0.8),
}
OTHER_DEPARTMENTS = 0.0015
REPORTING = 7

Days = npt.NDArray[np.int64]


def alter(rng: np.random.Generator, world: World, month: Month) -> None:
    """Change registered facts, close and pause; a new owner may run things otherwise."""
    city, state = world.city, world.state
    active = state.active(city, month)
    for item, rate in CHANGES.items():
        who = active[rng.random(len(active)) < rate]
        days = weekdays(rng, month.first, month.after, len(who))
        before = city.enterprises["capital"].to_numpy()[who]
        after = np.round(before * rng.choice([0.3, 0.6, 1.5, 2.0], size=len(who)), 1)
        known = entered(rng, days, 5)
        numeric = item == "capital"
        world.records.add(
            "change",
            enterprise=who,
            number=state.number("BG", month, len(who)),
            item=item,
            before=before if numeric else np.nan,
            after=after if numeric else np.nan,
            occurred=days,
            known=known,
        )
        if numeric:
            _register(world.records, who, days, known, "active", after)
        if item == "legal_representative":
            state.quality[who] += rng.normal(*NEW_OWNER, len(who))
    closing = rng.random(len(active)) < CLOSING * np.exp(-0.5 * state.finance[active])
    pausing = rng.random(len(active)) < PAUSING
    for who, status in ((active[closing], "stopped"), (active[pausing & ~closing], "paused")):
        days = weekdays(rng, month.first, month.after, len(who))
        _register(world.records, who, days, entered(rng, days, 5), status, np.nan)
        if status == "stopped":
            state.closed[who] = np.minimum(state.closed[who], days)


def _register(
    records: Records, who: Days, days: Days, known: Days, status: str, capital: npt.ArrayLike
) -> None:
    records.add(
        "enterprise",
        enterprise=who,
        occurred=days,
        known=np.maximum(known, days),
        status=status,
        capital=capital,
    )


def list_late_reports(rng: np.random.Generator, world: World, month: Month) -> None:
    """List as abnormal, each July, who did not file the annual report; most are soon removed."""
    city, state = world.city, world.state
    if month.calendar != REPORTING:
        return
    active = state.active(city, month)
    who = active[rng.random(len(active)) < 0.03 * np.exp(-0.6 * state.finance[active])]
    days = weekdays(rng, month.first + 4, month.first + 20, len(who))
    world.records.add(
        "list_entry",
        enterprise=who,
        number=state.number("YC", month, len(who)),
        list="abnormal",
        reason=rng.choice(
            ["report_missing", "unreachable", "disclosure_missing"],
            size=len(who),
            p=[0.9, 0.07, 0.03],
        ),
        occurred=days,
        known=entered(rng, days, 3),
        removed=np.where(
            rng.random(len(who)) < 0.85, days + 10 + rng.exponential(110, len(who)), -1
        ).astype(int),
    )


def list_defaulters(rng: np.random.Generator, world: World, month: Month) -> None:
    """Let court and tax list who does not pay, and other departments fine some."""
    city, state = world.city, world.state
    active = state.active(city, month)
    for name, (rate, slope) in LISTS.items():
        who = active[rng.random(len(active)) < rate * np.exp(-slope * state.finance[active])]
        days = weekdays(rng, month.first, month.after, len(who))
        term = np.where(rng.random(len(who)) < 0.5, 730, rng.integers(30, 600, len(who)))
        reason = rng.choice(["not_performing", "evasion", "property_report"], size=len(who))
        judged = name == "judgment_defaulter"
        world.records.add(
            "list_entry",
            enterprise=who,
            number=state.number(name[0].upper() + "S", month, len(who)),
            list=name,
            reason=reason if judged else np.full(len(who), None),
            occurred=days,
            known=entered(rng, days + 2, 5),
            removed=days + term,
            amount=np.round(20_000 * rng.lognormal(0, 1, len(who)), 2),
        )
    who = active[rng.random(len(active)) < OTHER_DEPARTMENTS * np.exp(-0.3 * state.quality[active])]
    days = weekdays(rng, month.first, month.after, len(who))
    world.records.add(
        "other_penalty",
        enterprise=who,
        number=state.number("SW", month, len(who)),
        violation=rng.choice(["tax_filing", "invoice"], size=len(who)),
        fine=np.round(0.05 + 0.3 * rng.lognormal(0, 0.8, len(who)), 4),
        occurred=days,
        known=entered(rng, days + 3, 10),
    )
