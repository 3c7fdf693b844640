"""Wording: expressions in words, so that what a page says is what is computed.

Each leaf stands in square brackets, so that its own commas cannot be taken for those around it;
`t` is the day that is asked about. Patterns of streams are left as declared.
"""

from collections.abc import Mapping

from ..core.errors import DeclarationError
from .aggregate import Aggregate
from .expression import AsOf, Binary, Constant, Expression, IfMissing, Leaf, Unary, Where
from .places import Nearby
from .rates import Rate

__all__ = ["LANGUAGES", "SHARING", "told"]

Words = Mapping[str, str]

SIGNS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "/", "greater": ">"}
DAYS = ("occurred", "ended")
BINDING = {"greater": 0, "add": 1, "subtract": 1, "multiply": 2, "divide": 2}
FUNCTIONS = {
    "ln": "ln({})",
    "log10": "log10({})",
    "log10p1": "log10(1 + {})",
    "log2p1": "log2(1 + {})",
    "logit": "logit({})",
    "minimum": "min({}, {})",
    "maximum": "max({}, {})",
}
ENGLISH: Words = {
    "month": "calendar month of {}",
    "if_missing": "{}, or where that is missing {}",
    "where": "{yes} where {test} > 0, else {no}",
    "leaf": "{what} of {streams}{state}{above}{window}{lag}{repaired}",
    "streams": "{}",
    "or": " or ",
    "window": " in {} days",
    "lag": " that end {} days before t",
    "cycle": " that end when the year turns on {}",
    "state.open": " that are open",
    "state.closed": " that are closed",
    "state.overdue": " that are open and overdue",
    "above": " with {field} over {least}",
    "repaired.leaves": ", repaired ones left out",
    "repaired.only": ", repaired ones alone",
    "field.value": "value",
    "field.severity": "severity",
    "field.occurred": "day",
    "field.ended": "last day",
    "field.position": "row",
    "key.case": "case",
    "key.code": "code",
    "key.day": "day",
    "operator.count": "number",
    "operator.distinct": "number of different {key}s",
    "operator.total": "total {field}",
    "operator.smallest": "smallest {field}",
    "operator.largest": "largest {field}",
    "operator.smallest.day": "earliest {field}",
    "operator.largest.day": "latest {field}",
    "operator.latest": "latest {field}",
    "operator.previous": "latest {field}, but for the latest case,",
    "operator.repeat": "number, if the same code came up to {gap} days before,",
    "operator.recurrent": "number of codes with two different cases",
    "operator.peaks": "sum over {key}s of the largest {field}",
    "group.city": "in the city",
    "group.category": "in the same category",
    "group.brand": "of the same brand",
    "group.site": "at the same site",
    "group.district": "in the same district",
    "measure.share": "share of {positive}{above} among {streams}{window} {group}{shrunk}",
    "measure.share.above": "share of {streams}{above}{window} {group}{shrunk}",
    "measure.mean": "mean value of {streams}{window} {group}{shrunk}",
    "shrunk": ", {:g} at the city's own mixed in",
    "nearby": "number of {streams} within {radius:g} m{window}",
}
CHINESE: Words = {
    "month": "{} 的月份",
    "if_missing": "{}，缺失时取 {}",
    "where": "{test} > 0 时取 {yes}，否则取 {no}",
    "leaf": "{window}{lag}{streams}{state}{above}{repaired}的{what}",
    "streams": " {} ",
    "or": " 或 ",
    "window": "近 {} 天",
    "lag": "(截至 t 前 {} 天)",
    "cycle": "(按年计，年度自 {} 起)",
    "state.open": "中未终止",
    "state.closed": "中已终止",
    "state.overdue": "中逾期未终止",
    "above": "中{field}大于 {least} ",
    "repaired.leaves": "(不计已修复)",
    "repaired.only": "(只计已修复)",
    "field.value": "数值",
    "field.severity": "严重程度",
    "field.occurred": "发生日",
    "field.ended": "终止日",
    "field.position": "行号",
    "key.case": "案件",
    "key.code": "代码",
    "key.day": "日期",
    "operator.count": "条数",
    "operator.distinct": "不同{key}数",
    "operator.total": "{field}之和",
    "operator.smallest": "最小{field}",
    "operator.largest": "最大{field}",
    "operator.smallest.day": "最早{field}",
    "operator.largest.day": "最晚{field}",
    "operator.latest": "最近{field}",
    "operator.previous": "最近一案之前的{field}",
    "operator.repeat": "{gap} 天内同代码重复次数",
    "operator.recurrent": "涉及两个以上案件的代码数",
    "operator.peaks": "各{key}最大{field}之和",
    "group.city": "全市",
    "group.category": "同类别",
    "group.brand": "同品牌",
    "group.site": "同址",
    "group.district": "同辖区",
    "measure.share": "{group}{window}{positive}{above}占{streams}的比例{shrunk}",
    "measure.share.above": "{group}{window}{streams}{above}的比例{shrunk}",
    "measure.mean": "{group}{window}{streams}的平均数值{shrunk}",
    "shrunk": "(并入 {:g} 个全市水平)",
    "nearby": "{radius:g} 米内{window}{streams}的条数",
}
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "zh": CHINESE}

