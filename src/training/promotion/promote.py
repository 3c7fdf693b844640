"""Promotion: a bundle takes the champion's place, on evidence, and the way back.

The ledger is written first and is the truth; MLflow's alias mirrors it.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from ...archive import Archive
from ...core import time
from ...core.errors import InvalidError, NotFoundError, PolicyError, XinhengError
from ...core.settings import Settings
from ...grading import Bundle, Purpose, find_any, find_bundle, read_champion
from ...grading.dynamic import same_blend
from ...ledger import Ledger, Promotion, SignOff, Trial
from ..experiment import Progress, quiet
from ..parts import check_task
from ..task import Task
from ..tracking import mirror
from .gate import Gate, held_back
from .trial import first_gates, hold_trial

__all__ = ["Decision", "promote", "rollback"]


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What came of asking for a promotion.

    Attributes
    ----------
    purpose, digest, before
        Of what it is champion, which bundle, and which was before; empty if none was.
    gates
        What they found.
    sign_off
        The second person's consent, if it took one.
    refused
        Why it was not promoted; empty if it was.
    """

    purpose: Purpose
    digest: str
    before: str
    gates: tuple[Gate, ...]
    sign_off: SignOff | None = None
    refused: str = ""


def promote(
    archive: Archive,
    task: Task,
    settings: Settings,
    digest: str,
    *,
    at: datetime,
    actor: str,
    reason: str,
    sign_off: str = "",
    despite: Sequence[str] = (),
    clock: Callable[[], datetime] | None = None,
    threads: int = 1,
    progress: Progress = quiet,
) -> Decision:
    """Hold a challenger against the champion, and let it take its place if every gate passed.

    A trial goes into the ledger whatever came of it. The first champion of a purpose has nobody
    to be held against.

    Parameters
    ----------
    archive
        Where the records are.
    task
        What both were trained on: says which rows, what counts as a violation, and the limits.
    settings
        Where bundles, the MLflow folder and the ledger are.
    digest
        The challenger, by the first digits of its digest.
    at, actor, reason
        When, by whom and why, for the ledger. Outcomes count that were known before that day.
    sign_off, despite
        Who consents, beside the actor, although these gates did not pass.
    clock
        Tells the moment from which it is champion; `at` where none is given.
    threads
        How many threads compute.
    progress
        Told what is being done.

    Raises
    ------
    NotFoundError, IntegrityError
        If there is no such bundle, or it is not as it was signed.
    InvalidError
        If it is the champion already, would undo a recalibration, the task is another than its
        own, or the sign-off is not one of a second person.
    PolicyError
        If it says otherwise of days that have passed than the policy in force.
    """
    time.check_zone(at)
    challenger = find_any(settings, digest)
    purpose = challenger.card.purpose
    check_task(task, challenger)
    _check_sign_off(sign_off, despite, actor)
    with closing(Ledger.open(settings)) as ledger:
        after = ledger.promotions.last(purpose)
        before = _in_force(settings, ledger, purpose)
        if before is not None and before.digest == challenger.digest:
            raise InvalidError(
                f"{challenger.digest[:12]} is the champion for {purpose} already; nothing was done"
            )
        if before is None:
            gates = first_gates(challenger)
        else:
            day = time.day_of(at)
            _check_successor(before, challenger, day)
            given = archive, task, before, challenger
            gates = hold_trial(*given, at=day, threads=threads, progress=progress)
        follows = "" if before is None else before.digest
        told = [gate.to_dict() for gate in gates]
        trial = Trial(at, actor, purpose, challenger.digest, follows, archive.sequence, told)
        try:
            signed, refused = _weigh(gates, challenger.digest, sign_off, despite)
        except XinhengError:
            ledger.promotions.try_out(trial)
            raise
        decision = Decision(purpose, challenger.digest, follows, gates, signed, refused)
        if refused:
            ledger.promotions.try_out(trial)
            return decision
        ledger.promotions.record(
            Promotion(
                at=at,
                actor=actor,
                reason=reason,
                purpose=purpose,
                bundle=challenger.digest,
                kind="challenger" if follows else "first",
                follows=follows,
                trial=trial,
                sign_off=signed,
                after=after,
            ),
            clock,
        )
    mirror(settings.mlruns, purpose, challenger.digest)
    return decision


def rollback(
    settings: Settings,
    *,
    at: datetime,
    actor: str,
    reason: str,
    to: str = "",
    purpose: Purpose = Purpose.GRADE,
) -> Promotion:
    """Make the champion before, or an earlier one, champion again; no gate is asked.

    What was rolled back from is not gone back to: after a roll-back, the one before is the one
    that came before that.

    Parameters
    ----------
    settings
        Where bundles, the MLflow folder and the ledger are.
    at, actor, reason
        When, by whom and why.
    to
        First digits of the digest of an earlier champion; the one before if not given.
    purpose
        Of which champion.

    Raises
    ------
    NotFoundError
        If there was no other champion, or its bundle is no longer there.
    IntegrityError
        If its bundle is not as it was signed.
    """
    with closing(Ledger.open(settings)) as ledger:
        after = ledger.promotions.last(purpose)
        history = ledger.promotions.history(purpose)
        target = _earlier(history, to) if to else _previous(history, purpose)
        bundle = find_bundle(settings, target, purpose)
        promotion = Promotion(
            at=at,
            actor=actor,
            reason=reason,
            purpose=purpose,
            bundle=bundle.digest,
            kind="rollback",
            follows=history[-1].bundle,
            after=after,
        )
        ledger.promotions.record(promotion)
    mirror(settings.mlruns, purpose, bundle.digest)
    return promotion


