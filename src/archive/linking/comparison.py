"""How near a candidate is to a hint: by its name, by its address and by its licence.

Nearness is a level of a few, not a number, so that every decision can be told in words.
"""

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["compare"]

NAMES = {5: "same name", 4: "same name less a number or legal form", 3: "name one slip away"}
NAMES |= {2: "name two slips away", 1: "name begins alike", 0: "another name"}
PLACES = {4: "same room", 3: "same building", 2: "address one slip away"}
PLACES |= {1: "same road", 0: "no address to compare", -1: "another address"}


def compare(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the table `compared`, one row for each candidate of each hint.

    It has `hint`, `code`, `name_level` and `place_level` (see `NAMES` and `PLACES`), `named`
    (whether there were names to compare), `alike` (0 to 1), `core`, `numbers`, `placed` (whether
    the place before the name agrees) and the `name` and `address` that are nearest.
    """
    _names(connection)
    _places(connection)
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE compared AS
        SELECT hint, code, coalesce(name_level, 0) AS name_level, name_level IS NOT NULL AS named,
            coalesce(same_core, false) AS same_core, coalesce(alike, 0) AS alike,
            coalesce(contrary, false) AS contrary, coalesce(placed, false) AS placed,
            coalesce(numbered, false) AS numbered, coalesce(size, 0) AS size,
            CASE WHEN coalesce(place_level, 0) = 0 AND hint_district <> '' AND district <> ''
                AND hint_district <> district THEN -1 ELSE coalesce(place_level, 0)
            END AS place_level, coalesce(name, any_name) AS name,
            coalesce(address, any_address) AS address
        FROM candidate LEFT JOIN name_pair USING (hint, code)
            LEFT JOIN place_pair USING (hint, code)
            LEFT JOIN (SELECT code, max(name) AS any_name, max(address) AS any_address FROM rows
                GROUP BY code) USING (code)
            LEFT JOIN (SELECT hint, any_value(district) AS hint_district FROM hint_place
                GROUP BY hint) USING (hint)
        """
    )


def _names(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `name_pair`: the nearest name of each candidate."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE both_names AS
        SELECT c.hint, c.code, h.core AS hint_core, k.core AS core, k.name,
            h.numbers <> '' AS numbered, h.district AS hint_district, k.district AS district,
            h.numbers = k.numbers AS same_numbers,
            h.numbers <> k.numbers AND h.numbers <> '' AS other_numbers,
            h.district <> k.district AND h.district <> '' AND k.district <> '' AS other_district,
            h.form = k.form AND (h.district = '' OR h.district = k.district) AS same_rest,
            h.district = k.district AND (h.city <> '' OR h.district <> '') AS placed
        FROM candidate c JOIN hint_name h USING (hint) JOIN known_name k USING (code)
        """
    )
    pairs = connection.sql("SELECT DISTINCT hint_core, core FROM both_names").to_arrow_table()
    ours, theirs = (pairs[name].to_pylist() for name in ("hint_core", "core"))
    heads = _slips([text[:3] for text in ours], [text[:3] for text in theirs])
    slips = pairs.append_column("slips", pa.array(_slips(ours, theirs)))
    with_heads = slips.append_column("head_slips", pa.array(heads))
    connection.register("slips", with_heads)
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE name_pair AS
        SELECT hint, code, name, district, alike, same_core, contrary, placed, numbered, size,
            level AS name_level
        FROM (SELECT *, other_numbers OR other_district AS contrary, slips = 0 AS same_core,
                1 - slips / greatest(length(core), length(hint_core)) AS alike,
                least(length(core), length(hint_core)) AS size,
                CASE WHEN other_numbers OR other_district THEN 0
                    WHEN slips = 0 AND same_numbers AND same_rest THEN 5
                    WHEN slips = 0 THEN 4
                    WHEN slips = 1 AND size >= 3 THEN 3
                    WHEN slips = 2 AND size >= 5 AND head_slips <= 1 THEN 2
                    WHEN starts_with(core, hint_core) AND size >= 2 THEN 1
                    WHEN starts_with(hint_core, core) AND size >= 4 THEN 1
                    ELSE 0 END AS level
            FROM both_names JOIN slips USING (hint_core, core))
        QUALIFY row_number() OVER (PARTITION BY hint, code
            ORDER BY level DESC, alike DESC, placed DESC, name, hint_core) = 1
        """
    )
    connection.unregister("slips")


def _places(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `place_pair`: the nearest address of each candidate."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE both_places AS
        SELECT c.hint, c.code, k.address, h.road AS hint_road, k.road AS road,
            h.door AS hint_door, k.door AS door, h.behind AS hint_behind, k.behind AS behind,
            regexp_extract(h.behind, '[0-9A-Z]+$') AS hint_room,
            regexp_extract(k.behind, '[0-9A-Z]+$') AS room,
            h.district <> k.district AND h.district <> '' AND k.district <> '' AS other_district
        FROM candidate c JOIN hint_place h USING (hint) JOIN known_place k USING (code)
        """
    )
    for column in ("road", "door", "behind"):
        pairs = connection.sql(
            f"SELECT DISTINCT hint_{column}, {column} FROM both_places"
        ).to_arrow_table()
        texts = [pairs[name].to_pylist() for name in pairs.column_names]
        connection.register(f"{column}s", pairs.append_column(column[0], pa.array(_slips(*texts))))
    connection.execute(
        r"""
        CREATE OR REPLACE TEMP TABLE place_pair AS
        SELECT hint, code, address, level AS place_level
        FROM (SELECT *, CASE WHEN other_district THEN -1
                WHEN on_road AND d = 0 AND hint_behind <> '' AND within THEN 4
                WHEN on_road AND d = 0 AND (hint_behind = '' OR behind = '') THEN 3
                WHEN on_road AND d + b = 1 AND hint_behind <> '' AND behind <> '' THEN 2
                WHEN near_road AND d + b = 0 AND behind <> '' THEN 2
                WHEN on_road THEN 1
                ELSE -1 END AS level
            FROM (SELECT *, r = 0 OR ((ends_with(road, hint_road) OR ends_with(hint_road, road))
                        AND length(hint_road) >= 2) AS on_road,
                    r = 1 AND length(road) >= 3 AND regexp_replace(road, '[^0-9]', '', 'g')
                        = regexp_replace(hint_road, '[^0-9]', '', 'g') AS near_road,
                    hint_room = room AND (list_has_all(string_split(behind, ' '),
                            string_split(hint_behind, ' '))
                        OR list_has_all(string_split(hint_behind, ' '),
                            string_split(behind, ' '))) AS within
                FROM both_places JOIN roads USING (hint_road, road)
                    JOIN doors USING (hint_door, door) JOIN behinds USING (hint_behind, behind)))
        QUALIFY row_number() OVER (PARTITION BY hint, code ORDER BY level DESC, address) = 1
        """
    )
    for column in ("road", "door", "behind"):
        connection.unregister(f"{column}s")


def _slips(ours: Sequence[str], theirs: Sequence[str]) -> np.ndarray:
    """Return how many characters are wrong, missing, too many or swapped, pair by pair."""
    if not ours:
        return np.zeros(0, np.int32)
    return process.cpdist(ours, theirs, scorer=OSA.distance, dtype=np.int32)
