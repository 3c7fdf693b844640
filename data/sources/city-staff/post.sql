-- That somebody left is known only when it is entered: a second record of the same number.
WITH versions AS (
    SELECT *, unnest(list_distinct([登记日期, greatest(登记日期, 离任登记日期)])) AS moment
    FROM posts
)
SELECT
    p._row,
    p.统一社会信用代码 AS enterprise,
    p.任职编号 AS number,
    p.任职日期 AS occurred,
    p.moment AS known,
    p.人员标识 AS person,
    coalesce(r.role, p.职务) AS role,
    CASE WHEN p.离任登记日期 <= p.moment THEN p.离任日期 END AS until
FROM versions AS p
LEFT JOIN role AS r ON r.code = p.职务
