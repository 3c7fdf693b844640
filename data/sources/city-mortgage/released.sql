SELECT
    _row,
    统一社会信用代码 AS enterprise,
    登记证明编号 AS number,
    注销日期 AS occurred,
    注销日期 AS known,
    'encumbrance' AS of,
    'ended' AS change
FROM mortgages
WHERE 注销日期 IS NOT NULL
