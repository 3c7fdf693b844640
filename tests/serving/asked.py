"""Every route that reads, with a question of each, as tables for tests."""

from dataclasses import dataclass
from typing import Any

from ..archive.department import ALPHA
from .installation import NOW

ONE = f"/v1/enterprises/{ALPHA}"
DAY = "as_of=2026-03-01"
TODAY = NOW.date().isoformat()
SUPPOSED: dict[str, Any] = {
    "enterprise": ALPHA,
    "as_of": "2026-03-01",
    "records": [
        {
            "kind": "penalty",
            "number": "H1",
            "occurred": "2026-02-10",
            "known": "2026-02-12",
            "organ": "market",
            "food": True,
            "violation": "label",
            "penalty_kind": "fine",
            "fine": 3,
        }
    ],
}


@dataclass(frozen=True)
class Asked:
    """A question: its route, what is audited, and on what the answer depends."""

    url: str
    action: str
    spoken: bool = False
    body: dict[str, Any] | None = None
    method: str | None = None

    def __str__(self) -> str:
        return self.action

    def send(self, client: Any, more: str = "", **headers: str) -> Any:
        url = self.url + (("&" if "?" in self.url else "?") + more if more else "")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        method = self.method or ("GET" if self.body is None else "POST")
        return client.request(method, url, json=self.body, headers=named)


ENTERPRISE = (
    Asked(f"{ONE}/grade?{DAY}", "read grade"),
    Asked(f"{ONE}/explanation?{DAY}", "read explanation", spoken=True),
    Asked(f"{ONE}/explanation?{DAY}&detail=short", "read explanation", spoken=True),
    Asked(f"{ONE}/records?{DAY}", "read records", spoken=True),
    Asked(f"{ONE}/movement?{DAY}&since=2026-02-01", "read movement", spoken=True),
    Asked(f"{ONE}/remedies?{DAY}", "read remedies", spoken=True),
)
GETS = (
    *ENTERPRISE,
    Asked(f"{ONE}/grades", "read grades"),
    Asked(f"{ONE}/profile?{DAY}", "read profile"),
    Asked("/v1/enterprises?code=9144", "search enterprises"),
    Asked("/v1/overview", "read overview"),
    Asked("/v1/changes", "read changes"),
    Asked("/v1/indicators", "read indicators", spoken=True),
    Asked("/v1/model", "read model"),
    Asked("/v1/model/promotions", "read promotions"),
)
POSTS = (
    Asked("/v1/scores", "read scores", body={"enterprises": [ALPHA, "x"], "as_of": "2026-03-01"}),
    Asked("/v1/what-if", "ask what if", spoken=True, body=SUPPOSED),
)
READS = (*GETS, *POSTS)
