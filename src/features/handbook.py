"""The handbook: every indicator of a catalogue on one page for people.

Nothing is written twice: the page is made from the definitions, and those from the declarations.
"""

from collections.abc import Iterable, Sequence

from ..archive.catalogue import ORDINAL
from .catalogue import Catalogue
from .definition import Definition, define, population_names
from .indicator import DIMENSIONS
from .reads import Reading
from .wording import told
from .words import SHARING

__all__ = ["render_handbook"]

MARKS = {1: "▲", -1: "▼", 0: "·"}
RECORDS = "data-catalogue.md"

INTRODUCTION = """\
# Indicators 指标手册

What each of the {n} indicators 指标 of enterprises' credit risk says, on which records it rests and
how it is computed. {grade} of them may decide a grade; the other {other} are context that may plan
visits and never decide a grade.

This page is written by the program from the declarations it computes by:

```
xinheng indicators handbook --output docs/indicators.md
```

`xinheng indicators explain PN07` shows the same for one indicator, with how it is spread over the
enterprises of an archive. How to declare one of your own is shown in the notebook
`02_indicators`. Fingerprint of this catalogue: `{fingerprint}`.

## Index 目录

▲ larger is riskier 越大风险越高, ▼ larger is safer 越大风险越低, · neither way 无方向.

{index}

## How to read it 说明

**t** is the day that is asked about, from its start in Shanghai. A record counts if it was
available before t and had not been withdrawn by then; a window of 365 days holds what occurred
from t − 365 on and before t.

**Applies to 适用.** An enterprise to whom an indicator does not apply has no value 不适用. That is
not the same as *missing* 缺失: the indicator applies, the records to compute it are not there, and
the value is the one that is declared. What an enterprise has to disclose 应披露 and does not counts
as the worst.

| Population | 人群 | Who |
| --- | --- | --- |
{populations}

**Computed as 计算** is told from the expression itself. In brackets stands what one pass over the
records yields. `penalty:market.*` selects the streams 事件流 of records whose code begins with
`market.`; their *value* and *severity* are named beside the records, and all of them stand in the
[data catalogue](data-catalogue.md).

**Bands 分档** are our defaults, from 0 (best) to 1 (worst); of a logarithm to base 10 or 2 they are
about what it is taken of. Models learn from the values and not from the bands.

**Evidence 证据.** Every value can be recomputed from the records behind it, and is shared among
them by a rule of the operator; where an indicator rests on several, each that has records has an
equal part. What a record does to the value, its effect, is told as well: by how much the value
would be less without it, to first order and with caps and branches as they are. A latest or an
extreme value is its record's, and what is usual among others is nobody's.
[Explanations](explanations.md) share a contribution by effects.

| Operator | Shared | 分摊 |
| --- | --- | --- |
{sharing}
"""


def render_handbook(catalogue: Catalogue) -> str:
    """Return the handbook of a catalogue as Markdown.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> render_handbook(standard_catalogue()).splitlines()[0]
    '# Indicators 指标手册'
    """
    grade = len(catalogue.select(use="grade"))
    defined = [define(indicator) for indicator in catalogue]
    page = [
        INTRODUCTION.format(
            n=len(catalogue),
            grade=grade,
            other=len(catalogue) - grade,
            fingerprint=catalogue.fingerprint[:16],
            index=_index(catalogue),
            populations=_rows(_populations(catalogue)),
            sharing=_rows((f"`{name}`", *words) for name, words in SHARING.items()),
        )
    ]
    for key, (zh, en) in DIMENSIONS.items():
        own = [each for each in defined if each.dimension == key]
        if own:
            page += [f'<a id="{key}"></a>\n## {key} {zh} {en}', *map(_section, own)]
    page += ["## What they rest on 依据", _sources(defined)]
    return "\n\n".join(part.strip("\n") for part in page) + "\n"


def _index(catalogue: Catalogue) -> str:
    rows: list[Sequence[str]] = []
    for key, (zh, en) in DIMENSIONS.items():
        own = [each for each in catalogue if each.dimension == key]
        if own:
            rows.append((f"[**{key}**](#{key})", f"**{zh}**", f"**{en}**", "", "", ""))
        rows += [
            (
                f"[{each.id}](#{each.id})",
                each.zh,
                each.en + (" *(scheduling only)*" if each.use != "grade" else ""),
                ", ".join(each.populations),
                define(each).window.en,
                MARKS[each.direction],
            )
            for each in own
        ]
    return _table(("Id", "指标", "Indicator", "Applies to", "Window", "Risk"), rows)


def _section(known: Definition) -> str:
    title = f'<a id="{known.id}"></a>\n### {known.id} {known.name.zh}'
    what = [f"**{known.name.en}**: `{known.formula.en}`"]
    if known.formula.zh != known.formula.en:
        what.insert(0, f"**定义**：{known.formula.zh}")
    return "\n\n".join([title, *what, _table(("", ""), _facts(known))])


def _facts(known: Definition) -> Iterable[tuple[str, str]]:
    yield "Applies to 适用", ", ".join(map(str, known.populations.values()))
    if known.unit.en:
        yield "Unit 单位", str(known.unit)
    yield "Direction 方向", str(known.risk)
    yield "Window 窗口", str(known.window)
    yield "Computed as 计算", f"`{known.computed.zh}`<br>`{known.computed.en}`"
    if known.records:
        yield "Records 记录", "<br>".join(map(_reading, known.records))
    if (known.low, known.high) != (None, None):
        low = "−∞" if known.low is None else f"{known.low:g}"
        high = "∞" if known.high is None else f"{known.high:g}"
        yield "Cut to 截取", f"{low} to {high}"
    yield "Missing 缺失", str(known.missing)
    if known.bands:
        yield "Bands 分档", ", ".join(f"`{name}` {points:g}" for name, points in known.bands)
    if known.evidence:
        shared = (f"`{name}` {said}" for name, said in known.evidence.items())
        yield "Evidence 证据", "<br>".join(shared)
    if known.use != "grade":
        yield "Use 用途", "plans visits, never decides a grade 仅用于检查安排，不参与分级"
    spelled = (f"{code}: {said}" for code, said in known.sources.items())
    yield "Basis 依据", "<br>".join([known.basis, *spelled])


def _reading(read: Reading) -> str:
    numbers = "".join(f"; *{name}* is {_number(sql)}" for name, sql in read.numbers)
    return f"[`{read.kind}`]({RECORDS}#kind-{read.kind}) {read.zh} {read.en}{numbers}"


def _number(sql: str) -> str:
    whole = ORDINAL.fullmatch(sql)
    if whole is None:
        return f"`{sql}`"
    return f"{whole[1]} of [`{whole[2]}`]({RECORDS}#codes-{whole[2]})"


def _populations(catalogue: Catalogue) -> Iterable[tuple[str, str, str]]:
    for name, tree in catalogue.populations.items():
        names = population_names(name)
        who = "everyone" if name == "entity" else f"`{told(tree)}` > 0"
        yield f"`{name}` {names.en}", names.zh, who


def _sources(defined: Iterable[Definition]) -> str:
    used = {code: said for each in defined for code, said in each.sources.items()}
    short = sorted(used, key=lambda code: (not code.isascii(), code))
    return _table(("Short", "中文", "English"), ((c, used[c].zh, used[c].en) for c in short))


def _rows(rows: Iterable[Sequence[str]]) -> str:
    cells = ([str(cell).replace("|", "\\|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return _rows([head, ["---"] * len(head), *rows])
