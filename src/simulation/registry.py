"""What the registers see: foundings, changes, closings, ties, annual reports and lists."""

import numpy as np
import pandas as pd

from .arrays import Days, Mask, Who
from .city import PRODUCER
from .months import Month, entered, weekdays
from .vocabulary import WORDS, place
from .world import World

__all__ = ["alter", "list_defaulters", "register", "report_yearly", "tie"]

CHANGES = (0.003, 0.0008, 0.0025, 0.0006, 0.003, 0.002, 0.003)
NEW_OWNER = (-0.15, 0.6)
CLOSING, PAUSING = 0.0022, 0.0008
ACTIVE, PAUSED, STOPPED = range(3)
CAPITAL, LEGAL_REPRESENTATIVE = place("change", "capital"), 0
PRODUCTION_ADDRESS = place("change", "production_address")
# Lists of court and tax: how often in a month.
LISTS = {"judgment_defaulter": 0.0004, "consumption_limit": 0.0005, "tax_arrears": 0.0006}
LATE_REPORT, REPORTING = 0.03, 7
DISCLOSED = 0.35


def register(world: World) -> None:
    """Enter every enterprise in the register when it is founded."""
    city, rng = world.city, world.rng["paper"]
    world.records.add(
        "register",
        enterprise=np.arange(len(city)) + city.first,
        occurred=city.established,
        known=city.established + rng.integers(0, 6, len(city)),
        status=ACTIVE,
        capital=city.capital,
    )


def alter(world: World, month: Month, active: Who) -> None:
    """Close and pause, resume, and change registered facts; a new owner may do otherwise."""
    state, rng = world.state, world.rng["paper"]
    slope = 0.5 * world.laws.paper.finance
    closing = rng.random(len(active)) < CLOSING * np.exp(-slope * state.finance[active])
    pausing = ~closing & (rng.random(len(active), np.float32) < PAUSING)
    who, days = _enter(world, month, active[closing], STOPPED)
    state.closed[who] = np.minimum(state.closed[who], days)
    who, days = _enter(world, month, active[pausing], PAUSED)
    state.resumes[who] = days + rng.integers(60, 300, len(who))
    back = (state.resumes >= month.first) & (state.resumes < month.after)
    who = np.flatnonzero(back & (state.closed >= month.after))
    _enter(world, month, who, ACTIVE, state.resumes[who])
    _change(world, month, active[~closing & ~pausing])


def _change(world: World, month: Month, active: Who) -> None:
    city, state, rng = world.city, world.state, world.rng["paper"]
    for item, rate in enumerate(CHANGES):
        who = active[rng.random(len(active), np.float32) < rate]
        if item == PRODUCTION_ADDRESS:
            who = who[city.population[who] == PRODUCER]
        days, numeric = weekdays(rng, month.first, month.after, len(who)), item == CAPITAL
        before = state.capital[who]
        after = np.round(before * rng.choice([0.3, 0.6, 1.5, 2.0], size=len(who)), 1)
        world.records.add(
            "change",
            enterprise=who + city.first,
            number=world.records.numbers("change", len(who)),
            item=item,
            before=before if numeric else np.nan,
            after=after if numeric else np.nan,
            occurred=days,
            known=entered(rng, days, 5),
        )
        if numeric:
            state.capital[who] = after
            _enter(world, month, who, ACTIVE, days)
        if item == LEGAL_REPRESENTATIVE:
            state.quality[who] += rng.normal(*NEW_OWNER, len(who)).astype(np.float32)


def _enter(
    world: World, month: Month, who: Who, status: int, days: Days | None = None
) -> tuple[Who, Days]:
    """Enter a status in the register on some days of the month; return who, and the days."""
    rng = world.rng["paper"]
    days = weekdays(rng, month.first, month.after, len(who)) if days is None else days
    world.records.add(
        "register",
        enterprise=who + world.city.first,
        occurred=days,
        known=entered(rng, days, 5),
        status=status,
        capital=world.state.capital[who],
    )
    return who, days


def tie(world: World, start: int) -> None:
    """Write down who belongs to whom, who runs several, who supplies whom, who makes for whom."""
    city, rng = world.city, world.rng["paper"]
    branches = _chained(city.brand)
    persons = _chained(city.owner)
    supplied = np.flatnonzero(city.supplier >= 0)
    makers = np.flatnonzero(city.population == PRODUCER)
    owned = np.flatnonzero(city.company & (rng.random(len(city)) < 0.05))
    ties = {
        "branch": branches,
        "same_person": persons,
        "supply": np.column_stack([supplied, city.supplier[supplied]]),
        "commission": _partners(rng, makers[rng.random(len(makers)) < 0.2], makers),
        "investment": _partners(rng, owned, np.flatnonzero(city.company)),
    }
    for role, pairs in ties.items():
        one, other = pairs.T
        began = np.maximum(city.established[one], city.established[other])
        began = began + rng.integers(0, 200, len(one))
        ended = np.where(
            rng.random(len(one)) < 0.08,
            np.maximum(began, start) + rng.integers(90, 1500, len(one)),
            -1,
        )
        world.records.add(
            "relation",
            enterprise=one + city.first,
            number=world.records.numbers("relation", len(one)),
            other=other + city.first,
            role=place("role", role),
            share=np.round(rng.uniform(0.05, 1, len(one)), 2) if role == "investment" else np.nan,
            occurred=began,
            known=entered(rng, began.astype(np.int32), 20),
            ended=ended,
        )