SHARING: Mapping[str, tuple[str, str]] = {
    "count": ("in equal parts", "各条均分"),
    "distinct": ("in equal parts over the keys", "各键均分，同键再均分"),
    "total": ("by size", "按数值大小"),
    "smallest": ("to the records that hold it", "归于取得该值的记录"),
    "largest": ("to the records that hold it", "归于取得该值的记录"),
    "latest": ("to the record that holds it", "归于取得该值的记录"),
    "previous": ("to the record that holds it", "归于取得该值的记录"),
    "repeat": ("half to the repeat, half to what it repeats", "重复与被重复者各半"),
    "recurrent": ("in equal parts over the codes", "各代码均分，同代码再均分"),
    "peaks": ("by size, to the largest of each key", "按数值大小归于各键最大者"),
}
"""How the value of an operator is shared among its records (`features.shares`), in words."""


def told(expression: Expression, language: str = "en") -> str:
    """Return an expression in words.

    Parameters
    ----------
    expression
        Any tree.
    language
        `en` or `zh`.

    Raises
    ------
    DeclarationError
        If there are no words for a node.

    Examples
    --------
    >>> from xinheng.features import AS_OF, count, log10p1, total
    >>> fines = total("penalty:market.*", window=1096, repaired="leaves")
    >>> print(told(log10p1(fines)))
    log10(1 + [total value of penalty:market.* in 1096 days, repaired ones left out])
    >>> print(told(log10p1(fines), "zh"))
    log10(1 + [近 1096 天 penalty:market.* (不计已修复)的数值之和])
    >>> print(told((AS_OF - 2 * count("complaint")) / 3))
    (t − 2 × [number of complaint]) / 3
    """
    return _Speaker(LANGUAGES[language]).tell(expression)


class _Speaker:
    """Tells the nodes of a tree in the words of one language."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def tell(self, node: Expression) -> str:  # noqa: PLR0911  one case for each node
        match node:
            case AsOf():
                return "t"
            case Constant(number):
                return f"{number:.10g}".replace("-", "−")
            case Leaf():
                return f"[{' '.join(self.leaf(node).split())}]"
            case Unary(operator, operand):
                pattern = FUNCTIONS.get(operator) or self.words[operator]
                return pattern.format(self.tell(operand))
            case Binary(operator, left, right) if operator in FUNCTIONS:
                return FUNCTIONS[operator].format(self.tell(left), self.tell(right))
            case Binary():
                return self.sum(node)
            case IfMissing(operand, substitute):
                return self.words["if_missing"].format(
                    self.inner(operand, 0), self.inner(substitute, 0)
                )
            case Where(test, yes, no):
                parts = {"test": test, "yes": yes, "no": no}
                inner = {name: self.inner(part, 0) for name, part in parts.items()}
                return self.words["where"].format(**inner)
        raise DeclarationError(f"there are no words for a {type(node).__name__}: add them")

    def sum(self, node: Binary) -> str:
        """Tell an operation that has a sign, with no more brackets than are needed."""
        own = BINDING[node.operator]
        strict = node.operator in ("subtract", "divide", "greater")
        left = self.inner(node.left, own)
        right = self.inner(node.right, own + 1 if strict else own)
        return f"{left} {SIGNS[node.operator]} {right}"

    def inner(self, node: Expression, least: int = 3) -> str:
        """Tell an operand, in brackets if it binds less than `least`."""
        match node:
            case IfMissing() | Where() | Unary("month"):
                binding = -1
            case Binary(operator):
                binding = BINDING.get(operator, 3)
            case _:
                binding = 3
        return self.tell(node) if binding >= least else f"({self.tell(node)})"

    def leaf(self, leaf: Leaf) -> str:
        match leaf:
            case Aggregate():
                return self.aggregate(leaf)
            case Rate():
                return self.rate(leaf)
            case Nearby(places=places, radius=radius, window=window):
                return self.words["nearby"].format(
                    streams=self.streams(places), radius=radius, window=self.window(window)
                )
        raise DeclarationError(f"there are no words for a {type(leaf).__name__}: add them")

    def aggregate(self, leaf: Aggregate) -> str:
        words = self.words
        name = f"operator.{leaf.operator}"
        if leaf.field in DAYS:
            name = f"{name}.day" if f"{name}.day" in words else name
        what = words[name].format(
            field=words.get(f"field.{leaf.field}", ""),
            key=words.get(f"key.{leaf.by}", ""),
            gap=leaf.gap,
        )
        turn = leaf.cycle and words["cycle"].format("{:02d}-{:02d}".format(*leaf.cycle))
        return words["leaf"].format(
            what=what,
            streams=self.streams(leaf.streams),
            state=words.get(f"state.{leaf.state}", ""),
            above=self.above(leaf.above),
            window=self.window(leaf.window) + (turn or ""),
            lag=words["lag"].format(leaf.lag) if leaf.lag else "",
            repaired=words.get(f"repaired.{leaf.repaired}", ""),
        )

    def rate(self, leaf: Rate) -> str:
        name = f"measure.{leaf.measure}"
        if leaf.measure == "share" and not leaf.positive:
            name = "measure.share.above"
        return self.words[name].format(
            positive=self.streams(leaf.positive),
            streams=self.streams(leaf.streams),
            above=self.above(leaf.above),
            group=self.words[f"group.{leaf.group}"],
            window=self.window(leaf.window),
            shrunk=self.words["shrunk"].format(leaf.strength) if leaf.strength else "",
        )

    def streams(self, patterns: tuple[str, ...]) -> str:
        return self.words["streams"].format(self.words["or"].join(patterns))

    def above(self, above: tuple[str, float] | None) -> str:
        if above is None:
            return ""
        field, least = above
        return self.words["above"].format(field=self.words[f"field.{field}"], least=f"{least:g}")

    def window(self, days: int | None) -> str:
        return "" if days is None else self.words["window"].format(days)
