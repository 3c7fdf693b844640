SELECT
    _row,
    统一社会信用代码 AS enterprise,
    登记编号 AS number,
    regexp_replace(注销日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(注销日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    'encumbrance' AS of,
    'ended' AS change
FROM encumbrances
WHERE 注销日期 IS NOT NULL
