"""Levels of credit that stand for the grades of a score card, by the crosswalk of the policy."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...core.errors import PolicyError, unknown
from ...features import Events
from ..policy import Combination, Edition, Policy
from ..values import concerning, members
from .score import score
from .scorecard import ScoreCard

__all__ = ["card_levels", "check_card_levels"]

NONE = -1


def card_levels(
    card: ScoreCard, policy: Policy, events: Events, rows: pd.DataFrame
) -> npt.NDArray[np.int8]:
    """Return the code of the level that the score card gives each row, as `Scorer.grades` takes it.

    Parameters
    ----------
    card
        The score card.
    policy
        Which level stands for each of its grades (`Edition.card_levels`), by the edition in force
        on a row's day.
    events, rows
        As for `score`.

    Returns
    -------
    Codes of `Level`; -1 for whom the card is not meant, and where the edition names no levels.

    Raises
    ------
    PolicyError
        If an edition names levels, but none for a grade of the card.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20513]})
    >>> card_levels(ScoreCard.default(), Policy.default(), Events.none(), rows)
    array([-1], dtype=int8)
    """
    found = np.full(len(rows), NONE, np.int8)
    meant = np.flatnonzero(members(card.population, events, rows))
    own = rows.iloc[meant]
    grades = score(card, concerning(events, own), own)["grade"].to_numpy()
    for edition in policy.editions:
        if not edition.card_levels:
            continue
        held = edition.holds(own["as_of"].to_numpy())
        for grade in np.unique(grades[held]):
            _check(policy, edition, grade)
            found[meant[held & (grades == grade)]] = edition.card_levels[grade]
    return found


def check_card_levels(card: ScoreCard, policy: Policy) -> None:
    """Refuse a policy that does not fit a score card.

    Raises
    ------
    PolicyError
        If it names levels for the grades of the card and leaves one out, or lets the card count on
        days of which the card says nothing.
    """
    for edition in policy.editions:
        if edition.score_card is Combination.WORSE and (day := card.gap(edition)) is not None:
            raise PolicyError(
                f"policy {policy.name!r}, edition {edition.version!r}, lets the score card count "
                f"on {time.show(day)}, of which the card {card.name!r} says nothing: give it an "
                "edition for these days"
            )
        for each in card.editions if edition.card_levels else ():
            if each.overlaps(edition):
                for grade in each.grades:
                    _check(policy, edition, grade.name)


def _check(policy: Policy, edition: Edition, grade: str) -> None:
    if grade not in edition.card_levels:
        raise PolicyError(
            f"policy {policy.name!r}, edition {edition.version!r}, score_card.levels: "
            + unknown("grade of the card", grade, edition.card_levels)
        )
