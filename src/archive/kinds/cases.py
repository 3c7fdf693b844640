"""What is filed, decided and disputed: cases, penalties, credit repair and suits."""

from ..contract import Contract, Field, Stream

__all__ = ["CASES"]

CASE_FILE = Contract(
    "case_file",
    "立案",
    "Case filed against an enterprise; decision and referral arrive as later versions of it",
    (
        Field("food", "boolean", "whether it concerns food safety", required=True),
        Field("violation", "text", "kind of violation suspected"),
        Field("origin", "text", "how it came to light", codes="case_origin"),
        Field("decided", "date", "day of the decision; empty while it is open", past=True),
        Field(
            "referred", "date", "day it was referred to the police, if it was (移送公安)", past=True
        ),
    ),
    (
        Stream(
            "case_file",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || coalesce(origin, '')",
            case="number",
            ended="decided",
        ),
        Stream(
            "case_file.referred",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || coalesce(origin, '')",
            value="referred - occurred",
            case="number",
            occurred="referred",
            where="referred IS NOT NULL",
        ),
    ),
    day="the day it was filed",
    basis="行政处罚法 art. 54, 60; 食品安全法 art. 121",
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
        Field("basis", "text", "law and article that it rests on"),
        Field("penalty_kind", "text", "heaviest kind imposed", required=True, codes="penalty_kind"),
        Field("fine", "number", "fine", unit="万元", low=0),
        Field("confiscated", "number", "confiscated", unit="万元", low=0),
        Field("due", "date", "last day to perform it"),
        Field("published", "date", "day it was published"),
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
            "organ || CASE WHEN food THEN '.food.' ELSE '.general.' END || penalty_kind",
            severity="ordinal('penalty_kind', penalty_kind)",
        ),
        Stream(
            "penalty.violation",
            "CASE WHEN food THEN 'food.' ELSE 'general.' END || violation",
            severity="ordinal('penalty_kind', penalty_kind)",
            where="penalty_kind <> 'detention'",
        ),
        Stream(
            "penalty.due",
            "organ || CASE WHEN food THEN '.food' ELSE '.general' END",
            severity="ordinal('penalty_kind', penalty_kind)",
            value="due - occurred",
            case='coalesce("case", number)',
            where="due IS NOT NULL",
        ),
    ),
    day="the day it was decided; it is ended once it is performed",
    basis="行政处罚法 art. 9; 市场监督管理行政处罚信息公示规定 (SAMR Order 45)",
)

REPAIR = Contract(
    "repair",
    "信用修复申请",
    "Application for credit repair of a record; granted, the record itself is marked repaired",
    (
        Field("of", "text", "kind of the record", required=True, codes="record_kind"),
        Field("target", "text", "number of the record", required=True),
        Field("decision", "text", "what was decided", codes="repair_decision"),
        Field("decided", "date", "day of the decision; empty while it is pending", past=True),
    ),
    (
        Stream(
            "repair",
            "\"of\" || '.' || coalesce(decision, 'pending')",
            value="decided - occurred",
            case="target",
            ended="decided",
        ),
    ),
    day="the day of the application",
    basis="国市监信规〔2021〕3号; 深圳经济特区社会信用条例 art. 79 to 84",
)

LITIGATION = Contract(
    "litigation",
    "涉诉",
    "Suit that an enterprise is a party to",
    (
        Field("role", "text", "as which party", required=True, codes="litigation_role"),
        Field("cause", "text", "what it is about", required=True, codes="litigation_cause"),
        Field("amount", "number", "amount in dispute", unit="万元", low=0),
        Field("closed", "date", "day it was closed; empty while it is not", past=True),
    ),
    (
        Stream(
            "litigation",
            "role || '.' || cause",
            value="amount",
            ended="closed",
        ),
    ),
    day="the day it was filed with the court",
    basis="民事诉讼法; published by the courts",
)

CASES = (CASE_FILE, PENALTY, REPAIR, LITIGATION)
