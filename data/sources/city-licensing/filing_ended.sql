SELECT
    _row,
    统一社会信用代码 AS enterprise,
    备案编号 AS number,
    终止日期 AS occurred,
    终止日期 AS known,
    'filing' AS of,
    'ended' AS change
FROM filings
WHERE 终止日期 IS NOT NULL
