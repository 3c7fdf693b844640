"""The courier: delivers changes of level at least once, in order, to whoever is told of them.

One process at a time delivers to a receiver, by a lease in the ledger that ends by itself, and
several receivers are delivered to at a time, so that one that hangs holds nobody else up. What
was not taken is sent again as it was, later and later, for three days; then the webhook is paused
until its program resumes it. What it is told follows from its key as that is now: the key's reach
and channel, and nothing once the key is valid no longer.
"""

import json
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ...core import webhooks
from ...core.errors import AccessError, PolicyError, XinhengError
from ...core.settings import Settings
from ...ledger import Sent
from ..access import Access, Channel, Permission, Principal
from ..answers import Values
from ..entrance.reach import Reach
from ..live.service import Service
from ..problem import ProblemError
from ..reads.changes import changes
from .sending import Answer, Sender
from .signing import signing_keys
from .subscription import Webhook, Webhooks

__all__ = ["Courier"]

TOGETHER, THREADS = 100, 16
VISIT_SECONDS = 20.0
"""After so long the next page waits for the others' turn."""
TOLD = "ChangesAnswer"
EVERY_SECONDS, FIRST_SECONDS, LONGEST_SECONDS = 2.0, 10.0, 3600.0
PATIENCE = timedelta(days=3)
GONE = (SQLAlchemyError, OSError, XinhengError, ProblemError)

log = logging.getLogger(__name__)


class Shared(Protocol):
    """What has the service of now."""

    service: Service


