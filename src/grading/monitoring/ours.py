"""What we changed ourselves: another champion, another edition of the policy; no drift."""

from collections.abc import Sequence
from typing import Any

from ...core.errors import PolicyError
from ...ledger import Promotion
from ..bundle import Bundle
from .causes import Cause
from .following import State, Told
from .sample import first_days
from .watched import Aspect

__all__ = ["changed_by_us"]

SHOWN = 12
FOLLOWED = "recalibration"


def changed_by_us(
    bundle: Bundle, champions: Sequence[Promotion], before: str | None, day: int
) -> list[Told]:
    """Return what grades may have moved by although nothing in the city did.

    A calibration that followed outcomes answers what was told; the model is the same.

    Parameters
    ----------
    bundle
        The champion.
    champions
        All that were promoted, oldest first.
    before
        Digest of the champion at the last run; None if there was none.
    day
        First day of the month of the run.
    """
    since = int(first_days(day, 2)[0])
    found = []
    if before is not None and _another_model(champions, before):
        names = [before[:SHOWN], bundle.digest[:SHOWN]]
        found.append(_told("model", Cause.MODEL, names, since))
    editions = [_edition(bundle, each) for each in (since, day)]
    if None not in editions and editions[0] != editions[1]:
        found.append(_told("policy", Cause.POLICY, [str(each) for each in editions], since))
    return found


def _another_model(champions: Sequence[Promotion], before: str) -> bool:
    """Tell whether anything but recalibrations was promoted after a champion."""
    last = max((n for n, each in enumerate(champions) if each.bundle == before), default=-1)
    return any(each.kind != FOLLOWED for each in champions[last + 1 :])


def _edition(bundle: Bundle, day: int) -> str | None:
    try:
        return bundle.policy.on(day).version
    except PolicyError:
        return None


def _told(key: str, cause: Cause, names: list[str], since: int) -> Told:
    detail: dict[str, Any] = {
        "cause": str(cause),
        "source": "",
        "kind": "",
        "names": names,
        "months": 1,
        "seen": 0.0,
        "expected": 0.0,
        "chance": 0.0,
        "indicators": [],
        "series": [str(Aspect.LEVEL), "", "", key, ""],
    }
    return Told(State.OPENED, key, None, since, detail)
