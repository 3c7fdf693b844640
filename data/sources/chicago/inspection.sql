-- The plan 'published' is the cohort of the published model: retail food establishments whose
-- row of the model's frame is complete (inspector, weather, licence, heat maps), which leaves
-- 17,075 inspections until 2014-04-16 and 1,637 from 2014-09-02 on.
WITH complete AS (
    SELECT Inspection_ID
    FROM published
    WHERE LICENSE_DESCRIPTION = 'Retail Food Establishment' AND COLUMNS(*) IS NOT NULL
)
SELECT
    i._row,
    i.License AS enterprise,
    i.Inspection_ID AS number,
    CAST(i.Inspection_Date AS DATE) AS occurred,
    CAST(i.Inspection_Date AS DATE) AS known,
    'routine' AS purpose,
    'daily' AS selection,
    CASE WHEN c.Inspection_ID IS NOT NULL THEN 'published' END AS plan,
    a.sanitarian AS inspector,
    CASE i.Results
        WHEN 'Pass' THEN 'pass'
        WHEN 'Pass w/ Conditions' THEN 'corrected'
        WHEN 'Fail' THEN 'fail'
        ELSE i.Results
    END AS result,
    i.criticalCount AS critical,
    i.seriousCount AS serious,
    i.minorCount AS minor
FROM inspections AS i
LEFT JOIN inspectors AS a ON a.inspectionID = i.Inspection_ID
LEFT JOIN complete AS c ON c.Inspection_ID = i.Inspection_ID
