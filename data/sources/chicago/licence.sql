-- The licence term in force, and the other licences held under the same account during it: the file
-- has them for a visit, so neither is known before the plan of that visit was.
WITH term AS (
    SELECT
        l.*,
        CAST(l.LICENSE_TERM_START_DATE AS DATE) AS start,
        CAST(i.Inspection_Date AS DATE) - 1 AS seen,
        i.License AS enterprise
    FROM licences AS l
    JOIN inspections AS i ON i.Inspection_ID = l.Inspection_ID
),
other AS (
    UNPIVOT term ON
        consumption_on_premises_incidental_activity, tobacco, package_goods, outdoor_patio,
        public_place_of_amusement, limited_business_license, childrens_services_facility_license,
        tavern, regulated_business_license, filling_station, caterers_liquor_license,
        mobile_food_license
    INTO NAME type VALUE held
)
SELECT
    _row,
    enterprise,
    ID AS number,
    start AS occurred,
    greatest(start, seen) AS known,
    LICENSE_ID AS licence,
    'main:' || LICENSE_DESCRIPTION AS type,
    CAST(LICENSE_TERM_EXPIRATION_DATE AS DATE) AS valid_to
FROM term
UNION ALL
SELECT
    _row,
    enterprise,
    ID || '/' || type AS number,
    start AS occurred,
    greatest(start, seen) AS known,
    LICENSE_ID || '/' || type AS licence,
    'other:' || type AS type,
    CAST(LICENSE_TERM_EXPIRATION_DATE AS DATE) AS valid_to
FROM other
WHERE CAST(held AS DOUBLE) = 1
