"""What the command line prints and writes: tables, bars, lines, files."""

from .archive import show_awaiting, show_credit_file, show_held, show_overview, show_trace
from .deliveries import show_city, show_deliveries, show_receipt
from .indicators import (
    Measured,
    Own,
    Part,
    show_definition,
    show_indicators,
    show_measured,
    show_warnings,
)
from .inspections import show_inspections, show_one_inspected
from .leaks import show_leaks
from .output import answer, check_table, prose, write_page, write_parts, write_table, write_tables
from .preview import show_preview
from .progress import progress

__all__ = [
    "Measured",
    "Own",
    "Part",
    "answer",
    "check_table",
    "progress",
    "prose",
    "show_awaiting",
    "show_city",
    "show_credit_file",
    "show_definition",
    "show_deliveries",
    "show_held",
    "show_indicators",
    "show_inspections",
    "show_leaks",
    "show_measured",
    "show_one_inspected",
    "show_overview",
    "show_preview",
    "show_receipt",
    "show_trace",
    "show_warnings",
    "write_page",
    "write_parts",
    "write_table",
    "write_tables",
]
