"""Navigation: the places of the console, and who gets to which."""

from dataclasses import dataclass

from .browser import Browser

__all__ = ["PLACES", "Place", "home", "places"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the console.

    Parameters
    ----------
    path
        Where its pages begin.
    zh, en
        What it is called.
    needs
        The permission without which nothing is there to see.
    """

    path: str
    zh: str
    en: str
    needs: str


PLACES = (
    Place("/console/overview", "概览", "Overview", "read records"),
    Place("/console/find", "查询", "Find", "read records"),
    Place("/console/reviews", "复核", "Review", "decide"),
    Place("/console/warnings", "预警", "Warnings", "read records"),
    Place("/console/model", "模型", "Model", "read catalogue"),
    Place("/console/data", "数据", "Data", "read operations"),
    Place("/console/administration", "管理", "Administration", "read access"),
)


def places(browser: Browser) -> list[Place]:
    """Return the places that whoever looks gets to."""
    return [each for each in PLACES if browser.may(each.needs)]


def home(browser: Browser) -> str:
    """Return the path at which whoever signed in begins."""
    found = places(browser)
    return found[0].path if found else "/console/account"
