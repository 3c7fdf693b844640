"""What we changed ourselves: another champion, another edition of the policy; no drift."""

from typing import Any

from ...core.errors import PolicyError
from ..bundle import Bundle
from .causes import Cause
from .following import State, Told
from .sample import first_days
from .watched import Aspect

__all__ = ["changed_by_us"]

SHOWN = 12


def changed_by_us(bundle: Bundle, before: str | None, day: int) -> list[Told]:
    """Return what grades may have moved by although nothing in the city did.

    Parameters
    ----------
    bundle
        The champion.
    before
        Digest of the champion at the last run; None if there was none.
    day
        First day of the month of the run.
    """
    since = int(first_days(day, 2)[0])
    found = []
    if before not in (None, bundle.digest):
        names = [str(before)[:SHOWN], bundle.digest[:SHOWN]]
        found.append(_told("model", Cause.MODEL, names, since))
    editions = [_edition(bundle, each) for each in (since, day)]
    if None not in editions and editions[0] != editions[1]:
        found.append(_told("policy", Cause.POLICY, [str(each) for each in editions], since))
    return found


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
