"""What pages of cases have in common: a form is sent, and what became of it is shown."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import RedirectResponse, Response

from ..acts import Act, Form, body_of
from ..browser import Browser
from ..inside import RefusedError

__all__ = ["Shown", "done_by"]

SEE, NOT_SIGNED_IN = 303, 401
Shown = Callable[[RefusedError, Form], Awaitable[Response]]


async def done_by(
    browser: Browser, pages: str, cases: str, case: int, acts: Sequence[Act], shown: Shown
) -> Response:
    """Do what a form asks for, and lead on to the page; where it is refused, show that there.

    Parameters
    ----------
    browser
        Who sent it.
    pages, cases
        Paths of the pages of such cases, and of the cases in the API.
    case
        Its number, which follows them; in the API the name of the act follows that.
    acts
        Those that there are; which one is meant stands in the form.
    shown
        Shows the page again, with the problem and with what was filled in.
    """
    form, page = await browser.form(), f"{pages}/{case}"
    act = next((each for each in acts if [each.id] == form.get("form")), None)
    if act is None:
        return RedirectResponse(page, SEE)
    try:
        path = f"{act.cases or cases}/{case}/{act.name}"
        await browser.act(path, body_of(act, form) or None, form)
    except RefusedError as refused:
        if refused.answer.status == NOT_SIGNED_IN:
            raise
        return await shown(refused, form)
    return RedirectResponse(f"{page}?done={act.id}", SEE)
