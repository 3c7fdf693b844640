"""Names: what models, measures and groups are called for people, in Chinese and in English."""

from ...core import CodeTable

__all__ = [
    "GROUPINGS",
    "KEPT",
    "MEASURES",
    "MODELS",
    "OTHER",
    "SAID",
    "SEEN",
    "THIS",
    "Name",
    "group_name",
    "population_name",
]

Name = tuple[str, str]

MODELS: dict[str, Name] = {
    "constant": ("基准率", "base rate"),
    "prior_rate": ("历史比率规则", "rule of past rates"),
    "score_card": ("食品生产评分卡", "score card of food production"),
    "optimal_bins": ("最优分箱评分卡", "score card of optimal bins"),
    "explainable": ("可解释提升机", "explainable boosting machine"),
    "logistic": ("逻辑回归", "logistic regression"),
    "lightgbm": ("本模型 LightGBM", "this model"),
    "in_force": ("现行模型", "model in force"),
}
MEASURES: dict[str, Name] = {
    "auc": ("排序 AUC", "AUC"),
    "average_precision": ("平均精度", "average precision"),
    "log_loss": ("对数损失", "log loss"),
    "brier": ("Brier 分", "Brier score"),
    "calibration_error": ("校准误差", "calibration error"),
    "days_earlier": ("提前天数", "days earlier"),
    "found": ("查得比例", "violations found"),
}
KEPT: dict[str, Name] = {
    "never": ("从不更新", "never touched"),
    "monthly": ("每月随新结果校准", "calibration followed monthly"),
    "quarterly": ("每期重新训练", "refitted each window"),
    "both": ("两者都做", "both"),
}
GROUPINGS: dict[str, Name] = {
    "population": ("主体类别", "population"),
    "district": ("辖区", "district"),
    "category": ("业态", "line of business"),
    "staff": ("从业人数", "people employed"),
    "capital": ("注册资本", "registered capital"),
    "quarter": ("季度", "quarter"),
}
THIS, OTHER = "本模型 this model", "逻辑回归 logistic"
SEEN, SAID = "实际 observed", "预测 predicted"
UNITS: dict[str, Name] = {"staff": ("人", "people"), "capital": ("万元", "× 10,000 yuan")}
UNRECORDED = ("未登记", "not recorded")


def population_name(code: str) -> Name:
    """Return what a population is called.

    Examples
    --------
    >>> population_name("producer")
    ('食品生产者', 'Food producers')
    """
    return _coded("population", code)


def group_name(by: str, name: str) -> Name:
    """Return what a group of a grouping is called; an unknown name stands for itself.

    Examples
    --------
    >>> group_name("district", "440305"), group_name("category", "BAKERY")
    (('南山区', 'Nanshan'), ('BAKERY', ''))
    >>> group_name("staff", "10–100")
    ('10–100 人', '10–100 people')
    >>> group_name("staff", "")
    ('未登记', 'not recorded')
    """
    if not name:
        return UNRECORDED
    if by in {"population", "district"}:
        zh, en = _coded(by, name)
        return (zh, "") if zh == en else (zh, en)
    if by in UNITS:
        zh, en = UNITS[by]
        return f"{name} {zh}", f"{name} {en}"
    return name, ""


def _coded(table: str, text: str) -> Name:
    """Look a code up, or the Chinese name that it stands for."""
    for row in CodeTable.load(table).table.to_pylist():
        if text in (row["code"], row["zh"]):
            return row["zh"], row["en"]
    return text, text
