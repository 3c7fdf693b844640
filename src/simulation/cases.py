"""Penalties after due process, and what follows from them."""

import numpy as np

from .arrays import Days, Floats, Mask, Singles, Who
from .inspectors import probability
from .leads import Leads
from .months import Month, entered, weekdays
from .vocabulary import place
from .world import World

__all__ = ["PAYABLE", "decide", "fine_elsewhere", "pay", "payable"]

# How likely a cause leads to a penalty, and for what: by food enterprises, and by others.
CAUSES = {
    "visit": (0.38, ("hygiene", "storage", "records", "expired", "staff", "scope"),
              ("advertising", "unlicensed", "product_quality", "price")),
    "sampling": (0.65, ("additive", "contaminated", "substandard", "label"), ()),
    "report": (0.35, ("expired", "foreign_matter", "label", "misleading"),
               ("price", "advertising", "product_quality")),
    "incident": (0.90, ("contaminated", "hygiene"), ()),
}  # fmt: skip
ELSEWHERE = {
    "tax": (0.0011, ("tax_filing", "invoice")),
    "fire": (0.0005, ("fire_exit",)),
    "environment": (0.0003, ("waste",)),
    "urban": (0.0009, ("obstruction", "waste")),
}
STEPS = (0.22, 0.84, 0.93, 0.96, 0.993)
WARNING, FINE, CONFISCATION, SUSPENSION, STOPPAGE, REVOCATION = range(6)
REPAIRABLE_AFTER, REPAIRABLE_GENERAL = 365, 180
# Seven days to serve a decision, fifteen more to pay (行政处罚法 art. 61, 67).
PAYABLE = 22
LATE, NEVER, LATEST = -2.2, 0.3, 150


def payable(kind: Who) -> Mask:
    """Tell which penalties are money that has to be paid, and nothing else."""
    return np.isin(kind, [FINE, CONFISCATION])


def pay(
    rng: np.random.Generator, decided: Days, known: Days, kind: Who, finance: Floats | Singles
) -> Who:
    """Draw the day on which each pays: most in time, the unsound later; -1 for what never is."""
    count, due = len(known), np.maximum(decided + PAYABLE, known + 1)
    late = rng.random(count) < probability(LATE - 0.6 * finance)
    never = late & (rng.random(count) < NEVER)
    in_time = known + 1 + (rng.random(count) * (due - known)).astype(np.int64)
    paid = np.where(late, due + rng.integers(1, LATEST, count), in_time)
    return np.where(payable(kind) & ~never, paid, -1)


def decide(world: World, leads: dict[str, Leads]) -> None:
    """Turn a month's leads into penalties, decided weeks later."""
    rng = world.rng["visits"]
    for cause, lead in leads.items():
        share, *violations = CAUSES[cause]
        taken = lead.take(rng.random(len(lead)) < share)
        food = world.city.food[taken.who]
        for here, words in zip((food, ~food), violations, strict=True):
            if words:
                _penalise(world, taken.take(here), words)


def _penalise(world: World, taken: Leads, words: tuple[str, ...]) -> None:
    state, rng, who, count = world.state, world.rng["visits"], taken.who, len(taken)
    filed = taken.occurred + rng.integers(3, 15, count)
    decided = (filed + np.minimum(90, 15 + rng.gamma(2, 14, count))).astype(np.int32)
    kind = np.searchsorted(STEPS, rng.random(count) + 0.03 * state.penalised[who])
    violations = np.array([place("violation", word) for word in words])
    again = (who + rng.integers(0, 3, count)) % len(words)
    known = entered(rng, decided + 5, 15)
    fined = np.isin(kind, [FINE, CONFISCATION, STOPPAGE])
    fine = np.round(1000 + 4000 * rng.lognormal(0, 1, count) * (1 + state.penalised[who]), -2)
    taken_away = np.round(800 * rng.lognormal(0, 1, count), 2)
    world.records.add(
        "penalty",
        enterprise=who + world.city.first,
        number=world.records.numbers("penalty", count),
        case=world.records.numbers("case", count),
        organ=place("organ", "market"),
        occurred=decided,
        known=known,
        food=world.city.food[who] & (rng.random(count) < 0.92),
        violation=violations[again],
        penalty=kind,
        fine=np.where(fined, fine, 0.0),
        confiscated=np.where(kind == CONFISCATION, taken_away, 0.0),
        **_later(world, who, decided, known, kind),
    )
    state.suspect(who, 0.5)
    np.add.at(state.penalised, who, np.float32(1))
    np.add.at(state.quality, who, np.where(fined, 0.15, 0.05).astype(np.float32))
    _follow(world, who, decided, known, kind)


