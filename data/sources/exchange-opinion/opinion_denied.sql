-- What was said of an enterprise and proved untrue is withdrawn.
SELECT
    _row,
    NULL AS enterprise,
    涉及企业 AS by_name,
    企业地址 AS by_address,
    信息编号 AS number,
    辟谣日期 AS occurred,
    辟谣日期 AS known,
    'opinion' AS of,
    'withdrawn' AS change
FROM opinions
WHERE 辟谣日期 IS NOT NULL
