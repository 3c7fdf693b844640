"""The statutory rules that ship with the package.

Each names its legal basis and the day from which that basis holds. The levels they lead to are
policy (`policies/default.toml`): for the two-level moves those of Shenzhen's rule of 2021, for
the others design values, since the direct cases of that rule are not public.
"""

from ..core.time import day, months
from ..features import Expression, count, if_missing, latest, maximum
from .rules import Rule, Rules

__all__ = ["STATUTES"]

# In force for three years from 9 August 2021; whether it was renewed is not known here. Where it
# was not, end the rules in the policy by a dated edition without them.
SHENZHEN = "深市监规〔2021〕3号 企业信用风险分类管理规定(试行)"
SHENZHEN_FROM = day("2021-08-09")
FOOD_LAW = "食品安全法"
FOOD_LAW_FROM = day("2009-06-01")


def _lost(kind: str) -> Expression:
    """Build the days from the last licence of a kind that was granted to its revocation."""
    event = f"licence_event:{kind}"
    granted = latest(f"{event}.granted", field="occurred")
    revoked = latest(f"{event}.revoked", field="occurred")
    return if_missing(revoked - if_missing(granted, 0), 0)


STATUTES = Rules(
    (
        Rule(
            id="serious_dishonesty",
            zh="列入严重违法失信名单",
            en="on the list of serious violations and dishonesty",
            basis="市场监督管理严重违法失信名单管理办法 (国家市场监督管理总局令第44号)",
            condition=count("list_entry:serious_dishonesty*", state="open", repaired="leaves"),
            effective_from=day("2021-09-01"),
        ),
        Rule(
            id="licence_revoked",
            zh="食品生产经营许可证被吊销",
            en="food licence revoked and none of its kind granted since",
            basis=f"{FOOD_LAW} §122–§135",
            condition=maximum(_lost("production"), _lost("operation")),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="production_stopped",
            zh="因食品安全被责令停产停业",
            en="production or trade stopped for food safety",
            basis=f"{FOOD_LAW} §122–§134",
            condition=count(
                "penalty:market.food.*", state="open", repaired="leaves", above=("severity", 3.5)
            )
            - count(
                "penalty:market.food.*", state="open", repaired="leaves", above=("severity", 4.5)
            ),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="fatal_food_accident",
            zh="三年内发生致人死亡的食品安全事故",
            en="food accident with a death within three years",
            basis="食品安全法实施条例 §67(二)",
            condition=count("incident:death", window=months(36)),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="judgment_defaulter",
            zh="列入失信被执行人名单",
            en="on the list of judgment defaulters",
            basis="最高人民法院关于公布失信被执行人名单信息的若干规定 (法释〔2013〕17号)",
            condition=count("list_entry:judgment_defaulter*", state="open"),
            effective_from=day("2013-10-01"),
        ),
        Rule(
            id="abnormal_operation",
            zh="列入经营异常名录",
            en="on the list of abnormal operations",
            basis="企业信息公示暂行条例 §17",
            condition=count("list_entry:abnormal*", state="open", repaired="leaves"),
            effective_from=day("2014-10-01"),
        ),
        Rule(
            id="major_safety_accident",
            zh="发生过重大安全生产事故",
            en="a major work-safety accident",
            basis=SHENZHEN,
            condition=count("incident:work_safety"),
            effective_from=SHENZHEN_FROM,
        ),
        Rule(
            id="mortgage_arrears",
            zh="两年内动产抵押且因拖欠金融机构贷款被依法制裁",
            en="chattel mortgage and sanctioned for arrears to a bank within two years",
            basis=SHENZHEN,
            condition=count("list_entry:mortgage_arrears*", window=months(24), repaired="leaves"),
            effective_from=SHENZHEN_FROM,
        ),
        Rule(
            id="serious_quality",
            zh="列入严重质量失信企业名单",
            en="on the list of enterprises of seriously dishonest quality",
            basis=SHENZHEN,
            condition=count("list_entry:serious_quality*", state="open", repaired="leaves"),
            effective_from=SHENZHEN_FROM,
        ),
        Rule(
            id="ecommerce_blacklist",
            zh="列入电子商务失信问题专项治理黑名单",
            en="on the black list of dishonest e-commerce",
            basis=SHENZHEN,
            condition=count("list_entry:ecommerce_blacklist*", state="open", repaired="leaves"),
            effective_from=SHENZHEN_FROM,
        ),
        Rule(
            id="prepaid_evasion",
            zh="列入预付款消费逃逸名单",
            en="on the list of those who fled with prepayments",
            basis=SHENZHEN,
            condition=count("list_entry:prepaid_evasion*", state="open", repaired="leaves"),
            effective_from=SHENZHEN_FROM,
        ),
    )
)
