"""The rules by which enterprises are warned of: each with its basis, condition and evidence.

They are declared as statutory rules are (`grading.rules`), over the same aggregates as indicators.
A statutory rule says what law makes of a grade; a rule of this module says what a supervisor and
the enterprise should know before that, or beside it. Those that are both are taken from there. How
grave each is, policy says (`warningpolicy`). `mem-H` and `mem-M` mark what was not checked against
the text, `design` what is our own.
"""

from ...core.time import day, months
from ...features import Expression, count, if_missing, largest, latest, maximum, where
from ...features.aggregate import recurrent
from ...features.expression import AS_OF, minimum
from ...grading import STATUTES, Rule, Rules
from .surge import surge

__all__ = ["WARNINGS"]

FOOD_LAW, FOOD_LAW_FROM = "食品安全法", day("2015-10-01")
FOOD_RULES, FOOD_RULES_FROM = "食品安全法实施条例", day("2019-12-01")
CHECKS = "食品生产经营监督检查管理办法 (总局令第49号)"
CHECKS_FROM = day("2022-03-15")
LICENCES = "食品生产许可管理办法 (总局令第24号)"
CATERING = "食品经营许可和备案管理办法 (总局令第78号)"
LICENCES_FROM = day("2020-03-01")
PENALTIES, PENALTIES_FROM = "行政处罚法", day("2021-07-15")
COMPLAINTS = "市场监督管理投诉举报处理暂行办法"
COMPLAINTS_FROM = day("2020-01-01")

QUARTER, HALF, YEAR, LATELY = months(3), months(6), months(12), months(24)
"""Of older orders and decisions it is more likely that nobody told how they ended: design."""
LAPSE = 60
"""Days before the end of a licence. A renewal is asked for 30 working days before it, which are
never more days than these."""
BEYOND = 36_500.0
"""Days of a certificate that names no last one."""
SEVERE = 3.5
"""Classes of hazard over this endanger health: contaminants, toxins, residues, pathogens."""
IDLE = if_missing(latest("enterprise.status", field="severity"), 0)
"""Over zero where an enterprise is not in business."""


def _from_statutes(*names: str) -> tuple[Rule, ...]:
    return tuple(STATUTES[name] for name in names)


def _lapsing(kind: str) -> Expression:
    """Build in how many days less than `LAPSE` the last open licence of a kind ends."""
    until = largest(f"licence:{kind}.*", field="ended", state="open")
    return if_missing(LAPSE - (until - AS_OF), 0)


def _lapsed(kind: str) -> Expression:
    """Build how lately the last licence of a kind ended of itself, none being open."""
    given_up = tuple(f"licence_event:{kind}.{act}" for act in ("cancelled", "revoked", "withdrawn"))
    until = largest(f"licence:{kind}.*", field="ended", state="closed")
    lately = if_missing(QUARTER - (AS_OF - until), 0)
    gone = count(f"licence:{kind}.*", state="open") + count(*given_up, window=YEAR)
    return where(gone, 0, lately)


def _withdrawn(scheme: str) -> Expression:
    """Build a number over zero where the last certificate of a scheme ended before its term.

    It did so within a year, and there is no other one.
    """
    stream = f"certificate:{scheme}"
    until = latest(stream, field="ended", state="closed")
    term = if_missing(latest(stream, state="closed"), BEYOND)
    early = latest(stream, field="occurred", state="closed") + term - until
    lately = until - (AS_OF - YEAR)
    return where(count(stream, state="open"), 0, if_missing(minimum(early, lately), 0))


LIGHTER = STATUTES["three_penalties"].condition + 2
"""How many food-safety penalties of a year, by cases, stopped no business."""

