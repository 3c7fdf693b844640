SELECT
    _row,
    统一社会信用代码 AS enterprise,
    公告编号 AS number,
    清缴日期 AS occurred,
    清缴日期 AS known,
    'list_entry' AS of,
    'ended' AS change
FROM arrears
WHERE 清缴日期 IS NOT NULL
