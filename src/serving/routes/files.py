"""The route that grades a file: sent as a stream, answered as a stream."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, cast

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ...core import time
from ..answers import ScoredRowAnswer
from ..entrance.caller import Caller
from ..files import (
    COLUMNS,
    FORMATS,
    Format,
    Question,
    Upload,
    Uploads,
    accepted_format,
    days_of,
    format_of,
    graded,
    read_question,
    written,
)
from .parts import READING, Day, Posting, answers, without

__all__ = ["router"]

MEDIA = {form: media for media, form in FORMATS.items()}
FILE: dict[str, Any] = {
    media: {"schema": {"type": "string", "format": "binary"}} for media in FORMATS
}
FILE["text/csv"] = FILE["text/csv"] | {"example": "enterprise\n91440300MA5XNG010A\n"}
POSTED = without(READING, 304) | {
    400: "The body cannot be read.",
    404: "No policy was in force then.",
    406: "No format that is written is accepted.",
    415: "No format that is read was sent.",
}
router = APIRouter(tags=["grades"])


class Answered(StreamingResponse):
    """The answer to a file, which is gone once it is answered or nobody listens any more."""

    def __init__(self, upload: Upload, content: Iterator[bytes], form: Format) -> None:
        headers = {"Content-Disposition": f'attachment; filename="scores.{form}"'}
        super().__init__(content, media_type=MEDIA[form], headers=headers)
        self._upload = upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and remove the file."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._upload.close)


@router.post(
    "/v1/scores/file",
    summary="Grades of a file of enterprises",
    response_description="The same rows in their order, each with its grade or its error.",
    response_model=ScoredRowAnswer,
    response_class=StreamingResponse,
    responses=answers(POSTED) | {200: {"content": FILE}},
    openapi_extra={"requestBody": {"required": True, "content": FILE}},
)
async def scores_of_a_file(
    request: Request,
    caller: Posting,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
    as_of: Day = None,
) -> StreamingResponse:
    """Grade up to two million rows: a column `enterprise`, and `as_of` where rows name their day.

    Send CSV, Parquet or an Arrow stream, and accept any of them.
    """
    form, encoding = format_of(content_type)
    answer = accepted_format(", ".join(request.headers.getlist("accept")), form)
    default = caller.service.day(as_of, "query.as_of")
    upload = cast("Uploads", request.state.uploads).begin(caller.principal.actor)
    try:
        await upload.take(request.stream())
        question = await run_in_threadpool(_read, caller, upload, form, encoding, default)
        await run_in_threadpool(_begin, caller, upload, question)
    except BaseException:
        await run_in_threadpool(upload.close)
        raise
    blocks = graded(caller.service, question, caller.numbers, _recording(caller, upload))
    return Answered(upload, written(blocks, answer, _columns(caller)), answer)


def _columns(caller: Caller) -> list[str]:
    """Return the columns that the channel hands out."""
    found = caller.visit.found
    row = dict.fromkeys(COLUMNS.names)
    return [*found.channel.answer(ScoredRowAnswer.__name__, row, found.principal.grant)]


def _read(caller: Caller, upload: Upload, form: Format, encoding: str, default: int) -> Question:
    table = read_question(upload, form, encoding)
    days = {
        text: default if found is None else caller.service.day(found, "body.as_of")
        for text, found in days_of(table)
    }
    return Question(table, days)


def _begin(caller: Caller, upload: Upload, question: Question) -> None:
    """Write down which file is asked about; who is in it follows, block by block."""
    days = sorted(map(time.show, set(question.days.values())))
    detail = {"rows": len(question.table), "bytes": upload.size, "as_of": days}
    caller.record("read scores", f"file {upload.sha256}", detail)


def _recording(caller: Caller, upload: Upload) -> Any:
    def record(told: Mapping[str, Any]) -> None:
        caller.record("read scores", f"file {upload.sha256}", told)

    return record