WARNINGS = Rules(
    (
        *_from_statutes("fatal_food_accident", "mass_food_accident", "production_stopped"),
        Rule(
            id="food_accident",
            zh="一年内发生食品安全事故",
            en="confirmed food accident within a year",
            basis=f"{FOOD_LAW} §103, §105; 食药监食监一〔2016〕115号 (mem-H)",
            condition=count("incident:outbreak", window=YEAR),
            effective_from=FOOD_LAW_FROM,
        ),
        *_from_statutes("three_penalties"),
        Rule(
            id="two_penalties",
            zh="一年内两次受到食品安全处罚，再有一次将被责令停产停业",
            en="two food-safety penalties within a year; a third one stops the business",
            basis=f"{FOOD_LAW} §134",
            condition=where(LIGHTER - 2, 0, LIGHTER - 1),
            effective_from=FOOD_LAW_FROM,
        ),
        *_from_statutes("repeated_offence"),
        Rule(
            id="obstruction",
            zh="一年内拒绝、阻挠监督检查或者抽样",
            en="inspection or sampling refused or obstructed within a year",
            basis=f"{FOOD_LAW} §133; {CHECKS} §49; {FOOD_RULES} §67",
            condition=count("obstruction", window=YEAR),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="referred_to_police",
            zh="一年内食品案件移送公安机关",
            en="food case referred to the police within a year",
            basis=f"{FOOD_LAW} §121",
            condition=count("case_file.referred:food.*", window=YEAR),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="recall_ordered",
            zh="一年内被责令召回，或者逾期召回",
            en="recall ordered, or begun late, within a year",
            basis=f"{FOOD_LAW} §63, §124(九)",
            condition=count("recall:*.ordered.*", "recall:*.late", window=YEAR),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="unsafe_sample",
            zh="近三个月抽检不合格，危害等级四级及以上",
            en="sample failed by a hazard of class 4 or 5 within three months",
            basis=f"{FOOD_LAW} §34, §63, §87; 危害等级 design",
            condition=count("sampling:fail.*", window=QUARTER, above=("severity", SEVERE)),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="repeated_failure",
            zh="一年内同一食品类别同一检验项目有两个批次不合格",
            en="two lots of a category failed by the same item within a year",
            basis=f"{FOOD_LAW} §87; {FOOD_RULES} §67(五) 参照 (design)",
            condition=recurrent("sampling:fail.?*.?*", window=YEAR),
            effective_from=FOOD_RULES_FROM,
        ),
        Rule(
            id="certificate_withdrawn",
            zh="一年内 HACCP、GMP、ISO 22000 或 FSSC 22000 认证被撤销、暂停，且无其他有效证书",
            en="certificate of HACCP, GMP, ISO 22000 or FSSC 22000 ended before its term within a "
            "year, and no other in its place",
            basis=f"{FOOD_LAW} §48",
            condition=maximum(
                maximum(_withdrawn("haccp"), _withdrawn("gmp")),
                maximum(_withdrawn("iso22000"), _withdrawn("fssc22000")),
            ),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="licence_lapsed",
            zh="食品许可近三个月内届满失效而未取得新证，仍存续在产",
            en="food licence ended within three months, none in its place, and still in business",
            basis=f"{FOOD_LAW} §35, §122",
            condition=where(IDLE, 0, maximum(_lapsed("production"), _lapsed("operation"))),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="licence_lapsing",
            zh=f"食品许可将于 {LAPSE} 日内届满而未延续",
            en=f"food licence ends within {LAPSE} days and is not renewed",
            basis=f"{LICENCES} §34 三十个工作日前申请延续 (mem-H); {CATERING} §28 届满前九十至"
            f"十五个工作日 (mem-M); {LAPSE} 日 design",
            condition=where(IDLE, 0, maximum(_lapsing("production"), _lapsing("operation"))),
            effective_from=LICENCES_FROM,
        ),
        Rule(
            id="overdue_rectification",
            zh="两年内的责令改正逾期未经核实办结",
            en="order of two years to put something right past due and not reported as done",
            basis=f"{CHECKS} §33",
            condition=count("rectification", state="overdue", window=LATELY),
            effective_from=CHECKS_FROM,
        ),
        Rule(
            id="unperformed_penalty",
            zh="两年内的行政处罚决定逾期未履行",
            en="penalty of two years past due and not performed",
            basis=f"{PENALTIES} §72 (mem-H); 深圳经济特区社会信用条例 §65(二)",
            condition=count("penalty.due", state="overdue", window=LATELY),
            effective_from=PENALTIES_FROM,
        ),
        Rule(
            id="complaint_surge",
            zh="近 30 日食品安全投诉举报较其自身此前一年显著增多",
            en="food-safety complaints of 30 days far above the enterprise's own year before",
            basis=f"{COMPLAINTS} §23; 阈值 design",
            condition=surge("complaint:food.*", window=30, past=365, least=3, unlikely=1000),
            effective_from=COMPLAINTS_FROM,
        ),
        Rule(
            id="verified_reports",
            zh="半年内两件及以上食品安全举报查实",
            en="two or more food-safety reports verified within half a year",
            basis=f"{COMPLAINTS} §31; {FOOD_RULES} §65; 次数 design",
            condition=count("complaint:food.report.*.verified", window=HALF) - 1,
            effective_from=COMPLAINTS_FROM,
        ),
    )
)
