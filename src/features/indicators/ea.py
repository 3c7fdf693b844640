"""评价与表彰记录: evaluations and awards."""

from ...core.time import months
from ..aggregate import Aggregate, count, largest, latest, smallest
from ..expression import if_missing, minimum, years
from ..indicator import Indicator

__all__ = ["EA"]

LICENSED = ("operator", "producer")
FOOD = "penalty:*.food.*"
SERIOUS, ABNORMAL = "list_entry:serious_dishonesty.*", "list_entry:abnormal.*"
FAULTS = (FOOD, "sampling:fail.*", "incident", "recall:*.ordered.*")
YEAR, THREE_YEARS = months(12), months(36)
# SAMR Order 45 art. 14: heavier kinds stay public to the end. A warning is not published at all,
# and a public criticism only for three months, before a repair could be asked for (art. 2, 13).
REPAIRABLE = ("fine", "confiscation", "suspension", "other")
# How long a record stands before its repair may be asked for: penalties by 国市监信规〔2021〕3号,
# those of other departments by NDRC Order 58; entries of the serious-dishonesty list by SAMR Order
# 44; entries of the abnormal list do not wait.
WAIT_FOOD, WAIT_MARKET, WAIT_OTHERS, WAIT_SERIOUS = months(12), months(6), months(3), months(12)


def _kinds(decided: str) -> tuple[str, ...]:
    """Return the streams of penalties that can be repaired."""
    return tuple(f"penalty.kind:{decided}.{kind}" for kind in REPAIRABLE)


def _waiting(*streams: str, wait: int, state: str = "any") -> Aggregate:
    """Build the number of records past a wait that are not repaired."""
    return count(*streams, window=THREE_YEARS - wait, lag=wait, repaired="leaves", state=state)


REPAIRED = count(
    *_kinds("*.food"),
    *_kinds("*.general"),
    SERIOUS,
    ABNORMAL,
    window=THREE_YEARS,
    repaired="only",
) + count(SERIOUS, ABNORMAL, window=THREE_YEARS, repaired="leaves", state="closed")
UNREPAIRED = (
    _waiting(*_kinds("*.food"), wait=WAIT_FOOD)
    + _waiting(*_kinds("market.general"), wait=WAIT_MARKET)
    + _waiting(*_kinds("other.general"), wait=WAIT_OTHERS)
    + _waiting(SERIOUS, wait=WAIT_SERIOUS, state="open")
    + _waiting(ABNORMAL, wait=0, state="open")
)

