"""The tables of docs/enterprise-warnings.md, from what the code says; run it to write them anew."""

import re
from pathlib import Path

from xinheng.core import time
from xinheng.earlywarning.enterprises import WARNINGS, WarningPolicy
from xinheng.earlywarning.enterprises.signs import SIGNS
from xinheng.features.definition import define

from .accesspage import table

PAGE = Path(__file__).parents[2] / "docs" / "enterprise-warnings.md"
EDITION = WarningPolicy.default().editions[0]


def rules() -> str:
    """Return the rules, what they rest on, and how grave they are."""
    rows = (
        [
            f"`{rule.id}`",
            f"{rule.zh}<br>{rule.en}",
            rule.basis,
            time.show(rule.effective_from),
            f"{EDITION.gravity[rule.id].zh} {EDITION.gravity[rule.id]}",
        ]
        for rule in WARNINGS
    )
    return table(["rule", "met where", "basis", "from", "gravity (design)"], rows)


def conditions() -> str:
    """Return the condition of each rule; it is met where that is over zero."""
    rows = ([f"`{rule.id}`", f"`{define(rule.indicator).computed.en}`"] for rule in WARNINGS)
    return table(["rule", "met where this is over zero"], rows)


def measures() -> str:
    """Return which grounds suffice for which level and period."""
    rows = (
        [
            ", ".join(f"`{rule}`" for rule in each.rules),
            str(each.least),
            str(each.level),
            str(each.days),
            each.basis,
        ]
        for each in EDITION.measures
    )
    return table(["of these rules", "at least", "level", "days", "basis"], rows)


def signs() -> str:
    """Return what else the forecast reads."""
    rows = ([f"`{each.id}`", each.zh, each.en] for each in SIGNS)
    return table(["sign", "", ""], rows)


PARTS = {each.__name__: each for each in (rules, conditions, measures, signs)}


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
