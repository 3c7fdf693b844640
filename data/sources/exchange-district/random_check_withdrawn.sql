-- A result that proved wrong is withdrawn.
SELECT
    _row,
    统一社会信用代码 AS enterprise,
    抽查编号 AS number,
    撤销日期 AS occurred,
    撤销日期 AS known,
    'random_check' AS of,
    'withdrawn' AS change
FROM random_checks
WHERE 撤销日期 IS NOT NULL
