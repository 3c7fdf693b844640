"""Who may be meant by a hint: enterprises that share a telling part of a name, place or licence."""

import duckdb

__all__ = ["find_candidates"]

MOST = 500
"""A part that more enterprises share tells nobody apart."""

LONGEST = 24
"""Slips are looked for in so many characters of a name."""


def find_candidates(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the table `found` (hint, code).

    From `hint_core` (hint, text) and `hint_mark` (hint, mark), and `known_core` and `known_mark`,
    which have `row`, of the table `register`.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE sought AS
            SELECT DISTINCT hint, mark FROM ({_marks("hint", "hint")});
        CREATE OR REPLACE TEMP TABLE met_row AS
            SELECT DISTINCT mark, row FROM ({_marks("known", "row")}) SEMI JOIN sought USING (mark);
        CREATE OR REPLACE TEMP TABLE met AS
            SELECT DISTINCT mark, code FROM met_row JOIN register USING (row);
        CREATE OR REPLACE TEMP TABLE found AS
            SELECT DISTINCT hint, code FROM sought JOIN met USING (mark)
            SEMI JOIN (SELECT mark FROM met GROUP BY mark HAVING count(*) <= {MOST}) USING (mark)
        """
    )


def _marks(tables: str, owner: str) -> str:
    """Return the query of all marks: two names one slip apart share one, short of a character."""
    short = f"[text[:i - 1] || text[i + 1:] FOR i IN range(1, least(length(text), {LONGEST}) + 1)]"
    return f"""
        SELECT {owner}, unnest([hash(part) FOR part IN [text, '^' || text[:3]] || {short}]) AS mark
        FROM {tables}_core
        UNION ALL SELECT {owner}, mark FROM {tables}_mark"""