def _chained(group: Days) -> Who:
    """Return pairs of each member of a group with the one before it."""
    inside = np.flatnonzero(group >= 0)
    before = pd.Series(inside).groupby(group[inside]).shift(fill_value=-1).to_numpy(np.int64)
    return np.asarray(np.column_stack([inside, before])[before >= 0])


def _partners(rng: np.random.Generator, who: Who, among: Who) -> Who:
    if not len(among):
        return np.empty((0, 2), np.int64)
    partner = rng.choice(among, size=len(who))
    return np.asarray(np.column_stack([who, partner])[who != partner])


def report_yearly(world: World, month: Month, active: Who) -> None:
    """File the annual reports of the year before; list as abnormal, in July, who did not."""
    if month.calendar != REPORTING:
        return
    city, state, rng = world.city, world.state, world.rng["routine"]
    who = active[city.established[active] < month.first - 210]
    finance, due = state.finance[who], month.first - 1
    missing = rng.random(len(who)) < LATE_REPORT * np.exp(-0.6 * world.laws.paper.finance * finance)
    later = missing & (rng.random(len(who)) < 0.8)
    filed = np.where(
        later,
        due + rng.integers(12, 200, len(who)),
        due - rng.gamma(1.5, 35, len(who)).clip(0, 178),
    ).astype(np.int32)
    told = ~missing | later
    revenue = np.round(
        state.insured[who] * rng.lognormal(2.6, 0.5, len(who)) * np.exp(0.2 * finance), 1
    )
    assets = np.round(revenue * rng.lognormal(-0.2, 0.4, len(who)), 1)
    owed = np.round(
        assets * np.clip(0.55 - 0.15 * finance + rng.normal(0, 0.15, len(who)), 0, 1.6), 1
    )
    shown = rng.random(len(who)) < DISCLOSED
    paid = np.round(
        state.capital[who] * np.clip(rng.beta(2, 1.2, len(who)) + 0.05 * finance, 0, 1), 1
    )
    columns = {
        "enterprise": who + city.first,
        "year": np.full(len(who), month.year - 1),
        "due": np.full(len(who), due),
        "employees": np.round(state.insured[who]).astype(np.int32),
        "revenue": np.where(shown, revenue, np.nan),
        "assets": np.where(shown, assets, np.nan),
        "liabilities": np.where(shown, owed, np.nan),
        "paid_in": paid,
        "occurred": filed,
        "known": filed + 1,
    }
    world.records.add("annual_report", **{name: each[told] for name, each in columns.items()})
    _list_abnormal(world, month, who[missing], filed[missing], later[missing])


def _list_abnormal(world: World, month: Month, who: Who, filed: Days, later: Mask) -> None:
    rng = world.rng["routine"]
    days = weekdays(rng, month.first + 4, month.first + 20, len(who))
    reasons = [place("reason", word) for word in WORDS["reason"][:3]]
    removed = np.maximum(days, filed) + rng.integers(3, 25, len(who))
    world.records.add(
        "list_entry",
        enterprise=who + world.city.first,
        number=world.records.numbers("abnormal", len(who)),
        list=place("list", "abnormal"),
        reason=rng.choice(reasons, size=len(who), p=[0.92, 0.06, 0.02]),
        occurred=days,
        known=entered(rng, days, 3),
        removed=np.where(later, removed, -1),
        amount=np.nan,
    )


def list_defaulters(world: World, month: Month, active: Who) -> None:
    """Let court and tax list who does not pay."""
    state, rng = world.state, world.rng["paper"]
    slope = world.laws.paper.finance
    reasons = [place("reason", w) for w in ("not_performing", "evasion", "property_report")]
    for name, rate in LISTS.items():
        who = active[rng.random(len(active)) < rate * np.exp(-slope * state.finance[active])]
        days = weekdays(rng, month.first, month.after, len(who))
        term = np.where(rng.random(len(who)) < 0.5, 730, rng.integers(30, 600, len(who)))
        judged = name == "judgment_defaulter"
        world.records.add(
            "list_entry",
            enterprise=who + world.city.first,
            number=world.records.numbers(name, len(who)),
            list=place("list", name),
            reason=rng.choice(reasons, size=len(who)) if judged else -1,
            occurred=days,
            known=entered(rng, (days + 2).astype(np.int32), 5),
            removed=days + term,
            amount=np.round(20_000 * rng.lognormal(0, 1, len(who)), 2),
        )
