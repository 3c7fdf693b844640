"""Recalibration: the champion's calibration follows outcomes that have matured since its training.

It is a job for once a month (`xinheng recalibrate`); training anew is one for once a quarter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..archive import Archive
from ..core import time
from ..core.settings import Settings
from ..grading import ModelCard, Parts, Purpose, read_champion
from ..ledger import Ledger
from .handover import Handover
from .learners import DEFAULT, Follower, follow
from .maturing import matured_outcomes
from .promotion import Gate, recalibration_gates
from .task import Task
from .tracking import Run

__all__ = ["Recalibrated", "recalibrate"]


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """What a recalibration left behind.

    Attributes
    ----------
    bundle, digest
        Folder and digest of the new bundle.
    before
        Digest of the champion that it follows on.
    rows, violations
        Outcomes that had matured, and how many of them are violations.
    moved
        By how much its log-odds now lie above those of the model as it was fitted.
    gates
        What was asked of it: that the order stays, and that the level does not leap.
    promoted
        Whether it is champion now; if not, it is a challenger that somebody has to sign for.
    """

    bundle: Path
    digest: str
    before: str
    rows: int
    violations: int
    moved: float
    gates: tuple[Gate, ...]
    promoted: bool


def recalibrate(
    archive: Archive,
    task: Task,
    settings: Settings,
    *,
    key: Ed25519PrivateKey,
    at: datetime,
    actor: str,
    follower: Follower = DEFAULT,
    tracking: bool = True,
    clock: Callable[[], datetime] | None = None,
    threads: int = 1,
) -> Recalibrated:
    """Let the champion's calibration follow what has matured since it was trained, and promote it.

    The booster stays as it is, and so does the order of enterprises, so that two gates are enough:
    that it is so, and that the level moves no further at once than the task's limits allow. What
    an earlier recalibration moved is taken back first, so that months do not add up.

    Parameters
    ----------
    archive
        Where the records are.
    task
        What the champion was trained on: says which rows, and what counts as a violation.
    settings
        Where bundles and the ledger are.
    key
        Signs the new bundle.
    at, actor
        When and by whom, for the ledger; outcomes known before that day count.
    follower
        How closely it follows.
    tracking
        Whether to record it in MLflow, whose champion then follows as well.
    clock
        Tells the moment from which it is champion; `at` where none is given.
    threads
        How many threads compute indicators.

    Raises
    ------
    NotFoundError
        If there is no champion.
    InvalidError
        If the task is another than the champion's, or no outcome has matured since its training.
    """
    ledger = Ledger.open(settings)
    try:
        after = ledger.promotions.last(Purpose.GRADE)
        champion = read_champion(settings, ledger)
    finally:
        ledger.close()
    card = champion.card
    since = time.day(card.level_of) if card.level_of else champion.calibrator.since
    original = champion.calibrator.shifted(-card.followed, since)
    day = time.day_of(at)
    outcomes = matured_outcomes(archive, task, champion, day, follower, threads=threads)
    following = follow(original, outcomes, follower)
    moved = following.offset - original.offset
    parts = Parts(
        blend=champion.blend,
        calibrator=following,
        policy=champion.policy,
        catalogue=champion.catalogue,
        score_card=champion.score_card,
        rules=champion.rules,
        reference=champion.reference,
        card=replace(card, followed=moved, followed_until=time.show(day)),
    )
    handover = Handover.store(parts, key, settings, at=at, actor=actor, clock=clock)
    reason = (
        f"calibration followed {outcomes.label.size} outcomes up to delivery {archive.sequence}: "
        f"log-odds moved by {moved:+.3f}"
    )
    if tracking:
        counts = {
            "outcomes": outcomes.label.size,
            "violations": outcomes.label.sum(),
            "moved": moved,
        }
        handover.track([_run(task, handover.parts.card, counts)])
    gates = recalibration_gates(
        champion.calibrator, handover.parts.calibrator, moved - card.followed, task.promotion
    )
    promoted = handover.follow(champion.digest, reason, gates, archive.sequence, after)
    return Recalibrated(
        bundle=handover.path,
        digest=handover.digest,
        before=champion.digest,
        rows=outcomes.label.size,
        violations=int(outcomes.label.sum()),
        moved=moved,
        gates=gates,
        promoted=promoted,
    )


def _run(task: Task, card: ModelCard, counts: Mapping[str, float]) -> Run:
    return Run(
        name=f"{task.cohort.name}, calibration followed",
        parameters={"cohort": task.cohort.name, "until": card.followed_until},
        metrics=counts,
        tags={"gradable": "true"},
        texts={"card.json": card.to_json()},
    )
