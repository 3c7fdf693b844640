"""What differs between two bundles, part by part."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .blend import Blend
from .bundle import Parts
from .cards import ScoreCard
from .policy import Policy
from .scale import Level

__all__ = ["Difference", "diff_bundles"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same.

    Attributes
    ----------
    part
        Of the bundle: `model`, `columns`, `directions`, `calibrator`, `policy`,
        `score card`, `rules`, `catalogue`, `reference` or `card`.
    what
        Which thing.
    before, after
        What it is in the first bundle and in the second; None where it is not there.
    """

    part: str
    what: str
    before: Any
    after: Any


def diff_bundles(before: Parts, after: Parts) -> tuple[Difference, ...]:
    """Return everything that differs between two bundles; nothing, if they do the same.

    Parameters
    ----------
    before, after
        The bundles.

    Examples
    --------
    >>> diff = _leaves("card", {"seed": 1, "cut": "x"}, {"seed": 2, "cut": "x"})
    >>> [(each.what, each.before, each.after) for each in diff]
    [('seed', 1, 2)]
    """
    return (
        *_model(before.blend, after.blend),
        *_leaves("columns", _places(before.blend.columns), _places(after.blend.columns)),
        *_leaves("directions", _directions(before), _directions(after)),
        *_calibrator(before, after),
        *_leaves("policy", _editions(before.policy), _editions(after.policy)),
        *_leaves("score card", _editions(before.score_card), _editions(after.score_card)),
        *_leaves("rules", _rules(before), _rules(after)),
        *_leaves("catalogue", _catalogue(before), _catalogue(after)),
        *_reference(before, after),
        *_leaves("card", _card(before), _card(after)),
    )


def _model(before: Blend, after: Blend) -> Iterator[Difference]:
    """Compare the model's figures; where those are the same, whether it is the same model."""
    found = list(_leaves("model", _figures(before), _figures(after)))
    yield from found
    if not found and before.to_texts() != after.to_texts():
        yield Difference("model", "trees or slopes", "as in the first", "other numbers")


def _figures(blend: Blend) -> dict[str, Any]:
    told: dict[str, Any] = {"weight of the booster": blend.weight}
    for name, booster in zip(("booster", "specialist"), blend.boosters, strict=False):
        splits = booster.feature_importance("split")
        used = [name for name, count in zip(blend.columns, splits, strict=True) if count]
        told[f"trees of the {name}"] = booster.num_trees()
        told[f"splits of the {name}"] = int(splits.sum())
        told |= {f"{name} uses {each}": True for each in used}
    if blend.linear is not None:
        told["base of the lines"] = blend.linear.base
        told |= {f"slope of {line.column}": line.slope for line in blend.linear.lines}
    return told


def _calibrator(before: Parts, after: Parts) -> Iterator[Difference]:
    """Compare the curves where it counts: at the cut points of the first one's policy."""
    edition, found = before.policy.editions[-1], False
    for level, cut in zip(list(Level)[1:], edition.scale.cut_points, strict=True):
        margin = before.calibrator.margin(cut)
        says = float(after.calibrator.probability(margin))
        if not np.isclose(says, cut, rtol=0, atol=1e-12):
            what = f"probability at the margin {float(margin):+.3f}, where {level} begins"
            yield Difference("calibrator", what, cut, says)
            found = True
    if not found and before.calibrator.to_json() != after.calibrator.to_json():
        yield Difference("calibrator", "curve or intervals", "as in the first", "other numbers")


def _directions(parts: Parts) -> dict[str, Any]:
    signs = zip(parts.catalogue.ids, parts.catalogue.monotone_constraints(), strict=True)
    return {name: sign for name, sign in signs if sign}


def _editions(file: Policy | ScoreCard) -> dict[str, Any]:
    told = tomllib.loads(file.text)
    editions = told.pop("edition")
    return told | {f"edition {each['version']}": each for each in editions}


def _rules(parts: Parts) -> dict[str, Any]:
    told = json.loads(parts.rules.to_json())
    declared = {each["id"]: each for each in told["conditions"]["indicators"]}
    return {name: each | {"dates": told["dates"][name]} for name, each in declared.items()}


def _catalogue(parts: Parts) -> dict[str, Any]:
    told = json.loads(parts.catalogue.to_json())
    indicators = told.pop("indicators")
    found: dict[str, Any] = told | {each["id"]: each for each in indicators}
    return found


def _reference(before: Parts, after: Parts) -> Iterator[Difference]:
    if before.reference.to_json() != after.reference.to_json():
        rows = (sum(each.reference.margin.counts) for each in (before, after))
        yield Difference("reference", "rows of the histograms", *rows)


def _card(parts: Parts) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parts.card.to_json())
    return found


def _places(columns: list[str]) -> dict[str, Any]:
    return {name: place for place, name in enumerate(columns, 1)}


def _leaves(part: str, before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Compare nested values; what stands on one side only is one difference, not many."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            inner = f"{path}.{name}" if path else str(name)
            yield from _leaves(part, before.get(name), after.get(name), inner)
    elif before != after:
        yield Difference(part, path, before, after)
