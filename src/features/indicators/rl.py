"""登记与许可信息: registration and licences."""

from ..aggregate import count, distinct, largest, smallest
from ..expression import AS_OF, if_missing, minimum, where
from ..indicator import Indicator

__all__ = ["RL"]

LICENSED = ("operator", "producer")
SPECIAL = tuple(f"licence:*.{code}" for code in ("27??", "28??", "29??", "3001", "3002"))
PERMANENT = 1826

RL = (
    Indicator(
        id="RL04",
        zh="许可剩余有效期",
        en="Days to licence expiry",
        dimension="RL",
        unit_zh="天",
        unit_en="days",
        populations=LICENSED,
        expression=where(
            count("licence", state="open"),
            if_missing(smallest("licence", field="ended", state="open") - AS_OF, PERMANENT),
            -1,
        ),
        direction=-1,
        missing=-1,
        formula="min over valid licences of (valid_to - t) in days; -1 if no licence; "
        "five years if none of them ends",
        window="at t",
        bands=">180:0; 90-180:.2; 45-90:.5; 0-45:.8; <0:1",
        basis="TREE R020102; renewal 30 working days before expiry",
    ),
    Indicator(
        id="RL05",
        zh="食品类别静态风险分",
        en="Static risk of food category",
        dimension="RL",
        unit_zh="分",
        unit_en="points",
        populations=("producer",),
        expression=largest("licence", state="open"),
        direction=1,
        disclosure=True,
        bounds=(0, 40),
        missing=40,
        formula="max over active 4-digit categories of static_score (0-40)",
        window="at t",
        bands="<=15:0; 15-20:.25; 20-25:.5; 25-30:.75; >30:1",
        basis="115号文; STAT",
    ),
    Indicator(
        id="RL06",
        zh="许可食品类别数",
        en="Number of licensed categories",
        dimension="RL",
        unit_zh="类",
        unit_en="categories",
        populations=("producer",),
        expression=distinct("licence:*.[0-3][0-9][0-9][0-9]", by="code", state="open"),
        direction=1,
        missing=0,
        formula="count distinct 4-digit category codes on valid licences",
        window="at t",
        bands="1:0; 2-3:.3; 4-6:.6; >=7:1",
        basis="TREE R020101; CAT",
    ),
    Indicator(
        id="RL07",
        zh="特殊食品生产标志",
        en="Special-food producer",
        dimension="RL",
        populations=("producer",),
        expression=minimum(count(*SPECIAL, state="open"), 1),
        direction=1,
        missing=0,
        formula="1 if any valid category in {27xx, 28xx, 29xx, 3001, 3002}",
        window="at t",
        bands="0:0; 1:1",
        basis="Order49§22; FSL§74, §109",
    ),
)
