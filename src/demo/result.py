"""What a demo leaves behind, and what it says at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

__all__ = ["Demo", "show_demo"]

API = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo left behind.

    Attributes
    ----------
    output
        Its folder: `grades.parquet`, `grades.csv`, `report.html`, `model.html`,
        `explanation.txt`, the bundle in `bundles`, and what serves them.
    as_of
        Day of the grades, as YYYY-MM-DD.
    records, graded
        Events in the archive, and enterprises graded.
    levels
        Enterprises in business by level.
    digest
        Of the champion's bundle.
    explained
        Identifier of the enterprise explained; empty if none is in business.
    auc
        Area under the ROC curve on later data, under the true chances, of the model and of the
        best possible one; by population, and of all together.
    seconds
        How long each step took.
    alarms, drafts
        How many alarms of products the watch told, and downgrade warnings were drafted.
    """

    output: Path
    as_of: str
    records: int
    graded: int
    levels: Mapping[str, int]
    digest: str
    explained: str
    auc: Mapping[str, tuple[float, float]]
    seconds: Mapping[str, float]
    alarms: int = 0
    drafts: int = 0


def show_demo(console: Console, found: Demo) -> None:
    """Say what a demo left behind, where to look, and how to serve it."""
    table = Table("level", "enterprises", "share", title=f"In business as of {found.as_of}")
    total = sum(found.levels.values())
    for level, count in found.levels.items():
        table.add_row(level, f"{count:,}", f"{count / total:.1%}" if total else "")
    console.print(table)
    took = sum(found.seconds.values())
    at = found.output
    variables = {"ARCHIVE": "archive", "BUNDLES": "bundles", "KEYS": "keys"}
    places = " ".join(f"XINHENG_{name}={at}/{folder}" for name, folder in variables.items())
    serve = f"{places} XINHENG_LEDGER=sqlite:///{at}/ledger.db xinheng serve"
    if at == Path("out/demo"):
        serve = "make serve"
    explained = f" of {found.explained}" if found.explained else ": nobody is in business"
    lines = (
        f"{found.records:,} events, {found.graded:,} enterprises graded, in {took:.0f} s",
        *_ranking(found),
        f"{found.alarms:,} alarms of products, {found.drafts:,} downgrade warnings drafted",
        f"grades       {at}/grades.parquet and grades.csv",
        f"report       {at}/report.html",
        f"model        {at}/model.html",
        f"explanation  {at}/explanation.txt{explained}",
        f"bundle       {at}/bundles/{found.digest}",
        f"next: {serve}",
        f"      {API}/docs",
        "      it prints how to ask for the grade of an enterprise, with the key that it makes",
        "Training was not recorded in MLflow, which takes some 15 s more; xinheng train does it.",
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _ranking(found: Demo) -> list[str]:
    """Say how well the model ranks, where the truth is known."""
    if "all" not in found.auc:
        return []
    model, best = found.auc["all"]
    return [f"AUC on the year after the training: {model:.3f}; with all that is hidden: {best:.3f}"]
