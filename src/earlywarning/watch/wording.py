"""Wording: what happened, in one plain sentence by language."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from ...core import time
from ...core.codes import CodeTable

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
    series: tuple[str, str, str],
    until: int,
    figures: Mapping[str, Any],
    main: str = "sampling",
    english: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return what the figures of an alarm tell, by language: "zh" and "en".

    Parameters
    ----------
    series
        Product, place and hazard; the last two may be "".
    until
        The day that ends the week it is about.
    figures
        See `figures_of`.
    main
        The source of its cases.
    english
        English names of products.

    Examples
    --------
    >>> told = {"complaint": {"cases": 12, "usual": 4.0}}
    >>> figures = {"windows": {"4": {"cases": 3, "usual": 0.5, "tested": 36, "told": told}}}
    >>> series, names = ("河粉", "440303", "pathogen"), {"河粉": "Ho fun"}
    >>> texts = sentence(series, 20_000, figures, english=names)
    >>> texts["zh"]
    '截至2024-10-04的4周，河粉（罗湖区，致病菌）：抽检不合格3起（往常约0.5起，共检36批）；投诉举报12起（往常约4起）。'
    >>> texts["en"].partition(" failed")[0]
    'In the 4 weeks to 2024-10-04, Ho fun, Luohu, Pathogens: 3'
    """
    weeks, figure = _telling(figures)
    told = {} if "cases" not in figure else {main: figure}
    told |= {name: each for name, each in figure["told"].items() if each["cases"]}
    zh, en = zip(*(_counted(name, each) for name, each in told.items()), strict=True)
    product, *rest = series
    narrower = [_named(each) for each in rest if each]
    first = product
    if narrower:
        first = f"{product}（{'，'.join(each for each, _ in narrower)}）"
    second = ", ".join([english.get(product, product), *(each for _, each in narrower)])
    day = time.show(until)
    return {
        "zh": f"截至{day}的{weeks}周，{first}：{'；'.join(zh)}。",
        "en": f"In the {weeks} weeks to {day}, {second}: {'; '.join(en)}.",
    }


def _counted(name: str, figure: Mapping[str, Any]) -> tuple[str, str]:
    """Return how many of a source there were, and are usually."""
    kind = SOURCES.get(name, (name, name, name))
    cases, usual = figure["cases"], f"{figure['usual']:.1f}".removesuffix(".0")
    lots = figure.get("tested")
    tested = (f"，共检{lots}批", f"; {lots} lots tested") if lots else ("", "")
    return (
        f"{kind[0]}{cases}起（往常约{usual}起{tested[0]}）",
        f"{cases} {kind[1 if cases == 1 else 2]} (usually {usual}{tested[1]})",
    )


def _named(text: str) -> tuple[str, str]:
    """Return what a district or a hazard class is called, if the text is the code of one."""
    return _codes().get(text, (text, text))


@cache
def _codes() -> Mapping[str, tuple[str, str]]:
    tables = [CodeTable.load(name).table for name in ("district", "hazard_class")]
    rows = [row for table in tables for row in table.to_pylist()]
    return {row["code"]: (row["zh"], row["en"]) for row in rows}


def _telling(figures: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the shortest window that has a case, and its figures."""
    windows: Mapping[str, Mapping[str, Any]] = figures["windows"]
    for weeks, figure in windows.items():
        if figure.get("cases") or any(each["cases"] for each in figure["told"].values()):
            return weeks, figure
    return next(iter(windows.items()))
