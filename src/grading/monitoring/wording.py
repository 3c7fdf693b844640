"""Words: each story as a sentence in Chinese and in English, with what to do about it."""

from collections.abc import Mapping
from math import exp
from typing import Any

from ...core import time
from ...core.codes import CodeTable
from .causes import Cause

__all__ = ["LANGUAGES", "sentence"]

LANGUAGES = ("zh", "en")
ANY = "*"
MANY = 6
HALF, UNITS = 0.5, 0.15
POPULATION = {
    "zh": {"all": "全部主体", "entity": "一般主体", "operator": "食品经营者", "producer": "食品生产者"},
    "en": {"all": "all", "entity": "other entities", "operator": "food operators",
           "producer": "food producers"},
}  # fmt: skip

EN: Mapping[Cause, str] = {
    Cause.STOPPED: "{who} has delivered {few} {what} since {since}, where {expected} were to "
    "be expected. Ask whether the transfer runs; until it does, a fall of what rests on them is no "
    "improvement.",
    Cause.PARTIAL: "{who} has delivered only {seen} {what} since {since}, where {expected} were "
    "to be expected. Ask for a full delivery, and compare its count with theirs.",
    Cause.LATE: "{who} delivers {what} later than it used to, since {since}: {seen} came where "
    "{expected} were to be expected. Ask what holds them up; grades see them only from then on.",
    Cause.RENAMED: "{who} has written {second} where it used to write {first} in {what}, since "
    "{since}: {seen} of {first} came, where {expected} were to be expected. Ask what the code "
    "means now, and mend the source mapping.",
    Cause.NEW_CODE: "{who} has used the code {first} in {what} since {since}, {seen} times, which "
    "was hardly ever seen before. Ask what it means: a new programme, or another word for an old "
    "one.",
    Cause.VANISHED: "{who} has hardly used the code {first} in {what} since {since}: {seen} times, "
    "where {expected} were to be expected. Ask under which code those records come now.",
    Cause.UNIT: "The values of {what} from {who} are {factor} what they were, since {since}: "
    "another unit, by all appearance. Ask for the unit, and mend the source mapping before the "
    "next grades.",
    Cause.VALUES: "The values of {what} from {who} are {factor} what they were, since {since}. Ask "
    "whether what is counted has changed.",
    Cause.BLANK: "{who} leaves {first} of {what} empty since {since}. Ask for the field; until "
    "then indicators that rest on it say too little.",
    Cause.TWINS: "{who} has delivered {what} more than once under other numbers since "
    "{since}: {seen} say what another says of the same enterprise and day, where {expected} were "
    "to be expected. Ask for the numbers to be mended; counts are too high until then.",
    Cause.QUARANTINE: "Of the rows of {who}, {seen} could not be taken in since {since}, where "
    "{expected} were to be expected. `xinheng archive review` lists the faults; mend the mapping "
    "or ask the department.",
    Cause.SURGE: "{who} has delivered more {what} since {since}: {seen}, where {expected} were "
    "to be expected. A campaign, or a real change: ask which, and look at the outcomes of checks.",
    Cause.SHIFT: "Among {what} of {who}, {first} has moved since {since}: {seen}, where {expected} "
    "were to be expected. A change of practice or a real one: look at the outcomes of checks.",
    Cause.REAL: "Risk itself seems to have changed since {since}: {figures}, and "
    "{departments} see it as well. If it lasts, let calibration follow (`xinheng recalibrate`), "
    "and train anew when the outcomes have matured.",
    Cause.STRICTNESS: "Checks find another share of violations since {since}: {figures}, and no "
    "other department sees a change. Stricter or laxer checks, or another way to record them: ask "
    "the inspectorate before calibration follows.",
    Cause.MIX: "The indicators of {population} have moved since {since}, with more enterprises "
    "newly registered than usual. Look at grades of enterprises that were known before.",
    Cause.DRIFT: "What the model reads or says of {population} has moved since {since}, and no "
    "delivery explains it. Look at the indicators named; if it lasts, train anew.",
    Cause.SEASON: "{what} of {who}: {seen}, where the months before gave reason to expect another "
    "figure, and the same months of earlier years this one ({expected}). Only the season.",
}
ZH: Mapping[Cause, str] = {
    Cause.STOPPED: "{who}自{since}以来仅报送{what}{seen}，按往期应有{expected}。请核实数据报送是否中断；恢复之前，"
    "相关指标下降不代表风险改善。",
    Cause.PARTIAL: "{who}自{since}以来仅报送{what}{seen}，按往期应有{expected}。请要求补全，并与其自有数量核对。",
    Cause.LATE: "{who}自{since}以来报送{what}晚于以往：收到{seen}，按往期应有{expected}。请查明延迟原因；"
    "记录到达之后方计入等级。",
    Cause.RENAMED: "{who}自{since}以来在{what}中以代码“{second}”代替了“{first}”：“{first}”收到{seen}，按往期应有"
    "{expected}。请确认代码含义并修改数据映射。",
    Cause.NEW_CODE: "{who}自{since}以来在{what}中使用代码“{first}”{seen}，此前几乎未见。请确认其含义：是新的工作安排，"
    "还是旧代码的新写法。",
    Cause.VANISHED: "{who}自{since}以来在{what}中几乎不再使用代码“{first}”：{seen}，按往期应有{expected}。"
    "请确认这类记录现在使用何种代码。",
    Cause.UNIT: "{who}的{what}数值自{since}以来为以往的{factor}，应为计量单位变化。请确认单位，并在下次评级前修改数据映射。",
    Cause.VALUES: "{who}的{what}数值自{since}以来为以往的{factor}。请确认统计口径是否变化。",
    Cause.BLANK: "{who}自{since}以来未填写{what}的“{first}”。请要求补填；在此之前相关指标信息不足。",
    Cause.TWINS: "{who}自{since}以来以不同编号重复报送{what}：{seen}与同一主体同日的其他记录内容相同，按往期应有{expected}。"
    "请更正编号；在此之前计数偏高。",
    Cause.QUARANTINE: "{who}自{since}以来有{seen}行数据未能入库，按往期应有{expected}。可用 `xinheng archive review` "
    "查看问题，修改映射或联系报送部门。",
    Cause.SURGE: "{who}自{since}以来报送{what}增多：{seen}，按往期应有{expected}。可能是专项行动，也可能是真实变化；"
    "请核实，并查看检查结果。",
    Cause.SHIFT: "{who}的{what}中“{first}”自{since}以来发生变化：{seen}，按往期应有{expected}。可能是做法改变，"
    "也可能是真实变化；请查看检查结果。",
    Cause.REAL: "风险自{since}以来似乎确有变化：{figures}，且{departments}的数据同样显示。若持续，请用 "
    "`xinheng recalibrate` 调整校准，待结果成熟后重新训练。",
    Cause.STRICTNESS: "检查发现违法的比例自{since}以来变化：{figures}，其他部门数据未见变化。可能是检查尺度或记录方式改变；"
    "请先向检查部门核实，再调整校准。",
    Cause.MIX: "{population}的指标自{since}以来变化，同期新登记主体多于以往。请查看此前已知主体的等级。",
    Cause.DRIFT: "模型对{population}所依据的指标或输出自{since}以来变化，且无法由数据报送解释。请查看所列指标；若持续，请重新训练。",
    Cause.SEASON: "{who}的{what}：{seen}，与前几个月不同，但与往年同月相符（{expected}）。仅为季节性。",
}
TEXTS = {"zh": ZH, "en": EN}


