"""What comes in regularly or falls due: reports, returns, self-checks and monthly figures.

A return, a disclosure or a self-check occurred on the day it was due, done or not, so it is
reported once that day has come. What is done later still is reported anew under the same number,
known later.
"""

from ..contract import Contract, Field, Stream

__all__ = ["ROUTINE"]

FILED = "CASE WHEN occurred > due THEN 'late' ELSE 'on_time' END"
# A deadline that was put off is that of its own year, not of the next.
DUE_DAY = "least(make_date(year + 1, 6, 30), due)"
YEAR_END = "least(make_date(year, 12, 31), occurred)"


def _of_the_year(name: str, value: str, where: str) -> Stream:
    """Return a stream of what a report says of its year, on the last day of that year."""
    return Stream(f"annual_report.{name}", value=value, case="year", occurred=YEAR_END, where=where)


ANNUAL_REPORT = Contract(
    "annual_report",
    "年度报告",
    "Annual report, on the day it was filed",
    (
        Field("year", "integer", "year reported on", required=True, low=1900, high=2200),
        Field("due", "date", "last day to file it", required=True),
        Field("employees", "number", "people employed", low=0),
        Field("revenue", "number", "revenue of the year", unit="万元", low=0),
        Field("assets", "number", "total assets at its end", unit="万元", low=0),
        Field("liabilities", "number", "total liabilities at its end", unit="万元", low=0),
        Field("profit", "number", "profit of the year, a loss below 0", unit="万元"),
        Field("tax", "number", "tax paid in the year", unit="万元", low=0),
        Field("paid_in", "number", "capital paid in so far", unit="万元", low=0),
    ),
    (
        Stream("annual_report", FILED, value="occurred - due"),
        Stream("annual_report.due", FILED, value="occurred - due", case="year", occurred=DUE_DAY),
        _of_the_year("year", "NULL", "true"),
        _of_the_year("employees", "employees", "employees IS NOT NULL"),
        _of_the_year("revenue", "revenue", "revenue IS NOT NULL"),
        _of_the_year("leverage", "liabilities / assets", "assets > 0 AND liabilities IS NOT NULL"),
        _of_the_year("profit", "profit", "profit IS NOT NULL"),
        _of_the_year("tax", "tax", "tax IS NOT NULL"),
        _of_the_year("paid_in", "paid_in", "paid_in IS NOT NULL"),
    ),
    day="the day it was filed",
    basis="企业信息公示暂行条例 art. 8, 9",
)

DISCLOSURE = Contract(
    "disclosure",
    "即时信息公示",
    "Fact that an enterprise must publish within twenty working days, on the day it was due",
    (
        Field("item", "text", "which fact", required=True, codes="disclosure_item"),
        Field("due", "date", "last day to publish it, the day it occurred", required=True),
        Field("disclosed", "date", "day it was published; empty while it is not", past=True),
    ),
    (
        Stream(
            "disclosure",
            "item || CASE WHEN disclosed IS NULL THEN '.missed' WHEN disclosed > due THEN '.late'"
            " ELSE '.on_time' END",
            value="disclosed - due",
        ),
    ),
    day="the day it was due",
    basis="企业信息公示暂行条例 art. 10",
)

INSURANCE = Contract(
    "insurance",
    "社会保险参保",
    "Heads insured in a month, which is its number, as 2023-05",
    (Field("insured", "number", "people insured in the month", required=True, low=0),),
    (Stream("insurance", value="insured"),),
    day="a day of the month, the same every month",
    basis="社会保险法 art. 58, 60",
)

TAX_RETURN = Contract(
    "tax_return",
    "纳税申报",
    "Tax return, on the day it was due",
    (
        Field("tax", "text", "which tax, in the source's terms"),
        Field("due", "date", "last day to file it, the day it occurred", required=True),
        Field("filed", "date", "day it was filed; empty while it is not", past=True),
    ),
    (
        Stream(
            "tax_return",
            "CASE WHEN filed IS NULL THEN 'missed' WHEN filed > due THEN 'late' ELSE 'on_time' END",
            value="filed - due",
        ),
    ),
    day="the day it was due",
    basis="税收征收管理法 art. 25",
)

SELF_CONTROL = Contract(
    "self_control",
    "自查与风险管控",
    "Self-check of food safety, on the day it was due",
    (
        Field("type", "text", "which check", required=True, codes="self_control_type"),
        Field("due", "date", "last day to do it, the day it occurred", required=True),
        Field("done", "date", "day it was done; empty while it is not", past=True),
    ),
    (
        Stream(
            "self_control",
            "type || CASE WHEN done IS NULL THEN '.missed' WHEN done > due THEN '.late'"
            " ELSE '.on_time' END",
        ),
    ),
    day="the day it was due",
    basis="食品安全法 art. 47, 83; SAMR Order 60",
)

PLATFORM = Contract(
    "platform",
    "网络平台经营",
    "A month of trade on an internet platform; its number tells month and platform",
    (
        Field("platform", "text", "pseudonym of the platform", required=True),
        Field("orders", "number", "orders of the month", low=0),
        Field("rating", "number", "rating by customers", low=0, high=5),
        Field(
            "adverse", "number", "reviews of the month that tell of a food-safety problem", low=0
        ),
    ),
    (
        Stream("platform.orders", value="orders", where="orders IS NOT NULL"),
        Stream("platform.rating", value="rating", where="rating IS NOT NULL"),
        Stream("platform.adverse", value="adverse", where="adverse IS NOT NULL"),
    ),
    day="a day of the month, the same every month",
    basis="食品安全法 art. 62; 电子商务法 art. 28",
)

ROUTINE = (
    ANNUAL_REPORT,
    DISCLOSURE,
    INSURANCE,
    TAX_RETURN,
    SELF_CONTROL,
    PLATFORM,
)
