"""Which candidate is certain, and what a person is shown where none is.

A record in the wrong file is worse than a record that waits: whatever two enterprises could both
be, or an address speaks against, is left to a person.
"""

from collections.abc import Mapping

import duckdb

from .comparison import NAMES, PLACES

__all__ = ["decide"]

SHOWN = 5
NEAR_NAME, NEAR_PLACE = 0.5, 3

# What the nearness of an address is worth in the score of a candidate.
WORTH = {4: 1.0, 3: 0.8, 2: 0.7, 1: 0.45, 0: 0.5, -1: 0.0}


def decide(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the tables `chosen` (hint, code, how) and `near` (hint, code, score, why, rank).

    From `compared` and `licensed` (hint, code, sure: whether the number proves itself).
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE weighed AS
        SELECT c.*, l.code IS NOT NULL AS licensed, coalesce(l.sure, false) AS sure,
            n.hint IS NOT NULL AS says_name, a.hint IS NOT NULL AS says_address,
            round(least(1, CASE WHEN says_name
                THEN 0.7 * alike * CASE WHEN contrary THEN 0.8 ELSE 1 END + 0.3 * {_case(WORTH)}
                ELSE 0.6 * greatest({_case(WORTH)}, 0) END
                + CASE WHEN licensed THEN 0.4 ELSE 0 END), 4) AS score
        FROM compared c LEFT JOIN licensed l USING (hint, code)
            LEFT JOIN (SELECT DISTINCT hint FROM hint_name) n USING (hint)
            LEFT JOIN (SELECT DISTINCT hint FROM hint_place) a USING (hint);

        CREATE OR REPLACE TEMP TABLE claims AS
        SELECT * FROM ({BY_LICENCE} UNION ALL {BY_BOTH} UNION ALL {BY_NAME});

        CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT hint, any_value(code) AS code, arg_min(how, rank) AS how
        FROM claims GROUP BY hint HAVING count(DISTINCT code) = 1;

        CREATE OR REPLACE TEMP TABLE near AS
        SELECT hint, w.code, name, address, score, concat_ws('; ',
                CASE WHEN licensed THEN 'same licence number' END,
                CASE WHEN NOT (says_name AND named) THEN NULL
                    WHEN contrary AND same_core THEN 'same name but for its district or number'
                    ELSE {_case(NAMES, "name_level")} END,
                CASE WHEN says_address THEN {_case(PLACES)} END) AS why,
            row_number() OVER (PARTITION BY hint ORDER BY score DESC, w.code) AS rank
        FROM weighed w LEFT JOIN chosen USING (hint)
        WHERE coalesce(chosen.code = w.code, licensed OR place_level >= {NEAR_PLACE}
            OR name_level > 0 OR alike >= {NEAR_NAME})
        QUALIFY rank <= {SHOWN}
        """
    )


def _case(values: Mapping[int, object], level: str = "place_level") -> str:
    """Return the SQL that looks a level up."""
    whens = " ".join(f"WHEN {key} THEN {value!r}" for key, value in values.items())
    return f"CASE {level} {whens} END"


# A number that one enterprise has, that proves itself, and no name that says otherwise.
BY_LICENCE = """
    SELECT hint, code, 'licence' AS how, 0 AS rank FROM weighed w
    WHERE licensed AND NOT contrary
        AND (sure OR (says_name AND name_level >= 3) OR place_level >= 3)
        AND (NOT says_name OR NOT named OR alike >= 0.5 OR name_level >= 1)
        AND NOT EXISTS (FROM weighed o WHERE o.hint = w.hint AND o.code <> w.code
            AND (o.licensed OR (o.name_level = 5 AND w.name_level < 5)))"""

# A name and an address that fit together, and nobody else whom they could fit.
BY_BOTH = """
    SELECT hint, code, 'name and address' AS how, 1 AS rank FROM weighed w
    WHERE ((name_level >= 4 AND place_level >= 2)
            OR (name_level = 3 AND place_level >= 3)
            OR (name_level BETWEEN 1 AND 2 AND place_level = 4))
        AND NOT EXISTS (FROM weighed o WHERE o.hint = w.hint AND o.code <> w.code
            AND (o.licensed
                OR (o.place_level >= 2 AND (w.place_level < 4 OR o.place_level = 4)
                    AND o.name_level >= CASE WHEN w.name_level = 5 THEN 5 ELSE 1 END)
                OR (o.name_level = 5 AND w.name_level < 5
                    AND (o.place_level >= 0 OR w.place_level < 4))))"""

# The whole name, told apart from all others, and no address that says otherwise.
BY_NAME = """
    SELECT hint, code, 'name' AS how, 2 AS rank FROM weighed w
    WHERE name_level = 5 AND place_level BETWEEN 0 AND 1
        AND (size >= 5 OR (placed AND size >= 4))
        AND NOT EXISTS (FROM weighed o WHERE o.hint = w.hint AND o.code <> w.code
            AND (o.licensed OR o.name_level = 5
                OR (o.same_core AND NOT o.contrary AND NOT w.numbered)
                OR (o.place_level >= 2 AND (o.name_level >= 1 OR o.same_core))))"""
