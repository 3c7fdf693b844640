"""What supervision hears, and what went wrong: complaints, opinion, alerts, recalls, accidents."""

from ..contract import Contract, Field, Stream

__all__ = ["SIGNALS"]

COMPLAINT = Contract(
    "complaint",
    "投诉举报",
    "Complaint or report, about an enterprise or a place",
    (
        Field("type", "text", "complaint or report", required=True, codes="complaint_kind"),
        Field("food", "boolean", "whether it concerns food safety", required=True),
        Field("topic", "text", "what it is about, in the source's terms"),
        Field("product", "text", "what was bought, in the source's terms"),
        Field("channel", "text", "how it came in, in the source's terms"),
        Field("verified", "boolean", "found true"),
        Field("accepted", "date", "day it was taken up; empty while it is not", past=True),
        Field("closed", "date", "day it was settled; empty while it is not", past=True),
        Field("longitude", "number", "degrees east, if it has a place", low=-180, high=180),
        Field("latitude", "number", "degrees north, if it has a place", low=-90, high=90),
    ),
    (
        Stream(
            "complaint",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || type || '.' || coalesce(topic, '')"
            " || CASE WHEN verified THEN '.verified' ELSE '.unverified' END",
        ),
        Stream(
            "complaint.accepted",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || type || '.' || coalesce(topic, '')",
            value="accepted - occurred",
            ended="closed",
            where="accepted IS NOT NULL",
        ),
    ),
    instead=("longitude", "latitude"),
    day="the day it was received",
    basis="市场监督管理投诉举报处理暂行办法 art. 3, 14, 31",
)

OPINION = Contract(
    "opinion",
    "舆情",
    "Piece of public opinion, about an enterprise or a product",
    (
        Field("product", "text", "product it is about, in the source's terms"),
        Field("topic", "text", "what it is about, in the source's terms"),
        Field("food", "boolean", "whether it concerns food safety", required=True),
        Field("polarity", "text", "what it makes of its subject", required=True, codes="polarity"),
        Field(
            "credibility",
            "number",
            "how far its source is to be believed, 1 is fully",
            required=True,
            low=0,
            high=1,
        ),
        Field("cluster", "text", "key shared by pieces that tell one story"),
    ),
    (
        Stream(
            "opinion",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || polarity || '.'"
            " || coalesce(topic, '')",
            value="credibility",
            case="coalesce(cluster, number)",
        ),
    ),
    instead=("product",),
    day="the day it was published",
    basis="design; the city's watch on public opinion",
)

ALERT = Contract(
    "alert",
    "风险预警通报",
    "Alert of a food risk, about a product or an enterprise",
    (
        Field("product", "text", "product it warns of, in the source's terms", required=True),
        Field("category", "text", "food category", codes="food_category"),
        Field("hazard", "text", "hazard class", codes="hazard_class"),
        Field("item", "text", "substance or fault"),
        Field("level", "text", "who warns", codes="alert_level"),
        Field("origin", "text", "where it is from, in the source's terms", later=True),
    ),
    (
        Stream(
            "alert",
            "coalesce(level, '') || '.' || coalesce(category, '') || '.' || coalesce(item, '')",
            severity="ordinal('hazard_class', hazard)",
            case="product",
        ),
    ),
    instead=("product",),
    day="the day it was issued",
    basis="食品安全法 art. 22, 118",
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
    day="the day it began",
    basis="食品安全法 art. 63; 食品召回管理办法",
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
    day="the day it happened",
    basis="食品安全法 art. 103; 实施条例 art. 67(2)",
)

SIGNALS = (COMPLAINT, OPINION, ALERT, RECALL, INCIDENT)
