"""经营与变更情况: operation and changes."""

from ...core.time import months
from ..aggregate import count, distinct, largest, latest, previous
from ..expression import (
    AS_OF,
    Expression,
    if_missing,
    log10,
    maximum,
    minimum,
    month,
    only_if,
    where,
    year,
    years,
)
from ..indicator import Indicator

__all__ = ["BC"]

# A report speaks from the end of its year until the next one is due, on 30 June 18 months later.
REPORTED = months(18)
LONGEST_YEAR = 366
REVENUE = "annual_report.revenue"
HALF, YEAR = months(6), months(12)
ESTABLISHED = if_missing(latest("enterprise.established"), 0)
INSURED = latest("insurance", window=HALF)
INSURED_THEN = latest("insurance", window=HALF, lag=YEAR)
# Reports are due by 30 June, the first of them in the year after that of the establishment.
YEAR_OF_REPORT = year(AS_OF) - where(month(AS_OF) - 6, 0, 1)


def _reported(figure: str) -> Expression:
    """Build what the latest report says of a figure; missing where it does not tell it."""
    stream = f"annual_report.{figure}"
    year = latest("annual_report.year", field="occurred", window=REPORTED)
    told = latest(stream, field="occurred", window=REPORTED)
    return only_if(1 - (year - told), latest(stream, window=REPORTED))


def _growth(now: Expression, before: Expression, days: Expression) -> Expression:
    """Build the change since a year before: none from nothing, missing after a gap."""
    change = where(before, (now - before) / before, 0 * now)
    return only_if(LONGEST_YEAR + 1 - days, change)


