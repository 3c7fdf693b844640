"""The console of a town, and a browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from .people import WORDS, Console, chromium, served

LAPTOP, PHONE = (1280, 800), (390, 844)
PATIENCE = 60_000
"""Milliseconds for which a machine that does other things is waited for."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def console(own_town, tmp_path_factory) -> Iterator[Console]:
    with served(own_town(tmp_path_factory.mktemp("console"))) as found:
        yield found


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def states(chrome: Browser, console: Console) -> Callable[[str], dict]:
    """Return what a browser keeps of somebody who signed in: each signs in once."""
    known: dict[str, dict] = {}

    def state(name: str) -> dict:
        if name not in known:
            context = chrome.new_context(base_url=console.url)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto("/console/sign-in")
            page.get_by_label("用户名").fill(name)
            page.get_by_label("口令").fill(WORDS)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url("**/console/**")
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return state


class Visitor:
    """Somebody in a browser; what goes wrong on a page is collected.

    Attributes
    ----------
    page
        Where they are.
    faults
        What the browser complained of.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on(
            "console",
            lambda told: (
                self.faults.append(told.text) if told.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("requestfailed", lambda request: self.faults.append(request.url))

    def _told(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)


@pytest.fixture
def visitor(chrome: Browser, console: Console, states) -> Iterator[Callable[..., Visitor]]:
    """Return what opens a browser of somebody, by width and language."""
    contexts = []

    def opened(name: str | None, size: tuple[int, int] = LAPTOP) -> Visitor:
        context = chrome.new_context(
            base_url=console.url,
            storage_state=states(name) if name else None,
            viewport={"width": size[0], "height": size[1]},
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Visitor(context.new_page())

    yield opened
    for context in contexts:
        context.close()