EA = (
    Indicator(
        id="EA01",
        zh="有效HACCP认证",
        en="Valid HACCP certificate",
        dimension="EA",
        expression=minimum(count("certificate:haccp", state="open"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="1 if certificate valid (not suspended or revoked) at t",
        formula_zh="当日持有有效的 HACCP 认证证书（未被暂停或撤销）的，计为 1",
        window="at t",
        bands="1:0; 0:1 (bonus item)",
        basis="ART; FSL§48; 115号文 lower one grade",
    ),
    Indicator(
        id="EA02",
        zh="有效ISO22000或FSSC22000认证",
        en="Valid ISO 22000 / FSSC 22000",
        dimension="EA",
        expression=minimum(count("certificate:iso22000", "certificate:fssc22000", state="open"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="1 if valid at t",
        formula_zh="当日持有其中任一有效认证证书的，计为 1",
        window="at t",
        bands="1:0; 0:1 (bonus item)",
        basis="ART",
    ),
    Indicator(
        id="EA03",
        zh="良好生产规范认证",
        en="Valid GMP certificate",
        dimension="EA",
        expression=minimum(count("certificate:gmp", state="open"), 1),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="1 if valid at t",
        formula_zh="当日持有有效的良好生产规范认证证书的，计为 1",
        window="at t",
        bands="1:0; 0:1 (bonus item)",
        basis="ART; FSL§48",
    ),
    Indicator(
        id="EA04",
        zh="市级以上监管部门奖励认可",
        en="Awards at city level or above",
        dimension="EA",
        expression=largest("award", field="severity", window=months(36)),
        direction=-1,
        disclosure=True,
        bounds=(0, 3),
        missing=0,
        formula="max level in window: 0 none; 1 city; 2 province; 3 nation",
        formula_zh="近 36 个月所获奖励认可的最高级别：0 无；1 市级；2 省级；3 国家级",
        window="36m",
        bands=">=2:0; 1:.4; 0:1 (bonus item)",
        basis="ART",
    ),
    Indicator(
        id="EA05",
        zh="纳税信用等级",
        en="Tax-credit grade",
        dimension="EA",
        expression=latest("tax_rating", field="severity", window=months(24)),
        direction=1,
        missing=2,
        formula="A=0, B=1, M=2, C=3, D=4, last published in 24 months; M without one",
        formula_zh="近 24 个月内最近一次公布的纳税信用等级：A 级计 0，B 级计 1，M 级计 2，"
        "C 级计 3，D 级计 4；没有的按 M 级计",
        window="latest year",
        bands="0:0; 1:.2; 2:.3; 3:.7; 4:1",
        basis="TAX (A/B/M/C/D and cut points)",
    ),
    Indicator(
        id="EA06",
        zh="连续无食品安全不良记录年数",
        en="Years without adverse food-safety record",
        dimension="EA",
        unit_zh="年",
        unit_en="years",
        populations=LICENSED,
        expression=if_missing(
            years(latest(*FAULTS, field="occurred")),
            years(smallest("licence", field="occurred")),
        ),
        direction=-1,
        disclosure=True,
        bounds=(0, 5),
        missing=0,
        formula="min(5, years since last food penalty, sampling failure, accident, recall "
        "ordered); without any, age of the first licence; without that 0",
        formula_zh="距最近一次食品安全行政处罚、抽检不合格、食品安全事故或责令召回的年数，"
        "最多计 5 年（60 个月）；均没有的，取首张许可的年限；无许可的计为 0",
        window="60m",
        bands=">=3:0; 2-3:.3; 1-2:.6; <1:1",
        basis="115号文: 3 years => lower one grade",
    ),
    Indicator(
        id="EA07",
        zh="自查与风险管控执行率",
        en="Self-inspection and risk-control rate",
        dimension="EA",
        unit_zh="比例",
        unit_en="share",
        populations=LICENSED,
        expression=count("self_control:*.on_time", window=YEAR)
        / count("self_control", window=YEAR),
        direction=-1,
        disclosure=True,
        bounds=(0, 1),
        missing=0,
        formula="on-time submissions / due submissions (自查报告; 日管控, 周排查, 月调度); "
        "without any, as if none was on time",
        formula_zh="近 12 个月按时报送数与应报送数之比（自查报告，日管控、周排查、月调度）；"
        "没有应报送的，按均未按时报送计",
        window="12m",
        bands=">=.95:0; .8-.95:.3; .5-.8:.7; <.5:1",
        basis="FSL§47, §83; SAMR Order 60",
    ),
    Indicator(
        id="EA08",
        zh="信用修复完成率",
        en="Share of eligible records repaired",
        dimension="EA",
        unit_zh="比例",
        unit_en="share",
        expression=REPAIRED / (REPAIRED + UNREPAIRED),
        direction=-1,
        missing=1,
        formula="repaired / (repaired + what could have been): penalties of a kind that can be "
        "repaired (fine, confiscation, licence held back, other) past one year (food), six months "
        "(market regulators) or three months (others), entries of the serious-dishonesty list past "
        "one year, and entries of the abnormal list; an entry that was removed is repaired; a "
        "warning or 通报批评 needs no repair and does not count; a small fine needs none either, "
        "but counts, since each province says itself what is small; 1 if none",
        formula_zh="近 36 个月已修复的记录数，除以已修复的与本可修复的记录数之和；本可修复的为："
        "种类可予修复（罚款、没收、暂扣许可证件、其他）的行政处罚中，"
        "食品安全的满 1 年、市场监管部门的满 6 个月、其他部门的满 3 个月；"
        "列入严重违法失信名单满 1 年的；列入经营异常名录的；已移出的视为已修复；警告、"
        "通报批评无需信用修复，不计入；小额罚款亦无需信用修复，但何为小额由各省自定，"
        "故仍计入；均没有的计为 1",
        window="36m",
        bands=">=.99:0; .5-.99:.4; <.5:1",
        basis="TREE R030204; ART (repair figures); Order45§2, §13, §14; SAMR Order 44; "
        "国市监信规〔2021〕3号; NDRC Order 58",
    ),
)
