"""What is asked about reviews and objections, and does to them.

Whoever acts says on which version of the case; `*` is any. What is done twice by one `key` is done
once; where none is given, each call has its own, so that sending it again does nothing twice.
"""

from collections.abc import Iterator
from datetime import date
from typing import Unpack

from ..serving.answers import ObjectionAnswer, QueueAnswer, ReviewAnswer, ReviewPolicyAnswer
from ..serving.answers.review import BriefAnswer
from . import calls
from .calls import Queue, Several, Version
from .decision import Decision
from .sender import Sender

__all__ = ["Reviewer"]


class Reviewer(Sender):
    """Asks about reviews and objections, and does something to them."""

    def reviews(
        self, after: str | None = None, limit: int = 50, **wanted: Unpack[Queue]
    ) -> QueueAnswer:
        """Return a page of the queue, those whose clock ends first before the others."""
        return self.send(calls.reviews(after=after, limit=limit, **wanted))

    def every_review(self, **wanted: Unpack[Queue]) -> Iterator[BriefAnswer]:
        """Yield every review of the queue, those whose clock ends first before the others."""
        after, more = None, True
        while more:
            page = self.reviews(after, 200, **wanted)
            yield from page.reviews
            after, more = page.next, page.next is not None

    def review_policy(self) -> ReviewPolicyAnswer:
        """Return what is reviewed, by when, and by how many people."""
        return self.send(calls.review_policy())

    def enterprise_reviews(self, identifier: str) -> QueueAnswer:
        """Return the newest reviews of an enterprise, oldest first."""
        return self.send(calls.enterprise_reviews(identifier))

    def review(self, case: int) -> ReviewAnswer:
        """Return a review with all that was done to it."""
        return self.send(calls.review(case))

    def open_review(self, identifier: str, reason: str, key: str | None = None) -> ReviewAnswer:
        """Open a review of the present grade of an enterprise."""
        return self.send(calls.open_review(identifier, reason, key))

    def object(
        self,
        identifier: str,
        received: date | str,
        contests: str,
        evidence: Several = (),
        key: str | None = None,
    ) -> ObjectionAnswer:
        """Take down that an enterprise contests its grade, as it arrived on a day."""
        return self.send(calls.object(identifier, received, contests, evidence, key))

    def objection(self, case: int) -> ObjectionAnswer:
        """Return what became of an objection."""
        return self.send(calls.objection(case))

    def withdraw_objection(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ObjectionAnswer:
        """Withdraw an objection that is not decided yet."""
        return self.send(calls.withdraw_objection(case, version, reason, basis, key))

    def review_accept(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> ReviewAnswer:
        """Accept an objection."""
        return self.send(calls.review_accept(case, version, reason, key))

    def review_decline(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """Decline an objection."""
        return self.send(calls.review_decline(case, version, reason, basis, key))

    def review_take(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> ReviewAnswer:
        """Take a review."""
        return self.send(calls.review_take(case, version, reason, key))

    def review_release(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> ReviewAnswer:
        """Give a review back to the queue."""
        return self.send(calls.review_release(case, version, reason, key))

    def review_extend(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """Give an objection more time."""
        return self.send(calls.review_extend(case, version, reason, basis, key))

    def review_decide(
        self, case: int, version: Version, decision: Decision, key: str | None = None
    ) -> ReviewAnswer:
        """Decide on a grade."""
        return self.send(calls.review_decide(case, version, decision, key))

    def review_agree(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> ReviewAnswer:
        """Agree as the second person."""
        return self.send(calls.review_agree(case, version, reason, key))

    def review_refuse(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """Refuse as the second person."""
        return self.send(calls.review_refuse(case, version, reason, basis, key))

    def review_retract(
        self, case: int, version: Version, reason: str | None = None, key: str | None = None
    ) -> ReviewAnswer:
        """Take back what one proposed."""
        return self.send(calls.review_retract(case, version, reason, key))

    def review_answer(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """Tell that records are put right."""
        return self.send(calls.review_answer(case, version, reason, basis, key))

    def review_lift(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """End a level before its day."""
        return self.send(calls.review_lift(case, version, reason, basis, key))

    def review_note(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """Note something."""
        return self.send(calls.review_note(case, version, reason, basis, key))

    def review_notify(
        self,
        case: int,
        version: Version,
        reason: str,
        basis: str | None = None,
        key: str | None = None,
    ) -> ReviewAnswer:
        """Note that the enterprise was told."""
        return self.send(calls.review_notify(case, version, reason, basis, key))
