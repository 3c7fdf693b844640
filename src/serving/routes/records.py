"""Routes for records that programs post, and what became of them."""

import re
from functools import partial
from typing import Annotated, cast

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Path, Request
from starlette.responses import Response

from ...ledger import Outcome
from ...ledger import Posting as Kept
from ..answers import ReceiptAnswer
from ..entrance.caller import Caller
from ..intake.intake import Intake
from ..intake.sent import Sent
from ..questions import RecordsPosted
from .parts import READING, Asking, Posting, answers, without

__all__ = ["router"]

LONGEST = 5.0
ACCEPTING = CapacityLimiter(8)  # a ledger that is slow to write takes no thread from who reads
WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?=$|[,;])")
POSTED = without(READING, 304, 404) | {
    200: "They are in the archive, or can never be: `Prefer: wait=SECONDS` waited for that.",
    202: "They are kept, and will be in the archive in a moment; `Location` tells what became "
    "of them.",
    400: "The body cannot be read, or there is no Idempotency-Key.",
    403: "The key does not post records of this source, or of such an enterprise.",
    422: "Values cannot be used, or the Idempotency-Key came with other records before.",
    503: "Ledger or audit do not take them; nothing was accepted.",
    507: "The disk is too full; nothing was accepted.",
}
TOLD = READING | {404: "The caller has no such receipt."}
router = APIRouter(tags=["records"])


async def _intake(request: Request) -> Intake:
    return cast("Intake", request.state.intake)


TheIntake = Annotated[Intake, Depends(_intake)]


@router.post(
    "/v1/records",
    name="post_records",
    status_code=202,
    summary="New records of a source",
    response_description="The receipt; they are durable.",
    response_model=ReceiptAnswer,
    responses=answers(POSTED) | {200: {"description": POSTED[200], "model": ReceiptAnswer}},
)
async def post_records(
    question: RecordsPosted,
    caller: Posting,
    intake: TheIntake,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="A key of the caller's own for these records, such as a UUID; required. "
            "Sent again with it, they are accepted once, and answered as before.",
            examples=["5d1c7a52-58d6-4a3b-9f4e-3c4c2f0d8e11"],
        ),
    ] = None,
    prefer: Annotated[
        str | None,
        Header(
            description="`wait=SECONDS`: how long to wait for the records to be in the archive, "
            f"at most {LONGEST:.0f} (RFC 7240).",
            examples=["wait=2"],
        ),
    ] = None,
) -> Response:
    """Accept records by file or by kind; they count a moment later, as if delivered in files."""
    sent = Sent.of(question)
    accept = partial(intake.accept, caller, idempotency_key, sent, question.rows)
    posting = await run_sync(accept, limiter=ACCEPTING)
    wait = _wait(prefer)
    outcome = await intake.settled(posting, min(wait or 0.0, LONGEST))
    content = await run_sync(_content, caller, intake, posting, outcome)
    headers = {"Location": f"/v1/records/{posting.receipt}"}
    if wait is not None:
        headers["Preference-Applied"] = f"wait={min(wait, LONGEST):.0f}"
    status = 202 if outcome is None else 200
    return Response(content, status, headers=headers, media_type="application/json")


@router.get(
    "/v1/records/{receipt}",
    name="receipt",
    summary="What became of posted records",
    response_description="Fate and faults of each row, and the grades of whom they tell.",
    response_model=ReceiptAnswer,
    responses=answers(TOLD),
)
def receipt(
    receipt: Annotated[str, Path(max_length=36, description="As POST /v1/records answered it.")],
    caller: Asking,
    intake: TheIntake,
) -> Response:
    """Return what became of records: whether they are folded in, where, and each row's fate."""
    posting = intake.find(caller, receipt)
    outcome = intake.outcome(posting)
    make = partial(intake.values, caller, posting, outcome)
    asked = {"state": outcome.state} if outcome else {"waits": intake.waits(posting)}
    return caller.read("read receipt", receipt, asked, make)


def _content(caller: Caller, intake: Intake, posting: Kept, outcome: Outcome | None) -> bytes:
    return caller.handed_out(intake.values(caller, posting, outcome))


def _wait(prefer: str | None) -> float | None:
    found = WAIT.search(prefer or "")
    return float(found[1]) if found else None
