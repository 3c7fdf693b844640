"""The random share: what was found at those who were drawn by lot.

It stands for all without any model of who is checked. First checks that happened to be random would
not: whoever is checked often has mostly been checked before the lot fell on him. So the share is a
panel of its own, whose checks are the random ones alone, whatever other checks came before.
"""

from collections.abc import Collection
from datetime import date

import numpy as np

from ..core import time
from ..core.errors import IntegrityError
from ..features import Catalogue, Events, matching
from .cohorts import Cohort, OutcomeRule, PanelRule, Window, panel
from .measuring import Scores

__all__ = ["random_share", "scores_of"]


def random_share(
    events: Events,
    rule: PanelRule,
    label: OutcomeRule,
    catalogue: Catalogue,
    window: Window,
    codes: Collection[str],
    *,
    among: Collection[int] | None = None,
    threads: int = 1,
) -> Cohort | None:
    """Return those rows of a window on whom the lot fell, with what was found; None without any.

    Parameters
    ----------
    events, rule, label, catalogue, among, threads
        As for `panel`.
    window
        Of the rows.
    codes
        Of the checks that are drawn at random, such as `random_general`.
    """
    vocabulary = events.vocabulary
    checks = tuple(
        ":".join(vocabulary[stream])
        for stream in matching(label.checks, vocabulary)
        if vocabulary[stream][1].partition(".")[0] in codes
    )
    days = rule.days(time.day(window.last))
    days = days[days >= time.day(window.first)]
    if not checks or not days.size:
        return None
    first = date.fromisoformat(time.show(int(days[0])))
    found = panel(
        events,
        rule.model_copy(update={"first": first, "last": window.last}),
        label.model_copy(update={"checks": checks}),
        catalogue,
        among=among,
        threads=threads,
    )
    drawn = found.take(found.known(time.NEVER))
    return drawn if len(drawn) else None


def scores_of(share: Cohort, cohort: Cohort, everyone: Scores) -> Scores:
    """Return what was said of the rows of a random share, in their order.

    Parameters
    ----------
    share
        Rows by enterprise and day, all of them among `everyone`.
    cohort, everyone
        A cohort, and what was said of rows of it.

    Raises
    ------
    IntegrityError
        If nothing was said of a row of the share.
    """
    key = (cohort.as_of[everyone.rows].astype(np.int64) << 32) + cohort.enterprise[everyone.rows]
    wanted = (share.as_of.astype(np.int64) << 32) + share.enterprise
    absent = ~np.isin(wanted, key)
    if absent.any():
        first = int(np.argmax(absent))
        raise IntegrityError(
            f"{int(absent.sum())} of {len(share)} rows of the random share have no score, such as "
            f"enterprise {share.enterprise[first]} on {time.show(int(share.as_of[first]))}; score "
            "every row of the window"
        )
    order = np.argsort(key)
    place = order[np.searchsorted(key, wanted, sorter=order)]
    chance = {name: values[place] for name, values in everyone.probability.items()}
    return Scores(np.arange(len(share)), chance, {})
