"""The desk: what people do to cases, held against the policy of the day before it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import ConflictError, InvalidError, NotFoundError
from ...ledger.reviews import OBJECTION, Act, Asked, Case, Decision, Opening, Reviews, State
from ..grade import Grade
from ..scale import Level
from ..settled import floor_of
from .clock import clock, extended
from .edition import LIFT, ReviewEdition
from .reviewpolicy import ReviewPolicy

__all__ = ["Desk", "Graded"]

TOLD = frozenset({Act.DECLINE, Act.EXTEND, Act.REFUSE, Act.ANSWER, Act.LIFT, Act.NOTE, Act.NOTIFY})
"""Acts that nobody does without saying why, or what."""
LONGEST = 366
FITS = {
    Decision.CONFIRM: (),
    Decision.OVERRIDE: ("level", "until"),
    Decision.SEND_BACK: ("faults", "to"),
}
"""What only some decisions have."""
OUTCOMES = {
    Decision.CONFIRM: ("rejected",),
    Decision.OVERRIDE: ("upheld", "partly"),
    Decision.SEND_BACK: (),
}
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graded:
    """The present grade of an enterprise.

    Parameters
    ----------
    grade, level
        By model, score card and rules, and the level that counts.
    records, known
        Numbers of the records that stand, and of those that are known of it, withdrawn or not.
    warned
        The level of the downgrade warning in force; None if there is none.
    """

    grade: Grade
    level: Level
    records: frozenset[str]
    known: frozenset[str]
    warned: Level | None = None


Look = Callable[[int, int], Graded]
Posters = Callable[[Sequence[str]], frozenset[str]]


def nobody(_: Sequence[str]) -> frozenset[str]:
    """Return nobody: the records came in files."""
    return frozenset()


class Desk:
    """Acts on reviews.

    Parameters
    ----------
    reviews
        Of the ledger.
    policy
        Its edition in force on a day says what may be done then.
    look
        Returns the grade of an enterprise (dense number) as of a day.
    posters
        Returns who posted some of the records that a decision rests on: none of them is its second
        person, nor its first.
    """

    def __init__(
        self, reviews: Reviews, policy: ReviewPolicy, look: Look, posters: Posters = nobody
    ) -> None:
        self._reviews, self._policy = reviews, policy
        self._look, self._posters = look, posters

    def open(
        self,
        opening: Opening,
        said: Said,
        *,
        at: datetime,
        actor: str,
        purpose: str = "",
        asked: Asked | None = None,
    ) -> Case:
        """Open a case by hand: an objection, whose clock begins when it was received, or another.

        Parameters
        ----------
        opening
            Whose `cause` says which; its level is set here.
        said
            `received` (ISO day), `contests` and `evidence` of an objection; `reason` of another.
        at, actor, purpose, asked
            As for `Reviews.open`.

        Raises
        ------
        InvalidError
            If it was received on a day that lies ahead, or more than a year ago.
        """
        today = time.day_of(at)
        name, start = "review", today
        if opening.cause == OBJECTION:
            name, start = "accept", time.day(str(said["received"]))
        if not today - LONGEST <= start <= today:
            raise InvalidError(
                f"received {time.show(start)}: expected a day of the last year, "
                f"{time.show(today)} at most, which is today"
            )
        opening = replace(opening, level=str(self._look(opening.number, today).level))
        detail = {**said, **self._clock(today, name, start)}
        return self._reviews.open(
            opening, at=at, actor=actor, detail=detail, purpose=purpose, asked=asked
        )

    def act(
        self,
        number: int,
        act: Act,
        said: Said,
        *,
        at: datetime,
        actor: str,
        seen: int | None = None,
        purpose: str = "",
        asked: Asked | None = None,
    ) -> Case:
        """Do something to a case.

        Parameters
        ----------
        number, act
            The case, and what is done.
        said
            `reason`, and what a decision has besides: `decision`, `reason_code`, `basis`,
            `level`, `until`, `records`, `documents`, `faults`, `to`, `outcome`.
        at, actor, seen, purpose, asked
            As for `Reviews.act`.

        Raises
        ------
        InvalidError, NotFoundError
            If something is missing, does not fit, or is not within the policy.
        ConflictError
            As for `Reviews.act`.
        """
        done = self._reviews.answered(actor, asked, at, number)
        if done is not None:
            return done
        case = self._reviews.case(number, time.day_of(at))
        if seen is None or seen == case.version:
            said, seen = self._prepared(case, act, said, actor, time.day_of(at)), case.version
        return self._reviews.act(
            number,
            act,
            at=at,
            actor=actor,
            detail={name: value for name, value in said.items() if value not in (None, "", [])},
            seen=seen,
            purpose=purpose,
            asked=asked,
        )

    def _prepared(self, case: Case, act: Act, said: Said, actor: str, day: int) -> Said:
        """Return what is said with what follows from it by policy."""
        if act in TOLD and not said.get("reason"):
            raise InvalidError(f"to {act} a case, give a reason")
        if act not in case.allowed(actor):
            return said  # the ledger refuses it, and says what is allowed
        more: Said = {}
        match act:
            case Act.ACCEPT:
                more = self._clock(day, "decide", day)
            case Act.DECLINE:
                more = self._clock(day, "notify", day)
            case Act.EXTEND if case.due is not None:
                more = extended(case, self._policy.on(day).clocks["extend"])
            case Act.DECIDE:
                more = self._decided(case, said, actor, day)
            case Act.AGREE if case.proposal is not None:
                self._check_still(case, day)
                more = self._told_of(case, case.proposal.detail.get("decision"), day)
            case Act.LIFT:
                more = self._lifted(case, day)
        return {**said, **more}

    def _decided(self, case: Case, said: Said, actor: str, day: int) -> dict[str, Any]:
        """Return what follows from a decision, held against law and policy."""
        edition, decision = self._policy.on(day), Decision(said["decision"])
        edition.reason(str(said.get("reason_code")), decision)
        if not said.get("reason"):
            raise InvalidError(f"to {decision} a grade, give a reason")
        _check_outcome(case, decision, said)
        _check_fit(decision, said)
        posted = self._posters(list(said.get("records") or ()))
        if actor in posted:
            raise InvalidError(f"{actor} posted a record that it rests on; another person decides")
        before = self._look(case.opening.number, day)
        faults = [each["record"] for each in said.get("faults") or () if each.get("record")]
        _check_records(said.get("records") or (), before)
        _check_faults(faults, before)
        levels = [before.level]
        if decision is Decision.OVERRIDE:
            levels.append(self._level_set(edition, said, before, day))
        if decision is Decision.SEND_BACK and not (said.get("faults") and said.get("to")):
            raise InvalidError(
                "to send a case back, say to whom, and what is wrong with which record"
            )
        second = edition.needs_second(decision, *levels)
        told = {
            "level_before": str(before.level),
            "model_level": str(before.grade.model_level),
            "bundle": before.grade.bundle,
            "second": second,
            "barred": sorted(posted),
            "policy": f"{self._policy.name} {edition.version}",
        }
        more = {} if second else self._told_of(case, decision, day)
        return told | more

    def _level_set(self, edition: ReviewEdition, said: Said, before: Graded, day: int) -> Level:
        """Return the level that is to be set, held against law and policy."""
        missing = [name for name in ("level", "until", "basis") if not said.get(name)]
        if not said.get("records") and not said.get("documents"):
            missing.append("records or documents")
        if missing:
            raise InvalidError(
                f"to override a grade, give {', '.join(missing)}: the level, the last day on which "
                "it counts, the legal basis, and the records or documents that it rests on"
            )
        level, until = Level.of(said["level"]), time.day(str(said["until"]))
        last = day + edition.most_days
        if not day < until <= last:
            raise InvalidError(
                f"until {time.show(until)}: a level that people set counts from tomorrow, "
                f"and until {time.show(last)} at most ({edition.most_days} days)"
            )
        floor = floor_of(rule.effect for rule in before.grade.rules)
        if level < floor:
            rules = [rule for rule in before.grade.rules if rule.effect.on(Level.A_PLUS) == floor]
            named = ", ".join(f"{rule.zh} {rule.en} ({rule.basis})" for rule in rules)
            raise InvalidError(
                f"level {level} is better than the {floor} that law asks for at least: {named}; "
                "where its record is wrong, send the case back"
            )
        if before.warned is not None and level < before.warned:
            raise InvalidError(
                f"level {level} is better than the {before.warned} of the downgrade warning that "
                "was served; lift the warning, or wait until it ends"
            )
        if level is before.level and level is before.grade.level:
            raise InvalidError(f"the level is {level} already; to keep it, confirm it")
        return level

    def _check_still(self, case: Case, day: int) -> None:
        """Refuse to agree to what would not be proposed any more: who agrees sees what is now."""
        told = {} if case.proposal is None else case.proposal.detail
        if case.state is not State.PROPOSED or told["decision"] == Decision.SEND_BACK:
            return
        try:
            self._check_proposal(told, self._look(case.opening.number, day), day)
        except InvalidError as error:
            raise ConflictError(
                f"case {case.id}: what was proposed does not hold any more: {error}. Refuse it, "
                "and let it be decided anew"
            ) from None

    def _check_proposal(self, told: Said, now: Graded, day: int) -> None:
        if str(now.level) != told["level_before"]:
            raise InvalidError(f"the level was {told['level_before']}, and is {now.level} now")
        _check_records(told.get("records") or (), now)
        if told["decision"] == Decision.OVERRIDE:
            self._level_set(self._policy.on(day), told, now, day)

    def _lifted(self, case: Case, day: int) -> dict[str, Any]:
        """Return whether that a level ends early needs a second person."""
        edition = self._policy.on(day)
        graded = self._look(case.opening.number, day)
        levels = {graded.level, graded.grade.level}
        return {"second": edition.needs_second(LIFT, *levels)}

    def _told_of(self, case: Case, decision: str | None, day: int) -> dict[str, Any]:
        """Return the clock by which an enterprise that objected is told of a decision."""
        final = decision in {Decision.CONFIRM, Decision.OVERRIDE}
        return self._clock(day, "notify", day) if case.is_objection and final else {}

    def _clock(self, day: int, name: str, start: int) -> dict[str, Any]:
        return clock(start, self._policy.on(day).clocks[name])


def _check_records(named: Sequence[str], graded: Graded) -> None:
    """Refuse what is no ground for a decision."""
    _check_faults(named, graded)
    for record in named:
        if record not in graded.records:
            raise InvalidError(
                f"record {record} is withdrawn, and no decision rests on it; what withdrew it is a "
                "document"
            )


def _check_faults(named: Sequence[str], graded: Graded) -> None:
    for record in named:
        if record not in graded.known:
            raise InvalidError(
                f"record {record!r} is not known of this enterprise; its explanation and its "
                "records name those that are, and what is no record is a document"
            )


def _check_fit(decision: Decision, said: Said) -> None:
    """Refuse what would be kept of a decision and mean nothing."""
    names = {name for fitting in FITS.values() for name in fitting}
    idle = sorted(name for name in names - {*FITS[decision]} if said.get(name))
    if idle:
        raise InvalidError(f"to {decision} a grade, leave out {', '.join(idle)}")


def _check_outcome(case: Case, decision: Decision, said: Said) -> None:
    outcome, possible = said.get("outcome"), OUTCOMES[decision]
    if not case.is_objection and outcome:
        raise InvalidError(f"case {case.id} is no objection, so it has no outcome {outcome!r}")
    if case.is_objection and possible and not outcome:
        raise InvalidError(
            f"case {case.id} is an objection, so a decision has its outcome; to {decision} goes "
            f"with {' or '.join(possible)}"
        )
    if case.is_objection and possible and outcome not in possible:
        raise NotFoundError.among(f"outcome of an objection by {decision}", outcome, possible)
