"""Rows as a mapping yields them, typed and checked as an intake does it, without an archive."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from xinheng.archive.check import Checked, Rules, check, typed
from xinheng.archive.contract import Contract
from xinheng.archive.database import workbench
from xinheng.core.codes import CodeTable
from xinheng.core.time import day


def rules_of(contract: Contract, received: str = "2026-06-01") -> Rules:
    """Return the rules for records of one kind, with the code tables of the house."""
    codes = {f.name: CodeTable.load(f.codes) for f in contract.fields if f.codes}
    return Rules(contract, "uscc", ZoneInfo("Asia/Shanghai"), day(received), codes)


def typed_rows(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows of a mapping, all as text, as SQL types them."""
    table = pa.Table.from_pylist([dict(row) for row in rows])
    with workbench(rows=table) as connection:
        connection.execute("SET threads = 1")
        return connection.sql(typed(contract, table.column_names, "rows")).to_arrow_table()


def checked(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> Checked:
    """Return rows of a mapping, typed and checked."""
    return check(rules_of(contract), typed_rows(contract, rows))
