"""The desk: what people do to downgrade warnings, held against the policy of the day first."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import InvalidError
from ...grading import Level
from ...grading.reviewing.clock import clock
from ...ledger.downgrades import Act, Downgrade, Downgrades, Draft, Drafted
from ...ledger.reviews import Asked
from ..enterprises.warningpolicy import WarningEdition, WarningPolicy

__all__ = ["Desk", "draw_code"]

Said = Mapping[str, Any]
Posters = Callable[[Sequence[str]], frozenset[str]]
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters that are not mistaken for others; no figures, which would look like numbers of people."""
PARTS, LETTERS = 3, 4
CONFIRMING = frozenset({Act.CONFIRM, Act.AMEND})


def nobody(_: Sequence[str]) -> frozenset[str]:
    """Return nobody: the records came in files."""
    return frozenset()


def draw_code() -> str:
    """Return a new code for a document, 55 bits by chance: who has it was served the document.

    Examples
    --------
    >>> len(draw_code()), draw_code() == draw_code()
    (14, False)
    """
    parts = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(PARTS))
    return "-".join(parts)


class Desk:
    """Acts on downgrade warnings.

    Parameters
    ----------
    downgrades
        Of the ledger.
    policy
        Its edition in force on a day says by when, and by how many people.
    posters
        Returns who posted some of the records that a warning rests on: none of them confirms,
        amends, rejects, answers or lifts it, first or second.
    """

    def __init__(
        self, downgrades: Downgrades, policy: WarningPolicy, posters: Posters = nobody
    ) -> None:
        self._downgrades, self._policy, self._posters = downgrades, policy, posters

    def draft(
        self, drafts: Sequence[Draft], *, at: datetime, actor: str, purpose: str = ""
    ) -> list[Drafted]:
        """Keep drafts, each with the clock by which it has to be decided; see `Downgrades.draft`.

        Parameters
        ----------
        drafts
            What is proposed.
        at, actor, purpose
            As for `Downgrades.draft`.

        Raises
        ------
        InvalidError
            If one is to count for longer than the policy lets it; and as for `Downgrades.draft`.
        """
        day = time.day_of(at)
        for each in drafts:
            _check_period(self._policy.on(day), each.days)
        detail = self._clock("decide", day) | self._by(day)
        return self._downgrades.draft(drafts, at=at, actor=actor, detail=detail, purpose=purpose)

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
    ) -> Downgrade:
        """Do something to a warning.

        Parameters
        ----------
        number, act
            The warning, and what is done.
        said
            `reason` and `basis`; of an amendment or answer `level`, `period` and `dropped`; of a
            service `document`, `method` and `delivered`; of a statement `received`, `statement`
            and `evidence`; of an answer `answer`.
        at, actor, seen, purpose, asked
            As for `Downgrades.act`.

        Raises
        ------
        InvalidError, NotFoundError
            If something is missing or does not fit, a period is longer than the policy lets it be,
            or who acts posted what it rests on.
        ConflictError
            As for `Downgrades.act`.
        """
        done = self._downgrades.answered(actor, asked, at, number)
        if done is not None:
            return done
        found = self._downgrades.case(number, time.day_of(at))
        if seen is None or seen == found.version:
            said, seen = self._prepared(found, act, said, actor, time.day_of(at)), found.version
        return self._downgrades.act(
            number,
            act,
            at=at,
            actor=actor,
            detail={name: value for name, value in said.items() if value not in (None, "", [])},
            seen=seen,
            purpose=purpose,
            asked=asked,
        )

    def _prepared(self, found: Downgrade, act: Act, said: Said, actor: str, day: int) -> Said:
        """Return what is said with what follows from it by policy."""
        if act not in found.allowed(actor):
            return said  # the ledger refuses it, and says what is allowed
        more, edition = dict[str, Any](), self._policy.on(day)
        match act:
            case Act.CONFIRM | Act.AMEND | Act.REJECT | Act.ANSWER | Act.LIFT:
                more = self._decided(found, act, said, actor, day)
            case Act.AGREE if found.proposal is not None:
                more = self._effect(found.proposal.act, day)
            case Act.SERVE if said.get("delivered"):
                more = clock(time.day(str(said["delivered"])), edition.defence_days)
            case Act.STATE if said.get("received"):
                more = clock(time.day(str(said["received"])), edition.clocks["answer"])
        return {**said, **more}

    def _decided(
        self, found: Downgrade, act: Act, said: Said, actor: str, day: int
    ) -> dict[str, Any]:
        """Return what follows from a decision, held against the policy."""
        edition = self._policy.on(day)
        _check_period(edition, int(said.get("period") or 0))
        posted = self._posters([record for each in found.grounds for record in each.records])
        if actor in posted:
            raise InvalidError(f"{actor} posted a record that it rests on; another person decides")
        escalates = found.draft.follows is not None and act in CONFIRMING
        second = escalates or edition.needs_second(act, *_levels(found, said))
        told = {"second": second, "barred": sorted(posted)} | self._by(day)
        return told | ({} if second else self._effect(act, day))

    def _effect(self, act: Act, day: int) -> dict[str, Any]:
        """Return what a decision brings once it takes effect: what is confirmed is to be served."""
        if act not in CONFIRMING:
            return {}
        return {"code": draw_code()} | self._clock("serve", day)

    def _clock(self, name: str, day: int) -> dict[str, Any]:
        return clock(day, self._policy.on(day).clocks[name])

    def _by(self, day: int) -> dict[str, Any]:
        return {"policy": f"{self._policy.name} {self._policy.on(day).version}"}


def _levels(found: Downgrade, said: Said) -> set[Level]:
    """Return the levels before and after a decision."""
    return {Level.of(found.level), Level.of(str(said.get("level") or found.level))}


def _check_period(edition: WarningEdition, days: int) -> None:
    if days > edition.most_days:
        raise InvalidError(
            f"{days} days: a warning counts for {edition.most_days} days at most; what goes on "
            "longer is a ground for another one"
        )
