"""检查历史: what earlier inspections found, when they were, and what is usual elsewhere."""

from functools import partial

from ...core.time import months
from ..aggregate import count, days_since, distinct, latest, smallest, total
from ..expression import AS_OF, years
from ..indicator import Indicator
from ..rates import Rate, own_rate

__all__ = ["IH"]

MONTH = 365.25 / 12
POSITIVE = ("value", 0.0)
CRITICAL = "inspection.critical:routine"
SCORE = "inspection.score:routine"
THREE_YEARS = months(36)
USUAL = Rate(group="city", streams=(SCORE,), measure="mean", window=THREE_YEARS)
PRIOR_SCORES = 3
RECORDED = tuple(f"inspection:routine.{result}" for result in ("pass", "corrected", "fail"))
FOUND = ("licence", "inspection*", "enterprise.population")
SEVERITIES = (("critical", "关键项"), ("serious", "重点项"), ("minor", "一般项"))
WINDOWS = (
    ("1Y", months(12), "近一年", "one year", "12m"),
    ("3Y", THREE_YEARS, "近三年", "three years", "36m"),
    ("ALL", None, "历来", "all years", "all"),
)
GROUPS = (
    ("category", "同业", "same category", 20),
    ("brand", "同品牌", "same brand", 5),
    ("site", "同址", "same site", 5),
)
PURPOSES = (
    ("complaint", "投诉举报核查", "complaint"),
    ("reinspection", "复查", "re-inspection"),
    ("licence", "许可现场核查", "licence verification"),
)
history = partial(
    Indicator,
    dimension="IH",
    missing=0,
    basis="Order49§32-33, §41; design",
)
items = partial(history, direction=1, unit_zh="项", unit_en="items")
visits = partial(history, unit_zh="次", unit_en="visits")
rate = partial(history, direction=1, unit_zh="比例", unit_en="share")
score = partial(history, direction=-1, unit_zh="分", unit_en="points")

