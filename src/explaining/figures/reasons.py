"""Reasons drawn: how indicators, and dimensions, lead to a risk score and its level."""

from collections.abc import Iterator, Sequence

from ...grading import Distance, Grade
from ..explanation import Explanation
from ..numbers import signed
from ..reasons import Reason
from ..words.amounts import CUT_DIGITS, percent
from ..words.form import UNNOTICED
from .cascade import Step, cascade
from .lettering import wrapped
from .palette import BLUE, INK, ORANGE, SOFT, effect_color
from .parts import Plot, plot, rule
from .phrases import Phrases, named, phrases
from .stack import BAR, Row, Stack, strongest, values_axis

__all__ = ["plot_dimensions", "plot_waterfall"]

SHOWN, TOP, BOTTOM = 10, 30, 46
HOVER, SIDE, LEAST = 44, 0.28, 0.2


def plot_waterfall(explanation: Explanation, language: str = "zh") -> Plot:
    """Draw how reasons lead to the risk score, between the cut points of the next two levels.

    The strongest ten have a row each. Bars to the right raise the risk.

    Parameters
    ----------
    explanation
        Of one grade.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    words, grade = phrases(language), explanation.grade
    strong = [each for each in explanation.reasons if abs(each.contribution) >= UNNOTICED][:SHOWN]
    rest = explanation.reasons[len(strong) :]
    steps = [
        Step(named(each.indicator, language), each.contribution, said=_said(each, language))
        for each in strong
    ]
    if rest:
        total = sum(each.contribution for each in rest)
        steps.append(Step(_rest(rest, language), total))
    return cascade(
        Row(words["base"], signed(explanation.base)),
        steps,
        Row(_total(explanation, words), signed(grade.margin), strong=True),
        explanation.base,
        title=words["score"],
        description=_described(explanation, strong, language),
        reach=_reach(grade, [explanation.base, *_ends(explanation.base, steps)]),
        top=TOP,
        more={
            "data": [_cut_points(grade, words)],
            "shapes": [*_bands(grade)],
            "annotations": [*_cuts(grade), _present(grade)],
        },
    )


def plot_dimensions(explanation: Explanation, language: str = "zh") -> Plot:
    """Draw what the indicators of each dimension add to the risk score together.

    Parameters
    ----------
    explanation
        Of one grade.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    words = phrases(language)
    names = [each.en if language == "en" else each.zh for each in explanation.dimensions]
    sizes = [each.contribution for each in explanation.dimensions]
    rows = [Row(name, signed(size)) for name, size in zip(names, sizes, strict=True)]
    stack = Stack(rows or [Row(words["nothing"])])
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": stack.places[: len(sizes)],
        "width": [BAR] * len(sizes),
        "marker": {"color": [effect_color(each) for each in sizes]},
        "hovertext": [f"{row.name}: {row.figure}" for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    most = max([LEAST, *map(abs, sizes)])
    return plot(
        [bars],
        values_axis(
            words["effect"],
            range=[-1.06 * most, 1.06 * most],
            zeroline=True,
            zerolinecolor=INK,
        ),
        stack.axis(),
        height=stack.height + BOTTOM + 8,
        description=words["says"]["dimensions"] + strongest(rows, words),
        margin={"l": 8, "r": 8, "t": 8, "b": BOTTOM},
        showlegend=False,
        annotations=[*stack.names()],
    )


def _rest(rest: Sequence[Reason], language: str) -> str:
    if len(rest) == 1:
        return named(rest[0].indicator, language)
    return str(phrases(language)["rest"].format(count=len(rest)))


def _total(explanation: Explanation, words: Phrases) -> str:
    """Name the last row: the level of the model, and the one that counts if it is another."""
    grade = explanation.grade
    total = str(words["total"].format(level=grade.model_level))
    if explanation.level is grade.model_level:
        return total
    return f"{total}{words['and']}{words['counts'].format(level=explanation.level)}"


def _said(each: Reason, language: str) -> str:
    """Say a reason's sentence, which tells a value from what stands in for one."""
    name = wrapped(named(each.indicator, language), HOVER)
    sentence = wrapped(each.en if language == "en" else each.zh, HOVER)
    return "<br>".join((f"<b>{name}</b>", each.indicator.id, sentence))


def _ways(grade: Grade) -> Iterator[tuple[Distance, bool]]:
    """Yield the ways to the next levels, and whether it is the better one."""
    for distance, better in ((grade.better, True), (grade.worse, False)):
        if distance is not None:
            yield distance, better


def _bands(grade: Grade) -> Iterator[Plot]:
    """Yield where the next levels begin: a line, and their colour beyond it."""
    for distance, better in _ways(grade):
        beyond = {"x0": distance.cut, "x1": distance.cut + (-1 if better else 1) * 1e3}
        yield {
            **rule("x", distance.cut),
            **beyond,
            "type": "rect",
            "fillcolor": BLUE if better else ORANGE,
            "opacity": 0.1,
            "line": {"width": 0},
        }
        yield {**rule("x", distance.cut), "line": {"color": INK, "width": 1.5, "dash": "dot"}}


def _cuts(grade: Grade) -> Iterator[Plot]:
    """Yield the names of the next levels at their cut points."""
    for distance, better in _ways(grade):
        level, cut = f"<b>{distance.level}</b>", signed(distance.cut)
        yield {
            "x": distance.cut,
            "y": 1,
            "xref": "x",
            "yref": "paper",
            "xanchor": "right" if better else "left",
            "yanchor": "bottom",
            "yshift": 4,
            "text": f"◂ {level}  {cut}" if better else f"{cut}  {level} ▸",
            "font": {"color": BLUE if better else ORANGE, "size": 13},
            "showarrow": False,
        }


def _present(grade: Grade) -> Plot:
    """Name the model's own level between the cut points."""
    cuts = [distance.cut for distance, _ in _ways(grade)]
    beside = "left" if grade.worse is None else "right"
    return {
        "x": sum(cuts) / max(1, len(cuts)),
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "xanchor": "center" if len(cuts) > 1 else beside,
        "xshift": {"left": 8, "right": -8}[beside] if len(cuts) == 1 else 0,
        "yanchor": "bottom",
        "yshift": 4,
        "text": f"<b>{grade.model_level}</b>",
        "font": {"size": 13},
        "showarrow": False,
    }


def _cut_points(grade: Grade, words: Phrases) -> Plot:
    ways = [*_ways(grade)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [distance.cut for distance, _ in ways],
        "y": [0] * len(ways),
        "marker": {"symbol": "triangle-down", "size": 9, "color": SOFT},
        "cliponaxis": False,
        "hovertext": [wrapped(_way(*each, words), HOVER) for each in ways],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _way(distance: Distance, better: bool, words: Phrases) -> str:  # noqa: FBT001
    return str(
        words["better" if better else "worse"].format(
            level=distance.level,
            cut=signed(distance.cut),
            probability=percent(distance.probability, CUT_DIGITS),
        )
    )


def _reach(grade: Grade, numbers: Sequence[float]) -> list[float]:
    """Return how far the axis has to reach, so that names of levels have room beyond their cuts."""
    cuts = [distance.cut for distance, _ in _ways(grade)]
    low, high = min([*numbers, *cuts]), max([*numbers, *cuts])
    room = SIDE * (high - low or 1.0)
    return [
        *cuts,
        *(each.cut - room if better else each.cut + room for each, better in _ways(grade)),
    ]


def _ends(base: float, steps: Sequence[Step]) -> Iterator[float]:
    for each in steps:
        base += each.size
        yield base


def _described(explanation: Explanation, strong: Sequence[Reason], language: str) -> str:
    words, grade = phrases(language), explanation.grade
    says = words["says"]["waterfall"].format(
        base=signed(explanation.base), margin=signed(grade.margin), level=grade.model_level
    )
    rows = [Row(named(each.indicator, language), signed(each.contribution)) for each in strong]
    ways = words["and"].join(_way(*each, words) for each in _ways(grade))
    return f"{says}{strongest(rows, words) or ' '}{ways}".strip()
