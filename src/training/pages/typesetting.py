"""Typesetting: the templates of pages, and how numbers are written in them."""

from functools import cache
from math import ceil, isnan, log10
from typing import TYPE_CHECKING

from ...core import time
from ...core.templating import environment, resource
from ...explaining import figure
from ...explaining.numbers import signed
from ...grading import Edition, Level
from ..measuring import Audit
from .names import MODELS, population_name

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["percent", "reach", "template", "text"]

NOTHING = "–"
ORDER = ("entity", "operator", "producer")
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
LOWEST = 0.001


def template(name: str) -> "Template":
    """Return a template, which escapes whatever is put into it."""
    return _prepared().get_template(name)


def text(name: str) -> str:
    """Return a file beside the templates as it is."""
    return resource(__package__, name)


@cache
def _prepared() -> "Environment":
    made = environment(__package__)
    made.filters |= {
        "percent": percent,
        "cut": lambda share: f"{100 * share:g}%",
        "count": lambda value: f"{value:,}",
        "day": time.show,
        "figure": figure,
        "signed": signed,
        "number": number,
    }
    made.globals |= {
        "levels": tuple(Level),
        "order": ORDER,
        "population": population_name,
        "models": MODELS,
        "step": step,
        "place": place,
    }
    return made


def percent(value: float, digits: int = 1) -> str:
    """Write a share as people read it; NaN is a dash.

    Examples
    --------
    >>> percent(0.0634), percent(0.5, 0), percent(float("nan"))
    ('6.3%', '50%', '–')
    """
    return NOTHING if isnan(value) else f"{value:.{digits}%}"


def number(value: float, digits: int) -> str:
    """Write a number; NaN is a dash."""
    return NOTHING if isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def reach(audit: Audit, edition: Edition) -> float:
    """Return the end of the axis of rates: a whole tick beyond all that is drawn."""
    seen = [each for each in (*audit.model, *audit.final) if each.rows]
    most = max(edition.scale.cut_points[-1], *(max(o.upper, o.predicted) for o in seen))
    tick = step(most)
    return min(1.0, tick * ceil(most / tick - 1e-9))


def step(most: float) -> float:
    """Return the distance of ticks that puts three to six of them below a share."""
    return next((size for size in STEPS if most / size <= 6), 0.25)


def place(share: float) -> float:
    """Return where a share lies on a logarithmic axis from 0.1 % to 100 %, as 0 to 1.

    Examples
    --------
    >>> [round(place(share), 2) for share in (0.0, 0.001, 0.1, 1.0)]
    [0.0, 0.0, 0.67, 1.0]
    """
    return 1 - log10(max(share, LOWEST)) / log10(LOWEST)
