"""The grid: squares of the map, so that enterprises near each other have something in common.

Rows of squares are as high from the equator to the poles, and each row is cut where its middle
runs, so that squares are as wide at every latitude. A square is told by two whole numbers: its
row, and its place in the row.
"""

__all__ = ["SQUARE"]

DEGREE = 111.195  # kilometres of latitude, on a sphere of the Earth's mean radius
ROW = f"floor(latitude * {DEGREE} / kilometres)"
MIDDLE = f"({ROW} + 0.5) * kilometres / {DEGREE}"
PLACE = f"floor(longitude * cos(radians({MIDDLE})) * {DEGREE} / kilometres)"
SQUARE = f"""
CREATE TEMP MACRO square(kilometres, longitude, latitude) AS
    concat_ws(' ', CAST({ROW} AS BIGINT), CAST({PLACE} AS BIGINT))
"""
