"""The data catalogue: every record kind and code table as one page for people.

Nothing is written twice: the page is made from the contracts and the code tables, so it cannot
say other than what intake does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from ..core.codes import CodeTable, code_tables
from .contract import COMMON, Contract, Field, Stream
from .grammar import pattern
from .kinds import KINDS, SUBJECTS

__all__ = ["render_catalogue"]

HEAD = {"code": "Code", "zh": "中文", "en": "English"}
DATES = {"valid_from", "valid_to"}
LAST = ("note", "basis")
ORDINAL = re.compile(r"(ordinal|score)\('(\w+)', \"?(\w+)\"?\)")

INTRODUCTION = """\
# Data catalogue 数据目录

What the archive holds: {kinds} kinds of records 记录种类 that departments deliver, what each field
means, what indicators see of it, and the {tables} code tables 代码表 that say which words are valid
on which day.

This page is written by the program from what it checks records against:

```
xinheng archive catalogue --output docs/data-catalogue.md
```

How a department's own table becomes these records is told in
[Bring your own data](bring-your-own-data.md).

## Contents

{contents}

## How to read it

### Fields of every record 公共字段

{common}

Two clocks: `occurred` is when it happened, `known` is when the authority had it. A record counts
from the day after it was known, or after it was delivered if that is later and the source is not
trusted to report its past. The same key with other content is a correction: it replaces what stood
before from the day it is known, and what was seen until then stays as it was seen.

**Link hints.** A source that has no credit code may select `by_licence`, `by_name` or `by_address`
beside the fields of a kind: a licence number, a registered name, an address. They serve to find the
enterprise and are not stored with the record.

**Instead of an enterprise.** Some kinds may go without one where other fields, all filled, say what
the record is about; the kind says so.

### Types 类型

| Type | What is read |
| --- | --- |
| text 文本 | any text; blanks at both ends are cut |
| integer 整数 | a whole number |
| number 数值 | a finite number, with the unit that the field names; 万元 is 10,000 yuan |
| date 日期 | `YYYY-MM-DD`, a day in Shanghai |
| instant 时刻 | a moment; a bare date means by its end |
| boolean 是否 | `true` or `false` |
| person 自然人 | identifier of a natural person; only a number is stored, one for each person |

A name in **bold** is required: a record without it is set aside with every fault it has. A field
marked *personal* 个人信息 can name a person and never reaches an indicator; of a `person` an
indicator can tell only whether two records mean the same one.

### Streams 事件流

