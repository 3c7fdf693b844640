-- The register as the inspection plan was drawn from it, the day before each visit.
SELECT
    i._row,
    i.License AS enterprise,
    i.Inspection_ID AS number,
    CAST(i.Inspection_Date AS DATE) - 1 AS occurred,
    CAST(i.Inspection_Date AS DATE) - 1 AS known,
    'operator' AS population,
    CASE
        WHEN CAST(l.minDate AS DATE) < CAST(i.Inspection_Date AS DATE) THEN CAST(l.minDate AS DATE)
    END AS established_on,
    upper(i.Facility_Type) AS category,
    CASE i.Risk
        WHEN 'Risk 1 (High)' THEN '3'
        WHEN 'Risk 2 (Medium)' THEN '2'
        WHEN 'Risk 3 (Low)' THEN '1'
        ELSE i.Risk
    END AS tier,
    i.brand AS brand,
    i.site AS site,
    i.Longitude AS longitude,
    i.Latitude AS latitude
FROM inspections AS i
LEFT JOIN licences AS l ON l.Inspection_ID = i.Inspection_ID
