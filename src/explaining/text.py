"""The explanation as text for a terminal."""

import io
from collections.abc import Iterator, Sequence
from math import isnan

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..core import time
from ..grading import Distance, Grade
from .explanation import Explanation
from .law.clocks import Clocks
from .law.steps import Step
from .movement.movement import Movement
from .reasons import figure
from .records import MissedDeadline, SharedRecord, Usual
from .remedies.remedies import Remedies
from .wording import tell_clocks, tell_missed, tell_step, tell_until, words_of
from .words.amounts import CUT_DIGITS, percent

__all__ = ["render", "render_movement", "render_remedies", "to_text"]

RECORDS = 5
ZH, EN = words_of("zh"), words_of("en")


def to_text(explanation: Explanation, name: str = "", width: int = 100) -> str:
    """Return an explanation as plain text, without colours; see `render`."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(render(explanation, name))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def render(explanation: Explanation, name: str = "") -> RenderableType:
    """Lay out an explanation: level, distances, rules, strongest reasons with their records.

    Parameters
    ----------
    explanation
        What to show.
    name
        Name of the enterprise; its dense number if not given.
    """
    grade, level = explanation.grade, explanation.level
    title = name or f"enterprise {grade.enterprise}"
    return Group(
        Text(f"{title} · {time.show(grade.as_of)}", style="bold"),
        Text(f"level 等级 {level}  (national class 国家分类 {level.national})"),
        *(Text(line) for line in _standing(explanation)),
        *_rules(explanation),
        Text(""),
        _reasons(explanation),
        Text(""),
        _dimensions(explanation),
        *_behind(explanation),
        *(Text(f"\n{each}", style="dim") for each in explanation.note or ()),
        Text(""),
        Text(f"policy {grade.policy} · bundle {grade.bundle[:16]}", style="dim"),
    )


def _standing(explanation: Explanation) -> Iterator[str]:
    grade, (best, worst) = explanation.grade, explanation.likely
    if (override := explanation.override) is not None:
        yield (
            f"set by 人工调整 {override.by} in place of {grade.level}, until "
            f"{time.show(override.until)}: {override.reason}"
        )
    if (warning := explanation.warning) is not None:
        yield (
            f"downgrade warning 信用降级警示 {warning.case}: {warning.level} at best from "
            f"{time.show(warning.since)} to {time.show(warning.until)} ({warning.basis})"
        )
    yield (
        f"probability 违规概率 {grade.probability:.1%}  (95 %: {grade.lower:.1%} to "
        f"{grade.upper:.1%}), model level {grade.model_level}"
        + ("" if best is worst else f", could be {best} to {worst}")
    )
    yield from _ways(explanation)
    effects = {each.indicator.id: each.contribution for each in explanation.reasons}
    for each in explanation.decisive:
        yield (
            f"without 若无 {each.indicator} ({effects[each.indicator]:+.2f}) alone the model's "
            f"level would be {each.level}"
        )
    if grade.previous is not None:
        yield f"previous model level {grade.previous}: cut points moved by hysteresis"
    if grade.card_level is not None:
        yield f"score card 信用评分 {grade.card_level}"


def _ways(explanation: Explanation) -> Iterator[str]:
    """Say how far it is to the next levels: of the model, where another level counts."""
    grade = explanation.grade
    modelled = explanation.level is grade.model_level
    for which, distance, verb in (
        ("better", grade.better, "fall below"),
        ("worse", grade.worse, "rise to"),
    ):
        if distance is not None:
            moved = explanation.counted(distance.level) is distance.level
            owner = "" if modelled and moved else " of the model"
            yield _way(f"next {which} level {distance.level}{owner}", distance, verb, grade)
        elif modelled:
            yield f"next {which} level: none"


def _way(what: str, distance: Distance, verb: str, grade: Grade) -> str:
    return (
        f"{what}: risk score {grade.margin:+.2f} would have to "
        f"{verb} {distance.cut:+.2f} (by {distance.margin:.2f}), a probability of "
        f"{percent(distance.probability, CUT_DIGITS)}"
    )


def _rules(explanation: Explanation) -> Iterator[RenderableType]:
    rules = explanation.grade.rules
    yield Text("statutory rules 法定规则: " + ("" if rules else "none applied"))
    for rule in rules:
        said = f"{rule.zh} {rule.en}: {rule.effect}; with this rule alone {rule.alone}"
        yield Padding(Text(said), (0, 0, 0, 2))
        yield Padding(Text(f"依据 basis: {rule.basis}"), (0, 0, 0, 4))
        yield Padding(_records(explanation.rule_records[rule.id], shared=False), (0, 0, 0, 4))


def _reasons(explanation: Explanation) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.title = (
        f"reasons 理由 (risk score {explanation.grade.margin:+.2f}, base {explanation.base:+.2f})"
    )
    table.add_column("effect", justify="right")
    table.add_column("indicator", no_wrap=True)
    table.add_column("value", justify="right")
    table.add_column("sentence", overflow="fold")
    for each in explanation.reasons[: len(explanation.records)]:
        sentences = f"{each.zh}\n{each.en}"
        _row(table, f"{each.contribution:+z.3f}", each.indicator.id, figure(each.value), sentences)
    rest = explanation.reasons[len(explanation.records) :]
    if rest:
        total = sum(each.contribution for each in rest)
        _row(
            table,
            f"{total:+z.3f}",
            "",
            "",
            f"其余{len(rest)}项指标 the other {len(rest)} indicators",
        )
    return table


def _dimensions(explanation: Explanation) -> Table:
    table = Table(box=None, pad_edge=False, title="dimensions 维度", title_justify="left")
    table.add_column("effect", justify="right")
    table.add_column("dimension")
    for each in explanation.dimensions:
        _row(table, f"{each.contribution:+z.3f}", f"{each.zh} {each.en}")
    return table


def _behind(explanation: Explanation) -> Iterator[RenderableType]:
    for name, records in explanation.records.items():
        indicator = next(r.indicator for r in explanation.reasons if r.indicator.id == name)
        yield Text("")
        yield Text(f"records behind {name} {indicator.zh} {indicator.en}", style="bold")
        usual = explanation.usual.get(name, ())
        for each in usual:
            yield Text(f"  usual in {each.group}: {_usual(each)}")
        missed = explanation.missed.get(name, ())
        for deadline in missed:
            yield Padding(Text(f"{_effect(deadline)}  {_due(deadline)}"), (0, 0, 0, 2))
        if not missed or any(each.share or each.against for each in records):
            yield Padding(_shared(records, of_group=bool(usual)), (0, 0, 0, 2))


def _usual(usual: Usual) -> str:
    if usual.outcomes:
        of = "the median of" if usual.total is None else f"{figure(usual.total)} over"
        outcomes = f"{of} {usual.outcomes:,} outcomes"
        return f"{figure(usual.value)} ({outcomes}, {usual.own:,} of them its own)"
    if isnan(usual.value):
        return "no outcomes yet"
    return f"{figure(usual.value)} (no outcomes there; the city's stands in)"


def _shared(records: Sequence[SharedRecord], *, of_group: bool) -> RenderableType:
    """Lay out the records that have a share, and those that work the other way."""
    some = [each for each in records if each.share or each.against]
    if not some and of_group:
        return Text("of the group as a whole, of no record alone 属群体整体情况，不归于单条记录")
    if not some and records:
        return Text("of no record 不归于任何记录")
    return _records(some)


def _records(records: Sequence[SharedRecord], *, shared: bool = True) -> RenderableType:
    if not records:
        return Text("no record 无记录")
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(4 if shared else 3):
        table.add_column(overflow="fold")
    for each in records[:RECORDS]:
        what = f"{each.kind} {each.code}{''.join(_clocks(each.clocks))}"
        cells = [time.show(each.occurred), what, _origin(each)]
        _row(table, *([_effect(each), *cells] if shared else cells))
    if len(records) > RECORDS:
        _row(table, f"and {len(records) - RECORDS} more")
    return table


def _effect(each: SharedRecord | MissedDeadline) -> str:
    if each.against:
        return "other way 作用相反"
    return f"{each.share:.0%} = {each.contribution:+z.3f}"


def _due(deadline: MissedDeadline) -> str:
    return f"{tell_missed(deadline, EN)} {tell_missed(deadline, ZH)}"


def _clocks(clocks: Clocks) -> Iterator[str]:
    """Say what time will do to a record."""
    for zh, en in zip(tell_clocks(clocks, ZH), tell_clocks(clocks, EN), strict=True):
        yield f"\n{en} {zh}"


def _row(table: Table, *cells: str) -> None:
    """Add a row that is told as it is: what looks like markup of rich is part of a name."""
    table.add_row(*map(Text, cells))


def _origin(record: SharedRecord) -> str:
    origin = record.origin
    if origin is None:
        return f"record {record.record}"
    return f"{origin.number}, {origin.department} (delivery {origin.sequence}, row {origin.row})"


def render_movement(movement: Movement) -> RenderableType:
    """Lay out why a grade moved: what did it, in log-odds and in levels, in sentences."""
    before, after = movement.levels
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.title = (
        f"since 自 {time.show(movement.before.as_of)}: {before} to {after}, log-odds "
        f"{movement.log_odds[0]:+.2f} to {movement.log_odds[1]:+.2f}"
    )
    table.add_column("effect", justify="right")
    table.add_column("levels", justify="right")
    table.add_column("sentence", overflow="fold")
    for each in movement.parts:
        sentences = f"{each.zh}\n{each.en}"
        _row(table, f"{each.log_odds:+z.3f}", f"{each.steps:+z.2f}", sentences)
    return table


def render_remedies(remedies: Remedies) -> RenderableType:
    """Lay out what leads to a better level, and when."""
    left = f"{remedies.left_out} further actions, which do less or nothing, were not combined"
    caption = left if remedies.left_out else ""
    if not remedies.outcomes:
        said = "remedies 如何改善: none of the known actions leads to a better level"
        return Text(f"{said}; {caption}" if caption else said)
    table = Table(box=None, pad_edge=False, title="remedies 如何改善", title_justify="left")
    table.caption, table.caption_justify = caption or None, "left"
    for name in ("level", "from", "what"):
        table.add_column(name, overflow="fold")
    for each in remedies.outcomes[:RECORDS]:
        steps = "\n".join(map(_step, each.in_order)) or "等待 wait"
        holds = f"{tell_until(each, ZH)} {tell_until(each, EN)}"
        _row(table, str(each.level), time.show(each.day), f"{steps}\n{holds}")
    return table


def _step(step: Step) -> str:
    return f"{step.action.zh}{tell_step(step, ZH)} {step.action.en}{tell_step(step, EN)}"
