"""What the command line prints and writes: tables, bars, lines, files."""

from .archive import show_awaiting, show_credit_file, show_held, show_overview, show_trace
from .deliveries import show_city, show_deliveries, show_receipt
from .output import answer, write_table
from .preview import show_preview
from .progress import progress

__all__ = [
    "answer",
    "progress",
    "show_awaiting",
    "show_city",
    "show_credit_file",
    "show_deliveries",
    "show_held",
    "show_overview",
    "show_preview",
    "show_receipt",
    "show_trace",
    "write_table",
]
