-- The decision is known on its day: a decided application yields two records of one number.
WITH versions AS (
    SELECT *, unnest(list_distinct([受理日期, greatest(受理日期, 决定日期)])) AS moment
    FROM repairs
)
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    申请编号 AS number,
    申请日期 AS occurred,
    moment AS known,
    CASE 修复对象 WHEN '行政处罚' THEN 'penalty' ELSE 修复对象 END AS of,
    处罚决定书文号 AS target,
    CASE
        WHEN 决定日期 <= moment THEN
            CASE 办理结果
                WHEN '准予修复' THEN 'granted'
                WHEN '不予修复' THEN 'refused'
                WHEN '申请人撤回' THEN 'withdrawn'
                ELSE 办理结果
            END
    END AS decision,
    CASE WHEN 决定日期 <= moment THEN 决定日期 END AS decided
FROM versions