BC = (
    Indicator(
        id="BC01",
        zh="存续年限",
        en="Enterprise age",
        dimension="BC",
        unit_zh="年",
        unit_en="years",
        expression=years(latest("enterprise.established")),
        direction=-1,
        disclosure=True,
        bounds=(0, None),
        missing=0,
        formula="years(t - enterprise.established_on)",
        formula_zh="自成立之日至当日的年数",
        window="at t",
        bands=">=10:0; 5-10:.2; 3-5:.4; 1-3:.7; <1:1",
        basis="TREE R010201",
    ),
    Indicator(
        id="BC02",
        zh="注册资本规模",
        en="Registered capital (log)",
        dimension="BC",
        unit_zh="lg 万元",
        unit_en="log10 of 10,000 yuan",
        expression=log10(latest("enterprise.capital")),
        direction=-1,
        disclosure=True,
        bounds=(-2, None),
        missing=-2,
        formula="log10(subscribed capital in 万元), version in force at t, at least -2",
        formula_zh="当日有效的认缴注册资本（万元）以 10 为底的对数，最小计 −2",
        window="at t",
        bands=">=1000万:0; 100-1000:.3; 10-100:.6; <10:1",
        basis="TREE R010101; not disclosed counts as the smallest",
    ),
    Indicator(
        id="BC03",
        zh="实缴出资比例",
        en="Paid-in capital ratio",
        dimension="BC",
        unit_zh="比例",
        unit_en="share",
        expression=minimum(_reported("paid_in") / latest("enterprise.capital"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="min(1, paid-in of the latest annual report / subscribed), until the next report "
        "is due; not disclosed counts as nothing paid in",
        formula_zh="最近一次年报的实缴出资额与认缴注册资本之比，最大计 1，"
        "用至下一次年报报送期限届满；未公示的按未实缴计",
        window="at t",
        bands=">=.8:0; .3-.8:.4; <.3:.8",
        basis="TREE R020201",
    ),
    Indicator(
        id="BC04",
        zh="参保人数变动率",
        en="Change in insured headcount",
        dimension="BC",
        unit_zh="比例",
        unit_en="share",
        expression=where(
            ESTABLISHED + (YEAR + HALF) - AS_OF,
            0,
            (INSURED - INSURED_THEN) / maximum(INSURED_THEN, 1),
        ),
        direction=-1,
        disclosure=True,
        bounds=(-1, None),
        missing=-1,
        formula="(insured_t - insured_{t-12m}) / max(1, insured_{t-12m}), each the latest reading "
        "of half a year; without one of them as if nobody was insured any more; 0 in the first 18 "
        "months after establishment, too soon to compare",
        formula_zh="当日参保人数与 12 个月前参保人数之差，"
        "除以 12 个月前参保人数（不足 1 人的按 1 人计），均取此前半年内的最近一次数据；"
        "缺其一的按已无人参保计；成立后 18 个月内尚不能比较，计为 0",
        window="12m",
        bands=">=-10%:0; -10..-30%:.4; -30..-60%:.7; <-60%:1",
        basis="TREE R020401, R020403",
    ),
    Indicator(
        id="BC05",
        zh="经营状态异常等级",
        en="Operating-status grade",
        dimension="BC",
        expression=latest("enterprise.status", field="severity"),
        direction=1,
        missing=0,
        formula="0 存续在产; 1 歇业备案/季节性停产; 2 停产; 3 清算或破产重整; 4 吊销/撤销/责令关闭",
        formula_zh="0 存续在产；1 歇业备案或季节性停产；2 停产；3 清算或破产重整；4 吊销、"
        "撤销或责令关闭",
        window="at t",
        bands="0:0; 1:.2; 2:.5; 3:.9; 4:1",
        basis="TREE R020103, R020307, R020308; 登记管理条例实施细则§40-43",
    ),
    Indicator(
        id="BC06",
        zh="法定代表人变更次数",
        en="Legal-representative changes",
        dimension="BC",
        unit_zh="次",
        unit_en="changes",
        expression=count("change:legal_representative", window=months(24)),
        direction=1,
        missing=0,
        formula="count(change_record where item=法定代表人)",
        formula_zh="近 24 个月变更法定代表人的次数",
        window="24m",
        bands="0:0; 1:.3; 2:.7; >=3:1",
        basis="TREE R020202",
    ),
    Indicator(
        id="BC07",
        zh="名称与地址变更次数",
        en="Name / address changes",
        dimension="BC",
        unit_zh="次",
        unit_en="changes",
        expression=count(
            "change:name", "change:address", "change:production_address", window=months(24)
        ),
        direction=1,
        missing=0,
        formula="count(change_record where item in {名称, 住所, 生产地址})",
        formula_zh="近 24 个月变更名称、住所、生产地址的次数",
        window="24m",
        bands="0:0; 1:.2; 2:.6; >=3:1",
        basis="TREE R020203, R020204",
    ),
    Indicator(
        id="BC08",
        zh="股东变更次数",
        en="Shareholder changes",
        dimension="BC",
        unit_zh="次",
        unit_en="days of change",
        expression=distinct("change:shareholder", by="day", window=months(24)),
        direction=1,
        missing=0,
        formula="count(distinct approval dates where item=股东/股权)",
        formula_zh="近 24 个月变更股东或股权的次数，同日核准的只计一次",
        window="24m",
        bands="0:0; 1:.2; 2:.5; >=3:1",
        basis="design",
    ),
    Indicator(
        id="BC09",
        zh="注册资本减少幅度",
        en="Largest capital reduction",
        dimension="BC",
        unit_zh="比例",
        unit_en="share",
        expression=minimum(maximum(largest("change:capital", window=months(24)), 0), 1),
        direction=1,
        missing=0,
        formula="max over changes of (before-after)/before, floor 0",
        formula_zh="近 24 个月历次注册资本变更中，减少额占变更前注册资本之比的最大值，"
        "未减少的计为 0",
        window="24m",
        bands="0:0; <30%:.3; 30-70%:.7; >=70%:1",
        basis="TREE R020206",
    ),
    Indicator(
        id="BC10",
        zh="资产负债率",
        en="Liability / asset ratio",
        dimension="BC",
        unit_zh="比例",
        unit_en="share",
        expression=_reported("leverage"),
        direction=1,
        disclosure=True,
        bounds=(0, 2),
        missing=2,
        formula="total_liabilities/total_assets of the latest annual report known at t, until the "
        "next report is due, at most 2; not disclosed counts as owing twice the assets",
        formula_zh="当日已知的最近一次年报的负债总额与资产总额之比，用至下一次年报报送期限届满，"
        "最大计 2；未公示的按负债为资产的 2 倍计",
        window="latest year",
        bands="<60%:0; 60-80:.4; 80-100:.8; >=100:1",
        basis="TREE R020305; XXGS§9(7) (disclosure optional)",
    ),
    Indicator(
        id="BC11",
        zh="营业收入同比变动",
        en="Revenue change year on year",
        dimension="BC",
        unit_zh="比例",
        unit_en="share",
        expression=where(
            year(ESTABLISHED) + 2 - YEAR_OF_REPORT,
            0,
            _growth(
                _reported("revenue"),
                previous(REVENUE),
                latest(REVENUE, field="occurred", window=REPORTED)
                - previous(REVENUE, field="occurred"),
            ),
        ),
        direction=-1,
        disclosure=True,
        bounds=(-1, 1),
        missing=-1,
        formula="(rev_y - rev_{y-1}) / rev_{y-1} of the latest annual report until the next one is "
        "due, at most 1, and 0 from nothing; not disclosed for both years counts as all revenue "
        "lost; 0 until two reports were due",
        formula_zh="最近一次年报的营业收入较上年的变动额与上年营业收入之比，"
        "用至下一次年报报送期限届满，最大计 1，上年无营业收入的计为 0；"
        "未将 2 个年度均公示的，按营业收入全部丧失计；应报年报未满 2 次的计为 0",
        window="2 years",
        bands=">=0:0; 0..-20%:.3; -20..-50%:.7; <-50%:1",
        basis="TREE R020302",
    ),
    Indicator(
        id="BC12",
        zh="股权出质冻结与动产抵押",
        en="Pledge, freeze and chattel mortgage",
        dimension="BC",
        unit_zh="分",
        unit_en="points",
        expression=2 * count("encumbrance:freeze", state="open")
        + count("encumbrance:pledge", "encumbrance:chattel_mortgage", state="open")
        + count("encumbrance:freeze", window=months(36)),
        direction=1,
        missing=0,
        formula="2*active freezes + active pledges + active chattel mortgages "
        "(+1 per freeze in 36m)",
        formula_zh="有效的股权冻结每项计 2 分，有效的股权出质、动产抵押每项计 1 分，"
        "近 36 个月的股权冻结每次另加 1 分",
        window="at t + 36m",
        bands="0:0; 1-2:.4; 3-4:.7; >=5:1",
        basis="TREE R020601, R020602; "
        "SZ-SB (chattel mortgage + bank arrears is a two-grade trigger)",
    ),
)
