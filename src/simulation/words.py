"""The words that departments write for what happened."""

from collections.abc import Mapping

import pandas as pd

from .city import TRADES

__all__ = ["WORDS", "said"]

WORDS: Mapping[str, Mapping[str, str]] = {
    "population": {"operator": "食品经营者", "producer": "食品生产者"},
    "trade": {str(place): trade.name for place, trade in enumerate(TRADES)},
    "status": {"active": "存续", "paused": "歇业", "stopped": "停业"},
    "purpose": {
        "routine": "日常检查",
        "random_key": "双随机重点",
        "random_general": "双随机一般",
        "reinspection": "复查",
        "complaint": "投诉举报核查",
    },
    "result": {
        "pass": "符合",
        "corrected": "责令改正",
        "pending": "待后续处理",
        "fail": "不符合",
        "uncontactable": "查无下落",
        "none": "未开展经营",
        "refused": "拒绝检查",
    },
    "kind": {
        "warning": "警告",
        "fine": "罚款",
        "confiscation": "没收违法所得",
        "suspension": "暂扣许可证",
        "stoppage": "责令停产停业",
        "revocation": "吊销许可证",
    },
    "violation": {
        "hygiene": "经营场所不符合卫生要求",
        "storage": "未按要求贮存食品",
        "records": "未履行进货查验义务",
        "expired": "经营超过保质期的食品",
        "staff": "从业人员无有效健康证明",
        "scope": "超出许可范围经营",
        "additive": "超范围超限量使用添加剂",
        "contaminated": "污染物或致病菌超标",
        "substandard": "质量指标不符合标准",
        "label": "标签不符合规定",
        "foreign_matter": "混有异物",
        "misleading": "虚假宣传",
        "tax_filing": "未按期申报",
        "invoice": "违反发票管理规定",
    },
    "event": {
        "granted": "准予",
        "renewed": "延续",
        "cancelled": "注销",
        "revoked": "吊销",
    },
    "grade": {"outbreak": "暴发", "mass": "三十人以上", "death": "致人死亡"},
    "reason": {
        "banned_material": "使用禁止的原料",
        "excess_substance": "致病菌或残留超标",
        "other_harm": "其他严重危害",
        "report_missing": "未按规定期限公示年度报告",
        "disclosure_missing": "未按期公示即时信息",
        "unreachable": "通过登记的住所无法联系",
        "not_performing": "有履行能力而拒不履行",
        "evasion": "规避执行",
        "property_report": "违反财产报告制度",
    },
    "list": {
        "judgment_defaulter": "失信被执行人",
        "consumption_limit": "限制消费",
    },
    "type": {"complaint": "投诉", "report": "举报"},
    "topic": {
        "food_quality": "食品质量",
        "hygiene": "环境卫生",
        "foreign_matter": "异物",
        "label": "标签",
        "price": "价格",
        "service": "服务态度",
        "fumes": "油烟扰民",
        "rubbish": "餐厨垃圾",
        "rats": "鼠患",
        "street_vendor": "流动摊贩",
    },
    "scheme": {
        "haccp": "危害分析与关键控制点",
        "iso22000": "食品安全管理体系",
        "gmp": "良好生产规范",
        "fssc22000": "FSSC 22000",
    },
    "level": {"city": "市级", "province": "省级", "nation": "国家级"},
    "item": {
        "legal_representative": "法定代表人",
        "name": "名称",
        "address": "住所",
        "production_address": "生产地址",
        "scope": "经营范围",
        "capital": "注册资本",
        "shareholder": "股东",
    },
}


def said(about: str, codes: pd.Series) -> pd.Series:
    """Return the words for codes, null where there is none.

    Examples
    --------
    >>> said("level", pd.Series(["city"])).tolist()
    ['市级']
    """
    return codes.astype(str).map(WORDS[about]).astype(object)
