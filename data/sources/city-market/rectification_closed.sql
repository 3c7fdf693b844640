-- An order ends on the day on which it was verified that it had been followed.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    文书号 AS number,
    复核通过日期 AS occurred,
    复核录入日期 AS known,
    'rectification' AS of,
    'ended' AS change
FROM rectifications
WHERE 复核通过日期 IS NOT NULL
