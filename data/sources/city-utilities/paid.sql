SELECT
    _row,
    统一社会信用代码 AS enterprise,
    户名 AS by_name,
    用户地址 AS by_address,
    欠费单号 AS number,
    缴清日期 AS occurred,
    缴清日期 AS known,
    'list_entry' AS of,
    'ended' AS change
FROM arrears
WHERE 缴清日期 IS NOT NULL
