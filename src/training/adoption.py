"""Adoption of a policy: a model under another policy, as a challenger.

A policy is part of the signed bundle, so another one makes another bundle. Booster and calibrator
stay as they are; statutory rules are those that are declared now.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core import time
from ..core.errors import InvalidError
from ..core.settings import Settings
from ..grading import STATUTES, Bundle, Parts, Policy, Purpose, ScoreCard, read_champion
from ..ledger import Ledger
from .handover import Handover

__all__ = ["Adopted", "adopt"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The challenger that came of a policy: its folder and digest, and those of the champion."""

    bundle: Path
    digest: str
    before: str


def adopt(
    policy: Policy,
    settings: Settings,
    *,
    key: Ed25519PrivateKey,
    at: datetime,
    actor: str,
    bundle: Bundle | None = None,
    score_card: ScoreCard | None = None,
) -> Adopted:
    """Sign a bundle of the champion, or of another model, under a policy.

    It is a challenger: `promote` asks what it would move, and who signs for it.

    Parameters
    ----------
    policy
        The policy, with all editions of the champion's that have begun.
    settings
        Where bundles and the ledger are.
    key
        Signs the bundle.
    at, actor
        When and by whom.
    bundle
        Whose model it is to be; the champion's if not given.
    score_card
        The score card beside it, with all editions of the champion's that have begun; the
        champion's if not given.

    Raises
    ------
    NotFoundError
        If there is no champion.
    PolicyError
        If policy or score card say otherwise of days that have passed, or do not fit each other,
        or the policy enables a rule not declared.
    InvalidError
        If the champion grades by both already.
    """
    with closing(Ledger.open(settings)) as ledger:
        champion = read_champion(settings, ledger)
    card = score_card or champion.score_card
    same = policy.text == champion.policy.text and card.text == champion.score_card.text
    if bundle is None and same:
        raise InvalidError(
            f"the champion {champion.digest[:12]} grades by this policy and score card already; "
            "nothing was done"
        )
    today = time.day_of(at)
    policy.check_past(champion.policy, today)
    card.check_past(champion.score_card, today)
    of = champion if bundle is None else bundle
    of.require(Purpose.GRADE)
    parts = Parts(
        blend=of.blend,
        calibrator=of.calibrator,
        policy=policy,
        score_card=card,
        catalogue=of.catalogue,
        rules=STATUTES,
        reference=of.reference,
        card=of.card,
    )
    handover = Handover.store(parts, key, settings, at=at, actor=actor)
    return Adopted(handover.path, handover.digest, champion.digest)
