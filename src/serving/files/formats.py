"""Formats of files: how a header names them."""

from collections.abc import Mapping
from enum import StrEnum

from ..accept import preferred
from ..problem import ProblemError

__all__ = ["FORMATS", "Format", "accepted_format", "format_of"]


class Format(StrEnum):
    """What a file is."""

    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"


FORMATS: Mapping[str, Format] = {
    "text/csv": Format.CSV,
    "application/vnd.apache.parquet": Format.PARQUET,
    "application/vnd.apache.arrow.stream": Format.ARROW,
}
"""Formats by media type."""

NAMES = {form: media for media, form in FORMATS.items()}
PARAMETERS = {media: {"charset": "utf-8"} if media == "text/csv" else {} for media in FORMATS}


def format_of(header: str | None) -> tuple[Format, str]:
    """Return the format that Content-Type names, and the encoding, UTF-8 unless it says another.

    Raises
    ------
    ProblemError
        If it names none that is read.

    Examples
    --------
    >>> format_of("text/csv; charset=GBK")
    (<Format.CSV: 'csv'>, 'gbk')
    """
    media, *parameters = (header or "").split(";")
    found = FORMATS.get(media.strip().lower())
    if found is None:
        raise ProblemError(
            "unsupported-media-type",
            f"Files are read as {', '.join(FORMATS)}; name one of them in Content-Type, and for "
            "CSV that is not UTF-8 its encoding, as in text/csv; charset=gb18030.",
        )
    named = dict(each.strip().lower().partition("=")[::2] for each in parameters)
    return found, named.get("charset", "utf-8").strip('"')


def accepted_format(header: str | None, otherwise: Format) -> Format:
    """Return the format that Accept prefers; another one where it leaves the choice.

    Raises
    ------
    ProblemError
        If it wants none that is written.

    Examples
    --------
    >>> accepted_format("application/vnd.apache.parquet", Format.CSV)
    <Format.PARQUET: 'parquet'>
    >>> accepted_format("*/*", Format.CSV)
    <Format.CSV: 'csv'>
    >>> accepted_format("text/csv;q=0, */*", Format.CSV)
    <Format.PARQUET: 'parquet'>
    """
    found = preferred(header, PARAMETERS, NAMES[otherwise])
    if found is None:
        raise ProblemError(
            "not-acceptable", f"Files are written as {', '.join(FORMATS)}; accept one of them."
        )
    return FORMATS[found]
