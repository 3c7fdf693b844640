"""Words: each story as a sentence in Chinese and in English, with what to do about it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import exp
from typing import Any

from ...core import time
from ...core.codes import CodeTable
from .causes import Cause

__all__ = ["LANGUAGES", "sentence"]

LANGUAGES = ("zh", "en")
ANY = "*"
MANY = 6
HALF, UNITS = 0.5, 0.15
POPULATION = {
    "zh": {
        "all": "全部主体",
        "entity": "一般主体",
        "operator": "食品经营者",
        "producer": "食品生产者",
    },
    "en": {
        "all": "all",
        "entity": "other entities",
        "operator": "food operators",
        "producer": "food producers",
    },
}


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    """Return what is said by cause and language."""
    text = resources.files(__package__).joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


def sentence(
    cause: Cause,
    since: int,
    detail: Mapping[str, Any],
    departments: Mapping[str, str],
    language: str,
) -> str:
    """Return a story as a sentence for a supervisor.

    Parameters
    ----------
    cause, since, detail
        Of the story, as `following.Told` has them.
    departments
        Names of departments by source.
    language
        `zh` or `en`.

    Examples
    --------
    >>> told = {"source": "city-tax", "kind": "tax_return", "names": [], "months": 1,
    ...         "seen": 0, "expected": 2410.2, "indicators": ["RL05"], "series": ["count"]}
    >>> from xinheng.core.time import day
    >>> since, names = day("2026-02-01"), {"city-tax": "Tax office"}
    >>> sentence(Cause.STOPPED, since, told, names, "en").partition(", where")[0]
    'Tax office has delivered no tax return records since 2026-02-01'
    """
    zh = language == "zh"
    names = [*detail["names"], "", ""]
    share = detail["series"][0] in ("found", "calibration")
    text = _texts()[cause][language].format(
        who=_who(detail["source"], departments),
        what=_kind(detail["kind"], language),
        since=time.show(since),
        few=_number(detail["seen"], language) if detail["seen"] >= HALF else "no",
        seen=_number(detail["seen"], language),
        expected=_number(detail["expected"], language),
        first=names[0] or ("数值" if zh else "the value"),
        second=names[1],
        factor=_factor(detail, language),
        figures=_found(detail, language) if share else _counts(detail, language),
        departments=("、" if zh else ", ").join(_who(s, departments) for s in detail["names"]),
        population=POPULATION[language].get(detail["series"][-1], detail["series"][-1]),
    )
    return text + _indicators(detail["indicators"], language)


def _who(source: str, departments: Mapping[str, str]) -> str:
    return departments.get(source, source)


def _kind(kind: str, language: str) -> str:
    if kind in ("", ANY):
        return "各类记录" if language == "zh" else "records"
    name = CodeTable.load("record_kind").words(language, [kind.partition(".")[0]], 0)[0] or kind
    return str(name) if language == "zh" else f"{str(name).lower()} records"


def _number(number: float, language: str) -> str:
    return f"{number:,.0f}条" if language == "zh" else f"{number:,.0f}"


def _factor(detail: Mapping[str, Any], language: str) -> str:
    """Return how many times larger values are: a round power of ten where it is nearly one."""
    change = detail["seen"] - detail["expected"]
    near = round(change)
    exact = 10.0 ** (near if near and abs(change - near) < UNITS else change)
    text = f"{exact:,.0f}" if exact >= 10 else f"{exact:.2g}"
    return f"{text}倍" if language == "zh" else f"{text} times"


def _counts(detail: Mapping[str, Any], language: str) -> str:
    seen, expected = (_number(detail[name], language) for name in ("seen", "expected"))
    if language == "zh":
        return f"收到{seen}，按往期应有{expected}"
    return f"{seen} came, where {expected} were to be expected"


def _found(detail: Mapping[str, Any], language: str) -> str:
    aspect, population = detail["series"][0], POPULATION[language][detail["series"][-1]]
    if aspect == "found":
        seen, expected = f"{detail['seen']:,.0f}", f"{detail['expected']:,.0f}"
    else:
        seen, expected = (f"{exp(detail[n]):.2f}" for n in ("seen", "expected"))
    if language == "zh":
        what = "发现违法" if aspect == "found" else "实际与预测之比"
        return f"{population}{what}{seen}，往期为{expected}"
    what = "violations found" if aspect == "found" else "found over promised"
    return f"{what} among {population}: {seen}, where {expected} was to be expected"


def _indicators(names: list[str], language: str) -> str:
    if not names:
        return ""
    listed = ("、" if language == "zh" else ", ").join(names[:MANY])
    more = len(names) - MANY
    if language == "zh":
        return f"同时变化的指标：{listed}" + (f"等{len(names)}项。" if more > 0 else "。")
    return f" Moved with it: {listed}" + (f" and {more} more." if more > 0 else ".")
