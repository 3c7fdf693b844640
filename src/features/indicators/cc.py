"""案件与投诉举报: cases, complaints and reports, with checks and samples."""

from ...core.time import months
from ..aggregate import count, distinct, largest, latest, peaks, recurrent, total
from ..expression import if_missing, ln, log2p1, maximum
from ..indicator import Indicator
from ..rates import Rate

__all__ = ["CC"]

LICENSED = ("operator", "producer")
FAILED = "sampling:fail.*"
FOOD_COMPLAINT = "complaint:food.*"
KEY, GENERAL = "inspection.key", "inspection.general"
USUAL_FAILURE = 0.022
PRIOR_LOTS = 20
QUARTER, HALF, YEAR, THREE_YEARS = months(3), months(6), months(12), months(36)
DEFENDANT = tuple(
    f"litigation:defendant.{cause}"
    for cause in ("contract", "product_liability", "labour", "lending")
)


def _mean(items: str) -> Rate:
    return Rate(group="category", streams=(items,), measure="mean", strength=10, window=YEAR)


CC = (
    Indicator(
        id="CC01",
        zh="近一年监督抽检不合格批次",
        en="Sampling failures, one year",
        dimension="CC",
        unit_zh="批次",
        unit_en="lots",
        expression=distinct(FAILED, by="case", window=YEAR),
        direction=1,
        missing=0,
        formula="count(sample lots final=不合格, producer = enterprise, not proved counterfeit, "
        "known at t)",
        formula_zh="近 12 个月监督抽检最终判定不合格、由本企业生产、未证实为假冒且当日已知的批次数",
        window="12m",
        bands="0:0; 1:.6; 2:.9; >=3:1",
        basis="FSL§87; 115号文 trigger",
    ),
    Indicator(
        id="CC02",
        zh="抽检不合格率(收缩)",
        en="Sampling failure rate, shrunk",
        dimension="CC",
        unit_zh="比例",
        unit_en="share",
        expression=(
            distinct(FAILED, by="case", window=months(36))
            + PRIOR_LOTS
            * if_missing(
                Rate(
                    group="category",
                    streams=("sampling",),
                    positive=(FAILED,),
                    unit="case",
                    strength=PRIOR_LOTS,
                    window=months(36),
                ),
                USUAL_FAILURE,
            )
        )
        / (distinct("sampling", by="case", window=months(36)) + PRIOR_LOTS),
        direction=1,
        missing=USUAL_FAILURE,
        formula="(fail + m*p0)/(n + m); p0 = category base rate of lots (default .022), m = 20",
        formula_zh="（近 36 个月不合格批次 + 20 × 基础不合格率）÷（近 36 个月抽检批次 + 20）；"
        "基础不合格率按同类别的批次计，缺省为 0.022",
        window="36m",
        bands="<=.02:0; .02-.03:.3; .03-.05:.6; >.05:1",
        basis="design; base rate from GD2016",
    ),
    Indicator(
        id="CC03",
        zh="抽检最高危害等级",
        en="Highest hazard class found",
        dimension="CC",
        expression=largest(FAILED, field="severity", window=months(24)),
        direction=1,
        missing=0,
        formula="max severity 1-5 of failed items (hazard classes); an unknown class "
        "counts as the lowest",
        formula_zh="近 24 个月不合格项目的最高危害等级（1–5 级），等级不明的按最低级计",
        window="24m",
        bands="0:0; 1:.2; 2:.4; 3:.6; 4:.9; 5:1",
        basis="design; FSL§34, §123-125 order",
    ),
    Indicator(
        id="CC04",
        zh="同项目重复不合格",
        en="Repeat failure of the same item",
        dimension="CC",
        unit_zh="项",
        unit_en="items",
        expression=recurrent("sampling:fail.?*.?*", window=months(24)),
        direction=1,
        missing=0,
        formula="count(item x 4-digit category with >=2 failed production lots), where both "
        "are told",
        formula_zh="近 24 个月有 2 个及以上生产批次不合格的“检验项目 × 4 位食品类别”组合数，"
        "二者均载明的方计入",
        window="24m",
        bands="0:0; 1:.8; >=2:1",
        basis="FSI§67(5)",
    ),
    Indicator(
        id="CC05",
        zh="监督检查不符合加权分",
        en="Inspection non-conformity score",
        dimension="CC",
        unit_zh="分/次",
        unit_en="points per inspection",
        populations=LICENSED,
        expression=if_missing(
            (3 * total(KEY, window=YEAR) + total(GENERAL, window=YEAR)) / count(KEY, window=YEAR),
            3 * _mean(KEY) + _mean(GENERAL),
        ),
        direction=1,
        missing=1,
        formula="sum(3*key items + 1*general items not met) / number of inspections that tell of "
        "any items; without one the mean of such inspections in the category",
        formula_zh="近 12 个月监督检查不符合项的加权分（重点项每项 3 分，一般项每项 1 分）合计，"
        "除以载明检查项目的检查次数；没有此类检查的，取同类别此类检查的平均值",
        window="12m",
        bands="<=1:0; 1-3:.3; 3-6:.7; >6:1",
        basis="Order49§13, §32, §33",
    ),
    Indicator(
        id="CC06",
        zh="双随机抽查结果等级",
        en="Double-random result grade",
        dimension="CC",
        expression=largest(
            "random_check", "inspection:random_*.*", field="severity", window=months(24)
        ),
        direction=1,
        missing=0,
        formula="max: 0 未发现问题/未发现开展涉及的经营活动; 1 已责令改正; "
        "2 待后续处理/未按规定公示; 3 弄虚作假/无法联系; 4 不配合检查情节严重",
        formula_zh="近 24 个月双随机抽查结果的最高等级："
        "0 未发现问题或未发现开展本次抽查涉及的经营活动；1 发现问题已责令改正；"
        "2 发现问题待后续处理或未按规定公示应当公示的信息；3 公示信息隐瞒真实情况、"
        "弄虚作假或通过登记的住所无法联系；4 不配合检查情节严重",
        window="24m",
        bands="0:0; 1:.3; 2:.6; 3:.8; 4:1",
        basis="TREE R030501-R030503; ZJ-SYS",
    ),
    Indicator(
        id="CC07",
        zh="逾期未整改数",
        en="Overdue rectifications",
        dimension="CC",
        unit_zh="件",
        unit_en="orders",
        expression=count("rectification", state="overdue"),
        direction=1,
        missing=0,
        formula="count(rectification orders past due and not verified closed at t)",
        formula_zh="当日已过整改期限而未经核实办结的责令改正数",
        window="at t",
        bands="0:0; 1:.6; >=2:1",
        basis="Order49§33",
    ),
    Indicator(
        id="CC08",
        zh="拒绝阻挠检查抽样次数",
        en="Refusing or obstructing inspection",
        dimension="CC",
        unit_zh="次",
        unit_en="times",
        expression=count("obstruction", window=THREE_YEARS),
        direction=1,
        missing=0,
        formula="count(events listed in Order 49 art. 49)",
        formula_zh="近 36 个月发生《食品生产经营监督检查管理办法》（总局令第 49 号）"
        "第 49 条所列情形的次数",
        window="36m",
        bands="0:0; >=1:1",
        basis="Order49§49; FSL§133; 115号文",
    ),
    Indicator(
        id="CC09",
        zh="立案与移送公安",
        en="Cases filed and referred to police",
        dimension="CC",
        unit_zh="分",
        unit_en="points",
        expression=count("case_file:food.*", window=THREE_YEARS)
        + 2 * count("case_file.referred:food.*", window=THREE_YEARS),
        direction=1,
        missing=0,
        formula="count(food cases filed, incl. open) + 2*count(referred to police), each "
        "by its own day",
        formula_zh="近 36 个月食品案件立案数（含未结案件），加移送公安机关件数的 2 倍，"
        "各按其自身日期计",
        window="36m",
        bands="0:0; 1:.4; 2:.7; >=3:1",
        basis="XZCF§60; 115号文",
    ),
    Indicator(
        id="CC10",
        zh="近一年投诉举报件数",
        en="Complaints and reports, one year",
        dimension="CC",
        unit_zh="件/百人",
        unit_en="per 100 insured",
        expression=count("complaint.accepted:food.*", window=YEAR)
        / maximum(if_missing(latest("insurance", window=HALF), 0) / 100, 1),
        direction=1,
        missing=0,
        formula="accepted food-safety complaints + reports, per 100 insured (min 1) by the latest "
        "reading of half a year",
        formula_zh="近 12 个月受理的食品安全投诉、举报件数，"
        "按每 100 名参保人员折算（不足 100 人的按 100 人计），"
        "参保人数取半年内的最近一次数据",
        window="12m",
        bands="0:0; <=1:.2; 1-5:.5; >5:1",
        basis="TREE R050101; TSJB§3 (投诉 vs 举报)",
    ),
    Indicator(
        id="CC11",
        zh="投诉举报近三月增长",
        en="Complaint growth",
        dimension="CC",
        unit_zh="ln 比值",
        unit_en="log ratio",
        expression=ln(
            (count(FOOD_COMPLAINT, window=QUARTER) + 1)
            / (count(FOOD_COMPLAINT, window=YEAR - QUARTER, lag=QUARTER) / 3 + 1)
        ),
        direction=1,
        missing=0,
        formula="ln((c[0-3m]+1)/((c[3-12m])/3+1)), c = food-safety complaints + reports",
        formula_zh="（近 3 个月件数 + 1）÷（此前 9 个月件数 ÷ 3 + 1）的自然对数，"
        "件数为食品安全投诉、举报之和",
        window="3m vs prior 9m",
        bands="<=0:0; 0-.7:.3; .7-1.4:.7; >1.4:1",
        basis="TREE R050102",
    ),
    Indicator(
        id="CC12",
        zh="查实食品安全举报件数",
        en="Verified food-safety reports",
        dimension="CC",
        unit_zh="件",
        unit_en="reports",
        expression=count("complaint:food.report.*.verified", window=months(24)),
        direction=1,
        missing=0,
        formula="count(food-safety reports verified, known at t)",
        formula_zh="近 24 个月查实且当日已知的食品安全举报件数",
        window="24m",
        bands="0:0; 1:.5; 2:.8; >=3:1",
        basis="TSJB§31; FSI§65",
    ),
    Indicator(
        id="CC13",
        zh="召回分",
        en="Recall score",
        dimension="CC",
        unit_zh="分",
        unit_en="points",
        expression=total("recall", field="severity", window=THREE_YEARS)
        + 2 * count("recall:*.ordered.*", window=THREE_YEARS)
        + 3 * count("recall:*.late", window=THREE_YEARS)
        - 0.5 * count("recall:level3.voluntary.on_time", window=THREE_YEARS),
        direction=1,
        missing=0,
        formula="sum(3/2/1 for level 1/2/3) + 2 if ordered + 3 if late or refused; "
        "voluntary on-time level 3 counts 0.5",
        formula_zh="近 36 个月召回计分合计：一级、二级、三级召回各计 3、2、1 分；"
        "责令召回的加 2 分；逾期或拒不召回的加 3 分；主动且按时的三级召回计 0.5 分",
        window="36m",
        bands="0:0; <=1:.2; 1-3:.6; >3:1",
        basis="FSL§63, §124(9); 召回办法 24/48/72h",
    ),
    Indicator(
        id="CC14",
        zh="食品安全事故等级",
        en="Food-safety accident grade",
        dimension="CC",
        expression=largest("incident", field="severity", window=months(60)),
        direction=1,
        missing=0,
        formula="0 none; 1 confirmed outbreak; 2 >=30 ill; 3 any death",
        formula_zh="近 60 个月食品安全事故的最高等级：0 无；1 确认的食源性疾病暴发；"
        "2 发病 30 人及以上；3 有人死亡",
        window="60m",
        bands="0:0; 1:.7; >=2:1",
        basis="FSI§67(2)",
    ),
    Indicator(
        id="CC15",
        zh="涉诉情况",
        en="Litigation as defendant",
        dimension="CC",
        unit_zh="log2(1 + 件)",
        unit_en="log2 of 1 + suits",
        expression=log2p1(count(*DEFENDANT, window=THREE_YEARS)),
        direction=1,
        missing=0,
        formula="log2(1 + suits as defendant: contract, product liability, labour, lending)",
        formula_zh="近 36 个月作为被告的诉讼案件数（合同、产品责任、劳动、借贷）"
        "加 1 后以 2 为底的对数",
        window="36m",
        bands="0:0; 1:.2; 2-4:.5; >=5:1",
        basis="TREE R030601, R030602",
    ),
    Indicator(
        id="CC16",
        zh="负面舆情",
        en="Negative publicity",
        dimension="CC",
        unit_zh="可信度之和",
        unit_en="sum of credibility",
        expression=peaks("opinion:food.negative.*", by="case", window=QUARTER),
        direction=1,
        missing=0,
        formula="sum over de-duplicated negative food-safety items of source credibility (0-1)",
        formula_zh="近 3 个月去重后的食品安全负面舆情，其来源可信度（0–1）之和",
        window="3m",
        bands="0:0; <1:.3; 1-3:.6; >3:1",
        basis="TREE R050201, R050202",
    ),
)
