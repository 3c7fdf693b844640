-- The register as the inspection plan was drawn from it, the day before each visit. What it says
-- at the first visit it has said since the term of the licence then in force began.
WITH seen AS (
    SELECT
        i.*,
        CAST(i.Inspection_Date AS DATE) - 1 AS before,
        CASE
            WHEN CAST(l.minDate AS DATE) < CAST(i.Inspection_Date AS DATE)
            THEN CAST(l.minDate AS DATE)
        END AS issued,
        CAST(l.LICENSE_TERM_START_DATE AS DATE) AS start,
        row_number() OVER (
            PARTITION BY i.License ORDER BY CAST(i.Inspection_Date AS DATE), i.Inspection_ID
        ) AS visit
    FROM inspections AS i
    LEFT JOIN licences AS l ON l.Inspection_ID = i.Inspection_ID
),
said AS (
    SELECT *, Inspection_ID AS number, before AS since FROM seen
    UNION ALL
    SELECT *, Inspection_ID || '/licensed' AS number, start AS since
    FROM seen
    WHERE visit = 1 AND start < before
)
SELECT
    _row,
    License AS enterprise,
    number,
    since AS occurred,
    since AS known,
    'operator' AS population,
    CASE WHEN issued <= since THEN issued END AS established_on,
    upper(Facility_Type) AS category,
    CASE Risk
        WHEN 'Risk 1 (High)' THEN '3'
        WHEN 'Risk 2 (Medium)' THEN '2'
        WHEN 'Risk 3 (Low)' THEN '1'
        ELSE Risk
    END AS tier,
    brand AS brand,
    site AS site,
    Longitude AS longitude,
    Latitude AS latitude
FROM said
