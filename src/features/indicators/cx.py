"""周边与时令: surroundings and season, which may plan visits and never decide a grade."""

from ..expression import AS_OF, month
from ..indicator import Indicator
from ..places import Nearby
from ..rates import Rate

__all__ = ["CX"]

CX = (
    Indicator(
        id="CX_COMPLAINTS_NEAR",
        zh="周边近90天投诉件数",
        en="Complaints near the place, 90 days",
        dimension="CX",
        unit_zh="件",
        unit_en="complaints",
        expression=Nearby(places=("complaint",), radius=500, window=90),
        missing=0,
        use="scheduling",
        formula="count(complaints within 500 m of the place in 90 days)",
        formula_zh="近 90 天距经营场所 500 米以内的投诉件数",
        window="90d",
        basis="design",
    ),
    Indicator(
        id="CX_CITY_RATE",
        zh="全市近一年日常检查关键项不符合率",
        en="City's share of routine inspections with a critical item, one year",
        dimension="CX",
        unit_zh="比例",
        unit_en="share",
        expression=Rate(
            group="city",
            streams=("inspection.critical:routine",),
            above=("value", 0),
            window=365,
        ),
        missing=0.15,
        use="scheduling",
        formula="positive / n over all routine inspections of the last year",
        formula_zh="全市近一年日常检查中关键项不符合的次数占比",
        window="12m",
        basis="design",
    ),
    Indicator(
        id="CX_MONTH",
        zh="月份",
        en="Month of the year",
        dimension="CX",
        expression=month(AS_OF),
        missing=0,
        use="scheduling",
        formula="calendar month of t, 1 to 12",
        formula_zh="当日所在的月份，1 至 12",
        window="at t",
        basis="design",
    ),
)
