"""处罚与负面名单: penalties and negative lists."""

from ...core.time import months
from ..aggregate import count, days_since, largest, repeat, total
from ..expression import log10p1, maximum, minimum
from ..indicator import Indicator

__all__ = ["PN"]

MARKET = "penalty:market.*"
FOOD = "penalty:*.food.*"
CRITICISM = "penalty.kind:market.*.criticism"
# Only the police decide it (行政处罚法 art. 18), against those in charge of an enterprise.
DETENTION = "penalty.kind:*.detention"
MONTH = 365.25 / 12
THREE_YEARS = months(36)

PN = (
    Indicator(
        id="PN01",
        zh="经营异常现状等级",
        en="Abnormal-operation list, current grade",
        dimension="PN",
        expression=largest("list_entry:abnormal.*", field="severity", state="open"),
        direction=1,
        missing=0,
        formula="max over open entries: 1 未按期年报; 2 未在责令期限公示; 3 住所失联; "
        "4 隐瞒/弄虚作假; 0 none",
        formula_zh="当日未移出的经营异常名录记录中的最高等级：1 未按期公示年报；"
        "2 未在责令的期限内公示信息；3 通过登记的住所无法联系；4 隐瞒真实情况、"
        "弄虚作假；0 无",
        window="at t",
        bands="0:0; 1:.4; 2:.5; 3:.8; 4:1",
        basis="XXGS§17; TREE R030101, R030102",
    ),
    Indicator(
        id="PN02",
        zh="近三年列异次数",
        en="Abnormal-operation entries",
        dimension="PN",
        unit_zh="次",
        unit_en="entries",
        expression=count("list_entry:abnormal.*", window=THREE_YEARS),
        direction=1,
        missing=0,
        formula="count(entered_on in window)",
        formula_zh="近 36 个月列入经营异常名录的次数",
        window="36m",
        bands="0:0; 1:.4; 2:.8; >=3:1",
        basis="TREE R030103",
    ),
    Indicator(
        id="PN03",
        zh="严重违法失信现状",
        en="Serious-dishonesty list, current",
        dimension="PN",
        expression=minimum(count("list_entry:serious_dishonesty.*", state="open"), 1),
        direction=1,
        missing=0,
        formula="1 if an entry is open at t",
        formula_zh="当日仍列于严重违法失信名单的，计为 1",
        window="at t",
        bands="0:0; 1:1",
        basis="TREE R030201, R030202; SAMR Order 44",
    ),
    Indicator(
        id="PN04",
        zh="严重违法失信历史",
        en="Serious-dishonesty list, past",
        dimension="PN",
        unit_zh="次",
        unit_en="entries",
        expression=count("list_entry:serious_dishonesty.*", window=months(60), state="closed"),
        direction=1,
        missing=0,
        formula="count(entries closed, entered_on in window)",
        formula_zh="近 60 个月列入严重违法失信名单且已移出的次数",
        window="60m",
        bands="0:0; 1:.6; >=2:1",
        basis="TREE R030203",
    ),
    Indicator(
        id="PN05",
        zh="失信被执行人与限制消费现状",
        en="Judgment-defaulter state",
        dimension="PN",
        expression=maximum(
            2 * minimum(count("list_entry:judgment_defaulter.*", state="open"), 1),
            minimum(count("list_entry:consumption_limit.*", state="open"), 1),
        ),
        direction=1,
        missing=0,
        formula="2 on 失信被执行人名单; 1 被执行人 or 限制消费令 only; 0 none",
        formula_zh="2 列入失信被执行人名单；1 仅为被执行人或仅被限制消费；0 无",
        window="at t",
        bands="0:0; 1:.5; 2:1",
        basis="TREE R030301; SPC rules 2013/2017",
    ),
    Indicator(
        id="PN06",
        zh="近三年行政处罚次数",
        en="Administrative penalties",
        dimension="PN",
        unit_zh="次",
        unit_en="penalties",
        expression=count(MARKET, window=THREE_YEARS, repaired="leaves", above=("severity", 1))
        + count(CRITICISM, window=THREE_YEARS, repaired="leaves"),
        direction=1,
        missing=0,
        formula="count(penalties by any market regulator, decided_on in window, not revoked, "
        "excluding warning only; 通报批评 counts)",
        formula_zh="近 36 个月各级市场监管部门作出的行政处罚次数，已撤销的和仅予警告的不计，"
        "通报批评计入",
        window="36m",
        bands="0:0; 1:.3; 2:.6; 3:.8; >=4:1",
        basis="TREE R030302; Order45§2 (warning-only not published)",
    ),
    Indicator(
        id="PN07",
        zh="近三年罚没金额",
        en="Fines and confiscations (log)",
        dimension="PN",
        unit_zh="lg(1 + 万元)",
        unit_en="log10 of 1 + 10,000 yuan",
        expression=log10p1(total(MARKET, window=THREE_YEARS, repaired="leaves")),
        direction=1,
        missing=0,
        formula="log10(1 + sum(fine + confiscated) in 万元)",
        formula_zh="近 36 个月罚款与没收金额合计（万元）加 1 后以 10 为底的对数",
        window="36m",
        bands="0:0; <1万:.2; 1-5:.5; 5-20:.8; >=20:1",
        basis="TREE R030303",
    ),
    Indicator(
        id="PN08",
        zh="近三年最重处罚种类",
        en="Heaviest penalty kind",
        dimension="PN",
        expression=largest(
            MARKET, DETENTION, field="severity", window=THREE_YEARS, repaired="leaves"
        ),
        direction=1,
        missing=0,
        formula="max ordinal: 1 警告/通报批评; 2 罚款/没收; 3 暂扣/降低资质; "
        "4 限制开展生产经营/停产停业/责令关闭/限制从业; 5 吊销; 6 行政拘留; of market regulators, "
        "and 行政拘留 by the police",
        formula_zh="近 36 个月行政处罚种类的最高等级：1 警告、通报批评；2 罚款、没收；"
        "3 暂扣许可证件、降低资质等级；4 限制开展生产经营活动、责令停产停业、责令关闭、"
        "限制从业；5 吊销许可证件；6 行政拘留；计市场监管部门的处罚和公安机关的行政拘留",
        window="36m",
        bands="0:0; 1:.1; 2:.4; 3:.7; >=4:1",
        basis="行政处罚法§9; TREE R030304",
    ),
    Indicator(
        id="PN09",
        zh="近一年食品安全处罚次数",
        en="Food-safety penalties, one year",
        dimension="PN",
        unit_zh="次",
        unit_en="penalties",
        expression=count(FOOD, window=months(12), repaired="leaves"),
        direction=1,
        missing=0,
        formula="count(penalties whose legal basis is 食品安全法 or its regulations)",
        formula_zh="近 12 个月依据食品安全法或其配套法规作出的行政处罚次数",
        window="12m",
        bands="0:0; 1:.5; 2:.8; >=3:1",
        basis="FSL§134 (3 in a year => 停产停业); R030302",
    ),
    Indicator(
        id="PN10",
        zh="同类食品安全违法重复",
        en="Same-type repeat offence",
        dimension="PN",
        unit_zh="次",
        unit_en="penalties",
        expression=repeat(
            "penalty.violation:food.*", gap=months(12), window=months(24), repaired="leaves"
        ),
        direction=1,
        missing=0,
        formula="count(food-safety penalties whose violation_type equals one penalised <=12m "
        "earlier, by whatever organ; 行政拘留 of persons is part of the penalty it comes with)",
        formula_zh="近 24 个月的食品安全行政处罚中，"
        "违法行为类型与此前 12 个月内已受处罚者相同的次数，不论由何机关作出；"
        "对个人的行政拘留并入其所附的处罚",
        window="24m (pair gap 12m)",
        bands="0:0; 1:.8; >=2:1",
        basis="FSI§67(5); 信用修复 condition (3)",
    ),
    Indicator(
        id="PN11",
        zh="距最近食品安全处罚月数",
        en="Months since last food-safety penalty",
        dimension="PN",
        unit_zh="月",
        unit_en="months",
        expression=days_since(FOOD, window=months(60), repaired="leaves") / MONTH,
        direction=-1,
        bounds=(0, 60),
        missing=60,
        formula="months(t - max(decided_on)); 60 if none",
        formula_zh="距最近一次食品安全行政处罚决定的月数；60 个月内没有的计为 60",
        window="60m",
        bands=">=36:0; 24-36:.2; 12-24:.5; 6-12:.8; <6:1",
        basis="design",
    ),
    Indicator(
        id="PN12",
        zh="处罚逾期未履行数",
        en="Unperformed penalty decisions",
        dimension="PN",
        unit_zh="件",
        unit_en="decisions",
        expression=count("penalty.due", state="overdue"),
        direction=1,
        missing=0,
        formula="count(decisions past performance date and not performed at t)",
        formula_zh="当日已过履行期限而未履行的行政处罚决定数",
        window="at t",
        bands="0:0; 1:.7; >=2:1",
        basis="SZXY§65(2); Order45§14(1)",
    ),
    Indicator(
        id="PN13",
        zh="其他部门处罚与欠税",
        en="Other-department penalties, tax arrears",
        dimension="PN",
        unit_zh="分",
        unit_en="points",
        expression=count("penalty:other.*", window=THREE_YEARS)
        + 2 * count("list_entry:tax_arrears.*", window=THREE_YEARS),
        direction=1,
        missing=0,
        formula="count(other-department penalties) + 2*count(欠税公告/重大税收违法)",
        formula_zh="近 36 个月其他部门的行政处罚次数，加欠税公告、重大税收违法案件数的 2 倍",
        window="36m",
        bands="0:0; 1:.3; 2-3:.6; >=4:1",
        basis="ART (73 departments); XXGS§7",
    ),
)
