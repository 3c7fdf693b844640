"""Penalties after due process, and what follows from them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from .state import Month, entered
from .world import World

__all__ = ["decide"]

# How likely a cause leads to a penalty, and for what.
CAUSES = {
    "visit": (0.38, ("hygiene", "storage", "records", "expired", "staff", "scope")),
    "sampling": (0.65, ("additive", "contaminated", "substandard", "label")),
    "report": (0.35, ("expired", "foreign_matter", "label", "misleading")),
    "incident": (0.90, ("contaminated", "hygiene")),
}
KINDS = ("warning", "fine", "confiscation", "suspension", "stoppage", "revocation")
STEPS = (0.22, 0.84, 0.93, 0.96, 0.993)
HEAVY = ("suspension", "stoppage", "revocation")
REPAIRABLE_AFTER = 365

Days = npt.NDArray[np.int64]


def decide(
    rng: np.random.Generator,
    world: World,
    month: Month,
    leads: dict[str, pd.DataFrame],
) -> None:
    """Turn a month's leads (`enterprise`, `occurred`) into penalties, decided weeks later."""
    for cause, lead in leads.items():
        share, violations = CAUSES[cause]
        taken = lead[rng.random(len(lead)) < share]
        if len(taken):
            _penalise(rng, world, month, taken, violations)


def _penalise(
    rng: np.random.Generator,
    world: World,
    month: Month,
    taken: pd.DataFrame,
    violations: tuple[str, ...],
) -> None:
    state = world.state
    who, count = taken["enterprise"].to_numpy(), len(taken)
    filed = taken["occurred"].to_numpy() + rng.integers(3, 15, count)
    decided = filed + np.minimum(90, 15 + rng.gamma(2, 14, count)).astype(int)
    step = rng.random(count) + 0.03 * state.penalised[who]
    kind = np.array(KINDS, dtype=object)[np.searchsorted(STEPS, step)]
    again = (who + rng.integers(0, 3, count)) % len(violations)
    known = entered(rng, decided + 5, 15)
    number = state.number("CF", month, count)
    fined = np.isin(kind, ["fine", "confiscation", "stoppage"])
    fine = np.round(1000 + 4000 * rng.lognormal(0, 1, count) * (1 + state.penalised[who]), -2)
    taken_away = np.round(800 * rng.lognormal(0, 1, count), 2)
    world.records.add(
        "penalty",
        enterprise=who,
        number=number,
        case=state.number("LA", month, count),
        occurred=decided,
        known=known,
        food=rng.random(count) < 0.92,
        violation=np.array(violations, dtype=object)[again],
        kind=kind,
        fine=np.where(fined, fine, 0.0),
        confiscated=np.where(kind == "confiscation", taken_away, 0.0),
        **_later(rng, known, kind),
    )
    state.suspect(who, 0.5)
    np.add.at(state.penalised, who, 1.0)
    np.add.at(state.quality, who, np.where(fined, 0.15, 0.05))
    _follow(rng, world, month, who, decided, known, kind)


def _later(
    rng: np.random.Generator, known: Days, kind: npt.NDArray[np.object_]
) -> dict[str, npt.NDArray[np.int64]]:
    """Draw what happens to a penalty later; -1 for what never does."""
    count = len(known)
    revoked = (rng.random(count) < 0.04) & (kind != "revocation")
    withdrawn = np.where(revoked, known + rng.integers(40, 120, count), -1)
    restored = revoked & (rng.random(count) < 0.3)
    reinstated = np.where(restored, withdrawn + rng.integers(60, 180, count), -1)
    kept = ~revoked & ~np.isin(kind, HEAVY) & (kind != "warning")
    mended = kept & (rng.random(count) < 0.45)
    repaired = np.where(mended, known + REPAIRABLE_AFTER + rng.integers(10, 150, count), -1)
    limited = np.isin(kind, ["suspension", "stoppage"])
    performed = np.where(limited, known + rng.integers(10, 90, count), -1)
    return {
        "withdrawn": withdrawn,
        "reinstated": reinstated,
        "repaired": repaired,
        "performed": performed,
    }


def _follow(
    rng: np.random.Generator,
    world: World,
    month: Month,
    who: Days,
    decided: Days,
    known: Days,
    kind: npt.NDArray[np.object_],
) -> None:
    """List the worst as seriously dishonest; whoever loses the licence closes."""
    state = world.state
    lost = kind == "revocation"
    state.closed[who[lost]] = np.minimum(state.closed[who[lost]], decided[lost])
    listed = lost | ((kind == "stoppage") & (rng.random(len(kind)) < 0.3))
    who, decided, known = who[listed], decided[listed], known[listed]
    early = rng.random(len(who)) < 0.4
    removed = known + np.where(early, 365, 1095) + rng.integers(5, 40, len(who))
    reasons = np.array(["banned_material", "excess_substance", "other_harm"], dtype=object)
    world.records.add(
        "list_entry",
        enterprise=who,
        number=state.number("MD", month, len(who)),
        list="serious_dishonesty",
        reason=reasons[rng.integers(0, 3, len(who))],
        occurred=decided,
        known=known,
        removed=removed,
    )
