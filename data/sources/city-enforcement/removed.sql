SELECT
    _row,
    统一社会信用代码 AS enterprise,
    执行案号 AS number,
    移出日期 AS occurred,
    移出日期 AS known,
    'list_entry' AS of,
    'ended' AS change
FROM judgments
WHERE 移出日期 IS NOT NULL
