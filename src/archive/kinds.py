"""The record kinds of the archive, each declared once.

Fields follow the exchange formats of Chinese market supervision; the streams are the grammar
that indicator declarations are written in.
"""

from ..core.errors import NotFoundError
from .contract import Contract, Field, Stream

__all__ = ["KINDS", "contract_of"]

ENTERPRISE = Contract(
    "enterprise",
    "市场主体",
    "Enterprise as registered on a day",
    (
        Field("name", "text", "registered name", personal=True),
        Field("population", "text", "widest supervision it falls under", codes="population"),
        Field("status", "text", "operating status", codes="enterprise_status"),
        Field("established_on", "date", "day of establishment"),
        Field("subscribed_capital", "number", "subscribed capital", unit="万元", low=0),
        Field("category", "text", "line of business, in the source's terms"),
        Field("tier", "number", "the authority's own static risk tier, larger is riskier"),
        Field("brand", "text", "key shared by enterprises that trade under one name"),
        Field("site", "text", "key shared by enterprises at one address"),
        Field("district", "text", "district, in the source's terms"),
        Field("longitude", "number", "degrees east", low=-180, high=180),
        Field("latitude", "number", "degrees north", low=-90, high=90),
    ),
    (
        Stream(
            "enterprise.established",
            value="established_on - DATE '1970-01-01'",
            where="established_on IS NOT NULL",
        ),
        Stream(
            "enterprise.capital",
            value="subscribed_capital",
            where="subscribed_capital IS NOT NULL",
        ),
        Stream(
            "enterprise.status",
            "status",
            severity="ordinal('enterprise_status', status)",
            where="status IS NOT NULL",
        ),
        Stream("enterprise.population", "population", where="population IS NOT NULL"),
        Stream("enterprise.tier", value="tier", where="tier IS NOT NULL"),
        Stream("enterprise.category", case="category", where="category IS NOT NULL"),
        Stream("enterprise.brand", case="brand", where="brand IS NOT NULL"),
        Stream("enterprise.site", case="site", where="site IS NOT NULL"),
        Stream("enterprise.district", case="district", where="district IS NOT NULL"),
        Stream("enterprise.longitude", value="longitude", where="longitude IS NOT NULL"),
        Stream("enterprise.latitude", value="latitude", where="latitude IS NOT NULL"),
    ),
)

LICENCE = Contract(
    "licence",
    "许可",
    "Licence, one record for each licensed category",
    (
        Field("licence", "text", "licence number", required=True),
        Field("type", "text", "kind of licence, in the source's terms", required=True),
        Field("category", "text", "licensed food category", codes="food_category"),
        Field("valid_to", "date", "last day on which it holds"),
    ),
    (
        Stream(
            "licence",
            "type || '.' || coalesce(category, '')",
            value="score('food_category', category)",
            case="licence",
            ended="valid_to",
        ),
    ),
)

LICENCE_EVENT = Contract(
    "licence_event",
    "许可变动",
    "What was done to a licence",
    (
        Field("licence", "text", "licence number", required=True),
        Field("event", "text", "what was done", required=True, codes="licence_event"),
    ),
    (Stream("licence_event", "event", case="licence"),),
)

INSPECTION = Contract(
    "inspection",
    "监督检查",
    "Visit to an enterprise, with its result",
    (
        Field("purpose", "text", "why it was visited", required=True, codes="inspection_purpose"),
        Field("selection", "text", "how it was chosen for the visit", codes="selection"),
        Field("plan", "text", "plan or cohort that the visit belongs to"),
        Field("inspector", "text", "pseudonym of who inspected", personal=True),
        Field("result", "text", "outcome", required=True, codes="inspection_result"),
        Field("score", "number", "score given, where the authority gives one"),
        Field("critical", "number", "critical items not met", low=0),
        Field("serious", "number", "serious items not met", low=0),
        Field("minor", "number", "minor items not met", low=0),
    ),
    (
        Stream(
            "inspection",
            "purpose || '.' || result",
            severity="ordinal('inspection_result', result)",
            value="score",
        ),
        Stream("inspection.critical", "purpose", value="critical", where="critical IS NOT NULL"),
        Stream("inspection.serious", "purpose", value="serious", where="serious IS NOT NULL"),
        Stream("inspection.minor", "purpose", value="minor", where="minor IS NOT NULL"),
    ),
)

INSPECTION_ITEM = Contract(
    "inspection_item",
    "检查项目",
    "Item of an inspection that was not met",
    (
        Field("inspection", "text", "number of the inspection", required=True),
        Field("code", "text", "item of the authority's check list", required=True),
        Field("severity", "text", "how serious", required=True, codes="item_severity"),
        Field("count", "number", "how many times it was found", required=True, low=1),
    ),
    (
        Stream(
            "inspection_item",
            "severity || '.' || code",
            severity="ordinal('item_severity', severity)",
            value="count",
            case="inspection",
        ),
    ),
)

RECTIFICATION = Contract(
    "rectification",
    "责令改正",
    "Order to put something right by a day",
    (Field("due", "date", "last day to comply", required=True),),
    (Stream("rectification", value="due - occurred"),),
)