def sentence(
    cause: Cause, since: int, detail: Mapping[str, Any], departments: Mapping[str, str], language: str
) -> str:
    """Return a story as a sentence for a supervisor.

    Parameters
    ----------
    cause, since, detail
        Of the story, as `following.Told` has them.
    departments
        Names of departments by source.
    language
        `zh` or `en`.

    Examples
    --------
    >>> told = {"source": "city-tax", "kind": "tax_return", "names": [], "months": 1,
    ...         "seen": 0, "expected": 2410.2, "indicators": ["RL05"], "series": ["count"]}
    >>> from xinheng.core.time import day
    >>> print(sentence(Cause.STOPPED, day("2026-02-01"), told, {"city-tax": "Tax office"}, "en"))
    Tax office has delivered no tax return records since 2026-02-01, where 2,410 were to be expected. \
Ask whether the transfer runs; until it does, a fall of what rests on them is no improvement. \
Moved with it: RL05.
    """
    zh = language == "zh"
    names = [*detail["names"], "", ""]
    share = detail["series"][0] in ("found", "calibration")
    text = TEXTS[language][cause].format(
        who=_who(detail["source"], departments),
        what=_kind(detail["kind"], language),
        since=time.show(since),
        few=_number(detail["seen"], language) if detail["seen"] >= HALF else "no",
        seen=_number(detail["seen"], language),
        expected=_number(detail["expected"], language),
        first=names[0] or ("数值" if zh else "the value"),
        second=names[1],
        factor=_factor(detail, language),
        figures=_found(detail, language) if share else _counts(detail, language),
        departments=("、" if zh else ", ").join(_who(s, departments) for s in detail["names"]),
        population=POPULATION[language].get(detail["series"][-1], detail["series"][-1]),
    )
    return text + _indicators(detail["indicators"], language)


