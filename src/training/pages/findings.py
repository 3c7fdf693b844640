"""Findings: what was measured of a model, in sentences, Chinese and English."""

from collections.abc import Sequence

from ...core import CodeTable
from ..breakdown import Breakdown
from ..cohorts import LabelRule, OutcomeRule
from ..experiment import CHAMPION
from ..measuring import CapacityCurve, Observed, Strength, Truth
from ..verdict import Standing, Verdict
from .names import Name, group_name, population_name

__all__ = [
    "came",
    "headline",
    "lost",
    "of_auc",
    "of_capacity",
    "of_rates",
    "of_reliability",
    "of_strengths",
    "of_time",
    "of_truth",
    "predicted",
    "tone",
]

SHOWN = 0.2
HEADS = ("auc", "log_loss")
ASPECTS: dict[str, Name] = {
    "auc": ("排序", "ranking"),
    "average_precision": ("高风险端的排序", "ranking at the top"),
    "log_loss": ("概率", "probability"),
    "brier": ("概率的平方误差", "squared error of the probability"),
}
WHERE: dict[str, Name] = {
    "rolling": ("滚动检验期", "the rolling windows"),
    "test": ("检验期", "the test window"),
}
KNOWN_FIRST: Name = ("按检验期首日所知，", "By what was known on the window's first day,")
KNOWN_OWN: Name = ("按各行当日所知，", "By what was known on each row's own day,")
AND: Name = ("、", " and ")


def predicted(label: LabelRule | OutcomeRule) -> Name:
    """Say what is predicted."""
    if isinstance(label, OutcomeRule):
        what = "；".join(each.zh or str(each) for each in label.outcomes)
        if label.checks:
            return f"{label.horizon_days} 天内的首次检查是否发现：{what}", str(label)
        return f"{label.horizon_days} 天内是否发生被确认的违规：{what}", str(label)
    rows = CodeTable.load("item_severity").table.to_pylist()
    name = next(row["zh"] for row in rows if row["code"] == label.severity)
    more = f"超过 {label.above:g} 项" if label.above else ""
    return f"这次检查是否发现{more}{name}不合格", str(label)


def came(label: LabelRule | OutcomeRule) -> Name:
    """Say what came of those that count as violations, after their number."""
    if isinstance(label, OutcomeRule) and label.checks:
        return "首次检查发现违规", "had a violation found at their first check"
    return "后来违规", "had a violation"


def headline(verdicts: Sequence[Verdict]) -> Name:
    """Say in one sentence how the model stands against logistic regression.

    Examples
    --------
    >>> from xinheng.training import Estimate
    >>> worse = Verdict("test", "auc", Estimate(-0.02, -0.03, -0.01))
    >>> same = Verdict("test", "log_loss", Estimate(0.0, -0.1, 0.1))
    >>> headline([worse, same])[0]
    '在检验期，本模型的排序不如逻辑回归，概率分不出高下。'
    """
    if not verdicts:
        return (
            "没有拟合逻辑回归，本模型是否值得采用尚无定论。",
            "Logistic regression was not fitted, so whether this model earns its place is open.",
        )
    first = [each for each in verdicts if each.where == verdicts[0].where]
    judged = [each for each in first if each.measure in HEADS]
    place = WHERE[first[0].where]
    if all(each.outcome == "open" for each in judged):
        zh = f"在{place[0]}，本模型与逻辑回归分不出高下，排序与概率都是如此。"
        en = f"On {place[1]} this model and logistic regression cannot be told apart, "
        return zh, en + "in ranking or in probability."
    said: dict[Standing, Name] = {
        "worse": ("不如逻辑回归", "is worse than logistic regression in"),
        "better": ("好于逻辑回归", "is better than logistic regression in"),
        "open": ("分不出高下", "cannot be told apart from it in"),
    }
    parts = {
        outcome: [ASPECTS[each.measure] for each in judged if each.outcome == outcome]
        for outcome in said
    }
    kept = [(outcome, names) for outcome, names in parts.items() if names]
    zh = "，".join(f"{_joined(names, 0)}{said[outcome][0]}" for outcome, names in kept)
    en = ", and ".join(f"{said[outcome][1]} {_joined(names, 1)}" for outcome, names in kept)
    return f"在{place[0]}，本模型的{zh}。", f"On {place[1]} this model {en}."


def tone(verdicts: Sequence[Verdict]) -> Standing:
    """Say whether the verdict is bad news, good news or none.

    It is bad if the model is worse in anything on the rows that tell the most.
    """
    first = [each for each in verdicts if each.where == verdicts[0].where]
    found = {each.outcome for each in first if each.measure in HEADS}
    return "worse" if "worse" in found else "better" if "better" in found else "open"


def lost(verdicts: Sequence[Verdict]) -> tuple[Name, ...]:
    """Name every place and measure in which the model is worse than logistic regression."""
    found = []
    for each in verdicts:
        if each.outcome == "worse":
            place = WHERE.get(each.where) or population_name(each.where)
            aspect = ASPECTS[each.measure]
            found.append((f"{place[0]}的{aspect[0]}", f"{aspect[1]}, {place[1]}"))
    return tuple(found)


