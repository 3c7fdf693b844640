WITH versions AS (
    SELECT *, unnest(list_distinct([登记日期, greatest(登记日期, 离任登记日期)])) AS moment
    FROM staff
)
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    备案编号 AS number,
    任职日期 AS occurred,
    moment AS known,
    人员标识 AS person,
    CASE 岗位 WHEN '食品安全总监' THEN 'director' WHEN '食品安全员' THEN 'officer' ELSE 岗位 END AS role,
    CASE WHEN 离任登记日期 <= moment THEN 离任日期 END AS until
FROM versions
