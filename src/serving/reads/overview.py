"""The overview: everybody within reach, counted."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...grading import Level
from ..access import Scope
from ..answers import Values, category_values, term_values
from ..live.census import Census, Counts
from ..live.profiles import category_code, district_code
from .enterprises import categories_named, districts_named

__all__ = ["overview"]


def overview(census: Census, scope: Scope) -> Values:
    """Return how many stand at which level, by district and line of business, and who moved.

    Parameters
    ----------
    census
        Of now.
    scope
        Whose enterprises are counted: districts and categories as the directory has them.
    """
    directory, moves = census.everybody.directory, census.moves
    counts, moved = census.counts, np.ones(len(moves.row), bool)
    if scope.categories is not None:
        texts, _ = categories_named(directory, scope.categories)
        rows = directory.of_categories(texts)
        counts, moved = census.among(rows), np.isin(moves.row, rows)
    if scope.districts is not None:
        texts, _ = districts_named(directory, scope.districts)
        held = np.zeros(counts.shape[0], bool)
        held[[directory.districts[text] for text in texts]] = True
        counts = np.where(held[:, None, None], counts, 0)
        moved &= held[directory.district[moves.row]]
    before, after = moves.before[moved], moves.after[moved]
    levels, newest = counts.sum((0, 1)), moves.newest[moved]
    graded = census.as_of is not None
    return {
        "run": census.everybody.standing.run or None,
        "as_of": time.show(census.as_of) if census.as_of is not None else None,
        "since": time.show(moves.since) if graded else None,
        "enterprises": int(counts.sum()),
        "ungraded": int(levels[-1]),
        "levels": _levels(levels, before, after),
        "districts": _groups(counts.sum(1), directory.districts, _district),
        "businesses": _groups(counts.sum(0), directory.businesses, _business),
        "moves": _moves(before, after),
        "newest": {
            "better": int((newest & (after < before)).sum()),
            "worse": int((newest & (after > before)).sum()),
        },
    }


def _levels(
    levels: Counts, before: npt.NDArray[np.int8], after: npt.NDArray[np.int8]
) -> list[Values]:
    size = len(Level)
    came = np.bincount(after, minlength=size) - np.bincount(before, minlength=size)
    return [
        {
            "level": str(level),
            "enterprises": int(levels[level]),
            "before": int(levels[level] - came[level]),
        }
        for level in Level
    ]


def _groups(
    counts: Counts, texts: Mapping[str, int], term: Callable[[str], Values]
) -> list[Values]:
    """Return the groups that anybody is in, the largest first; texts of one code are one group."""
    found: dict[str, dict[str, Any]] = {}
    for text, place in [*texts.items(), (None, -1)]:
        if not counts[place].sum():
            continue
        told = None if text is None else term(text)
        code = "" if told is None else str(told["code"])
        each = found.setdefault(code, {"term": told, "counts": np.zeros_like(counts[0])})
        each["counts"] += counts[place]
    values = [
        {
            "term": each["term"],
            "enterprises": int(each["counts"].sum()),
            "levels": {str(level): int(each["counts"][level]) for level in Level},
        }
        for each in found.values()
    ]
    return sorted(values, key=lambda each: -each["enterprises"])


def _moves(before: npt.NDArray[np.int8], after: npt.NDArray[np.int8]) -> list[Values]:
    pairs, counts = np.unique(np.stack([before, after]), axis=1, return_counts=True)
    return [
        {"level_before": str(Level(old)), "level": str(Level(new)), "enterprises": count}
        for old, new, count in zip(*pairs.tolist(), counts.tolist(), strict=True)
    ]


def _district(text: str) -> Values:
    return term_values("district", district_code(text))


def _business(text: str) -> Values:
    return category_values(category_code(text))
