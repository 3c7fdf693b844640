-- What a granted repair does to the penalty itself.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    处罚决定书文号 AS number,
    决定日期 AS occurred,
    决定日期 AS known,
    'penalty' AS of,
    'repaired' AS change
FROM repairs
WHERE 办理结果 = '准予修复'
