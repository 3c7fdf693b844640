"""The desk of downgrade warnings: what people do, with what follows from it by policy."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import InvalidError
from ...ledger.downgrades import Act, Downgrade, Downgrades, Draft, Drafted
from ...ledger.reviews import Asked
from ..reviewing.clock import clock
from .policy import DowngradeEdition, DowngradePolicy

__all__ = ["DowngradeDesk"]

Posters = Callable[[Sequence[str]], frozenset[str]]
Said = Mapping[str, Any]


def nobody(_: Sequence[str]) -> frozenset[str]:
    """Return nobody: the records came in files."""
    return frozenset()


class DowngradeDesk:
    """Drafts of and acts on downgrade warnings.

    Parameters
    ----------
    downgrades
        Of the ledger.
    policy
        Its edition in force on a day says by when what has to be done, and by how many.
    posters
        Returns who posted some of the records that a warning rests on: none of them decides on it,
        nor is its second person.
    """

    def __init__(
        self, downgrades: Downgrades, policy: DowngradePolicy, posters: Posters = nobody
    ) -> None:
        self._downgrades, self._policy, self._posters = downgrades, policy, posters

    def draft(
        self, drafts: Sequence[Draft], *, at: datetime, actor: str, purpose: str = ""
    ) -> list[Drafted]:
        """Draft warnings, all or none, with the clock by which they are decided.

        Parameters
        ----------
        drafts, at, actor, purpose
            As for `Downgrades.draft`.

        Raises
        ------
        InvalidError
            If one is to count for longer than the policy lets it; and as for `Downgrades.draft`.
        """
        day = time.day_of(at)
        edition = self._policy.on(day)
        for each in drafts:
            _check_period(edition, each.days)
        told = clock(day, edition.clocks["decide"]) | {"policy": self._named(edition)}
        return self._downgrades.draft(drafts, at=at, actor=actor, detail=told, purpose=purpose)

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
            `reason`; of an amendment and of an answer that amends `level`, `period` (days) and
            `dropped` (identities of grounds); of a service `document`, `method` and `delivered`
            (ISO day); of a statement `received` (ISO day) and `document`; of an answer `answer`.
        at, actor, seen, purpose, asked
            As for `Downgrades.act`.

        Raises
        ------
        InvalidError, NotFoundError, ConflictError
            As for `Downgrades.act`; and if a period is longer than the policy lets it be, or who
            decides posted a record that the warning rests on.
        """
        done = self._downgrades.answered(actor, asked, at, number)
        if done is not None:
            return done
        found = self._downgrades.case(number, time.day_of(at))
        if (seen is None or seen == found.version) and act in found.allowed(actor):
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
        edition, more = self._policy.on(day), dict[str, Any]()
        match act:
            case Act.CONFIRM | Act.AMEND | Act.REJECT | Act.ANSWER | Act.LIFT:
                more = self._decided(found, act, said, actor, edition)
                if act in {Act.CONFIRM, Act.AMEND} and not more["second"]:
                    more |= clock(day, edition.clocks["serve"])
            case Act.AGREE if found.proposal is not None and found.proposal.act in {
                Act.CONFIRM,
                Act.AMEND,
            }:
                more = clock(day, edition.clocks["serve"])
            case Act.SERVE if said.get("delivered"):
                more = clock(time.day(str(said["delivered"])), edition.clocks["state"])
            case Act.STATE if said.get("received"):
                more = clock(time.day(str(said["received"])), edition.clocks["answer"])
        return {**said, **more}

    def _decided(
        self, found: Downgrade, act: Act, said: Said, actor: str, edition: DowngradeEdition
    ) -> dict[str, Any]:
        """Return what follows from a decision, held against the policy."""
        if said.get("period") is not None:
            _check_period(edition, int(said["period"]))
        records = [record for ground in found.grounds for record in ground.records]
        posted = self._posters(records)
        if actor in posted:
            raise InvalidError(f"{actor} posted a record that it rests on; another person decides")
        levels = found.level, str(said.get("level", found.level))
        escalates = found.draft.follows is not None and act in {Act.CONFIRM, Act.AMEND}
        return {
            "second": escalates or edition.needs_second(act, *levels),
            "barred": sorted(posted),
            "policy": self._named(edition),
        }

    def _named(self, edition: DowngradeEdition) -> str:
        return f"{self._policy.name} {edition.version}"


def _check_period(edition: DowngradeEdition, days: int) -> None:
    if days > edition.most_days:
        raise InvalidError(
            f"{days} days: a warning counts for {edition.most_days} days at most; what goes on "
            "longer is a ground for another one"
        )
