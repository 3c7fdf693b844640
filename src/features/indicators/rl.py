"""登记与许可信息: registration and licences."""

from ...core.time import months
from ..aggregate import count, distinct, largest, latest, smallest
from ..expression import AS_OF, Expression, if_missing, minimum, where
from ..indicator import Indicator
from ..missed import Missed

__all__ = ["RL"]

LICENSED = ("operator", "producer")
SPECIAL = tuple(f"licence:*.{code}" for code in ("27??", "28??", "29??", "3001", "3002"))
CATEGORY = "licence:*.[0-3][0-9][0-9][0-9]"
PERMANENT = 1826
UNPUBLISHED = tuple(
    f"disclosure:{item}.{how}"
    for item in ("licence", "penalty", "equity", "pledge")
    for how in ("missed", "late")
)
RENEWED = ("granted", "renewed")
STATUS = if_missing(latest("enterprise.status", field="severity"), 0)


def _acts(*acts: str) -> tuple[str, ...]:
    return tuple(f"licence_event:production.{act}" for act in acts)


def _stands(*acts: str, until: tuple[str, ...]) -> Expression:
    """Build a number over zero where an act on the production licence has not been overtaken."""
    done = latest(*_acts(*acts), field="occurred", state="open")
    return if_missing(done - if_missing(latest(*_acts(*until), field="occurred"), 0), 0)


RL = (
    Indicator(
        id="RL01",
        zh="年报逾期次数",
        en="Late or missing annual reports",
        dimension="RL",
        unit_zh="次",
        unit_en="reports",
        expression=Missed(
            streams=("annual_report.due:on_time",),
            years=3,
            turn=(7, 1),
            start=latest("enterprise.established"),
            since=2015,
        ),
        direction=1,
        missing=0,
        formula="count(report years in the last 3 due, due date = 30 June of y+1, not filed by due "
        "date), from the year of establishment on, however short it was, and from 2014 on; a "
        "deadline put off is known, and kept, once the report that names it is filed; a revoked "
        "firm is counted while it is on the register, which is our reading and not in the text",
        formula_zh="最近 3 个应报年度中，至次年 6 月 30 日届满仍未报送年报的年度数；"
        "自成立当年起算，当年存续再短也应报送，最早自 2014 年度起算；"
        "延长的期限自载明该期限的年报报送时方为已知，此后沿用；"
        "被吊销的企业在登记簿上存续期间仍计入，此为本系统的理解，法规并无明文",
        window="3 due years",
        bands="0:0; 1:.4; 2:.8; 3:1",
        basis="XXGS§8, §17",
    ),
    Indicator(
        id="RL02",
        zh="即时信息公示违规次数",
        en="Late instant disclosures",
        dimension="RL",
        unit_zh="次",
        unit_en="facts",
        expression=count(*UNPUBLISHED, window=months(36)),
        direction=1,
        missing=0,
        formula="count(licence/penalty/equity/pledge facts not self-published within 20 working "
        "days)",
        formula_zh="近 36 个月行政许可、行政处罚、股权变更、"
        "股权出质信息未在 20 个工作日内自行公示的件数",
        window="36m",
        bands="0:0; 1:.3; 2:.6; >=3:1",
        basis="XXGS§10",
    ),
    Indicator(
        id="RL03",
        zh="生产许可有效状态",
        en="Production-licence state",
        dimension="RL",
        populations=("producer",),
        expression=where(
            _stands("revoked", "withdrawn", until=("granted",)),
            4,
            where(
                count(CATEGORY, state="open"),
                where(
                    _stands("suspended", until=RENEWED),
                    2,
                    where(_stands("cancelled", until=RENEWED), 1, 0),
                ),
                where(1 - STATUS, 3, 0),
            ),
        ),
        direction=1,
        missing=3,
        formula="0 all valid; 1 some category cancelled; 2 suspended (暂扣); 3 expired/none while "
        "status=存续在产; 4 revoked (吊销/撤销); by acts on the production licence that have not "
        "ended, until it is granted anew or, if it was not revoked, renewed",
        formula_zh="0 全部有效；1 部分类别被注销；2 暂扣；3 存续在产而许可过期或无许可；"
        "4 吊销或撤销；按对生产许可作出而尚未终止的处理认定，至重新取得许可为止，未被吊销、"
        "撤销的至延续为止",
        window="at t",
        bands="0:0; 1:.3; 2:.8; 3:.9; 4:1",
        basis="TREE R020102; FSL§35, §122",
    ),
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
        formula="min over valid licences of (valid_to - t) in days, a term being over once its "
        "renewal has ended it; -1 if no licence; five years if none of them ends",
        formula_zh="各有效许可至届满的天数中最小者，许可一经延续，原有效期即告终止；"
        "无许可的计为 −1；均无届满日的按 5 年计",
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
        formula_zh="有效许可的各 4 位食品类别中静态风险分（0–40 分）的最大值",
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
        expression=distinct("licence.category", by="code", state="open"),
        direction=1,
        missing=0,
        formula="count distinct 4-digit category codes on valid licences of any kind",
        formula_zh="各种有效许可上不同的 4 位食品类别数",
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
        formula_zh="有效许可的类别含保健食品（27 大类）、特殊医学用途配方食品（28 大类）、"
        "婴幼儿配方食品（29 大类）或婴幼儿辅助食品（3001、3002）的，计为 1",
        window="at t",
        bands="0:0; 1:1",
        basis="Order49§22; FSL§74, §109",
    ),
    Indicator(
        id="RL10",
        zh="四新一特标签数",
        en="Watch-list tags (new format, technology, raw material, variety; local speciality)",
        dimension="RL",
        unit_zh="个",
        unit_en="tags",
        expression=count("product:?*", state="open"),
        direction=1,
        missing=0,
        formula="count(active tags on products of the enterprise)",
        formula_zh="企业产品上有效的四新一特（新业态、新技术、新原料、新品种、地方特色食品）标签数",
        window="at t",
        bands="0:0; 1:.4; 2:.7; >=3:1",
        basis="ART last paragraph; Order49§14",
    ),
    Indicator(
        id="RL11",
        zh="食品安全总监和安全员配备考核",
        en="Food-safety staff in post and examined",
        dimension="RL",
        populations=LICENSED,
        expression=1
        - minimum(count("staff", state="open"), 1)
        + if_missing(latest("staff_exam", field="severity", window=months(12)), 1),
        direction=1,
        disclosure=True,
        bounds=(0, 2),
        missing=2,
        formula="0 any director or officer in post and last spot exam passed (<=12m); 1 one "
        "condition fails; 2 both fail; without an exam that one fails",
        formula_zh="0 食品安全总监或食品安全员在岗，且最近一次监督抽查考核（12 个月内）合格；"
        "1 其中一项不符合；2 两项均不符合；未经考核的，该项视为不符合",
        window="12m",
        bands="0:0; 1:.5; 2:1",
        basis="FSL§44, §126(2); Order49§29; SAMR Order 60",
    ),
)
