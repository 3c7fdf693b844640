"""The records as they were known on the last day, for departments to write down."""

import numpy as np
import pandas as pd

from .city import City
from .records import Records

__all__ = ["CODE", "Desk"]

CORRECTED = 0.006
CODE = "统一社会信用代码"


class Desk:
    """Hands out the records of a kind as they were known on the last day."""

    def __init__(self, rng: np.random.Generator, city: City, records: Records, end: int) -> None:
        self.rng, self.city, self.records, self.end = rng, city, records, end
        self.codes = np.array([*city.enterprises["code"], None], dtype=object)

    def known(self, kind: str, *later: str, order: str = "known") -> pd.DataFrame:
        """Return records entered by then, with later days only where they had come."""
        table = self.records.frame(kind)
        table = table[table["known"] < self.end].sort_values(order, kind="stable")
        table = table.assign(owner=self.codes[table["enterprise"].to_numpy(int)])
        for column in later:
            table[column] = table[column].where(table[column] < self.end, -1)
        return table.reset_index(drop=True)

    def corrected(self, table: pd.DataFrame, column: str, factor: float) -> pd.DataFrame:
        """Append corrections: rows entered again weeks later, with another number."""
        again = table[self.rng.random(len(table)) < CORRECTED]
        again = again[again[column].notna() & (again[column] > 0)]
        again = again.assign(
            known=again["known"] + self.rng.integers(8, 60, len(again)),
            **{column: again[column] * factor},
        )
        return pd.concat([table, again[again["known"] < self.end]], ignore_index=True)

    def listed(self, *lists: str) -> pd.DataFrame:
        """Return the entries of some lists, with their removal where it had come."""
        entries = self.known("list_entry", "removed")
        return entries[entries["list"].isin(lists)].reset_index(drop=True)
