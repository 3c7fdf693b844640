"""What supervision sees and orders: visits, checks drawn at random, samples and grades."""

from ..contract import Contract, Field, Stream

__all__ = ["SUPERVISION"]

# Order 49 art. 13 knows key items 重点项目 and general items 一般项目. A visit that tells of some
# counts for both, so that what was not met is a mean over the same visits.
KEY = "coalesce(critical, 0) + coalesce(serious, 0)"
TOLD = "critical IS NOT NULL OR serious IS NOT NULL OR minor IS NOT NULL"

INSPECTION = Contract(
    "inspection",
    "监督检查",
    "Visit to an enterprise, with its result",
    (
        Field("purpose", "text", "why it was visited", required=True, codes="inspection_purpose"),
        Field("selection", "text", "how it was chosen for the visit", codes="selection"),
        Field("plan", "text", "plan or cohort that the visit belongs to"),
        Field("inspector", "person", "who inspected"),
        Field("result", "text", "outcome", required=True, codes="inspection_result"),
        Field("score", "number", "score given, where the authority gives one; higher is better"),
        Field("critical", "number", "critical items not met", low=0),
        Field("serious", "number", "serious items not met", low=0),
        Field("minor", "number", "minor items not met", low=0),
        Field("published", "date", "day the result was published"),
    ),
    (
        Stream(
            "inspection",
            "purpose || '.' || result",
            severity="ordinal('inspection_result', result)",
        ),
        Stream("inspection.score", "purpose", value="score", where="score IS NOT NULL"),
        Stream("inspection.key", "purpose", value=KEY, where=TOLD),
        Stream("inspection.general", "purpose", value="coalesce(minor, 0)", where=TOLD),
        Stream("inspection.critical", "purpose", value="critical", where="critical IS NOT NULL"),
        Stream("inspection.serious", "purpose", value="serious", where="serious IS NOT NULL"),
        Stream("inspection.minor", "purpose", value="minor", where="minor IS NOT NULL"),
    ),
    day="the day of the visit",
    basis="食品生产经营监督检查管理办法 (SAMR Order 49)",
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
    day="the day of the visit",
    basis="Order 49 art. 13, 15, 32, 33",
)

RANDOM_CHECK = Contract(
    "random_check",
    "双随机抽查结果",
    "Check of an enterprise drawn at random, with the published result",
    (
        Field("plan", "text", "plan that it was drawn for"),
        Field("selection", "text", "how it was drawn", codes="selection"),
        Field("result", "text", "outcome", required=True, codes="random_check_result"),
        Field("follow_up", "text", "what is done next", codes="check_follow_up"),
        Field("published", "date", "day the result was published"),
    ),
    (
        Stream(
            "random_check",
            "coalesce(selection, '') || '.' || result",
            severity="ordinal('random_check_result', result)",
            case="plan",
        ),
    ),
    day="the day of the check",
    basis="国发〔2019〕5号; 国市监信〔2019〕38号; Order 49 art. 39",
)

OBSTRUCTION = Contract(
    "obstruction",
    "拒绝阻挠监督检查",
    "Refusal or obstruction of an inspection or of sampling",
    (Field("form", "text", "in which form", required=True, codes="obstruction_form"),),
    (Stream("obstruction", "form"),),
    day="the day it happened",
    basis="Order 49 art. 49; 食品安全法 art. 133",
)

RECTIFICATION = Contract(
    "rectification",
    "责令改正",
    "Order to put something right by a day",
    (Field("due", "date", "last day to comply", required=True),),
    (Stream("rectification", value="due - occurred"),),
    day="the day of the order",
    basis="Order 49 art. 33",
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
        Field("level", "text", "who ordered the sampling", codes="sampling_level"),
        Field("stage", "text", "where the sample was taken", codes="sampling_stage"),
        Field("counterfeit", "boolean", "proved not to be a product of the enterprise"),
        Field("maker", "text", "who made it by its label, in the source's terms", later=True),
        Field("origin", "text", "where it is from, in the source's terms", later=True),
    ),
    (
        Stream(
            "sampling",
            "CASE WHEN passed THEN 'pass' ELSE 'fail.' || coalesce(category, '') || '.'"
            " || coalesce(item, '') END",
            severity="CASE WHEN NOT passed THEN coalesce(ordinal('hazard_class', hazard), 1) END",
            case="lot",
            where="counterfeit IS NOT TRUE",
        ),
        Stream(
            "sampling.level",
            "CASE WHEN passed THEN 'pass.' ELSE 'fail.' END || level || '.' || coalesce(stage, '')",
            severity="CASE WHEN NOT passed THEN coalesce(ordinal('hazard_class', hazard), 1) END",
            case="lot",
            where="level IS NOT NULL AND counterfeit IS NOT TRUE",
        ),
        Stream("sampling.counterfeit", case="lot", where="counterfeit"),
    ),
    day="the day the sample was taken",
    basis="食品安全法 art. 87, 88; known once the result is final",
)

CATERING_GRADE = Contract(
    "catering_grade",
    "餐饮量化分级",
    "Quantitative grade of a catering enterprise",
    (
        Field("grade", "text", "grade given", required=True, codes="catering_grade"),
        Field("score", "number", "points given, where there are any"),
        Field("inspection", "text", "number of the inspection it rests on"),
        Field("valid_to", "date", "last day on which it holds"),
    ),
    (
        Stream(
            "catering_grade",
            "grade",
            severity="ordinal('catering_grade', grade)",
            value="score",
            case="inspection",
            ended="valid_to",
        ),
    ),
    day="the day it was given",
    basis="餐饮服务食品安全监督量化分级",
)

SUPERVISION = (
    INSPECTION,
    INSPECTION_ITEM,
    RANDOM_CHECK,
    OBSTRUCTION,
    RECTIFICATION,
    SAMPLING,
    CATERING_GRADE,
)
