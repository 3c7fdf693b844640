"""Room: how many requests a worker has under way at once; who comes beyond that comes again."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ..problem import ProblemError

__all__ = ["MOST", "Room"]

MOST = 500
WAIT = {"Retry-After": "1"}
ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})


class Room:
    """Refuse requests beyond so many with 503, at once, rather than let all of them wait.

    Whoever looks whether the service lives is let in always.
    """

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self.app = app
        self.most = most
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if there is room."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._under_way >= self.most and scope["path"] not in ALWAYS:
            problem = ProblemError(
                "overloaded",
                f"{self.most} requests are under way in this worker, and no more are begun; ask "
                "again in a second.",
            )
            await problem.response(scope, WAIT)(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1