def _in_force(settings: Settings, ledger: Ledger, purpose: Purpose) -> Bundle | None:
    """Read the champion; None if nothing was promoted for the purpose yet."""
    if not ledger.promotions.history(purpose):
        return None
    return read_champion(settings, ledger, purpose)


def _check_successor(champion: Bundle, challenger: Bundle, today: int) -> None:
    """Refuse a bundle that would undo what was decided since it was made."""
    if challenger.card.purpose is not Purpose.GRADE:
        return
    try:
        challenger.policy.check_past(champion.policy, today)
        challenger.score_card.check_past(champion.score_card, today)
    except PolicyError as error:
        folder = f"BUNDLES/{champion.digest}"
        raise PolicyError(
            f"{error}. What is in force is in the bundle of the champion: `xinheng levels adopt "
            f"{folder}/policy.toml --score-card {folder}/score_card.toml --bundle "
            f"{challenger.digest[:12]}` puts this model under it"
        ) from None
    rules = ((each.policy.text, each.score_card.text) for each in (champion, challenger))
    adopted = len({*rules}) > 1 and same_blend(champion, challenger)
    if adopted and challenger.calibrator.to_json() != champion.calibrator.to_json():
        raise InvalidError(
            f"{challenger.digest[:12]} is the champion's model under another policy or score "
            "card, but the champion was recalibrated since, which this would undo; adopt them anew"
        )


def _check_sign_off(name: str, gates: Sequence[str], actor: str) -> None:
    if bool(name) != bool(gates):
        raise InvalidError(
            "a sign-off names who consents and to what: give both, as in --sign-off NAME "
            "--despite migration"
        )
    if name and name.strip().casefold() == actor.strip().casefold():
        raise InvalidError(
            f"{actor} asks for the promotion and cannot sign it off as well; it takes a second "
            "person"
        )


def _weigh(
    gates: Sequence[Gate], digest: str, name: str, despite: Sequence[str]
) -> tuple[SignOff | None, str]:
    """Return the sign-off that lets the gates pass, if it takes one, and why not otherwise."""
    held = held_back(gates)
    fixed = [gate for gate in held if not gate.waivable]
    if fixed:
        return None, f"nobody can sign off {fixed[0].name}: {fixed[0].says}; train another model"
    names = tuple(gate.name for gate in held)
    for gate in despite:
        if gate not in names:
            asked = {each.name for each in gates}
            if gate not in asked:
                raise NotFoundError.among("gate", gate, asked)
            raise InvalidError(
                f"the gate {gate!r} passed; sign off what did not, and nothing else: "
                f"{', '.join(names) or 'nothing'}"
            )
    open_gates = [gate for gate in names if gate not in despite]
    if open_gates:
        options = " ".join(f"--despite {gate}" for gate in names)
        return None, (
            f"{digest[:12]} did not pass: {', '.join(open_gates)}; the champion stays. Train "
            "another, wait for more outcomes, or let a second person sign for it: the same command "
            f"with --sign-off NAME {options}"
        )
    return (SignOff(name, names) if names else None), ""


def _previous(history: Sequence[Promotion], purpose: Purpose) -> str:
    """Return the champion before, where roll-backs take back what they rolled back from."""
    stack: list[str] = []
    for each in history:
        if each.kind == "rollback" and each.bundle in stack:
            del stack[len(stack) - stack[::-1].index(each.bundle) :]
        elif stack[-1:] != [each.bundle]:
            stack.append(each.bundle)
    if len(stack) < len(("before", "now")):
        raise NotFoundError(
            f"there is no champion for {purpose} to go back to; `xinheng champions` lists all that "
            "there were"
        )
    return stack[-2]


def _earlier(history: Sequence[Promotion], prefix: str) -> str:
    """Return the one earlier champion whose digest begins as given."""
    known = dict.fromkeys(each.bundle for each in history)
    found = [digest for digest in known if digest.startswith(prefix)]
    if len(found) != 1:
        there = ", ".join(digest[:12] for digest in known) or "none"
        raise NotFoundError(
            f"{len(found) or 'no'} earlier champions have a digest that begins with {prefix!r}; "
            f"there are: {there}. What never was champion has to be promoted: xinheng promote"
        )
    if found == [history[-1].bundle]:
        raise InvalidError(f"{found[0][:12]} is the champion already; nothing was done")
    return found[0]
