"""The statutory rules that ship with the package.

Each names its legal basis and the days on which that basis holds. The levels they lead to are
policy (`policies/default.toml`): for the two-level moves those of Shenzhen's rule of 2021, for
the others design values, since the direct cases of that rule are not public. What is done once a
basis is over, policy says, too. `mem-H` marks what was not checked against the text.
"""

from ..core.time import day, months
from ..features import Expression, count, distinct, if_missing, latest, maximum, repeat
from .rules import Rule, Rules

__all__ = ["STATUTES"]

SHENZHEN = "深市监规〔2021〕3号 企业信用风险分类管理规定(试行)"
SHENZHEN_FROM, SHENZHEN_TO = day("2021-08-09"), day("2024-08-08")  # three years
FOOD_LAW = "食品安全法"
FOOD_LAW_FROM = day("2015-10-01")  # since then its articles bear these numbers (mem-H)
FOOD_RULES = "食品安全法实施条例"
FOOD_RULES_FROM = day("2019-12-01")  # mem-H
YEAR = months(12)

# A list entry ends by its term, even where nobody tells that it was removed.
SERIOUS_TERM = months(36)
DEFAULTER_TERM = months(24 + 36)  # two years, at most three added
UNLIMITED = "list_entry:judgment_defaulter.not_performing"


def _lost(kind: str) -> Expression:
    """Build the days from the last licence of a kind that was granted to its revocation."""
    event = f"licence_event:{kind}"
    granted = latest(f"{event}.granted", field="occurred")
    revoked = latest(f"{event}.revoked", field="occurred")
    return if_missing(revoked - if_missing(granted, 0), 0)


def _lighter_cases() -> Expression:
    """Build how many cases of a year led to nothing heavier than a licence held back."""
    cases = "penalty:market.food.*"
    heavier = distinct(cases, by="case", window=YEAR, above=("severity", 3.5))
    return distinct(cases, by="case", window=YEAR) - heavier


def _listed(name: str) -> Expression:
    """Build how many entries of a list of market regulation are open."""
    return count(f"list_entry:{name}.*", state="open", repaired="leaves")


def _moved(name: str, zh: str, en: str, condition: Expression) -> Rule:
    """Build a rule of those by which Shenzhen moved a level for three years."""
    return Rule(
        id=name,
        zh=zh,
        en=en,
        basis=SHENZHEN,
        condition=condition,
        effective_from=SHENZHEN_FROM,
        effective_to=SHENZHEN_TO,
    )


STATUTES = Rules(
    (
        Rule(
            id="serious_dishonesty",
            zh="列入严重违法失信名单",
            en="on the list of serious violations and dishonesty",
            basis="市场监督管理严重违法失信名单管理办法 "
            "(市场监管总局令第44号；期限三年，未核对原文)",
            condition=count(
                "list_entry:serious_dishonesty.*",
                state="open",
                repaired="leaves",
                window=SERIOUS_TERM,
            ),
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
                "penalty.kind:market.food.stoppage",
                "penalty.kind:market.food.closure",
                "penalty.kind:market.food.restriction",
                state="open",
                repaired="leaves",
            ),
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="fatal_food_accident",
            zh="三年内发生致人死亡的食品安全事故",
            en="food accident with a death within three years",
            basis=f"{FOOD_RULES} §67(二)",
            condition=count("incident:death", window=months(36)),
            effective_from=FOOD_RULES_FROM,
        ),
        Rule(
            id="mass_food_accident",
            zh="三年内发生三十人以上的食品安全事故",
            en="food accident with thirty or more ill within three years",
            basis=f"{FOOD_RULES} §67(二)",
            condition=count("incident:mass", window=months(36)),
            effective_from=FOOD_RULES_FROM,
        ),
        Rule(
            id="three_penalties",
            zh="一年内三次受到责令停产停业、吊销许可证以外的食品安全处罚",
            en="three food-safety penalties within a year, none of which stopped the business",
            basis=f"{FOOD_LAW} §134",
            condition=_lighter_cases() - 2,
            effective_from=FOOD_LAW_FROM,
        ),
        Rule(
            id="repeated_offence",
            zh="食品安全违法受处罚后一年内又因同一性质的违法受处罚",
            en="penalised for the same kind of food offence again within a year",
            basis=f"{FOOD_RULES} §67(五)",
            condition=repeat("penalty.violation:food.*", gap=YEAR, window=YEAR, repaired="leaves"),
            effective_from=FOOD_RULES_FROM,
        ),
        Rule(
            id="judgment_defaulter",
            zh="列入失信被执行人名单",
            en="on the list of judgment defaulters",
            basis="最高人民法院关于公布失信被执行人名单信息的若干规定 (法释〔2013〕17号；"
            "期限二年，可延长一至三年，未核对原文)",
            condition=count(UNLIMITED, state="open")
            + count("list_entry:judgment_defaulter*", state="open", window=DEFAULTER_TERM),
            effective_from=day("2013-10-01"),
        ),
        Rule(
            id="abnormal_operation",
            zh="列入经营异常名录",
            en="on the list of abnormal operations",
            basis="企业信息公示暂行条例 §17",
            condition=_listed("abnormal"),
            effective_from=day("2014-10-01"),
        ),
        _moved(
            "major_safety_accident",
            "发生过重大安全生产事故",
            "a major work-safety accident",
            count("list_entry:safety_accident.*"),
        ),
        _moved(
            "mortgage_arrears",
            "两年内动产抵押且因拖欠金融机构贷款被依法制裁",
            "chattel mortgage and sanctioned for arrears to a bank within two years",
            count("list_entry:mortgage_arrears.*", window=months(24), repaired="leaves"),
        ),
        _moved(
            "serious_quality",
            "列入严重质量失信企业名单",
            "on the list of enterprises of seriously dishonest quality",
            _listed("serious_quality"),
        ),
        _moved(
            "ecommerce_blacklist",
            "列入电子商务失信问题专项治理黑名单",
            "on the black list of dishonest e-commerce",
            _listed("ecommerce_blacklist"),
        ),
        _moved(
            "prepaid_evasion",
            "列入预付款消费逃逸名单",
            "on the list of those who fled with prepayments",
            _listed("prepaid_evasion"),
        ),
    )
)
