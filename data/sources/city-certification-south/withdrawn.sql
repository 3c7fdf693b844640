SELECT
    _row,
    组织代码 AS enterprise,
    证书号 AS number,
    撤销日期 AS occurred,
    撤销日期 AS known,
    'certificate' AS of,
    'withdrawn' AS change
FROM certificates
WHERE 撤销日期 IS NOT NULL
