"""The page of a score card: all its lines for people, written from its file."""

from collections.abc import Iterable

from ...core.codes import CodeTable
from ...features import Aggregate
from ..markdown import markdown_table, render_editions
from .edition import CardEdition
from .line import CardLine, CardPart, Deadlines, Unless
from .scorecard import ScoreCard

__all__ = ["HEAD", "line_row", "render_score_card"]

MONTH = 365.25 / 12
HEAD = ("项目", "Line", "Points 分值", "Counts 计入", "Records 记录", "Basis 依据")
TITLES = {
    CardPart.INITIAL: "Score to begin with 初始分",
    CardPart.DEDUCTION: "Deductions 扣分",
    CardPart.BONUS: "Bonus 加分",
    CardPart.LOWEST: "Lowest grade 直接降为最低等级",
}
TEXTS = {
    CardPart.INITIAL: "The worst of all bands that valid licences allow counts; {unknown:g} points "
    "where no licensed food group is known. 取各有效许可中的最低档；无已知许可类别的为 "
    "{unknown:g} 分。",
    CardPart.DEDUCTION: "What *fades* 递减 has lost half of its points after {half_life}, and is "
    "gone once the months it counts for are over; the rest counts in full while it lasts.",
    CardPart.BONUS: "A certificate counts until it ends or is withdrawn. There is none under what "
    "is listed below. 证书到期或被撤销后不再加分。",
    CardPart.LOWEST: "While one of these counts the grade is {lowest}, whatever the score.",
}
STATES = {
    "open": "while it lasts 存续期间",
    "overdue": "while it is overdue 逾期期间",
    "any": "",
}
DAYS = {"any": "", "same": " on the same day 同日", "later": " on that day or later 当日或之后"}
ONCE = {
    "record": "",
    "case": "the most of one case 同一批次（事项）取最高",
    "line": "the most of all 取最高一条",
}

INTRODUCTION = """\
# Score card 评分卡: {name}

A second opinion beside the model, by rule: a score to begin with by licence, deductions by the
records, a bonus for certificates and awards, and a grade by cuts. It is meant for
{population} and can be computed for anybody. The card is
configuration; this page is written from it:

```
xinheng indicators score-card --output docs/score-card.md
```

**What counts.** As of a day, from its start in Shanghai, a record counts if it was available before
that day and had not been withdrawn by then. A repaired record 信用修复 counts no longer, unless its
line says so. Patterns select streams 事件流 of records; the [data catalogue](data-catalogue.md)
lists them, with their values and severities.

**How it adds up.** A record gives its points, times its factors. Caps that look at one record limit
them, then they fade. Where a line says so only the best record of a case or of all stays, and caps
over all records limit the rest. Every number is rounded to a hundredth, so that the records behind
a score (`grading.entries`) add up to it exactly.
"""


def render_score_card(card: ScoreCard) -> str:
    """Return the page of a score card as Markdown.

    Examples
    --------
    >>> render_score_card(ScoreCard.default()).splitlines()[0]
    '# Score card 评分卡: food-production'
    """
    table = CodeTable.load("population")
    zh, en = (table.words(language, [card.population], 0)[0] for language in ("zh", "en"))
    introduction = INTRODUCTION.format(name=card.name, population=f"{zh} ({en.lower()})")
    return render_editions(introduction, card.notes, card.editions, _edition)


def _edition(edition: CardEdition) -> Iterable[str]:
    yield "### Grades 等级"
    yield markdown_table(
        ("Grade", "等级", "In words", "From a score of 分数不低于"),
        ((g.name, g.zh, g.en, f"{g.least:g}".replace("-inf", "–")) for g in edition.grades),
    )
    half_lives = {line.half_life for line in edition.lines if line.half_life}
    words = {
        "unknown": edition.unknown,
        "half_life": " or ".join(_months(days) for days in sorted(half_lives)),
        "lowest": edition.grades[-1].name,
    }
    for part in CardPart:
        lines = edition.of(part)
        if lines:
            yield f"### {TITLES[part]}"
            yield TEXTS[part].format(**words)
            yield markdown_table(HEAD, map(line_row, lines))
    if edition.barred_by:
        yield "### No bonus 不予加分的情形"
        yield (
            "While one of these [statutory rules](statutory-rules.md) is met there is no bonus; "
            "nor under the lowest grade."
        )
        yield markdown_table(
            ("规则", "Rule", "Basis 依据"),
            ((rule.zh, rule.en, rule.basis) for rule in edition.bars),
        )


def line_row(line: CardLine) -> tuple[str, ...]:
    """Return a line as a row of the table whose head is `HEAD`."""
    return line.zh, line.en, _points(line), _counts(line), _records(line), line.basis


def _points(line: CardLine) -> str:
    found = [f"severity from {least:g}: {points:g}" for least, points in line.points.by_severity]
    if found and line.points.times_value:
        found.append("× value")
    found += [f"value from {least:g}: {points:g}" for least, points in line.points.by_value]
    if line.points.each:
        times = " × value" if line.points.times_value else ""
        found.append(f"{line.points.each:g}{times}")
    found += [f"× {factor.by:g} {factor.zh} {factor.en}" for factor in line.factors]
    if line.cap:
        whose = "of one record 单条记录" if line.cap.per_record else "of all 合计"
        found.append(f"at most 上限 {line.cap.points:g} {whose} (`{line.cap.id}`)")
    return "<br>".join(found)


def _counts(line: CardLine) -> str:
    found = [] if line.half_life is None else ["fades 递减"]
    if line.counts.window is not None:
        found.append(f"for {_months(line.counts.window)}")
    if isinstance(line.counts, Aggregate):
        if line.counts.lag:
            found.append(f"from {_months(line.counts.lag)} on")
        found.append(STATES[line.counts.state])
        if line.part is not CardPart.INITIAL and line.counts.repaired == "stays":
            found.append("repaired or not 修复后仍计")
    found.append(ONCE[line.once] if line.part is not CardPart.INITIAL else "")
    if line.until:
        found.append(f"until {_streams(line.until)}")
    found += [_unless(each) for each in line.unless]
    return "<br>".join(filter(None, found))


def _unless(unless: Unless) -> str:
    counts = unless.counts
    within = f" within {_months(counts.window)}" if counts.window else ""
    return f"unless 除非 {_streams(counts.streams)}{within}{DAYS[unless.day]}"


def _records(line: CardLine) -> str:
    if isinstance(line.counts, Deadlines):
        missed = line.counts.missed
        month, day = missed.turn
        return f"none of {_streams(missed.streams)} in the year before {month:02d}-{day:02d}"
    factors = [
        f"× {factor.by:g}: {_streams(factor.streams)}"
        + (f" within {_months(factor.within)}" if factor.within else "")
        for factor in line.factors
    ]
    return "<br>".join([_streams(line.counts.streams), *factors])


def _streams(patterns: tuple[str, ...]) -> str:
    return ", ".join(f"`{pattern}`" for pattern in patterns)


def _months(days: int) -> str:
    return f"{days / MONTH:.0f} months"
