"""Visits: one request of somebody who proved who they are, from the door on."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..access import Access, Pass, Principal, without_numbers
from ..live.service import Service
from ..problem import ProblemError

__all__ = ["Visit"]

log = logging.getLogger(__name__)

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.

    Parameters
    ----------
    service, access
        That are asked.
    found
        What who asks may do.
    request_id
        By which the audit and the log name the request.
    route
        Name of the route.
    models
        The answers that the route may give.
    purpose
        What for, as the audit keeps it; empty where no purpose is asked for.
    """

    service: Service
    access: Access
    found: Pass
    request_id: str
    route: str
    models: tuple[type[Any], ...] = ()
    purpose: str = ""

    @property
    def principal(self) -> Principal:
        """Who asks."""
        return self.found.principal

    def record(self, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """Write down what is done, by whom, what for, and in which channel.

        Raises
        ------
        ProblemError
            If it cannot be.
        """
        more = self._more(detail)
        self.service.recorder.record(self.principal.actor, action, subject, more, self.purpose)

    async def note(self, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """Do what `record` does, and leave the loop to others meanwhile."""
        more = self._more(detail)
        actor = self.principal.actor
        await self.service.recorder.note(actor, action, subject, more, self.purpose)

    def refuse(self, problem: ProblemError, subject: str) -> None:
        """Count that something was refused, and write down what was tried.

        Whoever asks too often is written down once a minute, so that nobody fills the ledger; and
        what is refused is refused, whether that can be written down or not. What was tried may be
        the number of a person, typed where a code belongs: that is not kept.
        """
        self.access.refused[problem.name] += 1
        if problem.name == "too-many-requests" and not self.access.to_be_noted(
            self.principal.actor
        ):
            return
        subject = without_numbers(subject) if subject.isprintable() else ""
        detail = {"route": self.route, "problem": problem.name}
        try:
            self.record("was refused", subject[:LONGEST] or self.route, detail)
        except ProblemError:
            log.warning("request %s was refused, which could not be recorded", self.request_id)

    def _more(self, detail: Mapping[str, Any]) -> dict[str, Any]:
        return {**detail, "channel": self.principal.channel, "request_id": self.request_id}
