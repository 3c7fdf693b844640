"""Indicators on a terminal: the list, a definition, how values are spread, and evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from ..features import Spread
    from ..features.definition import Definition

__all__ = [
    "Measured",
    "Own",
    "Part",
    "show_definition",
    "show_indicators",
    "show_measured",
    "show_warnings",
]

MARKS = {1: "▲", -1: "▼", 0: "·"}
STATUSES = {
    "valued": "has its value from records",
    "missing": "missing 缺失: the declared value stands for it",
    "inapplicable": "does not apply 不适用",
}
BAR = 30


@dataclass(frozen=True, slots=True)
class Part:
    """A record that a value rests on, and what it does to it.

    `effect` is by how much the value would be less without it; NaN if the record says the value.
    """

    effect: float
    kind: str
    code: str
    number: str
    department: str
    occurred: str
    available: str
    value: float
    severity: float


@dataclass(frozen=True, slots=True)
class Own:
    """An indicator's value for one enterprise, whether it has one, and its records.

    `beside` says what else it rests on: what is usual elsewhere, others and persons.
    """

    enterprise: str
    status: str
    value: float
    records: tuple[Part, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator on an archive as of a day.

    `statuses` counts by population who has a value, who lacks one and to whom it does not apply;
    `unmatched` says which of its patterns match nothing; `own` is of one enterprise.
    """

    day: str
    spread: "Spread"
    statuses: Mapping[str, Mapping[str, int]]
    unmatched: tuple[str, ...]
    own: Own | None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them: null where there is no number."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def show_indicators(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Show a line for each indicator."""
    table = Table(box=None, pad_edge=False)
    for name in ("id", "indicator", "applies to", "window", "risk"):
        table.add_column(name, overflow="fold")
    table.add_column("records", justify="right")
    for each in found:
        records = "" if each["records"] is None else f"{each['records']:,}"
        use = "" if each["use"] == "grade" else " (scheduling)"
        table.add_row(
            each["id"],
            escape(f"{each['zh']} {each['en']}{use}"),
            ", ".join(each["populations"]),
            each["window"],
            MARKS[each["direction"]],
            records,
        )
    console.print(table)
    _say(console, "risk ▲: larger is riskier, ▼: larger is safer; records: that it could read here")
    _say(console, f"{len(found)} indicators; next: xinheng indicators explain ID")


def show_definition(console: Console, known: "Definition") -> None:
    """Show everything that is declared."""
    console.print(f"[bold]{known.id} {escape(str(known.name.zh))} {escape(known.name.en)}[/bold]")
    table = _bare()
    for name, words in _said(known):
        table.add_row(name, escape(words))
    console.print(table)


def _said(known: "Definition") -> Iterator[tuple[str, str]]:
    yield "applies to", ", ".join(map(str, known.populations.values()))
    if known.use != "grade":
        yield "use", "plans visits, never decides a grade 仅用于检查安排，不参与分级"
    if known.unit.en:
        yield "unit", str(known.unit)
    yield "direction", str(known.risk)
    yield "window", str(known.window)
    yield "formula", "\n".join(known.formula.lines)
    yield "computed as", "\n".join(known.computed.lines)
    for each in known.records:
        numbers = "".join(f"; {name} is {sql}" for name, sql in each.numbers)
        yield "reads", f"{each.kind} {each.zh} {each.en}{numbers}"
    if (known.low, known.high) != (None, None):
        low = "−∞" if known.low is None else f"{known.low:g}"
        yield "cut to", f"{low} to {'∞' if known.high is None else f'{known.high:g}'}"
    yield "missing", str(known.missing)
    if known.bands:
        yield "bands", ", ".join(f"{name} → {points:g}" for name, points in known.bands)
    for operator, said in known.evidence.items():
        yield "evidence", f"{operator}: {said}"
    yield "basis", known.basis
    for code, said in known.sources.items():
        yield "", f"{code}: {said}"


def show_measured(console: Console, found: Measured) -> None:
    """Show how values are spread, who has none, and one enterprise's own."""
    spread = found.spread
    console.print(f"\n[bold]values as of {found.day}[/bold], {spread.n:,} to whom it applies")
    if spread.n:
        figures = {"mean": spread.mean} | {f"{q:.0%}": x for q, x in spread.quantiles.items()}
        table = Table(*figures, box=None, pad_edge=False)
        table.add_row(*(f"{figure:.4g}" for figure in figures.values()))
        console.print(table)
        _show_shares(console, "band", spread.bands.items())
        _show_shares(console, "value", ((f"{x:.4g}", share) for x, share in spread.commonest))
    _show_statuses(console, found.statuses)
    show_warnings(console, found.unmatched)
    if found.own is not None:
        _show_own(console, found.own)


def show_warnings(console: Console, warnings: Sequence[str]) -> None:
    """Show what may be wrong, a line each."""
    for warning in warnings:
        console.print(f"[yellow]note: {escape(warning)}[/yellow]", soft_wrap=True)


def _show_shares(console: Console, head: str, shares: Any) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(head, min_width=8)
    table.add_column("share", justify="right")
    table.add_column("")
    for name, share in shares:
        table.add_row(escape(name), f"{share:.1%}", "█" * round(BAR * share))
    if table.row_count:
        console.print(table)


def _show_statuses(console: Console, statuses: Mapping[str, Mapping[str, int]]) -> None:
    table = Table("population", box=None, pad_edge=False)
    for name in ("known", "valued", "missing 缺失", "not applicable 不适用"):
        table.add_column(name, justify="right")
    for population, counts in statuses.items():
        n = counts["n"]
        shares = (f"{counts[name] / n:.1%}" if n else "" for name in STATUSES)
        table.add_row(population, f"{n:,}", *shares)
    console.print(table)


def _show_own(console: Console, own: Own) -> None:
    value = "" if isnan(own.value) else f" {own.value:.6g}"
    console.print(f"\n[bold]{escape(own.enterprise)}:{value}[/bold]  {STATUSES[own.status]}")
    if own.records:
        table = Table("effect", box=None, pad_edge=False)
        for name in ("occurred", "available", "record", "stream", "value", "severity", "from"):
            table.add_column(name, overflow="fold")
        for each in own.records:
            stream = f"{each.kind}:{each.code}" if each.code else each.kind
            table.add_row(
                _effect(each.effect),
                each.occurred,
                each.available,
                escape(each.number),
                escape(stream),
                "" if isnan(each.value) else f"{each.value:g}",
                "" if isnan(each.severity) else f"{each.severity:g}",
                escape(each.department),
            )
        console.print(table)
    elif own.status != "inapplicable" and not own.beside:
        _say(console, "it rests on there being no record")
    for line in own.beside:
        _say(console, line)


def _effect(effect: float) -> str:
    """Say what a record does to a value."""
    if isnan(effect):
        return "says it 即其所载"
    return f"{effect:+.4g}" if effect else "none 无"


def _bare() -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False)


def _plain(value: Any) -> Any:
    match value:
        case float() if isnan(value):
            return None
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
