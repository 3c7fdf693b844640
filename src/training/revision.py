"""Revisions of a policy: the text of its file with one more edition, and nothing else changed."""

from copy import deepcopy
from datetime import date, timedelta

import tomlkit

from ..core import time
from ..core.errors import PolicyError
from ..grading import Level, Policy

__all__ = ["revise"]


def revise(policy: Policy, cuts: tuple[float, ...], *, first: date, version: str) -> str:
    """Return the text of a policy whose last edition is followed by one with other cut points.

    The new edition says what the last one says but for its cut points; comments stay. The last
    edition ends the day before.

    Parameters
    ----------
    policy
        What is revised.
    cuts
        Five probabilities, at which A, B, C, D and E begin.
    first, version
        From which day on, and under which name.

    Raises
    ------
    PolicyError
        If the new edition would begin no later than the last one, has its name, or if its cut
        points are none.

    Examples
    --------
    >>> cuts = (0.06, 0.09, 0.13, 0.18, 0.25)
    >>> text = revise(Policy.default(), cuts, first=date(2026, 1, 1), version="2026")
    >>> revised = Policy.parse(text, "revised")
    >>> [str(each.scale.cut_points[0]) for each in revised.editions], revised.on(20454).version
    (['0.05', '0.06'], '2026')
    """
    last = policy.editions[-1]
    if time.day(first) <= last.effective_from:
        raise PolicyError(
            f"policy {policy.name!r} has an edition {last.version!r} from "
            f"{time.show(last.effective_from)}; a revision begins on a later day than that, not "
            f"on {first.isoformat()}"
        )
    document = tomlkit.parse(policy.text)
    editions = document["edition"]
    former = max(editions, key=lambda each: each["effective_from"])
    edition = deepcopy(former)
    edition["version"], edition["effective_from"] = version, first
    edition.pop("effective_to", None)
    for level, cut in zip(list(Level)[1:], cuts, strict=True):
        edition["cut_points"][str(level)] = cut
    former["effective_to"] = first - timedelta(days=1)
    editions.append(edition)
    before, mark, after = tomlkit.dumps(document).rpartition("[[edition]]")
    text = f"{before.rstrip()}\n\n{mark}{after}"
    Policy.parse(text, f"{policy.name}, revised")
    return text