class Courier:
    """Delivers what there is to deliver.

    Parameters
    ----------
    settings
        Where the keys are that sign.
    live
        Has the service of now.
    access
        The keys of programs.
    sender
        Sends.
    now
        The clock.
    """

    def __init__(
        self,
        settings: Settings,
        live: Shared,
        access: Access,
        sender: Sender,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._live = live
        self._access = access
        self._sender = sender
        self._now = now
        self._name = secrets.token_hex(8)
        self._webhooks = Webhooks(live.service.ledger, now)
        self._ending = Event()
        self._pool = ThreadPoolExecutor(THREADS, "courier")
        self._visited: dict[str, Future[int]] = {}
        self._thread = Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is on its way, and end."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(cancel_futures=True)

    def round(self) -> int:
        """Deliver what is due to everybody, and return how many deliveries were tried."""
        return sum(each.result() for each in self._begun())

    def _run(self) -> None:
        while not self._ending.wait(EVERY_SECONDS):
            try:
                for each in self._begun():
                    each.add_done_callback(_note_failure)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next round is made
                _note(error)

    def _begun(self) -> list[Future[int]]:
        """Begin to deliver to everybody to whom something is due and nothing is under way."""
        now, newest = self._now(), self._live.service.ledger.history.newest_change()
        self._visited = {name: each for name, each in self._visited.items() if not each.done()}
        begun = {
            each.id: self._pool.submit(self._visit, each)
            for each in self._webhooks.all()
            if each.may_begin(now) and each.after < newest and each.id not in self._visited
        }
        self._visited |= begun
        return [*begun.values()]

    def _visit(self, found: Webhook) -> int:
        """Deliver to one receiver, and return how often it was tried."""
        held = self._webhooks.begin(found.id, self._name)
        if held is None:
            return 0
        try:
            whom, channel = self._entitled(held)
            return self._told(held, whom, channel)
        except (AccessError, PolicyError) as error:
            self._webhooks.keep(held, self._pausing(str(error)))
            return 0
        finally:
            self._webhooks.end(held)

    def _told(self, held: Webhook, whom: Principal, channel: Channel) -> int:
        """Deliver page after page while they are taken, and return how many were tried."""
        tried, until = 0, monotonic() + VISIT_SECONDS
        now: Webhook | None = held
        while now is not None and now.paused is None and now.due is None:
            page = _page(self._live.service, now, whom)
            if page["next"] == now.after or self._ending.is_set():
                break
            if page["changes"]:
                now, tried = self._delivered(now, page, whom, channel), tried + 1
            else:
                now = self._webhooks.keep(now, _delivered_upto(page["next"]))
            if monotonic() >= until:
                break
        return tried

    def _entitled(self, held: Webhook) -> tuple[Principal, Channel]:
        """Return who is told by a webhook, and in which channel.

        Raises
        ------
        AccessError, PolicyError
            If the key is valid no longer, or may not read changes any more, or its channel tells
            none.
        """
        whom = self._access.principal(self._access.keys.heir(held.key))
        whom.require(Permission.READ_CHANGES)
        channel = self._access.channel(whom.channel)
        channel.require(TOLD)
        return whom, channel

    def _delivered(
        self, held: Webhook, page: Values, whom: Principal, channel: Channel
    ) -> Webhook | None:
        """Deliver a page, and return the webhook as it is then."""
        told, after = page["changes"], page["next"]
        detail = {
            "enterprises": [each["enterprise"] for each in told],
            "after": held.after,
            "next": after,
            "channel": whom.channel,
        }
        actor, subject = whom.actor, f"webhook {held.id}"
        recorder = self._live.service.recorder
        recorder.record(actor, "send changes", subject, detail, held.purpose)
        begun = self._webhooks.keep(held, lambda row: _begun(row, after, self._now()))
        if begun is None:
            return None
        answer = self._sent(begun, channel.answer(TOLD, page, whom.grant))
        self._recorded(begun, told, answer)
        return self._webhooks.keep(begun, self._after(answer, after))

    def _sent(self, held: Webhook, page: Values) -> Answer:
        body = json.dumps({"type": "changes", "webhook": held.id, "data": page}, ensure_ascii=False)
        content = body.encode()
        headers = webhooks.sign_webhook(
            signing_keys(self._settings), _message(held), content, self._now()
        )
        headers |= {"Content-Type": "application/json", "User-Agent": "xinheng-webhooks"}
        return self._sender.send(held.url, headers, content)

    def _recorded(self, held: Webhook, told: list[Values], answer: Answer) -> None:
        self._live.service.ledger.deliveries.record(
            Sent(
                webhook=held.id,
                message=_message(held),
                at=self._now(),
                attempt=held.attempts,
                first=told[0]["id"],
                last=told[-1]["id"],
                changes=len(told),
                status=answer.status,
                took_ms=answer.took_ms,
                problem=answer.problem,
            )
        )

    def _after(self, answer: Answer, after: int) -> Callable[[Webhook], Webhook]:
        """Return what becomes of a webhook by an answer."""
        now = self._now()

        def become(row: Webhook) -> Webhook:
            if not answer.problem:
                return row.delivered(after)
            if row.since is not None and now - row.since >= PATIENCE:
                return self._pausing(f"given up after {row.attempts} tries: {answer.problem}")(row)
            return replace(row, due=now + timedelta(seconds=_pause(row.attempts)))

        return become

    def _pausing(self, why: str) -> Callable[[Webhook], Webhook]:
        now = self._now()
        return lambda row: row.given_up(why, now)


def _note_failure(visited: Future[int]) -> None:
    error = None if visited.cancelled() else visited.exception()
    if error is not None:
        _note(error)


def _note(error: BaseException) -> None:
    if isinstance(error, GONE):
        log.warning("no webhook can be delivered at the moment: %s", error)
    else:
        log.error("webhooks cannot be delivered", exc_info=error)


def _page(service: Service, held: Webhook, whom: Principal) -> Values:
    """Return the next changes; those that were sent before and not taken, if there are any."""
    page = changes(service, held.after, TOGETHER, Reach(service, whom))
    upto = page["next"] if held.upto is None else min(page["next"], held.upto)
    return {"changes": [each for each in page["changes"] if each["id"] <= upto], "next": upto}


def _delivered_upto(after: int) -> Callable[[Webhook], Webhook]:
    return lambda row: row.delivered(after)


def _begun(row: Webhook, upto: int, now: datetime) -> Webhook:
    return replace(row, upto=upto, attempts=row.attempts + 1, since=row.since or now)


def _message(held: Webhook) -> str:
    """Return by which id a receiver knows what it has: the same each time it is sent."""
    return f"{held.id}_{held.upto}"


def _pause(attempts: int) -> float:
    """Return the seconds until the next attempt: twice as long each time, and never quite alike."""
    longest: float = min(FIRST_SECONDS * 2 ** min(attempts - 1, 20), LONGEST_SECONDS)
    return longest * (0.5 + secrets.randbelow(1000) / 2000)