ITEMS = tuple(
    items(
        id=f"IH_{severity.upper()}_{label}",
        zh=f"{zh_window}日常检查{zh}不符合数",
        en=f"Routine inspections: {severity} items not met, {en_window}",
        expression=total(f"inspection.{severity}:routine", window=days),
        formula=f"sum({severity} items not met at routine inspections)",
        formula_zh=f"{zh_window}日常检查中{zh}不符合的项数合计",
        window=window,
    )
    for severity, zh in SEVERITIES
    for label, days, zh_window, en_window, window in WINDOWS
)
LAST = tuple(
    items(
        id=f"IH_LAST_{severity.upper()}",
        zh=f"最近一次日常检查{zh}不符合数",
        en=f"Last routine inspection: {severity} items not met",
        expression=latest(f"inspection.{severity}:routine"),
        formula=f"{severity} items not met at the last routine inspection",
        formula_zh=f"最近一次日常检查中{zh}不符合的项数",
        window="latest",
    )
    for severity, zh in SEVERITIES
)
SCORES = (
    score(
        id="IH_SCORE_LAST",
        zh="最近一次日常检查得分与全市均分之差",
        en="Last routine inspection: score above the city's mean",
        expression=latest(SCORE) - USUAL,
        formula="score of the last scored routine inspection - city's mean score of 36 months; "
        "0 if none",
        formula_zh="最近一次有得分的日常检查的得分，减去全市近 36 个月的平均得分；没有的计为 0",
        window="latest",
    ),
    score(
        id="IH_SCORE_3Y",
        zh="近三年日常检查平均得分与全市均分之差(收缩)",
        en="Routine inspections: mean score above the city's mean, three years, shrunk",
        expression=(total(SCORE, window=THREE_YEARS) - count(SCORE, window=THREE_YEARS) * USUAL)
        / (count(SCORE, window=THREE_YEARS) + PRIOR_SCORES),
        formula=f"sum(score - city's mean score)/(n + {PRIOR_SCORES}) over the n scored routine "
        "inspections of 36 months",
        formula_zh="近 36 个月有得分的日常检查的得分与全市同期平均得分之差的合计 ÷ "
        f"（次数 + {PRIOR_SCORES}）",
        window="36m",
    ),
)
VISITS = tuple(
    visits(
        id=f"IH_{purpose.upper()}_{label}",
        zh=f"{zh_window}{zh}次数",
        en=f"Visits on {en}, {en_window}",
        expression=count(f"inspection:{purpose}.*", window=days),
        formula=f"count(inspections of purpose {purpose})",
        formula_zh=f"{zh_window}以{zh}为目的的检查次数",
        window=window,
    )
    for purpose, zh, en in PURPOSES
    for label, days, zh_window, en_window, window in WINDOWS[:2]
)
OUTCOMES = (
    ("", "关键项不符合", "a critical item", (CRITICAL,), POSITIVE, 0.15),
    ("_SERIOUS", "重点项不符合", "a serious item", ("inspection.serious:routine",), POSITIVE, 0.2),
    ("_FAULT", "未通过", "a result other than pass", RECORDED, ("severity", 0.0), 0.3),
)
RATES = (
    *(
        rate(
            id=f"IH_RATE_OWN{suffix}",
            zh=f"历次日常检查{zh}率(收缩)",
            en=f"Share of past routine inspections with {en}, shrunk",
            expression=own_rate(*streams, above=above, strength=3),
            missing=missing,
            formula="(positive + 3*city)/(n + 3) over the enterprise's own inspections",
            formula_zh=f"（{zh}次数 + 3 × 全市比率）÷（检查次数 + 3），计本企业自身的日常检查",
            window="all",
        )
        for suffix, zh, en, streams, above, missing in OUTCOMES
    ),
    *(
        rate(
            id=f"IH_RATE_{group.upper()}{suffix}",
            zh=f"{zh_group}日常检查{zh}率(收缩)",
            en=f"Share of routine inspections with {en}, {en_group}, shrunk",
            expression=Rate(group=group, streams=streams, above=above, strength=strength),
            missing=missing,
            formula=f"(positive + {strength}*city)/(n + {strength}) over the {en_group} as of t",
            formula_zh=f"（{zh}次数 + {strength} × 全市比率）÷（检查次数 + {strength}），"
            f"计截至当日{zh_group}的日常检查",
            window="all",
        )
        for group, zh_group, en_group, strength in GROUPS
        for suffix, zh, en, streams, above, missing in OUTCOMES
    ),
)
RESULTS = (
    visits(
        id="IH_ROUTINE_1Y",
        zh="近一年日常检查次数",
        en="Routine inspections, one year",
        expression=count("inspection:routine.*", window=months(12)),
        formula="count(routine inspections)",
        formula_zh="近一年日常检查的次数",
        window="12m",
    ),
    visits(
        id="IH_ROUTINE_ALL",
        zh="历次日常检查次数",
        en="Past routine inspections",
        expression=count("inspection:routine.*"),
        formula="count(routine inspections)",
        formula_zh="历次日常检查的次数",
        window="all",
    ),
    visits(
        id="IH_FAIL_ALL",
        zh="日常检查不合格次数",
        en="Routine inspections failed",
        expression=count("inspection:routine.fail", "inspection:routine.pending"),
        direction=1,
        formula="count(routine inspections with result fail or pending)",
        formula_zh="结果为不符合或发现问题待后续处理的日常检查次数",
        window="all",
    ),
    visits(
        id="IH_CORRECTED_ALL",
        zh="日常检查责令改正次数",
        en="Routine inspections with correction ordered",
        expression=count("inspection:routine.corrected"),
        formula="count(routine inspections with result corrected)",
        formula_zh="结果为发现问题已责令改正的日常检查次数",
        window="all",
    ),
)
TIMES = (
    history(
        id="IH_SINCE_ROUTINE",
        zh="距最近日常检查月数",
        en="Months since last routine inspection",
        unit_zh="月",
        unit_en="months",
        expression=days_since("inspection:routine.*") / MONTH,
        missing=60,
        formula="months(t - last routine inspection); 60 if none",
        formula_zh="距最近一次日常检查的月数；没有的计为 60",
        window="all",
    ),
    history(
        id="IH_SINCE_FIRST",
        zh="首次见于记录的月数",
        en="Months since first seen",
        unit_zh="月",
        unit_en="months",
        expression=(AS_OF - smallest(*FOUND, field="occurred")) / MONTH,
        formula="months(t - first licence, inspection or registration seen)",
        formula_zh="自首次见于许可、检查或登记记录至当日的月数",
        window="all",
    ),
    history(
        id="IH_LICENCE_AGE",
        zh="首张许可证年限",
        en="Years since first licence",
        unit_zh="年",
        unit_en="years",
        expression=years(smallest("licence", field="occurred")),
        formula="years(t - first licence)",
        formula_zh="自首张许可至当日的年数",
        window="all",
    ),
)
STANDING = (
    history(
        id="IH_OTHER_LICENCES",
        zh="其他有效许可数",
        en="Other licences held",
        unit_zh="种",
        unit_en="kinds",
        expression=distinct("licence:other:*", by="code", state="open"),
        formula="count distinct kinds of other licences open at t",
        formula_zh="当日有效的其他许可的种类数",
        window="at t",
    ),
    history(
        id="IH_TIER",
        zh="监管部门风险等级",
        en="The authority's own risk tier",
        expression=latest("enterprise.tier"),
        direction=1,
        missing=2,
        formula="latest static risk tier, larger is riskier; 2 if none",
        formula_zh="监管部门最近评定的静态风险等级，越大风险越高；没有的计为 2",
        window="at t",
    ),
)
IH = (*ITEMS, *LAST, *SCORES, *VISITS, *RATES, *RESULTS, *TIMES, *STANDING)
