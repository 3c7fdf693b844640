-- It occurred on the day it was due, done or not; what is done later is a second record of the
-- same number.
WITH versions AS (
    SELECT *, unnest(list_distinct([核查日期, greatest(核查日期, 公示日期)])) AS moment
    FROM disclosures
)
SELECT
    d._row,
    d.统一社会信用代码 AS enterprise,
    d.公示编号 AS number,
    d.应公示日期 AS occurred,
    d.moment AS known,
    coalesce(i.item, d.公示事项) AS item,
    d.应公示日期 AS due,
    CASE WHEN d.公示日期 <= d.moment THEN d.公示日期 END AS disclosed
FROM versions AS d
LEFT JOIN item AS i ON i.code = d.公示事项
