"""Indicators of others: related enterprises, key persons, and what was usual on site."""

from ...core.time import months
from ..aggregate import Aggregate, count, latest
from ..expression import Expression, if_missing, maximum, minimum
from ..indicator import Indicator
from ..medians import Median
from ..persons import Persons
from ..ties import Tied
from .rl import LICENSED

__all__ = ["PN", "RL"]

RELATED = ("relation:investment", "relation:branch", "relation:same_person")
POSTS = tuple(
    f"post:{role}"
    for role in ("legal_representative", "executive", "director", "supervisor", "principal")
)
YEARS = months(36)
REVOKED = ("enterprise.status_since:revoked", "licence_event:*.revoked")
LISTED = tuple(
    count(f"list_entry:{name}.*", state="open")
    for name in ("abnormal", "serious_dishonesty", "judgment_defaulter")
)
PENALISED = (
    count("penalty:*.food.*", window=YEARS, repaired="leaves"),
    count(*REVOKED, "licence_event:*.withdrawn", window=YEARS),
)
DISMISSED = (
    count(*REVOKED, window=YEARS),
    count("list_entry:serious_dishonesty.*", window=YEARS),
)
BANNED = (count("ban:five_years", "ban:lifetime", state="open"),)
DEFAULTING = (count("ban:judgment_defaulter", state="open"),)
SHARES = "0:0; <10%:.3; 10-30:.6; >30%:1"


def share_of_related(having: tuple[Aggregate, ...]) -> Expression:
    """Build the share of related enterprises of which any of some counts counts an event."""
    return Tied(streams=RELATED, having=having) / Tied(streams=RELATED)


def anyone(
    *, having: tuple[Aggregate, ...] = (), elsewhere: tuple[Aggregate, ...] = ()
) -> Expression:
    """Build 1 if anybody in a key post has something against them, else 0."""
    persons = Persons(posts=POSTS, having=having, elsewhere=elsewhere, within=YEARS)
    return minimum(persons, 1)


RL = (
    Indicator(
        id="RL08",
        zh="许可现场核查风险分",
        en="On-site licence verification risk",
        dimension="RL",
        populations=LICENSED,
        expression=if_missing(
            latest("licence_review"),
            Median(group="category", streams=("licence_review",), least=5),
        ),
        direction=1,
        missing=0.05,
        formula="1 - score/full score of the latest on-site verification; the median of the "
        "category if there was none, or the city's where the category has fewer than five",
        formula_zh="1 减去最近一次许可现场核查得分与满分之比；未经核查的取同类别中位数，"
        "同类别的核查结果不足 5 个的取全市中位数",
        window="latest",
        bands="<=.05:0; .05-.1:.3; .1-.15:.7; >.15:1",
        basis="115号文",
    ),
    Indicator(
        id="RL09",
        zh="委托生产关系数",
        en="Commissioned-production relations",
        dimension="RL",
        unit_zh="家",
        unit_en="enterprises",
        expression=Tied(streams=("relation:commission",)),
        direction=1,
        missing=0,
        formula="count(active 委托/受托 relations), each other enterprise once",
        formula_zh="有效的委托、受托生产关系数，同一对方企业只计一次",
        window="at t",
        bands="0:0; 1-2:.3; 3-5:.6; >5:1",
        basis="Order49§16 (重点)",
    ),
)

PN = (
    Indicator(
        id="PN14",
        zh="关联企业负面名单比例",
        en="Related firms on negative lists",
        dimension="PN",
        expression=share_of_related(LISTED),
        direction=1,
        missing=0,
        formula="share of related firms (by investment, as branch or by the person in charge) open "
        "at t on 经营异常/严重违法失信/失信被执行人; 0 if no related firm",
        formula_zh="关联企业（有投资关系、为分支机构或负责人相同）中，当日列于经营异常名录、"
        "严重违法失信名单或失信被执行人名单的占比；无关联企业的计为 0",
        window="at t",
        bands=SHARES,
        basis="TREE R040402, R040403, R040405",
    ),
    Indicator(
        id="PN15",
        zh="关联企业处罚吊销比例",
        en="Related firms penalised or revoked",
        dimension="PN",
        expression=share_of_related(PENALISED),
        direction=1,
        missing=0,
        formula="share of related firms with food-safety penalty or licence revocation in window; "
        "0 if no related firm",
        formula_zh="关联企业中，近 36 个月受过食品安全行政处罚或被吊销、撤销许可证照的占比；"
        "无关联企业的计为 0",
        window="36m",
        bands=SHARES,
        basis="TREE R040401, R040404",
    ),
    Indicator(
        id="PN16",
        zh="负责人负面与从业限制",
        en="Adverse record of key persons",
        dimension="PN",
        expression=maximum(
            3 * anyone(having=BANNED),
            maximum(2 * anyone(having=DEFAULTING), anyone(elsewhere=DISMISSED)),
        ),
        direction=1,
        missing=0,
        formula="0 none; 1 held a key post in a firm revoked, with a licence revoked or on "
        "serious list in 36m; 2 person "
        "is 失信被执行人; 3 under 5-year or lifetime ban",
        formula_zh="0 无；1 曾在近 36 个月被吊销、"
        "被吊销许可证或列入严重违法失信名单的企业担任主要职务；2 本人为失信被执行人；"
        "3 处于 5 年或终身禁止从业期",
        window="36m / at t",
        bands="0:0; 1:.5; 2:.8; 3:1",
        basis="FSL§135",
    ),
)
