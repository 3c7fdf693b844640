"""Wording: what happened, in one plain sentence by language."""

from collections.abc import Mapping
from typing import Any

__all__ = ["SOURCES", "sentence"]

SOURCES: Mapping[str, tuple[str, str, str]] = {
    "sampling": ("抽检不合格", "failed sample", "failed samples"),
    "alert": ("风险通报", "alert", "alerts"),
    "complaint": ("投诉举报", "complaint", "complaints"),
    "opinion": ("负面舆情", "piece of bad press", "pieces of bad press"),
    "recall": ("召回", "recall", "recalls"),
    "incident": ("食品安全事故", "food-safety accident", "food-safety accidents"),
}
"""How many of what, by source: in Chinese, and in English of one and of several."""


def sentence(
    product: str, hazard: str, place: str, figures: Mapping[str, Any], main: str = "sampling"
) -> dict[str, str]:
    """Return what the figures of an alarm tell, by language: "zh" and "en".

    Examples
    --------
    >>> told = {"complaint": {"cases": 12, "usual": 4.0}}
    >>> figures = {"windows": {"4": {"cases": 3, "usual": 0.5, "tested": 36, "told": told}}}
    >>> texts = sentence("tea", "lead", "", figures)
    >>> texts["zh"]
    '近4周，tea（lead）：抽检不合格3起（往常约0.5起，共检36批）；投诉举报12起（往常约4起）。'
    >>> texts["en"].partition("; 12")[0]
    'In the last 4 weeks, tea, lead: 3 failed samples (usually 0.5; 36 lots tested)'
    """
    weeks, figure = _telling(figures)
    told = {} if "cases" not in figure else {main: figure}
    told |= {name: each for name, each in figure["told"].items() if each["cases"]}
    zh, en = [], []
    for name, each in told.items():
        kind = SOURCES.get(name, (name, name, name))
        usual = f"{each['usual']:.1f}".removesuffix(".0")
        lots = each.get("tested")
        tested = (f"，共检{lots}批", f"; {lots} lots tested") if lots else ("", "")
        zh.append(f"{kind[0]}{each['cases']}起（往常约{usual}起{tested[0]}）")
        en.append(
            f"{each['cases']} {kind[1 if each['cases'] == 1 else 2]} (usually {usual}{tested[1]})"
        )
    narrower = [each for each in (place, hazard) if each]
    named = f"{product}（{'，'.join(narrower)}）" if narrower else product
    return {
        "zh": f"近{weeks}周，{named}：{'；'.join(zh)}。",
        "en": f"In the last {weeks} weeks, {', '.join([product, *narrower])}: {'; '.join(en)}.",
    }


def _telling(figures: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the shortest window that has a case, and its figures."""
    windows: Mapping[str, Mapping[str, Any]] = figures["windows"]
    for weeks, figure in windows.items():
        if figure.get("cases") or any(each["cases"] for each in figure["told"].values()):
            return weeks, figure
    return next(iter(windows.items()))
