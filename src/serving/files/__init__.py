"""Scores by file: what is uploaded, how it is read, graded and written, a block at a time."""

from .formats import FORMATS, Format, accepted_format, format_of
from .grading import COLUMNS, Question, graded
from .reading import MOST_DAYS, MOST_ROWS, days_of, read_question
from .uploads import MOST_BYTES, Upload, Uploads
from .writing import written

__all__ = [
    "COLUMNS",
    "FORMATS",
    "MOST_BYTES",
    "MOST_DAYS",
    "MOST_ROWS",
    "Format",
    "Question",
    "Upload",
    "Uploads",
    "accepted_format",
    "days_of",
    "format_of",
    "graded",
    "read_question",
    "written",
]
