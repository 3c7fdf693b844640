"""The page of one model: whether it is good enough, for whom and since when, in one HTML file.

It is complete in itself. Plotly's script is the one inside the installed package, and the page's
own policy forbids it to load anything, from anywhere.
"""

import base64
import hashlib
import json
from collections.abc import Mapping

from ...explaining import Plot
from ...grading import Level
from ..assessment import Assessment
from ..experiment import CHAMPION, WITH_INSPECTOR
from ..measuring import CAPACITIES, PLANNED
from ..verdict import RIVAL
from . import findings
from .figures import figures
from .names import GROUPINGS, KEPT, MEASURES, group_name
from .tables import RANKING
from .typesetting import reach, template, text

__all__ = ["render_assessment"]

DIGITS = {"frozen_days_earlier": 1, "log_loss": 4, "brier": 4, "calibration_error": 4}
UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def render_assessment(found: Assessment) -> str:
    """Return the page of a model as HTML; the same assessment makes the same bytes."""
    from plotly.offline import get_plotlyjs

    plots, library, draw = figures(found), get_plotlyjs(), text("draw.js")
    return template("model.html.j2").render(
        found=found,
        plots=plots,
        data=_data(plots),
        library=library,
        draw=draw,
        hashes=[_hash(script) for script in (library, draw)],
        headline=findings.headline(found.verdicts),
        heads=findings.HEADS,
        what=findings.predicted(found.task.label),
        checks=bool(getattr(found.task.label, "checks", ())),
        say=findings,
        level=round(100 * found.test.results.level),
        planning=found.task.planning,
        frozen=found.test.measured(CHAMPION, PLANNED[0]),
        champion=CHAMPION,
        rival=RIVAL,
        unfit=[name for name in found.test.models if name.endswith(WITH_INSPECTOR)],
        capacities=CAPACITIES,
        measures=MEASURES,
        ranking={name: MEASURES[name] for name in RANKING},
        planned={name: MEASURES[name.removeprefix("frozen_")] for name in PLANNED},
        digits=DIGITS,
        names=GROUPINGS,
        keeping=KEPT,
        places=findings.WHERE,
        group_name=group_name,
        levels_of=tuple(Level),
        reach=reach(found.audit, found.edition) if found.audit else None,
    )


def _data(plots: Mapping[str, Plot]) -> str:
    r"""Write plots as JSON that no HTML can end.

    Examples
    --------
    >>> print(_data({"a": {"text": "</script>"}}))
    {"a":{"text":"\u003c/script\u003e"}}
    """
    written = json.dumps(plots, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return written.translate(UNSAFE)


def _hash(script: str) -> str:
    """Return the name by which the page's policy allows a script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