def _who(source: str, departments: Mapping[str, str]) -> str:
    return departments.get(source, source)


def _kind(kind: str, language: str) -> str:
    if kind in ("", ANY):
        return "各类记录" if language == "zh" else "records"
    name = CodeTable.load("record_kind").words(language, [kind.split(".")[0]], 0)[0] or kind
    return str(name) if language == "zh" else f"{str(name).lower()} records"


def _number(number: float, language: str) -> str:
    return f"{number:,.0f}条" if language == "zh" else f"{number:,.0f}"


def _factor(detail: Mapping[str, Any], language: str) -> str:
    """Return how many times larger values are: a round power of ten where it is nearly one."""
    change = detail["seen"] - detail["expected"]
    near = round(change)
    exact = 10.0 ** (near if near and abs(change - near) < UNITS else change)
    text = f"{exact:,.0f}" if exact >= 10 else f"{exact:.2g}"
    return f"{text}倍" if language == "zh" else f"{text} times"


def _counts(detail: Mapping[str, Any], language: str) -> str:
    seen, expected = (_number(detail[name], language) for name in ("seen", "expected"))
    if language == "zh":
        return f"收到{seen}，按往期应有{expected}"
    return f"{seen} came, where {expected} were to be expected"


def _found(detail: Mapping[str, Any], language: str) -> str:
    aspect, population = detail["series"][0], POPULATION[language][detail["series"][-1]]
    if aspect == "found":
        seen, expected = f"{detail['seen']:,.0f}", f"{detail['expected']:,.0f}"
    else:
        seen, expected = (f"{exp(detail[n]):.2f}" for n in ("seen", "expected"))
    if language == "zh":
        what = "发现违法" if aspect == "found" else "实际与预测之比"
        return f"{population}{what}{seen}，往期为{expected}"
    what = "violations found" if aspect == "found" else "found over promised"
    return f"{what} among {population}: {seen}, where {expected} was to be expected"


def _indicators(names: list[str], language: str) -> str:
    if not names:
        return ""
    listed = ("、" if language == "zh" else ", ").join(names[:MANY])
    more = len(names) - MANY
    if language == "zh":
        return f"同时变化的指标：{listed}" + (f"等{len(names)}项。" if more > 0 else "。")
    return f" Moved with it: {listed}" + (f" and {more} more." if more > 0 else ".")