def _later(world: World, who: Who, decided: Days, known: Days, kind: Who) -> dict[str, Who]:
    """Draw what happens to a penalty later; -1 for what never does."""
    rng, count = world.rng["visits"], len(known)
    revoked = (rng.random(count) < 0.04) & (kind != REVOCATION)
    withdrawn = np.where(revoked, known + rng.integers(40, 120, count), -1)
    restored = revoked & (rng.random(count) < 0.3)
    reinstated = np.where(restored, withdrawn + rng.integers(60, 180, count), -1)
    light = ~np.isin(kind, [WARNING, SUSPENSION, STOPPAGE, REVOCATION])
    paid = pay(world.rng["payment"], decided, known, kind, world.state.finance[who])
    mended = light & ~revoked & (rng.random(count) < 0.45) & (paid >= 0)
    wait = np.where(world.city.food[who], REPAIRABLE_AFTER, REPAIRABLE_GENERAL)
    repaired = np.where(mended, known + wait + rng.integers(10, 150, count), -1)
    limited = np.isin(kind, [SUSPENSION, STOPPAGE])
    performed = np.where(limited, known + rng.integers(10, 90, count), paid)
    return {
        "withdrawn": withdrawn,
        "reinstated": reinstated,
        "repaired": repaired,
        "performed": performed,
    }


def _follow(world: World, who: Who, decided: Days, known: Days, kind: Who) -> None:
    """List the worst as seriously dishonest; whoever loses the licence closes."""
    state, rng = world.state, world.rng["visits"]
    lost = kind == REVOCATION
    state.closed[who[lost]] = np.minimum(state.closed[who[lost]], decided[lost])
    state.lost[who[lost]] = True
    listed = lost | ((kind == STOPPAGE) & (rng.random(len(kind)) < 0.3))
    who, decided, known = who[listed], decided[listed], known[listed]
    early = rng.random(len(who)) < 0.4
    reasons = [place("reason", w) for w in ("banned_material", "excess_substance", "other_harm")]
    world.records.add(
        "list_entry",
        enterprise=who + world.city.first,
        number=world.records.numbers("serious", len(who)),
        list=place("list", "serious_dishonesty"),
        reason=rng.choice(reasons, size=len(who)),
        occurred=decided,
        known=known,
        removed=known + np.where(early, 365, 1095) + rng.integers(5, 40, len(who)),
        amount=np.nan,
    )


def fine_elsewhere(world: World, month: Month, active: Who) -> None:
    """Let the other departments fine some, the badly run ones more often."""
    rng, state = world.rng["paper"], world.state
    for organ, (rate, words) in ELSEWHERE.items():
        chance = rate * np.exp(-0.35 * state.quality[active] - 0.25 * state.finance[active])
        who = active[rng.random(len(active)) < chance]
        days = weekdays(rng, month.first, month.after, len(who))
        violations = np.array([place("violation", word) for word in words])
        kind = np.where(rng.random(len(who)) < 0.15, WARNING, FINE)
        fine = np.round(500 + 3000 * rng.lognormal(0, 0.8, len(who)), -1)
        known = entered(rng, (days + 3).astype(np.int32), 10)
        world.records.add(
            "penalty",
            enterprise=who + world.city.first,
            number=world.records.numbers(organ, len(who)),
            case=world.records.numbers("case", len(who)),
            organ=place("organ", organ),
            occurred=days,
            known=known,
            food=False,
            violation=rng.choice(violations, size=len(who)),
            penalty=kind,
            fine=np.where(kind == FINE, fine, 0.0),
            confiscated=0.0,
            performed=pay(world.rng["payment"], days, known, kind, state.finance[who]),
            withdrawn=-1,
            reinstated=-1,
            repaired=-1,
        )
