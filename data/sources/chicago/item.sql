-- One row of the matrix holds the count of each violation code; each count above 0 is an item.
WITH found AS (
    UNPIVOT (SELECT * EXCLUDE (_row, Inspection_ID), _row, Inspection_ID FROM violations)
    ON COLUMNS(* EXCLUDE (_row, Inspection_ID)) INTO NAME code VALUE count
)
SELECT
    f._row,
    i.License AS enterprise,
    f.Inspection_ID || '/' || f.code AS number,
    CAST(i.Inspection_Date AS DATE) AS occurred,
    CAST(i.Inspection_Date AS DATE) AS known,
    f.Inspection_ID AS inspection,
    f.code AS code,
    v.severity AS severity,
    f.count AS count
FROM found AS f
LEFT JOIN inspections AS i ON i.Inspection_ID = f.Inspection_ID
LEFT JOIN violation AS v ON v.code = f.code
WHERE CAST(f.count AS INTEGER) > 0
