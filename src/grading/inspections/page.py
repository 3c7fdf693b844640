"""The page of an inspection policy: what each grading asks for, for people, from its file."""

from collections.abc import Iterator

from ...core.codes import CodeTable
from ..markdown import markdown_table, render_editions
from .edition import InspectionEdition, PopulationPlan
from .inspectionpolicy import InspectionPolicy

__all__ = ["render_inspection_policy"]

MONTH = 365.25 / 12
GRADINGS = {
    "risk": "Visits by the food-safety risk grade 食品安全风险等级.",
    "catering": "Visits by the quantitative grade of catering 餐饮量化等级.",
    "nothing": "No grading of their own, and no planned visits by it 无专业分级.",
}
INTRODUCTION = """\
# Inspection policy 监督检查安排: {name}

Three gradings stand side by side and are never mixed: the level of credit 信用风险等级 (A+ to E),
the food-safety risk grade of producers 食品安全风险等级 (A to D), and the quantitative grade of
catering 量化等级 (A to C). This table says what follows from them together for the inspection plan.
It is configuration; this page is written from it:

```
xinheng rulebook inspections --output docs/inspection-policy.md
```

`xinheng inspections --as-of DAY` applies it to everybody in the archive, and
`xinheng inspections --as-of DAY --enterprise CODE` to one, with the records behind.

**How it combines.** The grading of a population's own trade says how many planned visits a year are
asked for; the level of credit, whether the least or the most of them, which share of its
enterprises double-random checks draw in a year, and how thorough supervision is. Where everything
has to be checked once in so many months, one visit at least is planned in a year in which that is
due. 专业分级决定每年计划检查次数的范围；信用风险等级决定取下限或者上限、双随机抽取比例和检查强度；
全项检查到期的年度至少安排一次。
"""


def render_inspection_policy(policy: InspectionPolicy) -> str:
    """Return the page of an inspection policy as Markdown.

    Examples
    --------
    >>> render_inspection_policy(InspectionPolicy.default()).splitlines()[0]
    '# Inspection policy 监督检查安排: default'
    """
    introduction = INTRODUCTION.format(name=policy.name)
    return render_editions(introduction, policy.notes, policy.editions, _edition)


def _edition(edition: InspectionEdition) -> Iterator[str]:
    for plan in edition.plans.values():
        yield from _plan(plan)
    yield "### Intensity 检查强度"
    yield markdown_table(
        ("id", "检查强度", "In words", "Basis 依据"),
        ((each.id, each.zh, each.en, each.basis) for each in edition.intensities.values()),
    )
    grades = ", ".join(map(str, edition.key_grades))
    yield "### For all 共同规定"
    yield (
        f"- Supervised with priority 重点监督: producers of risk grade {grades}, or with a valid "
        f"licence of {_streams(edition.key_licences.streams)} ({edition.key_basis})\n"
        f"- Months between two planned visits, at least 两次计划检查至少间隔月数: "
        f"{edition.gap / MONTH:.0f}\n"
        f"- Everything is checked at 全项检查以下列记录为准: "
        f"{_streams(edition.full_checks.streams)}"
    )


def _plan(plan: PopulationPlan) -> Iterator[str]:
    known = CodeTable.load("population")
    zh, en = (known.words(language, [plan.population], 0)[0] for language in ("zh", "en"))
    yield f"### {en} {zh}"
    duty = ""
    if plan.full_check is not None:
        every = f"{plan.full_check / MONTH:.0f}"
        duty = f" Everything is checked once in {every} months. 每 {every} 个月至少全项检查一次。"
    yield f"{GRADINGS[plan.by]}{duty} Basis 依据: {plan.basis}."
    yield markdown_table(
        ("Grade 等级", "Visits a year, least 每年最少", "Most 最多", "Basis 依据"),
        ((letter, str(v.least), str(v.most), v.basis) for letter, v in plan.visits.items()),
    )
    head = (
        "Credit 信用等级",
        "Drawn a year 年抽取比例",
        "Visits 取值",
        "Intensity 强度",
        "Basis 依据",
    )
    yield markdown_table(
        head,
        (
            (level, f"{line.share:.0%}", line.take, line.intensity, line.basis)
            for level, line in plan.credit.items()
        ),
    )


def _streams(patterns: tuple[str, ...]) -> str:
    return ", ".join(f"`{pattern}`" for pattern in patterns)
