"""What supervision sees, hears and decides."""

from ..contract import Contract, Field, Stream

__all__ = ["SUPERVISION"]

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
        Field("product", "text", "what was bought, in the source's terms"),
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

RECALL = Contract(
    "recall",
    "食品召回",
    "Recall of food, on the day it began",
    (
        Field("product", "text", "name of the product"),
        Field("category", "text", "food category", codes="food_category"),
        Field("level", "text", "how serious", required=True, codes="recall_level"),
        Field("ordered", "boolean", "ordered by the authority, else voluntary", required=True),
        Field(
            "late",
            "boolean",
            "begun later than 24, 48 or 72 hours for level 1, 2 or 3",
            required=True,
        ),
    ),
    (
        Stream(
            "recall",
            "level || CASE WHEN ordered THEN '.ordered' ELSE '.voluntary' END"
            " || CASE WHEN late THEN '.late' ELSE '.on_time' END",
            severity="ordinal('recall_level', level)",
        ),
    ),
)

INCIDENT = Contract(
    "incident",
    "食品安全事故",
    "Confirmed food-safety accident",
    (
        Field("grade", "text", "gravity", required=True, codes="incident"),
        Field("ill", "number", "people who fell ill", low=0),
        Field("deaths", "number", "people who died", low=0),
        Field("product", "text", "what they ate, in the source's terms"),
    ),
    (Stream("incident", "grade", severity="ordinal('incident', grade)"),),
)

SUPERVISION = (
    INSPECTION,
    INSPECTION_ITEM,
    RECTIFICATION,
    COMPLAINT,
    PENALTY,
    SAMPLING,
    RECALL,
    INCIDENT,
)
