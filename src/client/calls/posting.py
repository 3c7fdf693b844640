"""Calls about new records: they are posted once, and a receipt tells what became of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...serving.answers import ReceiptAnswer
from ..call import Call, path
from .parts import Record, get, once

__all__ = ["post_records", "post_rows", "receipt"]

ALL = "/v1/records"


def post_records(
    source: str, records: Sequence[Record], wait: int = 0, key: str | None = None
) -> Call[ReceiptAnswer]:
    """Return the call that posts records of a source by kind.

    Parameters
    ----------
    source
        Name of the source.
    records
        Each with its `kind`, its `enterprise` and the fields of the contract of that kind.
    wait
        Seconds for which the answer may wait for them to be in the archive, 5 at most.
    key
        By which they are accepted once; see `once`.
    """
    return _post(source, {"records": [dict(each) for each in records]}, wait, key)


def post_rows(
    source: str, files: Mapping[str, Sequence[Record]], wait: int = 0, key: str | None = None
) -> Call[ReceiptAnswer]:
    """Return the call that posts rows of a source, by file, as its files have them."""
    rows = {name: [dict(each) for each in some] for name, some in files.items()}
    return _post(source, {"files": rows}, wait, key)


def receipt(receipt: str) -> Call[ReceiptAnswer]:
    """Return the call for what became of posted records."""
    return get("receipt", path(f"{ALL}/{{receipt}}", receipt=receipt), ReceiptAnswer)


def _post(source: str, what: dict[str, Any], wait: int, key: str | None) -> Call[Any]:
    headers = once(key) | ({"Prefer": f"wait={wait}"} if wait else {})
    body = {"source": source, **what}
    return Call("post_records", "POST", ALL, ReceiptAnswer, json=body, headers=headers)
