"""What a coroutine asks of early warning, and does about alarms and downgrade warnings.

Whoever acts on a downgrade warning says on which version of it; `*` is any. What is done twice by
one `key` is done once; where none is given, each call has its own.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Unpack

from ..serving.answers import (
    AlarmAnswer,
    AlarmsAnswer,
    DowngradeAnswer,
    DowngradesAnswer,
    FeedAnswer,
    Level,
    ServedAnswer,
    WarningsAnswer,
    WatchRunsAnswer,
)
from ..serving.answers.alarm import BriefAlarmAnswer
from ..serving.answers.downgrade import BriefDowngradeAnswer
from . import calls
from .asyncreviewer import AsyncReviewer
from .calls import AlarmsSought, Day, Several, Version, Waiting

__all__ = ["AsyncWatcher"]


class AsyncWatcher(AsyncReviewer):
    """Asks about alarms and warnings, and does something about them."""

    async def alarms(
        self, after: int | None = None, limit: int = 50, **sought: Unpack[AlarmsSought]
    ) -> AlarmsAnswer:
        """Return a page of alarms, the newest first."""
        return await self.send(calls.alarms(after=after, limit=limit, **sought))

    async def every_alarm(self, **sought: Unpack[AlarmsSought]) -> AsyncIterator[BriefAlarmAnswer]:
        """Yield every alarm, the newest first."""
        after, more = None, True
        while more:
            page = await self.alarms(after, 200, **sought)
            for each in page.alarms:
                yield each
            after, more = page.next, page.next is not None

    async def alarm(self, alarm: int) -> AlarmAnswer:
        """Return an alarm, what stands behind it, and whom it concerns."""
        return await self.send(calls.alarm(alarm))

    async def alarm_note(self, alarm: int, reason: str, key: str | None = None) -> AlarmAnswer:
        """Note something on an alarm."""
        return await self.send(calls.alarm_note(alarm, reason, key))

    async def alarm_close(self, alarm: int, reason: str, key: str | None = None) -> AlarmAnswer:
        """Close an alarm."""
        return await self.send(calls.alarm_close(alarm, reason, key))

    async def alarm_reopen(self, alarm: int, reason: str, key: str | None = None) -> AlarmAnswer:
        """Open an alarm again."""
        return await self.send(calls.alarm_reopen(alarm, reason, key))

    async def watch_runs(self, after: int | None = None, limit: int = 50) -> WatchRunsAnswer:
        """Return a page of the runs of the watch, the newest first."""
        return await self.send(calls.watch_runs(after, limit))

    async def feed(self, limit: int = 50) -> FeedAnswer:
        """Return the feed of early warning."""
        return await self.send(calls.feed(limit))

    async def warnings(self, identifier: str, as_of: Day = None) -> WarningsAnswer:
        """Return the warnings of an enterprise, and whether its level may get worse."""
        return await self.send(calls.warnings(identifier, as_of))

    async def downgrades(
        self, after: str | None = None, limit: int = 50, **waiting: Unpack[Waiting]
    ) -> DowngradesAnswer:
        """Return a page of downgrade warnings, those whose clock ends first before the others."""
        return await self.send(calls.downgrades(after=after, limit=limit, **waiting))

    async def every_downgrade(
        self, **waiting: Unpack[Waiting]
    ) -> AsyncIterator[BriefDowngradeAnswer]:
        """Yield every downgrade warning, those whose clock ends first before the others."""
        after, more = None, True
        while more:
            page = await self.downgrades(after, 200, **waiting)
            for each in page.downgrades:
                yield each
            after, more = page.next, page.next is not None

    async def enterprise_downgrades(self, identifier: str) -> DowngradesAnswer:
        """Return the newest downgrade warnings of an enterprise, oldest first."""
        return await self.send(calls.enterprise_downgrades(identifier))

    async def downgrade(self, case: int) -> DowngradeAnswer:
        """Return a downgrade warning with all that was done to it."""
        return await self.send(calls.downgrade(case))

    async def downgrade_document(
        self, case: int, delivered: date | str | None = None, reference: str | None = None
    ) -> str:
        """Return the document of a downgrade warning, as HTML."""
        return await self.send(calls.downgrade_document(case, delivered, reference))

    async def served_downgrade(self, case: int, code: str | None = None) -> ServedAnswer:
        """Return a served warning, as its enterprise is told of it."""
        return await self.send(calls.served_downgrade(case, code))

    async def downgrade_state(
        self,
        case: int,
        version: Version,
        received: date | str,
        statement: str,
        evidence: Several = (),
        code: str | None = None,
        key: str | None = None,
    ) -> ServedAnswer:
        """Take down what an enterprise states on a downgrade warning."""
        return await self.send(
            calls.downgrade_state(case, version, received, statement, evidence, code, key)
        )

    async def downgrade_escalate(self, case: int) -> DowngradeAnswer:
        """Draft a severer warning on what is new since."""
        return await self.send(calls.downgrade_escalate(case))

    async def downgrade_confirm(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> DowngradeAnswer:
        """Confirm a downgrade warning."""
        return await self.send(calls.downgrade_confirm(case, version, reason, key))

    async def downgrade_amend(
        self,
        case: int,
        version: Version,
        reason: str,
        level: Level | None = None,
        period: int | None = None,
        dropped: Several = (),
        key: str | None = None,
    ) -> DowngradeAnswer:
        """Confirm it with another level, period or fewer grounds."""
        return await self.send(
            calls.downgrade_amend(case, version, reason, level, period, dropped, key)
        )

    async def downgrade_reject(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> DowngradeAnswer:
        """Reject a downgrade warning."""
        return await self.send(calls.downgrade_reject(case, version, reason, basis, key))

    async def downgrade_agree(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> DowngradeAnswer:
        """Agree as the second person."""
        return await self.send(calls.downgrade_agree(case, version, reason, key))

    async def downgrade_refuse(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> DowngradeAnswer:
        """Refuse as the second person."""
        return await self.send(calls.downgrade_refuse(case, version, reason, basis, key))

    async def downgrade_retract(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> DowngradeAnswer:
        """Take back what one proposed."""
        return await self.send(calls.downgrade_retract(case, version, reason, key))

    async def downgrade_serve(
        self,
        case: int,
        version: Version,
        document: str,
        method: str,
        delivered: date | str,
        reason: str | None = None,
        key: str | None = None,
    ) -> DowngradeAnswer:
        """Note that a downgrade warning was served."""
        return await self.send(
            calls.downgrade_serve(case, version, document, method, delivered, reason, key)
        )

    async def downgrade_answer(
        self,
        case: int,
        version: Version,
        answer: str,
        reason: str,
        basis: str | None = None,
        level: Level | None = None,
        period: int | None = None,
        dropped: Several = (),
        key: str | None = None,
    ) -> DowngradeAnswer:
        """Answer the statement of the enterprise."""
        return await self.send(
            calls.downgrade_answer(
                case, version, answer, reason, basis, level, period, dropped, key
            )
        )

    async def downgrade_lift(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> DowngradeAnswer:
        """End a downgrade warning before its day."""
        return await self.send(calls.downgrade_lift(case, version, reason, basis, key))

    async def downgrade_note(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> DowngradeAnswer:
        """Note something on a downgrade warning."""
        return await self.send(calls.downgrade_note(case, version, reason, basis, key))
