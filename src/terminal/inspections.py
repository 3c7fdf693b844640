"""Inspections on a terminal: what the gradings of all ask for, and those of one with records."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["show_inspections", "show_one_inspected"]

POPULATIONS = {
    "entity": "商事主体 market entities",
    "operator": "食品经营者 food operators",
    "producer": "食品生产者 food producers",
}
GRADINGS = {
    "risk": "食品安全风险等级 risk grade",
    "catering": "餐饮量化等级 catering grade",
    "nothing": "",
}
MOVES = ("raise", "lower")
STATES = {
    "in_force": "有效 in force",
    "expired": "已过期 expired",
    "lapsed": "许可失效 lapsed with the licence",
    "never_given": "未评定 never given",
}


def show_inspections(console: Console, found: Mapping[str, Any]) -> None:
    """Show the plan of everybody in numbers."""
    table = Table(
        "population, grading", "grade", "enterprises", "visits a year", "planned", "priority",
        "full check due", title=f"Visits 计划检查, as of {found['as_of']}",
    )  # fmt: skip
    for row, head in _headed(found["by_grade"]):
        asked = f"{row['least']}–{row['most']}" if row["most"] > row["least"] else str(row["most"])
        table.add_row(
            f"{head}\n{GRADINGS[row['grading']]}".rstrip() if head else "", row["grade"],
            f"{row['enterprises']:,}", asked, f"{row['visits']:,}", f"{row['priority']:,}",
            f"{row['due_at_once']:,}",
        )  # fmt: skip
    console.print(table)
    table = Table(
        "population", "credit 信用", "enterprises", "share", "drawn", "intensity",
        title="Double-random draws a year 双随机抽取",
    )  # fmt: skip
    for row, head in _headed([row for row in found["by_level"] if row["enterprises"]]):
        table.add_row(
            head, row["level"], f"{row['enterprises']:,}", f"{row['share']:.0%}",
            f"{row['drawn']:,}", row["intensity"],
        )  # fmt: skip
    console.print(table)
    _credit(console, found)
    console.print(
        f"{found['enterprises']:,} enterprises: {found['visits']:,} visits and "
        f"{found['drawn']:,} draws a year by {escape(found['policy'])}; "
        f"all written to {escape(found['output'])}",
        soft_wrap=True,
    )


def show_one_inspected(console: Console, found: Mapping[str, Any]) -> None:
    """Show the gradings of one enterprise, the records behind, and what they ask for."""
    gradings, plan = found["gradings"], found["plan"]
    console.print(
        f"[bold]{escape(found['enterprise'])}[/bold] as of {found['as_of']}, "
        f"{POPULATIONS[gradings['population']]}"
    )
    table = Table("grading 分级", "grade", "how 如何得出", title="Three gradings, never mixed")
    table.add_row("信用风险等级 credit", gradings["credit"] or "–", _source(found))
    table.add_row("食品安全风险等级 risk", gradings["risk"] or "–", _risk(found["risk"]))
    table.add_row(
        "餐饮量化等级 catering", gradings["catering"] or "–", _catering(found["catering"])
    )
    console.print(table)
    if found["risk"]:
        _records(console, found["risk"]["records"])
    _plan(console, plan)
    console.print(f"by {escape(found['policy'])} and {escape(found['risk_table'])}")


def _headed(rows: list[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield each row, and its population where it is the first of it."""
    before = None
    for row in rows:
        head = "" if row["population"] == before else POPULATIONS[row["population"]]
        before = row["population"]
        yield row, head


def _source(found: Mapping[str, Any]) -> str:
    bundle = found["bundle"]
    return f"bundle {bundle[:12]}" if bundle else "no model was promoted yet 尚无模型"


def _credit(console: Console, found: Mapping[str, Any]) -> None:
    if found["bundle"] is None:
        console.print(
            "no model was promoted yet, so nobody has a level of credit; `xinheng train` makes one"
        )


def _risk(risk: Mapping[str, Any] | None) -> str:
    if risk is None:
        return "for food producers only 仅适用食品生产者"
    said = (
        f"静态 static {risk['static']:g} + 动态 dynamic {risk['dynamic']:g} = {risk['score']:g}: "
        f"{risk['by_score']}"
    )
    if risk["raised"]:
        said += f"; 上调 raised by {risk['raised']}"
    if risk["lowered"]:
        said += f"; 下调 lowered by {risk['lowered']}"
    return said


def _catering(catering: Mapping[str, Any]) -> str:
    said = STATES[catering["state"]]
    if catering["given"]:
        said += f", given {catering['given']}"
    if catering["until"]:
        said += f", to {catering['until']}"
    return said


def _records(console: Console, records: list[Mapping[str, Any]]) -> None:
    table = _folding(
        "Records behind the risk grade 风险等级依据的记录",
        "part", "项目 line", "record", "occurred", "points", "counts to",
    )  # fmt: skip
    for row in records:
        record = row["number"] or row["stream"] or "–"
        department = f"\n{row['department']}" if row["department"] else ""
        points = f"{row['points']:+g} 级" if row["part"] in MOVES else f"{row['points']:g}"
        table.add_row(
            row["part"], f"{row['zh']}\n{row['en']}", escape(f"{record}{department}"),
            row["occurred"] or "", points, row["until"] or "",
        )  # fmt: skip
    console.print(table)


def _plan(console: Console, plan: Mapping[str, Any]) -> None:
    basis, intensity = plan["basis"], plan["intensity"]
    asked = f"{plan['visits']} (of {plan['least']} to {plan['most']})"
    checked = f"last {plan['checked'] or 'none on file'}; next due {plan['due'] or '–'}"
    priority = "是 yes" if plan["priority"] else "否 no"
    table = _folding("What they ask for 检查安排", "", "", "basis 依据")
    for row in (
        ("计划检查 visits a year", asked, basis["visits"]),
        ("双随机抽取比例 share drawn", f"{plan['share']:.0%}", basis["credit"]),
        ("检查强度 intensity", f"{intensity['zh']}\n{intensity['en']}", intensity["basis"]),
        ("全项检查 full check", checked, basis["full_check"]),
        ("重点监督 priority", priority, basis["priority"] or ""),
    ):
        table.add_row(*row)
    console.print(table)


def _folding(title: str, *columns: str) -> Table:
    """Return a table that folds long texts rather than cut them."""
    table = Table(title=title)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
