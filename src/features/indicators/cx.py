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
STRENGTH = 10
WINDOWS = (("90D", 90, "近90天", "90 days", "90d"), ("1Y", 365, "近一年", "one year", "12m"))
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
        id=f"CX_RATE_{label}_{span}",
        zh=f"{zh_area}{zh_window}日常检查关键项不符合率(收缩)",
        en=f"Share of routine inspections with a critical item in the {en_area}, {en_window}, "
        "shrunk",
        direction=1,
        expression=Rate(
            group=group, streams=CRITICAL, above=("value", 0), strength=STRENGTH, window=days
        ),
        formula=f"(positive + {STRENGTH}*city)/(n + {STRENGTH}) over the {en_area} as of t",
        formula_zh=f"（关键项不符合次数 + {STRENGTH} × 全市比率）÷（检查次数 + {STRENGTH}），"
        f"计截至当日{zh_area}内的日常检查",
        window=window,
    )
    for label, group, zh_area, en_area in AREAS
    for span, days, zh_window, en_window, window in WINDOWS
)
CITY = tuple(
    rate(
        id=f"CX_RATE_CITY_{span}",
        zh=f"全市{zh_window}日常检查关键项不符合率",
        en=f"City's share of routine inspections with a critical item, {en_window}",
        expression=Rate(group="city", streams=CRITICAL, above=("value", 0), window=days),
        formula=f"positive / n over all routine inspections, {en_window}",
        formula_zh=f"全市{zh_window}日常检查中关键项不符合的次数占比",
        window=window,
    )
    for span, days, zh_window, en_window, window in WINDOWS
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
CX = (NEAR, *AROUND, *CITY, SEASON)
