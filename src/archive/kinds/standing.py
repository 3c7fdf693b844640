"""How an enterprise stands with others: lists, certificates, awards and outside ratings."""

from ..contract import Contract, Field, Stream

__all__ = ["STANDING"]

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
    day="the day it was entered; it is ended once it is removed",
    basis="企业信息公示暂行条例 art. 17; SAMR Order 44; SPC rules on judgment defaulters",
)

CERTIFICATE = Contract(
    "certificate",
    "认证",
    "Certificate of a management system",
    (
        Field("scheme", "text", "which scheme", required=True, codes="certificate_scheme"),
        Field("valid_to", "date", "last day on which it holds"),
    ),
    (Stream("certificate", "scheme", value="valid_to - occurred", ended="valid_to"),),
    day="the first day on which it holds; it is ended when it is suspended or revoked",
    basis="食品安全法 art. 48",
)

AWARD = Contract(
    "award",
    "奖励",
    "Award or recognition by a supervisor",
    (Field("level", "text", "level of the awarding body", required=True, codes="award_level"),),
    (Stream("award", "level", severity="ordinal('award_level', level)"),),
    day="the day it was awarded",
    basis="国务院 and local rules on commendation; 食品安全法 art. 13",
)

EVALUATION = Contract(
    "evaluation",
    "第三方机构评价",
    "Evaluation by an accredited outside body; kept beside our grades, never mixed with them",
    (
        Field("issuer", "text", "accredited body that evaluated", required=True),
        Field("method", "text", "its method, in its own terms", required=True),
        Field("grade", "text", "grade given, on the body's own scale"),
        Field("score", "number", "score given, on the body's own scale"),
        Field("valid_to", "date", "last day on which it holds"),
    ),
    (Stream("evaluation", "method", value="score", ended="valid_to"),),
    day="the day it was given",
    basis="深圳经济特区社会信用条例",
)

TAX_RATING = Contract(
    "tax_rating",
    "纳税信用等级",
    "Tax-credit rating for a year, on the day it was published",
    (
        Field("year", "integer", "year that is rated", required=True, low=1900, high=2200),
        Field("rating", "text", "rating", required=True, codes="tax_rating"),
    ),
    (Stream("tax_rating", "rating", severity="ordinal('tax_rating', rating)"),),
    day="the day it was published",
    basis="纳税信用管理办法",
)

STANDING = (
    LIST_ENTRY,
    CERTIFICATE,
    AWARD,
    EVALUATION,
    TAX_RATING,
)
