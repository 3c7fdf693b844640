"""The page of a table of risk points: all its lines for people, written from its file."""

from collections.abc import Iterator

from ...core.codes import CodeTable
from ..cards.page import HEAD, line_row
from ..markdown import markdown_table, render_editions
from .edition import RiskEdition, RiskPart
from .risktable import RiskTable

__all__ = ["render_risk_table"]

TITLES = {
    RiskPart.CATEGORY: "Static points by category 静态分：食品类别",
    RiskPart.STATIC: "Further static points 静态分：其他",
    RiskPart.DYNAMIC: "Dynamic points 动态分",
    RiskPart.RAISE: "One or two grades worse 上调风险等级",
    RiskPart.LOWER: "One grade better 下调风险等级",
}
INTRODUCTION = """\
# Risk grade 食品安全风险等级: {name}

The food-safety risk grade of {population}, A (lowest risk) to D: static
points by what is made, dynamic points by how, and what moves the grade up or down. It stands beside
the credit grade and is never mixed with it: `RiskGrade` and `Level` are types that cannot be
compared. The table is configuration; this page is written from it:

```
xinheng rulebook risk-grade --output docs/risk-grade.md
```

**What counts.** As of a day, from its start in Shanghai, a record counts if it was available before
that day and had not been withdrawn by then. A repaired record 信用修复 counts no longer, unless its
line says so. Patterns select streams 事件流 of records; the [data catalogue](data-catalogue.md)
lists them, with their values and severities.

**How it adds up.** Static points up to their limit and dynamic points up to theirs are summed, and
the sum has its grade; the upper bound belongs to the better grade. Then the grade moves: by the
widest of what raises it, or, where nothing does, by the widest of what lowers it. The records
behind each point are told by `grading.risk_entries` and by `xinheng inspections --enterprise CODE`.
A producer of whom nothing dynamic is known has the grade of its static points.
"""


def render_risk_table(table: RiskTable) -> str:
    """Return the page of a table of risk points as Markdown.

    Examples
    --------
    >>> render_risk_table(RiskTable.default()).splitlines()[0]
    '# Risk grade 食品安全风险等级: food-producers'
    """
    known = CodeTable.load("population")
    zh, en = (known.words(language, [table.population], 0)[0] for language in ("zh", "en"))
    introduction = INTRODUCTION.format(name=table.name, population=f"{zh} ({en.lower()})")
    return render_editions(introduction, table.notes, table.editions, _edition)


def _edition(edition: RiskEdition) -> Iterator[str]:
    yield "### Grades 等级"
    head = ("Grade", "等级", "In words", "Up to 分数不高于")
    yield markdown_table(head, ((str(b.grade), b.zh, b.en, f"{b.most:g}") for b in edition.bands))
    yield (
        f"At most {edition.static:g} static and {edition.dynamic:g} dynamic points; "
        f"{edition.unknown:g} static points where no licensed category is known. "
        f"静态分上限 {edition.static:g}，动态分上限 {edition.dynamic:g}；"
        f"无已知许可类别的静态分为 {edition.unknown:g}。"
    )
    for part in RiskPart:
        lines = edition.of(part)
        if lines:
            yield f"### {TITLES[part]}"
            points = "Steps 级数" if part in (RiskPart.RAISE, RiskPart.LOWER) else HEAD[2]
            yield markdown_table((*HEAD[:2], points, *HEAD[3:]), map(line_row, lines))
