"""What the page of a model's card says, section by section, in Chinese and in English.

The headings are those of Mitchell et al. 2019, "Model cards for model reporting". What a model must
not be used for, and how an enterprise objects, stands in `modelcard.toml`.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from ..core import time
from ..core.codes import CodeTable
from ..features import DIMENSIONS
from .bundle import Bundle
from .card import CardGroup, Purpose
from .manifest import FORMAT
from .policy import Combination
from .scale import Level

__all__ = ["Section", "sections"]

TEXTS = "modelcard.toml"
CARD_COUNTS = {Combination.BESIDE: "并列 beside", Combination.WORSE: "取差 the worse counts"}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, a list, and a table."""

    zh: str
    en: str
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections(bundle: Bundle) -> Iterator[Section]:
    """Yield what is told of a bundle."""
    card = bundle.card
    texts = tomllib.loads(files(__package__).joinpath(TEXTS).read_text("utf-8"))
    own = texts[str(card.purpose)]
    yield Section(
        "模型",
        "What it is",
        head=("", ""),
        rows=(
            ("bundle 模型包", f"`{bundle.digest}`"),
            ("signed by 签名", f"`{bundle.key}`"),
            ("purpose 用途", str(card.purpose)),
            ("predicts 预测", card.label),
            ("of whom 范围", card.cohort),
            ("learned until 数据截至", f"{card.learned_until} (fitted until {card.cut})"),
            ("level since moved by 校准平移", f"{card.followed:+.3f} log-odds"),
            ("notes 说明", card.notes),
        ),
    )
    yield Section("用途", "What it is for", text=(own["purpose"],))
    yield Section("不得用于", "What it must not be used for", points=tuple(own["never"]))
    yield Section(
        "数据",
        "What it learned from, and was tested on",
        head=("part 部分", "first day 起", "last day 止", "rows 行数"),
        rows=tuple(
            (name, *window, f"{card.rows.get(name, 0):,}") for name, window in card.windows.items()
        ),
    )
    yield Section(
        "指标表现",
        "How good it is",
        text=("Measured after the training, on the test window; with 95 % intervals.",),
        head=("measure 指标", "value 值", "95 %"),
        rows=tuple(
            (name, f"{value:.4f}", f"{low:.4f} to {high:.4f}")
            for name, (value, low, high) in card.measures.items()
        ),
    )
    yield _kept(card.groups)
    yield _inputs(bundle)
    yield _levels(bundle)
    yield Section("局限", "What it cannot do", points=tuple(texts["limits"]))
    yield Section("异议与修复", "How an enterprise objects", points=tuple(texts["objection"]))
    told = {**card.versions, "format of the bundle": f"{bundle.format} (now {FORMAT})"}
    yield Section(
        "版本",
        "What made it",
        head=("", ""),
        rows=(
            *((name, number) for name, number in told.items()),
            ("catalogue 指标目录", f"`{bundle.catalogue.fingerprint}`"),
            ("seed 随机种子", str(card.seed)),
        ),
    )


def _kept(groups: Sequence[CardGroup]) -> Section:
    text = "What was promised to each group of the test rows, and what came."
    if not groups:
        text = "This bundle was made before cards told it; train anew to have it."
    return Section(
        "分组校准",
        "Whether it keeps its promises to everybody",
        text=(text,),
        head=("by 分组", "group 组", "rows 行数", "promised 预测", "came 实际", "95 %"),
        rows=tuple(
            (
                each.by,
                _name(each),
                f"{each.rows:,}",
                f"{each.promised:.1%}",
                f"{each.observed:.1%}",
                f"{each.lower:.1%} to {each.upper:.1%}",
            )
            for each in groups
        ),
    )


def _inputs(bundle: Bundle) -> Section:
    signs, indicators = bundle.catalogue.monotone_constraints(), bundle.catalogue.indicators
    directed = sum(sign != 0 for sign in signs)
    text = (
        f"{len(indicators)} indicators, of which {directed} have a direction: as one grows, the "
        "risk can only rise, or only fall. What is not disclosed never gives a better grade than "
        "what is. 指标含义见手册；不披露不会得到更好的等级。"
    )
    counts = {key: sum(each.dimension == key for each in indicators) for key in DIMENSIONS}
    return Section(
        "输入",
        "What it looks at",
        text=(text,),
        head=("dimension 维度", "", "indicators 指标数"),
        rows=tuple((zh, en, str(counts[key])) for key, (zh, en) in DIMENSIONS.items()),
    )


def _levels(bundle: Bundle) -> Section:
    if bundle.card.purpose is not Purpose.GRADE:
        return Section("等级", "Levels", text=("A forecast has no levels.",))
    levels = [str(level) for level in list(Level)[1:]]
    return Section(
        "等级",
        "From which probability a level begins",
        text=(
            f"Policy {bundle.policy.name!r}. Statutory rules 法定规则 can only raise the risk: "
            + ", ".join(bundle.rules.ids),
            f"Score card 评分表 {bundle.score_card.name!r}; last column: does it count 是否计入.",
        ),
        head=("edition 版本", "from 起", *levels, "score card 评分表"),
        rows=tuple(
            (
                f"{each.version} ({each.status})",
                time.show(each.effective_from),
                *(f"{cut:.1%}" for cut in each.scale.cut_points),
                CARD_COUNTS[each.score_card],
            )
            for each in bundle.policy.editions
        ),
    )


def _name(group: CardGroup) -> str:
    if not group.name:
        return "未登记 not recorded"
    if group.by in {"population", "district"}:
        return _coded(CodeTable.load(group.by).table.to_pylist(), group.name)
    return group.name


def _coded(rows: Iterable[dict[str, str]], text: str) -> str:
    for row in rows:
        if text in (row["code"], row["zh"]):
            return f"{row['zh']} {row['en']}"
    return text
