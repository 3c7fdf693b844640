"""Once: what a person is shown this one time, led from a form to the page that follows it.

A cookie that no script reads keeps it for a minute, until the page that it is for was made. So a
page that is loaded anew does nothing again and shows no secret, and who loses the connection in
between has another minute to see it.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from starlette.responses import Response

from ..entrance.cookies import drop_cookie, put_cookie
from .browser import Browser

__all__ = ["ONCE", "drop", "kept", "shown"]

ONCE = "xinheng-once"
PATIENCE = 60


def kept(response: Response, browser: Browser, subject: str, values: Mapping[str, Any]) -> Response:
    """Return a response that has the browser keep values for the page about a subject."""
    told = {"to": browser.session["actor"], "of": subject, "values": dict(values)}
    text = quote(json.dumps(told), safe="")
    put_cookie(response, ONCE, text, https=browser.https, seconds=PATIENCE)
    return response


def shown(browser: Browser, subject: str) -> dict[str, Any]:
    """Return the values that are for whoever looks at the page about a subject; else none."""
    text = browser.cookie(ONCE)
    try:
        told = json.loads(unquote(text or "null"))
        if (told["to"], told["of"]) != (browser.session["actor"], subject):
            return {}
        found: dict[str, Any] = dict(told["values"])
    except (ValueError, TypeError, KeyError):
        return {}
    return found


def drop(response: Response, browser: Browser) -> Response:
    """Return a response that has the browser forget them."""
    drop_cookie(response, ONCE, https=browser.https)
    return response
