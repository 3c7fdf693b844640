"""The tables of docs/access.md, from what the code says; run it to write them anew."""

import re
from collections.abc import Iterable
from pathlib import Path

from starlette.routing import Route

from xinheng.core import load_settings, time
from xinheng.serving import create_app
from xinheng.serving.access import ROLES, Channels, Permission, Purposes
from xinheng.serving.access.masking import PLACES
from xinheng.serving.access.needs import NEEDS, PURPOSED

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
DAY = time.day("2026-06-30")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def roles() -> str:
    """Return role by permission."""
    rows = (
        [permission, *("✓" if permission in duty.permissions else "" for duty in ROLES.values())]
        for permission in Permission
    )
    return table(["", *(f"{role} {duty.zh}" for role, duty in ROLES.items())], rows)


def reasons() -> str:
    """Return why each role may do that and no more."""
    return table(["role", "why"], ([role, duty.why] for role, duty in ROLES.items()))


def channels() -> str:
    """Return the channels that ship."""
    rows = (
        [
            f"`{each.name}` {each.zh}",
            ", ".join(each.fields) if each.fields else "all, whole",
            ", ".join(sorted(each.masks.kinds)) or "by role",
            "people and programs" if each.people else "programs",
            f"{each.limit.rate:g}",
            f"{each.key_limit.rate:g}",
        ]
        for each in Channels.default().on(DAY).channels.values()
    )
    head = ["channel", "answers", "masks", "for", "requests a second", "of one key or session"]
    return table(head, rows)


def places() -> str:
    """Return where personal data can stand in answers."""
    rows = ([each.answer, f"`{each.path}`", each.kind] for each in PLACES)
    return table(["answer", "field", "what it holds"], rows)


def purposes() -> str:
    """Return the purposes that ship."""
    rows = (
        [
            f"`{each.code}`",
            each.zh,
            each.en,
            each.case,
            ", ".join(sorted(each.roles)),
            each.basis,
        ]
        for each in Purposes.default().on(DAY).codes.values()
    )
    return table(["code", "", "", "case number", "roles", "basis"], rows)


def routes() -> str:
    """Return who may ask which route, by what each needs."""
    app = create_app(load_settings())
    paths = {
        each.name: f"{min(each.methods)} {each.path_format}"
        for each in app.routes
        if isinstance(each, Route) and each.methods
    }
    rows = (
        [
            f"`{paths[name]}`",
            needed,
            "✓" if needed in PURPOSED else "",
            *("✓" if needed in duty.permissions else "" for duty in ROLES.values()),
        ]
        for name, needed in NEEDS.items()
        if needed is not None
    )
    return table(["route", "needs", "purpose", *ROLES], rows)


PARTS = {each.__name__: each for each in (routes, roles, reasons, channels, places, purposes)}


def render(page: str) -> str:
    """Return the page with its tables written anew, each below its mark."""
    for name, part in PARTS.items():
        mark = f"<!-- {name} -->"
        below = re.compile(re.escape(mark) + r"\n(?:\n(?:\|[^\n]*\n)+)?")
        text = f"{mark}\n\n{part()}\n".replace("\\", r"\\")
        page = below.sub(text, page, count=1)
    return page


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text("utf-8")), encoding="utf-8")
