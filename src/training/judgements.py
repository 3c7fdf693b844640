"""Judgements: what people had decided on enterprises by the days of rows, to learn beside them.

No model reads them yet. Whoever tries it joins them to the rows of a cohort, and nothing that was
decided on the day of a row or later gets into it.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from ..core.errors import InvalidError
from ..ledger.reviews import DECISIONS

__all__ = ["JUDGED", "join_judgements"]

JUDGED = ("decision", "level_before", "level_after", "reason_code", "cause")
NEEDED = ("enterprise", "as_of")


def join_judgements(rows: pd.DataFrame, decided: pa.Table) -> pd.DataFrame:
    """Return what was decided last on the enterprise of each row before its day.

    Parameters
    ----------
    rows
        Columns `enterprise` (dense number) and `as_of` (day number), in any order.
    decided
        As of `ledger.reviews.DECISIONS`, such as `xinheng reviews export` writes.

    Returns
    -------
    The index of `rows`; `decision`, `level_before`, `level_after`, `reason_code` and `cause` of the
    last decision known before the day, missing where there is none; `days_since` it, and `decided`,
    how many there are.

    Raises
    ------
    InvalidError
        If a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"enterprise": [7], "as_of": [20_513]})
    >>> join_judgements(rows, DECISIONS.empty_table())["decided"].tolist()
    [0]
    """
    for name, columns, wanted in (
        ("rows", rows.columns, NEEDED),
        ("decisions", decided.column_names, DECISIONS.names),
    ):
        missing = [each for each in wanted if each not in columns]
        if missing:
            raise InvalidError(f"the {name} lack {', '.join(missing)}; see docs/review.md")
    told = decided.select(["enterprise", "known", "case", *JUDGED]).to_pandas()
    told = told.sort_values(["known", "case"], kind="stable").reset_index(drop=True)
    told["decided"] = told.groupby("enterprise").cumcount() + 1
    asked = pd.DataFrame(
        {name: rows[name].to_numpy(np.int64) for name in NEEDED} | {"place": np.arange(len(rows))}
    ).sort_values("as_of", kind="stable")
    told = told.astype({"enterprise": np.int64, "known": np.int64})
    found = pd.merge_asof(
        asked,
        told,
        left_on="as_of",
        right_on="known",
        by="enterprise",
        allow_exact_matches=False,
    ).sort_values("place")
    found["days_since"] = found["as_of"] - found["known"]
    found["decided"] = found["decided"].fillna(0).astype(np.int64)
    return found[[*JUDGED, "days_since", "decided"]].set_axis(rows.index)
