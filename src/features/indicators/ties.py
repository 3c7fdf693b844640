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
        window="36m / at t",
        bands="0:0; 1:.5; 2:.8; 3:1",
        basis="FSL§135",
    ),
)