COMPLAINT = Contract(
    "complaint",
    "投诉举报",
    "Complaint or report, about an enterprise or a place",
    (
        Field("type", "text", "complaint or report", required=True, codes="complaint_kind"),
        Field("topic", "text", "what it is about, in the source's terms"),
        Field("verified", "boolean", "found true"),
        Field("longitude", "number", "degrees east, if it has a place", low=-180, high=180),
        Field("latitude", "number", "degrees north, if it has a place", low=-90, high=90),
    ),
    (
        Stream(
            "complaint",
            "type || '.' || coalesce(topic, '') || CASE WHEN verified THEN '.verified'"
            " ELSE '.unverified' END",
        ),
    ),
    place=True,
)

PENALTY = Contract(
    "penalty",
    "行政处罚",
    "Administrative penalty",
    (
        Field("case", "text", "case number, shared by the decisions of one case"),
        Field(
            "organ", "text", "market (a market regulator) or other", required=True, codes="organ"
        ),
        Field("food", "boolean", "decided under the Food Safety Law or its rules", required=True),
        Field("violation", "text", "kind of violation", required=True),
        Field("penalty_kind", "text", "heaviest kind imposed", required=True, codes="penalty_kind"),
        Field("fine", "number", "fine", unit="万元", low=0),
        Field("confiscated", "number", "confiscated", unit="万元", low=0),
    ),
    (
        Stream(
            "penalty",
            "organ || CASE WHEN food THEN '.food.' ELSE '.general.' END || violation",
            severity="ordinal('penalty_kind', penalty_kind)",
            value="coalesce(fine, 0) + coalesce(confiscated, 0)",
            case='coalesce("case", number)',
        ),
        Stream(
            "penalty.kind",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || penalty_kind",
            severity="ordinal('penalty_kind', penalty_kind)",
        ),
    ),
)

SAMPLING = Contract(
    "sampling",
    "抽样检验",
    "Final result of a sampled lot, one record for each failed item",
    (
        Field("lot", "text", "lot number", required=True),
        Field("product", "text", "name of the product"),
        Field("category", "text", "food category", codes="food_category"),
        Field("passed", "boolean", "whether it conforms", required=True),
        Field("item", "text", "failed item"),
        Field("hazard", "text", "hazard class of the failed item", codes="hazard_class"),
    ),
    (
        Stream(
            "sampling",
            "CASE WHEN passed THEN 'pass' ELSE 'fail.' || coalesce(category, '') || '.'"
            " || coalesce(item, '') END",
            severity="CASE WHEN NOT passed THEN ordinal('hazard_class', hazard) END",
            case="lot",
        ),
    ),
)

LIST_ENTRY = Contract(
    "list_entry",
    "名单",
    "Entry on a list of dishonest or abnormal enterprises",
    (
        Field("list", "text", "which list", required=True, codes="list"),
        Field("reason", "text", "why it was entered", codes="list_reason"),
        Field("decision", "text", "number of the decision"),
    ),
    (
        Stream(
            "list_entry",
            "list || '.' || coalesce(reason, '')",
            severity="coalesce(ordinal('list_reason', reason), 1)",
        ),
    ),
)

CERTIFICATE = Contract(
    "certificate",
    "认证",
    "Certificate of a management system",
    (
        Field("scheme", "text", "which scheme", required=True, codes="certificate_scheme"),
        Field("valid_to", "date", "last day on which it holds"),
    ),
    (Stream("certificate", "scheme", ended="valid_to"),),
)

AWARD = Contract(
    "award",
    "奖励",
    "Award or recognition by a supervisor",
    (Field("level", "text", "level of the awarding body", required=True, codes="award_level"),),
    (Stream("award", "level", severity="ordinal('award_level', level)"),),
)

CHANGE = Contract(
    "change",
    "变更",
    "Change of a registered fact",
    (
        Field("item", "text", "what changed", required=True, codes="change_item"),
        Field("before", "number", "value before, where it is a number"),
        Field("after", "number", "value after, where it is a number"),
    ),
    (
        Stream(
            "change",
            "item",
            value="CASE WHEN before > 0 THEN greatest(0, (before - after) / before) END",
        ),
    ),
)

INCIDENT = Contract(
    "incident",
    "食品安全事故",
    "Confirmed food-safety accident",
    (Field("grade", "text", "gravity", required=True, codes="incident"),),
    (Stream("incident", "grade", severity="ordinal('incident', grade)"),),
)

LIFECYCLE = Contract(
    "lifecycle",
    "记录变动",
    "What happened later to a record: ended, withdrawn, repaired, reinstated",
    (
        Field("of", "text", "kind of the record", required=True, codes="record_kind"),
        Field("change", "text", "what happened to it", required=True, codes="change"),
    ),
    key=("of", "number", "change", "occurred"),
)

KINDS: dict[str, Contract] = {
    contract.kind: contract
    for contract in (
        ENTERPRISE,
        LICENCE,
        LICENCE_EVENT,
        INSPECTION,
        INSPECTION_ITEM,
        RECTIFICATION,
        COMPLAINT,
        PENALTY,
        SAMPLING,
        LIST_ENTRY,
        CERTIFICATE,
        AWARD,
        CHANGE,
        INCIDENT,
        LIFECYCLE,
    )
}


def contract_of(kind: str) -> Contract:
    """Return the contract of a record kind, or say which kinds there are.

    Examples
    --------
    >>> contract_of("penalty").zh
    '行政处罚'
    """
    if kind not in KINDS:
        raise NotFoundError.among("record kind", kind, KINDS)
    return KINDS[kind]
