"""Adoption of a policy: the champion under another policy, as a challenger.

A policy is part of the signed bundle, so another one makes another bundle. Booster and calibrator
stay as they are. What has been graded stays as it was: an edition that was in force already may end
earlier than it said, never say anything else.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core import time
from ..core.errors import InvalidError, PolicyError
from ..core.settings import Settings
from ..grading import STATUTES, Parts, Policy, read_champion
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
    policy: Policy, settings: Settings, *, key: Ed25519PrivateKey, at: datetime, actor: str
) -> Adopted:
    """Sign a bundle of the champion under another policy.

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

    Raises
    ------
    NotFoundError
        If there is no champion.
    PolicyError
        If the policy says otherwise of days that have passed, or enables a rule not declared.
    InvalidError
        If the champion grades by that policy already.
    """
    with closing(Ledger(settings.ledger)) as ledger:
        champion = read_champion(settings, ledger)
    if policy.text == champion.policy.text:
        raise InvalidError(
            f"the champion {champion.digest[:12]} grades by this policy already; nothing was done"
        )
    check_past(champion.policy, policy, time.day_of(at))
    parts = Parts(
        blend=champion.blend,
        calibrator=champion.calibrator,
        policy=policy,
        catalogue=champion.catalogue,
        rules=STATUTES,
        reference=champion.reference,
        card=champion.card,
    )
    handover = Handover.store(parts, key, settings, at=at, actor=actor)
    return Adopted(handover.path, handover.digest, champion.digest)


def check_past(before: Policy, after: Policy, today: int) -> None:
    """Refuse a policy that says otherwise of a day that has passed.

    Raises
    ------
    PolicyError
        That names the edition.
    """
    known = {each.version: each for each in after.editions}
    for edition in before.editions:
        if edition.effective_from >= today:
            continue
        same = known.get(edition.version)
        last = min(edition.effective_to, today - 1)
        if same is None or replace(same, effective_to=edition.effective_to) != edition:
            raise PolicyError(
                f"policy {after.name!r} changes the edition {edition.version!r}, by which grades "
                f"have been given since {time.show(edition.effective_from)}; leave it as it is, "
                "end it, and add an edition after it"
            )
        if same.effective_to < last:
            raise PolicyError(
                f"policy {after.name!r} ends the edition {edition.version!r} on "
                f"{time.show(same.effective_to)}, though grades were given by it until "
                f"{time.show(last)}; it can end on {time.show(today - 1)} or later"
            )