def of_capacity(curve: CapacityCurve) -> Name:
    """Say what share of violations the riskiest fifth holds, and from which day's knowledge."""
    found, usual = curve.estimate(CHAMPION, SHOWN), float(curve.usual[curve.shares.index(SHOWN)])
    value, lower, upper = (f"{number:.0%}" for number in found)
    first = f"{SHOWN:.0%}"
    known = KNOWN_FIRST if curve.frozen else KNOWN_OWN
    zh = f"{known[0]}先查风险最高的 {first}，可查出 {value}（{lower}–{upper}）的违规"
    en = f"{known[1]} the riskiest {first} hold {value} ({lower} to {upper}) of the violations"
    return f"{zh}；照旧查出 {usual:.0%}", f"{en}; as usual, {usual:.0%}"


def of_reliability(groups: Sequence[Observed]) -> Name:
    """Say of how many groups the prediction holds."""
    held = sum(each.lower <= each.predicted <= each.upper for each in groups)
    zh = f"按预测概率分成 {len(groups)} 组，其中 {held} 组的预测落在实际比例的 95% 区间之内"
    en = f"In {held} of {len(groups)} groups of like probability the prediction lies within "
    return zh, en + "the 95% interval of what came"


def of_auc(found: Breakdown) -> Name:
    """Say how far the groups are apart in ranking, and how many cannot be measured."""
    few = len(found.groups) - len(found.telling)
    rest = (f"；{few} 组数据不足", f"; {few} without enough data") if few else ("", "")
    if "auc" not in found.gaps:
        return f"不足两组可比{rest[0]}", f"Fewer than two groups to compare{rest[1]}"
    gap = found.gaps["auc"]
    above, below = (group_name(found.by, name) for name in (gap.high, gap.low))
    value, lower, upper = (f"{number:.2f}".replace("-", "−") for number in gap.difference)
    chance = ("超出偶然", "beyond chance") if gap.real else ("未超出偶然", "not beyond chance")
    pair = f"{above[1] or above[0]} over {below[1] or below[0]}"
    zh = f"排序能力最大相差 {value}（{above[0]}比{below[0]}，{lower} 至 {upper}），{chance[0]}"
    en = f"The widest gap in AUC is {value} ({pair}, {lower} to {upper}), {chance[1]}"
    return zh + rest[0], en + rest[1]


def of_rates(found: Breakdown) -> Name:
    """Say for which groups the prediction is off beyond chance."""
    if not found.telling:
        return "各组数据均不足", "No group has enough data"
    if not found.off:
        zh = "没有一组的预测偏离实际到超出偶然的程度"
        return zh, "Of no group is the prediction off beyond chance"
    seen = [(*group_name(found.by, each.observed.name), each.observed) for each in found.off]
    chinese = (f"{zh}（预测 {o.predicted:.1%}，实际 {o.rate:.1%}）" for zh, _, o in seen)
    english = (
        f"{en or zh} (predicted {o.predicted:.1%}, observed {o.rate:.1%})" for zh, en, o in seen
    )
    return (
        f"预测偏离实际、超出偶然的是{'、'.join(chinese)}",
        f"The prediction is off beyond chance for {', '.join(english)}",
    )


def of_time(earlier: Breakdown | None, later: Breakdown) -> Name:
    """Say between which values the ranking has moved, and whether that is beyond chance."""
    groups = (*(earlier.telling if earlier else ()), *later.telling)
    if not groups:
        return "各季度数据均不足", "No quarter has enough data"
    values = [each.estimates["auc"].value for each in groups]
    low, high = (f"{number:.2f}" for number in (min(values), max(values)))
    zh, en = (
        f"各季度的 AUC 在 {low} 至 {high} 之间",
        f"By quarter, AUC lies between {low} and {high}",
    )
    if "auc" not in later.gaps:
        return f"{zh}；检验只有一个季度", f"{en}; the test is of one quarter"
    real = later.gaps["auc"].real
    return (
        f"{zh}；检验期各季度之差{'超出' if real else '未超出'}偶然",
        f"{en}; quarters of the test differ {'' if real else 'not '}beyond chance",
    )


def of_strengths(strengths: Sequence[Strength]) -> Name:
    """Name the strongest indicator."""
    first = strengths[0].indicator
    return f"影响最大的指标是“{first.zh}”", f"The strongest indicator is “{first.en}”"


def of_truth(truth: Truth) -> Name:
    """Say how far the model is from the best possible one."""
    row = truth.rows[0]
    own, best = row.models[CHAMPION], row.best
    return (
        f"离可达上限还差 {best - own:.3f}：本模型 {own:.3f}，上限 {best:.3f}",
        f"{best - own:.3f} short of the best possible: this model {own:.3f}, the best {best:.3f}",
    )


def _joined(names: Sequence[Name], language: int) -> str:
    return AND[language].join(name[language] for name in names)
