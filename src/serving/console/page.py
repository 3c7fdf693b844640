"""Pages: templates filled in, in the language of whoever looks, under a strict policy."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from ...core.templating import environment
from ...core.time import SHANGHAI
from .assets import address, plotly_marks
from .browser import Browser
from .navigation import places

__all__ = ["POLICY", "filled"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts, styles and data of this host alone; forms go nowhere else; no page frames it."""
MINUS = "−"
FELT = 0.005


def filled(browser: Browser, template: str, status: int = 200, **values: object) -> Response:
    """Return a page.

    Parameters
    ----------
    browser
        Who looks.
    template
        Name of the template, without its ending.
    status
        Of the response.
    values
        What it shows.
    """
    say = Say(browser.language)
    content = ENVIRONMENT.get_template(f"{template}.html.j2").render(
        values
        | {
            "browser": browser,
            "say": say,
            "word": say.word,
            "language": browser.language,
            "session": browser.session,
            "places": places(browser),
            "path": browser.request.url.path,
            "key": lambda: str(uuid4()),
        }
    )
    headers = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "same-origin",  # without it a form would not tell whence it comes
        "Content-Language": browser.language,
        "Vary": "Cookie",
    }
    response = HTMLResponse(content, status, headers)
    browser.remember(response)
    return response


class Say:
    """Says things in one language.

    Parameters
    ----------
    language
        `zh` or `en`.

    Examples
    --------
    >>> Say("zh")("等级", "Level"), Say("en")("等级", "Level")
    ('等级', 'Level')
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        """Return the words of the language."""
        return zh if self.language == "zh" else en

    def word(self, term: Mapping[str, Any] | None, otherwise: str = "—") -> str:
        """Return a term of a code table, as answers have it: `code`, `zh` and `en`."""
        if not term:
            return otherwise
        return str(term.get(self.language) or term.get("zh") or term["code"])


def percent(value: float | None, places: int = 1) -> str:
    """Return a share as it is read.

    Examples
    --------
    >>> percent(0.3948), percent(None)
    ('39.5%', '—')
    """
    return "—" if value is None else f"{value:.{places}%}"


def number(value: float | None, places: int = 2) -> str:
    """Return a number as it is read.

    Examples
    --------
    >>> number(0.6018, 3), number(None)
    ('0.602', '—')
    """
    return "—" if value is None else f"{value:.{places}f}"


def signed(value: float | None, places: int = 2) -> str:
    """Return a number with its sign.

    Examples
    --------
    >>> signed(0.625, 1), signed(-1.0)
    ('+0.6', '−1.00')
    """
    return "—" if value is None else f"{value:+.{places}f}".replace("-", MINUS)


def moment(value: str | datetime | None) -> str:
    """Return a moment in the time of Shanghai, to the minute.

    Examples
    --------
    >>> moment("2026-03-01T01:00:00Z")
    '2026-03-01 09:00'
    """
    if not value:
        return "—"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def days_from(value: str, today: str) -> int:
    """Return how many days lie between today and a day; below zero where it is past.

    Examples
    --------
    >>> days_from("2026-03-05", "2026-03-01")
    4
    """
    return (date.fromisoformat(value) - date.fromisoformat(today)).days


def thousands(value: float) -> str:
    """Return a count with its thousands apart.

    Examples
    --------
    >>> thousands(3690000)
    '3,690,000'
    """
    return f"{value:,}"


def felt(contribution: float) -> bool:
    """Tell whether what something adds to a margin is more than it takes to be shown.

    Examples
    --------
    >>> felt(-0.02), felt(0.001)
    (True, False)
    """
    return abs(contribution) >= FELT


def _environment() -> Environment:
    found = environment(__package__)
    found.filters |= {
        "percent": percent,
        "number": number,
        "signed": signed,
        "moment": moment,
        "thousands": thousands,
    }
    found.tests["felt"] = felt
    found.globals |= {"days_from": days_from}
    found.globals |= {"address": address, "plotly_marks": plotly_marks}
    found.globals["level_mark"] = found.get_template("level.html.j2").module.mark  # type: ignore[attr-defined]
    return found


ENVIRONMENT = _environment()