Indicators see of a record one narrow event in each stream it feeds, named `kind:code`. In the
pattern of a code, braces hold what varies: a field, or one of the words. `penalty:market.food.*`
selects by such a pattern. *Severity* and *value* are the numbers of an event, *case* groups events
that belong together, *occurs* is its day where it is not the record's, *ends* is the last day on
which it holds, and *only if* leaves records out. `ordinal` and `score` are columns of the code
table.
"""


def render_catalogue() -> str:
    """Return the data catalogue as Markdown.

    Examples
    --------
    >>> render_catalogue().splitlines()[0]
    '# Data catalogue 数据目录'
    """
    tables = [CodeTable.load(name) for name in code_tables()]
    page = [
        INTRODUCTION.format(
            kinds=len(KINDS),
            tables=len(tables),
            contents=_contents(tables),
            common=_table(("Field", "Type", "Meaning"), map(_field, COMMON)),
        )
    ]
    for subject, contracts in SUBJECTS.items():
        page += [f"## {subject}", *map(_kind, contracts)]
    page += ["## Code tables 代码表", CODES, *map(_codes, tables)]
    return "\n\n".join(part.strip("\n") for part in page) + "\n"


CODES = """\
A code holds on every day unless dates stand beside it; both days belong to its validity, and a
record is checked by the day it occurred. What a row rests on is told by the abbreviations of
[`source`](#codes-source) and by the indicator that needs it, such as PN08.
"""


def _contents(tables: Sequence[CodeTable]) -> str:
    rows = [
        (subject, ", ".join(f"{_kind_link(c.kind)} {c.zh}" for c in contracts))
        for subject, contracts in SUBJECTS.items()
    ]
    zh = CodeTable.load("code_table").words("zh", [table.name for table in tables], 0)
    links = (f"{_codes_link(table.name)} {word}" for table, word in zip(tables, zh, strict=True))
    rows.append(("Code tables 代码表", ", ".join(links)))
    return _table(("Subject", "Kinds of records"), rows)


def _kind(contract: Contract) -> str:
    parts = [
        f'<a id="kind-{contract.kind}"></a>\n### `{contract.kind}` {contract.zh}',
        f"{contract.en}.",
        _facts(contract),
        _table(("Field", "Type", "Meaning"), map(_field, contract.fields)),
    ]
    if contract.streams:
        parts.append(_streams(contract.streams))
    return "\n\n".join(parts)


def _facts(contract: Contract) -> str:
    key = ", ".join(f"`{name}`" for name in contract.key)
    facts = [
        f"- **Occurred** 发生日: {contract.day}",
        f"- **Key** 标识: the enterprise and {key}",
    ]
    if contract.instead:
        instead = " and ".join(f"`{name}`" for name in contract.instead)
        without = f"{instead}; the key is then the source and {key}"
        facts.append(f"- **Instead of an enterprise** 可代替主体: {without}")
    return "\n".join([*facts, f"- **Rests on** 依据: {contract.basis}"])


def _field(field: Field) -> tuple[str, str, str]:
    name = f"**`{field.name}`**" if field.required else f"`{field.name}`"
    meaning = f"{field.doc}; *personal*" if field.personal else field.doc
    return name, ", ".join(_type(field)), meaning


def _type(field: Field) -> list[str]:
    if field.codes:
        return [f"one of {_codes_link(field.codes)}"]
    words: list[str] = [field.type]
    if field.unit:
        words.append(field.unit)
    if field.past:
        words.append("not later than known")
    match field.low, field.high:
        case None, None:
            pass
        case low, None:
            words.append(f"at least {low:g}")
        case low, high:
            words.append(f"{low:g} to {high:g}")
    return words


def _streams(streams: Sequence[Stream]) -> str:
    rows = [
        {
            "Stream": f"`{stream.kind}`",
            "Code": _sql(pattern(stream.code)),
            "Severity": _number(stream.severity),
            "Value": _number(stream.value),
            "Case": _sql(stream.case),
            "Occurs": _sql("" if stream.occurred == "occurred" else stream.occurred),
            "Ends": _sql(stream.ended),
            "Only if": _condition(stream.where),
        }
        for stream in streams
    ]
    head = [name for name in rows[0] if any(row[name] for row in rows)]
    return _table(head, ([row[name] for name in head] for row in rows))


def _sql(text: str) -> str:
    return f"`{text}`" if text not in ("", "NULL") else ""


def _condition(sql: str) -> str:
    parts = sql.removeprefix("true").split(" AND ")
    return " and ".join(
        re.sub(r"^`(\w+) IS NOT NULL`$", r"`\1` given", _sql(part)).replace(
            " IS NOT TRUE`", "` not true"
        )
        for part in parts
    )


def _number(sql: str) -> str:
    whole = ORDINAL.fullmatch(sql)
    return f"{whole[1]} of {_codes_link(whole[2])}" if whole else _sql(sql)


def _codes(table: CodeTable) -> str:
    about = CodeTable.load("code_table")
    zh, en = (about.words(column, [table.name], 0)[0] for column in ("zh", "en"))
    filled = [name for name in table.columns if table.table[name].null_count < len(table.table)]
    own = [name for name in filled if name not in (*HEAD, *DATES, *LAST)]
    names = [*HEAD, *(["valid"] if DATES & set(filled) else []), *own]
    names += [name for name in LAST if name in filled]
    rows = (
        row | {"code": f"`{row['code']}`", "valid": _period(row["valid_from"], row["valid_to"])}
        for row in sorted(table.table.to_pylist(), key=_rank)
    )
    titles = [HEAD.get(name) or name.replace("_", " ").capitalize() for name in names]
    parts = [
        f'<a id="codes-{table.name}"></a>\n### `{table.name}` {zh}',
        f"{en}. {_users(table.name)}",
        _table(titles, ([row[name] or "" for name in names] for row in rows)),
    ]
    return "\n\n".join(parts)


def _rank(row: Mapping[str, str | None]) -> float:
    return float(row.get("ordinal") or 0)


def _period(since: str | None, until: str | None) -> str:
    words = (f"from {since}" if since else "", f"to {until}" if until else "")
    return " ".join(filter(None, words))


def _users(name: str) -> str:
    users = [
        f"{_kind_link(contract.kind)} (`{field.name}`)"
        for contract in KINDS.values()
        for field in contract.fields
        if field.codes == name
    ]
    return f"Used by {', '.join(users)}." if users else "Used by no field of a record."


def _kind_link(kind: str) -> str:
    return f"[`{kind}`](#kind-{kind})"


def _codes_link(name: str) -> str:
    return f"[`{name}`](#codes-{name})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = ([str(cell).replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
