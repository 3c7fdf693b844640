"""What an enterprise is, and what it may do: registration, permits, ties and products."""

from ..contract import Contract, Field, Stream

__all__ = ["REGISTRATION"]

PLACED = "longitude IS NOT NULL AND latitude IS NOT NULL"

ENTERPRISE = Contract(
    "enterprise",
    "市场主体",
    "Enterprise as registered on a day",
    (
        Field("name", "text", "registered name", personal=True),
        Field("type", "text", "legal form", codes="enterprise_type"),
        Field("population", "text", "widest supervision it falls under", codes="population"),
        Field("status", "text", "operating status", codes="enterprise_status"),
        Field(
            "status_since",
            "date",
            "first day of that status; empty where it is that of the record",
            past=True,
        ),
        Field("established_on", "date", "day of establishment", past=True),
        Field("subscribed_capital", "number", "subscribed capital", unit="万元", low=0),
        Field("industry", "text", "code of the national classification GB/T 4754, such as C1411"),
        Field("category", "text", "line of business, in the source's terms"),
        Field("tier", "number", "the authority's own static risk tier, larger is riskier"),
        Field("brand", "text", "key shared by enterprises that trade under one name"),
        Field("site", "text", "key shared by enterprises at one address"),
        Field("address", "text", "registered address", personal=True),
        Field("district", "text", "district, in the source's terms"),
        Field("street", "text", "street or town of the district, in the source's terms"),
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
        Stream(
            "enterprise.status_since",
            "status",
            occurred="coalesce(status_since, occurred)",
            where="status IS NOT NULL",
        ),
        Stream("enterprise.population", "population", where="population IS NOT NULL"),
        Stream("enterprise.type", "type", where="type IS NOT NULL"),
        Stream("enterprise.industry", "industry", where="industry IS NOT NULL"),
        Stream("enterprise.tier", value="tier", where="tier IS NOT NULL"),
        Stream("enterprise.category", case="category", where="category IS NOT NULL"),
        Stream("enterprise.brand", case="brand", where="brand IS NOT NULL"),
        Stream("enterprise.site", case="site", where="site IS NOT NULL"),
        Stream("enterprise.district", case="district", where="district IS NOT NULL"),
        Stream("enterprise.area_1km", case="square(1, longitude, latitude)", where=PLACED),
        Stream("enterprise.area_3km", case="square(3, longitude, latitude)", where=PLACED),
        Stream("enterprise.longitude", value="longitude", where="longitude IS NOT NULL"),
        Stream("enterprise.latitude", value="latitude", where="latitude IS NOT NULL"),
    ),
    day="the day from which these facts hold",
    basis="市场主体登记管理条例",
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
        Stream(
            "licence.category",
            "category",
            case="licence",
            ended="valid_to",
            where="category IS NOT NULL",
        ),
    ),
    day="the first day on which it holds; it is ended once it is renewed before its last one",
    basis="食品安全法 art. 35; SAMR Order 24 of 2020",
)

LICENCE_EVENT = Contract(
    "licence_event",
    "许可变动",
    "What was done to a licence",
    (
        Field("licence", "text", "licence number", required=True),
        Field("type", "text", "kind of licence", required=True, codes="licence_type"),
        Field("event", "text", "what was done", required=True, codes="licence_event"),
    ),
    (
        Stream(
            "licence_event",
            "type || '.' || event",
            severity="ordinal('licence_event', event)",
            case="licence",
        ),
    ),
    day="the day of the decision",
    basis="食品安全法 art. 35, 122; SAMR Order 24 of 2020",
)

LICENCE_REVIEW = Contract(
    "licence_review",
    "许可现场核查",
    "On-site review of a licence, with the points it gave",
    (
        Field("licence", "text", "licence number", required=True),
        Field("category", "text", "food category that was reviewed", codes="food_category"),
        Field("score", "number", "points given", required=True, low=0),
        Field("full", "number", "points that can be had", required=True, low=1),
    ),
    (
        Stream(
            "licence_review",
            "coalesce(category, '')",
            value='greatest(0, 1 - score / "full")',
            case="licence",
        ),
    ),
    day="the day of the review",
    basis="SAMR Order 24 of 2020; 食药监食监一〔2016〕115号",
)

FILING = Contract(
    "filing",
    "备案",
    "Filing or small registration that needs no permit",
    (
        Field("type", "text", "what was filed", required=True, codes="filing_type"),
        Field("valid_to", "date", "last day on which it holds"),
    ),
    (Stream("filing", "type", ended="valid_to"),),
    day="the day it was filed",
    basis="食品安全法 art. 35, 36; 市场主体登记管理条例",
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
    day="the day it was approved",
    basis="市场主体登记管理条例",
)

RELATION = Contract(
    "relation",
    "关联关系",
    "Tie between two enterprises, until its end is reported",
    (
        Field("other", "enterprise", "code of the other enterprise", required=True),
        Field("role", "text", "what ties them", required=True, codes="relation_role"),
        Field("share", "number", "share that one holds of the other, 1 is all", low=0, high=1),
    ),
    (Stream("relation", "role", value="share", case="other"),),
    day="the day from which it holds",
    basis="市场主体登记管理条例; Order 49 art. 16 on commissioned production",
)

PRODUCT = Contract(
    "product",
    "产品",
    "Product that an enterprise makes or sells, one record for each tag",
    (
        Field("product", "text", "name of the product, as declared", required=True),
        Field("category", "text", "food category", codes="food_category"),
        Field("tag", "text", "why it is watched, if it is", codes="product_tag"),
    ),
    (Stream("product", "coalesce(tag, '')", case="product"),),
    day="the day it was declared or tagged",
    basis="Order 49 art. 14; the city's watch on new formats and local food",
)

ENCUMBRANCE = Contract(
    "encumbrance",
    "出质冻结抵押",
    "Pledge or freeze of shares, or chattel mortgage",
    (
        Field("type", "text", "what burdens it", required=True, codes="encumbrance"),
        Field("amount", "number", "secured or frozen amount", unit="万元", low=0),
        Field("share", "number", "share of the equity concerned, 1 is all", low=0, high=1),
        Field("until", "date", "last day on which it holds"),
    ),
    (
        Stream("encumbrance", "type", value="amount", ended="until"),
        Stream(
            "encumbrance.share", "type", value="share", ended="until", where="share IS NOT NULL"
        ),
    ),
    day="the day it was registered or ordered",
    basis="民法典 on pledge and mortgage; published as 股权出质, 动产抵押, 司法协助",
)

REGISTRATION = (
    ENTERPRISE,
    LICENCE,
    LICENCE_EVENT,
    LICENCE_REVIEW,
    FILING,
    CHANGE,
    RELATION,
    PRODUCT,
    ENCUMBRANCE,
)
