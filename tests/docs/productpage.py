"""The tables of docs/product-risks.md, from what the package ships; run it to write them anew."""

import re
from collections.abc import Iterator

from xinheng.earlywarning.exposure import REASONS, read_weights
from xinheng.earlywarning.newcomers import Novelty
from xinheng.earlywarning.products import Vocabulary
from xinheng.earlywarning.standing import Rule, read_rules

from .accesspage import PAGE as BESIDE
from .accesspage import table

PAGE = BESIDE.with_name("product-risks.md")
ROWS = {
    "days": "length of the recent span, in days",
    "warm_up_days": "days after its first record in which a source tells nothing new",
    "times": "records at least",
    "tellers": "enterprises, or sources, at least",
    "chance": "greatest chance that all mentions fall into the span, if they fell evenly",
}


def rules() -> str:
    """Return the standing rules that ship."""
    known = Vocabulary.default()
    names = dict(zip(known.column("code"), known.column("zh"), strict=True))
    rows = (
        [
            f"`{rule.id}`",
            rule.hazard,
            ", ".join(f"{names[code]} `{code}`" for code in rule.products),
            season(rule),
            "; ".join(weather(rule)) or "not asked",
            f"{rule.shelf_life_hours} h" if rule.shelf_life_hours else "",
            "✓" if rule.cold_chain else "",
            f"{rule.silent_days} / {rule.silent_days_urgent}",
            rule.basis,
        ]
        for rule in read_rules().rule
    )
    head = ["rule", "hazard", "products", "season", "weather of the last days", "shelf life"]
    return table([*head, "cold chain", "silent days, alone / urgent", "basis"], rows)


def season(rule: Rule) -> str:
    """Return when a rule is in season."""
    if rule.feast is not None:
        return f"{rule.days_before} days before `{rule.feast}`"
    return "months " + ", ".join(map(str, sorted(rule.months)))


def weather(rule: Rule) -> Iterator[str]:
    """Yield what a rule asks of the weather."""
    if rule.least_temperature is not None:
        yield f"{rule.least_temperature:g} °C or more"
    if rule.least_humidity is not None:
        yield f"{rule.least_humidity:g} % humidity or more"


def weights() -> str:
    """Return how much each reason of exposure weighs."""
    known = read_weights().reasons
    rows = ([f"`{name}`", f"{known[name].weight:g}", known[name].en] for name in REASONS)
    return table(["reason", "weight", "as it is told"], rows)


def novelty() -> str:
    """Return what counts as new."""
    asked = Novelty()
    return table(["", ""], ([told, f"{getattr(asked, name):g}"] for name, told in ROWS.items()))


PARTS = {each.__name__: each for each in (rules, weights, novelty)}


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
