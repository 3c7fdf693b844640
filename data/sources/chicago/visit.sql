-- Visits whose results were not published; they tell when an enterprise was seen, and why.
SELECT
    v._row,
    nullif(v.License, '0') AS enterprise,
    CAST(CAST(v.Inspection_Date AS DATE) AS VARCHAR) || '/' || v.Inspection_Purpose || '/'
        || v.Inspector_Assigned AS number,
    CAST(v.Inspection_Date AS DATE) AS occurred,
    CAST(v.Inspection_Date AS DATE) AS known,
    coalesce(p.purpose, v.Inspection_Purpose) AS purpose,
    v.Inspector_Assigned AS inspector,
    'unrecorded' AS result
FROM visits AS v
LEFT JOIN visit_purpose AS p ON p.code = v.Inspection_Purpose
