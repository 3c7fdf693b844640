"""Formats of files: how a header names them."""

from collections.abc import Mapping
from enum import StrEnum

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

MOST = 20


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
    """Return the format that Accept names first; another one where it leaves the choice.

    Raises
    ------
    ProblemError
        If it names none that is written.

    Examples
    --------
    >>> accepted_format("application/vnd.apache.parquet", Format.CSV)
    <Format.PARQUET: 'parquet'>
    >>> accepted_format("*/*", Format.CSV)
    <Format.CSV: 'csv'>
    """
    named = [each.partition(";")[0].strip().lower() for each in (header or "*/*").split(",")[:MOST]]
    for each in named:
        if each in FORMATS:
            return FORMATS[each]
        if each in {"*/*", "text/*", "application/*", ""}:
            return otherwise
    raise ProblemError(
        "not-acceptable", f"Files are written as {', '.join(FORMATS)}; accept one of them."
    )
