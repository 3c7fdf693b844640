"""How files of a layout are called and written, for the departments that share it."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from ..arrays import Mask
from ..files import Format
from ..roster import Department, departments

__all__ = ["HIDDEN", "SUFFIX", "equal", "sharing"]

SUFFIX: dict[Format, str] = {
    "csv": "csv",
    "csv-gb18030": "csv",
    "excel": "xlsx",
    "json-lines": "jsonl",
    "parquet": "parquet",
}
HIDDEN = {"code": 0.0, "part": 0.35, "none": 1.0}
"""Share of the rows without a credit code, by how a department names enterprises."""


def sharing(layout: str) -> Iterator[tuple[Department, Format, str]]:
    """Yield the departments that deliver in a layout, the format of their files and its suffix.

    Examples
    --------
    >>> [department.source for department, _, _ in sharing("exchange-opinion")]
    ['city-opinion-press', 'city-opinion-social']
    """
    for department in departments().values():
        if department.like == layout:
            (form,) = (each for each in SUFFIX if each == department.formats[0])
            yield department, form, SUFFIX[form]


def equal(column: str, value: int, batch: pa.Table) -> Mask:
    """Tell in which records a column has a value."""
    return np.asarray(batch[column].to_numpy() == value)
