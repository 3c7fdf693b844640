"""Logs: one line for each thing that happened, as JSON or as text, without personal data.

What a record says is a constant sentence and named values; exceptions are told by their kind, a
scrubbed first line and where they came from. See `core.scrub` for what is left out.
"""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from .logqueue import LogQueue, write_to
from .scrub import scrubbed, scrubbed_error

if TYPE_CHECKING:
    from .settings import Settings

__all__ = ["JsonLines", "TextLines", "flush_logs", "set_up_logs"]

ACCESS = "xinheng.access"
"""Whose values are known to be numbers and names of ours, so that nothing is looked for in them."""
FRAMES = 12
PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "told"}
LOUD = ("alembic", "uvicorn.access", "httpx", "httpx2", "httpcore", "httpcore2", "asyncio", "numba")


class JsonLines(logging.Formatter):
    """A line of JSON: time, level, logger, event, values, and what was caught.

    Examples
    --------
    >>> record = logging.LogRecord("xinheng.jobs", 20, "", 0, "job %s: done", ("grades",), None)
    >>> json.loads(JsonLines().format(record))["event"]
    'job grades: done'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line."""
        if record.name == ACCESS:
            return json.dumps({"time": _time(record), "event": record.msg} | _told_of(record))
        told = _parts(record)
        return json.dumps(told, ensure_ascii=False, default=lambda each: scrubbed(str(each)))


class TextLines(logging.Formatter):
    """A line for people: time, level, what happened, and the values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, and what was caught below it."""
        parts = _parts(record)
        head = f"{parts.pop('time')} {parts.pop('level'):<7} {parts.pop('event')}"
        frames = parts.pop("frames", ())
        values = " ".join(f"{key}={value}" for key, value in parts.items())
        return "\n  at ".join([f"{head}  {values}".rstrip(), *frames])


def set_up_logs(settings: "Settings", dropped: Callable[[], object] = lambda: None) -> None:
    """Send every log of this process to standard error, as the settings say.

    Loggers of libraries that would tell addresses and bodies are quiet below warnings, and lines
    of theirs are scrubbed.

    Parameters
    ----------
    settings
        The form of lines, and from which level on they are written.
    dropped
        Told of every line that is dropped because nobody reads; see `LogQueue`.
    """
    handler = LogQueue(_standard_error(), dropped)
    for_people = settings.log_format == "text" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    handler.setFormatter(TextLines() if for_people else JsonLines())
    root = logging.getLogger()
    for before in filter(lambda each: isinstance(each, LogQueue), root.handlers):
        before.close()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in LOUD:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = True


def flush_logs() -> None:
    """Wait until what this process has logged is written, for as long as there is patience."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def _standard_error() -> Callable[[str], object]:
    """Return what writes to standard error: to the file itself, where it is one."""
    try:
        return partial(write_to, sys.stderr.fileno())
    except (OSError, ValueError):
        return sys.stderr.write


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "time": _time(record),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": scrubbed(record.getMessage()),
    }
    for name, value in (vars(record) | _told_of(record)).items():
        if name not in PLAIN:
            parts[name] = scrubbed(value) if isinstance(value, str) else value
    if record.exc_info and record.exc_info[1] is not None:
        parts["error"] = scrubbed_error(record.exc_info[1])
        parts["frames"] = _frames(record.exc_info[1])
    return parts


def _told_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the values of a line of the access log; none of another."""
    values: dict[str, Any] = vars(record).get("told", {})
    return {name: value for name, value in values.items() if value is not None}


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _frames(error: BaseException) -> list[str]:
    """Return where an error came from, without the text of the lines; the innermost last."""
    found = traceback.extract_tb(error.__traceback__, limit=-FRAMES)
    return [f"{each.filename}:{each.lineno} {each.name}" for each in found]
