"""The commands that write the pages of what is decided by rule."""

from pathlib import Path
from typing import Annotated

import typer

from ..terminal import write_page
from .options import AsJson

__all__ = ["rulebook_app"]

rulebook_app = typer.Typer(
    help="Write the pages of what is decided by rule: statutes, risk grades, inspections.",
    no_args_is_help=True,
)

Output = Annotated[Path | None, typer.Option(help="Markdown file to write; printed if not given.")]


@rulebook_app.command()
def statutory(
    output: Output = None,
    policy: Annotated[
        Path | None, typer.Option(help="Grading policy as TOML instead of the package's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the page of statutory rules 法定规则: basis, dates, conditions, effects by policy."""
    from ..grading import STATUTES, Policy, render_statutes

    found = Policy.load(policy) if policy else Policy.default()
    found.check_rules(STATUTES.ids)
    write_page(render_statutes(STATUTES, found), output, as_json)


@rulebook_app.command()
def risk_grade(
    output: Output = None,
    table: Annotated[
        Path | None, typer.Option(help="Risk points as TOML instead of the package's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the page of the risk grade 食品安全风险等级: points, and what moves the grade."""
    from ..grading import RiskTable, render_risk_table

    found = RiskTable.load(table) if table else RiskTable.default()
    write_page(render_risk_table(found), output, as_json)


@rulebook_app.command()
def inspections(
    output: Output = None,
    policy: Annotated[
        Path | None, typer.Option(help="Inspection policy as TOML instead of the package's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the page of the inspection policy 监督检查安排: what the gradings ask for together."""
    from ..grading import InspectionPolicy, render_inspection_policy

    found = InspectionPolicy.load(policy) if policy else InspectionPolicy.default()
    write_page(render_inspection_policy(found), output, as_json)
