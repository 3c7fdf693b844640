"""How a file or a table of a delivery is to be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...core.errors import InvalidError, NotFoundError

__all__ = ["ENCODINGS", "READERS", "Reader"]

ENCODINGS: Mapping[str, str] = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """How a file is to be read.

    Attributes
    ----------
    kind
        Format of the file, or `postgresql` for a table or view of a database.
    encoding
        `utf-8` or `gb18030` (which covers GBK and GB 2312), for text.
    delimiter
        One ASCII character between the fields of a CSV file.
    sheet
        Name of the sheet of an Excel file; empty for the first one.
    header
        Number of the line or sheet row that names the columns; 0 for the first that is not
        empty. What stands before it is not read.
    order
        The columns that tell the rows of a database table apart, in the order in which rows
        are counted.
    connection
        Name of the environment variable that holds the address of the database.
    timeout
        Seconds that the database may take for one statement.

    Examples
    --------
    >>> Reader("csv", encoding="gbk", delimiter=";").delimiter
    ';'
    """

    kind: Literal["csv", "excel", "json-lines", "parquet", "postgresql"]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header: int = 0
    order: tuple[str, ...] = ()
    connection: str = ""
    timeout: int = 3600

    def __post_init__(self) -> None:
        if self.encoding.lower() not in ENCODINGS:
            raise NotFoundError.among("encoding", self.encoding, ENCODINGS)
        one = len(self.delimiter) == 1 and self.delimiter.isascii()
        if not one or self.delimiter in '"\r\n\0':
            raise InvalidError(
                f"{self.delimiter!r} is no delimiter; give one ASCII character such as , or ;"
            )
        if self.header < 0:
            raise InvalidError(f"the header cannot be in row {self.header}; rows count from 1")
        if self.kind == "postgresql":
            self._check_database()

    def _check_database(self) -> None:
        if not self.connection.isidentifier():
            raise InvalidError(
                "the reader 'postgresql' needs connection = \"NAME\", the name of an environment "
                f"variable that holds the address of the database, found {self.connection!r}"
            )
        if not self.order:
            raise InvalidError(
                "the reader 'postgresql' needs order = [\"COLUMN\"], the columns that tell the "
                "rows of the table apart: the rows are counted in their order"
            )
        if self.timeout < 1:
            raise InvalidError(
                f"a timeout of {self.timeout} s lets nothing be read; give 1 or more"
            )


READERS: Mapping[str, Reader] = {
    "csv": Reader("csv"),
    "csv-gb18030": Reader("csv", encoding="gb18030"),
    "excel": Reader("excel"),
    "json-lines": Reader("json-lines"),
    "parquet": Reader("parquet"),
}
