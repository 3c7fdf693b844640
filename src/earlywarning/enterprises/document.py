"""The notice of a credit downgrade warning 信用降级警示告知书, as it is served on an enterprise.

Chinese first, English below. It loads and runs nothing, and carries no seal: whoever serves it adds
that. Until a day of service is given, it says that it is a draft without effect.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ...archive import Lineage
from ...core import time
from ...core.calendar import add_working_days
from ...core.citations import cited
from ...core.templating import environment, resource
from ...ledger.downgrades import Draft, Ground
from .warningpolicy import WarningEdition

__all__ = ["Served", "render_notice"]

Words = Mapping[str, str]
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Served:
    """How a notice is served: the day, as a number, and the reference of the document."""

    day: int
    reference: str


def render_notice(
    draft: Draft,
    edition: WarningEdition,
    *,
    name: str = "",
    origins: Mapping[int, Lineage] | None = None,
    served: Served | None = None,
    code: str = "",
) -> str:
    """Return the notice as one page of HTML; `explaining.print_pdf` prints it.

    Parameters
    ----------
    draft
        What is proposed, or what was decided.
    edition
        Policy in force, which says who issues it and how long the enterprise has to answer.
    name
        Of the enterprise.
    origins
        Where records are from, by number (`Archive.lineage`), so that they are told by the number
        of their document; by their key where that is not known.
    served
        When and under which reference it is served; without it, it is a draft.
    code
        By which the enterprise shows that it has the notice, when it reads or states something.

    Raises
    ------
    InvalidError
        If no holidays are known for the days after service.
    """
    sections = [_section(each, draft, edition, origins or {}, served) for each in LANGUAGES]
    return (
        environment(__package__)
        .get_template("notice.html.j2")
        .render(
            style=resource(__package__, "notice.css"),
            sections=sections,
            draft=draft,
            basis=cited(draft.basis),
            name=name,
            reference="" if served is None else served.reference,
            served="" if served is None else time.show(served.day),
            defence_basis=cited(edition.defence_basis),
            code=code,
        )
    )


def _section(
    language: str,
    draft: Draft,
    edition: WarningEdition,
    origins: Mapping[int, Lineage],
    served: Served | None,
) -> dict[str, Any]:
    """Return what the notice says in one language."""
    words, days = _words()[language], edition.defence_days
    deadline = ""
    if served is not None:
        until = time.show(add_working_days(served.day, days))
        deadline = words["deadline"].format(served=time.show(served.day), until=until)
    return {
        "words": words,
        "is_draft": served is None,
        "opening": words["opening"].format(day=time.show(draft.as_of)),
        "grounds": [_ground(each, language, words, origins) for each in draft.grounds],
        "proposed": words["proposed"].format(days=draft.days, level=draft.level),
        "defence": words["defence"].format(days=days),
        "deadline": deadline,
        "office": edition.office[language],
        "contact": edition.contact[language],
    }


def _ground(
    ground: Ground, language: str, words: Words, origins: Mapping[int, Lineage]
) -> dict[str, Any]:
    return {
        "text": ground.text[language],
        "basis": cited(ground.basis),
        "since": words["since"].format(day=time.show(ground.since)),
        "records": [_record(key, origins) for key in ground.records],
    }


def _record(key: str, origins: Mapping[int, Lineage]) -> str:
    number = int(key) if key.lstrip("-").isdecimal() else None
    origin = None if number is None else origins.get(number)
    return key if origin is None else f"{origin.number} ({origin.department})"


@cache
def _words() -> Mapping[str, Words]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
