"""周边与时令: surroundings and season, which may plan visits and never decide a grade.

What was found lately nearby tells first of all who inspects there: rates of areas and districts
help to say where a visit will find something, and nothing about the enterprise.
"""

from functools import partial

from ..expression import AS_OF, month
from ..indicator import Indicator
from ..places import Nearby
from ..rates import Rate

__all__ = ["CX"]

CRITICAL = ("inspection.critical:routine",)
STRENGTH, WINDOW = 10, 180
AREAS = (
    ("1KM", "area_1km", "所在1公里方格", "square of 1 km"),
    ("3KM", "area_3km", "所在3公里方格", "square of 3 km"),
    ("DISTRICT", "district", "本辖区", "district"),
)
rate = partial(
    Indicator,
    dimension="CX",
    unit_zh="比例",
    unit_en="share",
    missing=0.15,
    use="scheduling",
    basis="design",
)
NEAR = Indicator(
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
)
AROUND = tuple(
    rate(
        id=f"CX_RATE_{label}",
        zh=f"{zh}近{WINDOW}天日常检查关键项不符合率(收缩)",
        en=f"Share of routine inspections with a critical item in the {en}, {WINDOW} days, shrunk",
        direction=1,
        expression=Rate(
            group=group, streams=CRITICAL, above=("value", 0), strength=STRENGTH, window=WINDOW
        ),
        formula=f"(positive + {STRENGTH}*city)/(n + {STRENGTH}) over the {en}, {WINDOW} days",
        formula_zh=f"（关键项不符合次数 + {STRENGTH} × 全市比率）÷（检查次数 + {STRENGTH}），"
        f"计{zh}内近 {WINDOW} 天的日常检查",
        window=f"{WINDOW}d",
    )
    for label, group, zh, en in AREAS
)
CITY = rate(
    id="CX_CITY_RATE",
    zh="全市近一年日常检查关键项不符合率",
    en="City's share of routine inspections with a critical item, one year",
    expression=Rate(group="city", streams=CRITICAL, above=("value", 0), window=365),
    formula="positive / n over all routine inspections of the last year",
    formula_zh="全市近一年日常检查中关键项不符合的次数占比",
    window="12m",
)
SEASON = Indicator(
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
)
CX = (NEAR, *AROUND, CITY, SEASON)
