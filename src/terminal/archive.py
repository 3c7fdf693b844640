"""The archive on a terminal: how it stands, credit files, rows set aside, origins."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core import time

if TYPE_CHECKING:
    from ..archive.creditfile import Entry, Origin, Said
    from ..archive.decisions import Decided
    from ..archive.held import Held
    from ..archive.lineage import Trace
    from ..archive.overview import SourceStatus

__all__ = ["show_awaiting", "show_credit_file", "show_held", "show_overview", "show_trace"]

FATES = ("read", "accepted", "duplicate", "quarantined", "review", "skipped")
NAMES = ("rows", "accepted", "dupl.", "quar.", "review", "skipped")
MOST = 8
STYLES = {"ended": "dim", "withdrawn": "strike dim", "repaired": "green", "stands": ""}
WORDS = {"ended": "已终止 ended", "withdrawn": "已撤回 withdrawn", "repaired": "已修复 repaired"}
BECAME = {
    "stands": "stands",
    "replaced": "replaced by another version",
    "agrees": "known already; witness, agrees",
    "disagrees": "known already; witness, DISAGREES",
}


def show_overview(console: Console, sources: "Sequence[SourceStatus]", kind: str | None) -> None:
    """Show a line for each source, totals, and of a single source everything."""
    if kind is None:
        _show_rows(console, sources)
    else:
        _show_kind(console, sources, kind)
    if len(sources) == 1 and kind is None:
        _show_kinds(console, sources[0])
    faults: Counter[str] = sum((each.faults for each in sources), Counter())
    if faults:
        console.print(f"most frequent faults, {sum(faults.values()):,} in all:")
        _lines(console, faults.most_common(MOST))


def _show_rows(console: Console, sources: "Sequence[SourceStatus]") -> None:
    columns = [
        (name, [getattr(each.rows, fate) for each in sources])
        for name, fate in zip(NAMES, FATES, strict=True)
    ]
    if console.width >= 90:
        columns.append(("records", _landed(sources)))
    table = Table(show_footer=True, box=None, pad_edge=False)
    table.add_column("source", _count(len(sources), "source", "sources"), overflow="fold")
    for name, figures in columns:
        table.add_column(name, f"{sum(figures):,}", justify="right", no_wrap=True)
    days = [max(each.newest.values(), default=None) for each in sources]
    dated = console.width >= 104
    if dated:
        table.add_column("newest", no_wrap=True)
    for place, each in enumerate(sources):
        figures = [f"{some[place]:,}" if some[place] else "·" for _, some in columns]
        table.add_row(each.source, *figures, *([_day(days[place])] if dated else []))
    console.print(table)
    _show_sum(console, sources)


def _landed(sources: "Sequence[SourceStatus]") -> list[int]:
    return [sum(each.records.values()) for each in sources]


def _show_sum(console: Console, sources: "Sequence[SourceStatus]") -> None:
    totals = {fate: sum(getattr(each.rows, fate) for each in sources) for fate in FATES}
    parts = " + ".join(
        f"{totals[fate]:,} {'in review' if fate == 'review' else fate}" for fate in FATES[1:]
    )
    _say(console, f"{totals['read']:,} rows read = {parts}")
    told = sum(sum(each.witnesses.values()) for each in sources)
    _say(
        console,
        f"{_count(sum(each.deliveries for each in sources), 'delivery', 'deliveries')}, the last "
        f"{_moment(max(each.last for each in sources))}; {sum(_landed(sources)):,} records, "
        f"{told:,} records told that another department had told"
        if sources
        else "nothing delivered yet",
    )
    again = sum(each.again for each in sources)
    if again:
        waiting = sum(each.waiting for each in sources)
        _say(
            console,
            f"{again:,} rows were tried again and count twice, when set aside and when tried; "
            f"{waiting:,} still wait",
        )
    lacking = sum((each.awaiting for each in sources), Counter[str]())
    if lacking:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in lacking.most_common())
        _say(console, f"happenings that await their record: {kinds} (xinheng archive awaiting)")
    late = [
        sum(counts) for counts in zip(*(each.late for each in sources if each.late), strict=True)
    ]
    if late:
        _say(console, f"known after it happened: {_lateness(late)}")


def _lateness(counts: Sequence[int]) -> str:
    total = sum(counts) or 1
    names = ("within 7 days", "30", "90", "365", "more")
    return ", ".join(
        f"{name} {count / total:.1%}" for name, count in zip(names, counts, strict=True)
    )


def _show_kinds(console: Console, source: "SourceStatus") -> None:
    console.print(Text(f"\n{source.department} ({source.source}), by kind of record"))
    _late_table(
        console,
        "kind",
        [
            (
                kind,
                source.records[kind],
                source.witnesses[kind],
                source.lateness.get(kind, ()),
                source.newest.get(kind),
            )
            for kind in sorted({*source.records, *source.witnesses})
        ],
    )


def _show_kind(console: Console, sources: "Sequence[SourceStatus]", kind: str) -> None:
    _late_table(
        console,
        "source",
        [
            (
                each.source,
                each.records[kind],
                each.witnesses[kind],
                each.lateness.get(kind, ()),
                each.newest.get(kind),
            )
            for each in sources
        ],
    )
    total = sum(each.records[kind] for each in sources)
    console.print(f"{total:,} {kind} records of {_count(len(sources), 'source', 'sources')}")


def _late_table(
    console: Console,
    head: str,
    rows: Sequence[tuple[str, int, int, Sequence[int], int | None]],
) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(head, overflow="fold")
    dated = console.width >= 90
    if dated:
        table.add_column("newest", no_wrap=True)
    for name in ("records", "witness", "≤7 d", "≤30 d", "≤90 d", "≤365 d", "later"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, records, told, late, newest in rows:
        figures = (records, told, *(late or (0,) * 5))
        shown = (f"{figure:,}" if figure else "·" for figure in figures)
        table.add_row(name, *([_day(newest)] if dated else []), *shown)
    console.print(table)


def show_credit_file(console: Console, title: str, as_of: str, entries: "Sequence[Entry]") -> None:
    """Show records as a timeline, the newest first."""
    console.print(
        Text(f"{title} · as of {as_of} · {_count(len(entries), 'record', 'records')}", style="bold")
    )
    for entry in entries:
        head = Text(f"{entry.occurred}  ", style=STYLES[entry.state])
        head.append(entry.zh, style="bold")
        head.append(f" {entry.kind} {entry.number}")
        marks = [WORDS[entry.state]] if entry.state in WORDS else []
        if entry.until is not None and entry.state != "withdrawn":
            marks.append(f"{'until' if entry.state == 'stands' else 'on'} {entry.until}")
        if entry.versions > 1:
            marks.append(f"已更正 corrected, version {entry.versions} of {entry.versions}")
        head.append(f"  {', '.join(marks)}" if marks else "", style="yellow")
        console.print(head)
        for line in _details(entry):
            _indented(console, line)


def _details(entry: "Entry") -> list[Text]:
    lines = []
    if entry.personal:
        lines.append(Text("; ".join(f"{k} {v}" for k, v in entry.personal.items())))
    if entry.said:
        lines.append(Text("; ".join(map(_said, entry.said))))
    linked = f", enterprise {_found(entry.linked)}" if entry.linked else ""
    known = f"known {entry.known}"
    if entry.available != entry.known:
        known += f", usable from the day after {entry.available}"
    lines.append(Text(f"{known}; {_origin(entry.origin)}{linked}", style="dim"))
    lines += [Text(_why(each), style="dim") for each in entry.decisions]
    for told in entry.witnesses:
        says = "says the same" if told.agrees else "says otherwise 不一致"
        style = "dim" if told.agrees else "red"
        lines.append(Text(f"{told.available} {says}: {_origin(told.origin)}", style=style))
    for each in entry.happened:
        what = f"{each.occurred} {each.zh} {each.change}, known {each.available}"
        lines.append(Text(f"{what}; {_origin(each.origin)}", style="yellow"))
    return lines


def _found(linked: str) -> str:
    return linked if linked.startswith("decided") else f"found by {linked}"


def _why(decided: "Decided") -> str:
    said = decided.decision
    what = "took it back" if decided.revoked else "decided"
    return f"{said.by} {what} on {_moment(decided.at)}, because {said.reason}"


def _said(said: "Said") -> str:
    value = {True: "yes", False: "no"}[said.value] if isinstance(said.value, bool) else said.value
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if said.zh:
        text = f"{said.zh} ({text})"
    return f"{said.field} {text}{said.unit and ' ' + said.unit}"


def _origin(origin: "Origin") -> str:
    where = f"delivery {origin.sequence}, {origin.path}, row {origin.row:,}"
    return f"{origin.department}, {where}"


def show_awaiting(console: Console, told: Sequence[Mapping[str, Any]], limit: int) -> None:
    """Show what happened to records that are not here, those told of last."""
    shown = told[-limit:]
    for row in shown:
        what = f"{row['occurred']} {row['of']} {row['number']}: {row['change']}"
        _say(console, f"{what}; delivery {row['sequence']} of {row['source']}, row {row['row']}")
    _say(console, f"{len(shown)} of {len(told)} happenings that await their record")


def show_held(
    console: Console,
    fate: str,
    rows: "Sequence[Held]",
    groups: Sequence[tuple[str, int]],
    limit: int,
) -> None:
    """Show what is wrong with rows set aside, then the latest of them."""
    from ..archive.held import told

    if len(groups) > 1 or (groups and groups[0][1] > 1):
        console.print(f"what {'is wrong' if fate == 'quarantined' else 'they wait for'}, by rows:")
        _lines(console, groups[:MOST])
        if len(groups) > MOST:
            console.print(f"          and {len(groups) - MOST} more sorts; --json tells all")
        console.print()
    shown = rows[-limit:]
    for row in shown:
        console.print(Text(f"delivery {row.sequence}, {row.file}, row {row.row}"))
        if fate == "review":
            _indented(console, Text(_compact(row.source_row), style="dim"))
        for fault in row.faults:
            console.print(f"    {told(fault)}", markup=False, soft_wrap=True, highlight=False)
        for near in dict.fromkeys(map(_candidate, row.candidates)):
            _indented(console, Text(near), 8)
    rest = f", the latest; --limit {len(rows)} shows all" if len(shown) < len(rows) else ""
    name = "quarantined rows" if fate == "quarantined" else "rows in review"
    console.print(f"{len(shown)} of {len(rows)} {name}{rest}")


def _candidate(near: "dict[str, Any]") -> str:
    known = f"{near['name'] or ''} {near['address'] or ''}"
    return f"{near['score']:.2f} {near['code']} {known} ({near['why']})"


def _compact(source_row: "dict[str, object]") -> str:
    return "; ".join(f"{name} {value}".strip() for name, value in source_row.items() if value)


def show_trace(console: Console, traces: "Sequence[Trace]") -> None:
    """Show every time that records were told of."""
    for trace in traces:
        head = Text.assemble((f"{trace.kind} {trace.number}", "bold"))
        console.print(
            head.append(f"  of {trace.enterprise or 'no enterprise'}, record {trace.record}")
        )
        for each in trace.told:
            version = "" if each.version is None else f"version {each.version + 1}: "
            linked = f"; enterprise {_found(each.linked)}" if each.linked else ""
            _indented(console, Text(f"{version}{BECAME[each.became]}{linked}"))
            origin = each.origin
            lines = (
                *map(_why, each.decisions),
                f"{_origin(origin)}",
                f"known {each.known}, usable from the day after {each.available}",
                f"delivered {_moment(origin.received)} by {origin.source}",
                *([f"sha256 {origin.sha256}"] if origin.sha256 else []),
            )
            for line in lines:
                _indented(console, Text(line, style="dim"), 8)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"


def _day(number: int | None) -> str:
    return "" if number is None else time.show(number)


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _lines(console: Console, counts: Sequence[tuple[str, int]]) -> None:
    for text, count in counts:
        _indented(console, Text.assemble((f"{count:>8,} × ", "bold"), text), 0, 11)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False)


def _indented(console: Console, text: Text, by: int = 4, hanging: int | None = None) -> None:
    """Print a text indented; lines that follow stand further in."""
    hang = by + 2 if hanging is None else hanging
    lines = text.wrap(console, max(20, console.width - hang))
    for place, line in enumerate(lines):
        line.rstrip()
        console.print(Text(" " * (by if place == 0 else hang)) + line, highlight=False)
