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
)

STANDING = (
    LIST_ENTRY,
    CERTIFICATE,
    AWARD,
    EVALUATION,
    TAX_RATING,
)
