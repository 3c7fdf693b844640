"""Signs: what is on record of an enterprise that may come before a worse grade.

A small catalogue of its own, computed as indicators are. It feeds the forecast alone and decides
no grade, so that it may hold what has no place there: open cases, orders that run, how lately
somebody was there.
"""

from ...core.time import months
from ...features import Catalogue, Expression, Indicator, count, if_missing, latest, smallest
from ...features.aggregate import total
from ...features.expression import AS_OF, minimum

__all__ = ["SIGNS"]

MONTH, QUARTER, YEAR = 30, months(3), months(12)
LONG = 1826.0
"""Days that stand for never."""


def _sign(name: str, zh: str, en: str, expression: Expression) -> Indicator:
    return Indicator(
        id=name,
        zh=zh,
        en=en,
        dimension="CX",
        expression=expression,
        missing=0.0,
        basis="design",
        formula="see the expression",
        use="scheduling",
    )


def _days_since(*streams: str) -> Expression:
    return minimum(if_missing(AS_OF - latest(*streams, field="occurred"), LONG), LONG)


SIGNS = Catalogue(
    (
        _sign("open_cases", "在办食品案件", "food cases open",
              count("case_file:food.*", state="open")),
        _sign("new_cases", "近三月食品立案", "food cases filed in three months",
              count("case_file:food.*", window=QUARTER)),
        _sign("penalties", "一年内食品处罚", "food penalties in a year",
              count("penalty:*.food.*", window=YEAR)),
        _sign("complaints_month", "近30日食品投诉举报", "food complaints in 30 days",
              count("complaint:food.*", window=MONTH)),
        _sign("complaints_year", "一年内食品投诉举报", "food complaints in a year",
              count("complaint:food.*", window=YEAR)),
        _sign("failed_samples", "近三月抽检不合格", "failed samples in three months",
              count("sampling:fail.*", window=QUARTER)),
        _sign("samples", "一年内抽检批次", "samples in a year", count("sampling", window=YEAR)),
        _sign("inspections", "一年内检查次数", "inspections in a year",
              count("inspection", window=YEAR)),
        _sign("last_inspection", "距上次检查天数", "days since the last inspection",
              _days_since("inspection")),
        _sign("unmet_items", "近三月检查不符合项", "items not met in three months",
              total("inspection.key", "inspection.general", window=QUARTER)),
        _sign("orders", "未到期责令改正", "orders to put right that are open",
              count("rectification", state="open", window=YEAR)),
        _sign("licence_days", "许可剩余天数", "days to the end of a licence",
              minimum(if_missing(smallest("licence", field="ended", state="open") - AS_OF, LONG),
                      LONG)),
        _sign("opinion", "近三月负面舆情", "negative opinion in three months",
              total("opinion:food.negative.*", window=QUARTER)),
        _sign("suits", "近三月涉诉", "suits as defendant in three months",
              count("litigation:defendant.*", window=QUARTER)),
        _sign("changes", "一年内变更", "registered changes in a year",
              count("change", window=YEAR)),
        _sign("lists", "在列名单", "entries of lists that are open",
              count("list_entry", state="open")),
        _sign("age", "成立天数", "days since establishment",
              if_missing(AS_OF - latest("enterprise.established"), 0)),
    )
)  # fmt: skip
