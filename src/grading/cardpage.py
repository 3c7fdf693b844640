"""The page of a model's card, as Markdown and as HTML, written from the bundle alone."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from .bundle import Bundle
from .cardsections import Section, sections

__all__ = ["card_html", "card_markdown"]

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;"
    "text-align:left;vertical-align:top}code{word-break:break-all}"
)
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def card_markdown(bundle: Bundle) -> str:
    """Return the card of a bundle as a page of Markdown; the same bundle makes the same page."""
    parts = [f"# {_title(bundle)}", *(_markdown(each) for each in sections(bundle))]
    return "\n\n".join(parts) + "\n"


def card_html(bundle: Bundle) -> str:
    """Return the card of a bundle as a page of HTML that loads nothing and runs nothing."""
    body = "\n".join(_html(each) for each in sections(bundle))
    return PAGE.format(title=escape(_title(bundle)), style=STYLE, body=body)


def _title(bundle: Bundle) -> str:
    return f"Model card 模型卡: {bundle.card.purpose}, {bundle.digest[:12]}"


def _markdown(section: Section) -> str:
    parts = [f"## {section.zh} {section.en}", *section.text]
    if section.points:
        parts.append("\n".join(f"- {point}" for point in section.points))
    if section.rows:
        lines = [section.head, ["---"] * len(section.head), *section.rows]
        parts.append("\n".join(map(_row, lines)))
    return "\n\n".join(parts)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _html(section: Section) -> str:
    parts = [f"<h2>{section.zh} {section.en}</h2>"]
    parts += [f"<p>{_text(each)}</p>" for each in section.text]
    if section.points:
        items = "".join(f"<li>{_text(point)}</li>" for point in section.points)
        parts.append(f"<ul>{items}</ul>")
    if section.rows:
        head = _cells(section.head, "th") if any(section.head) else ""
        parts.append(f"<table>{head}{''.join(_cells(row, 'td') for row in section.rows)}</table>")
    return "\n".join(parts)


def _cells(cells: Sequence[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))
