SELECT
    _row,
    统一社会信用代码 AS enterprise,
    当事人 AS by_name,
    住所地 AS by_address,
    案号 AS number,
    regexp_replace(移出日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS occurred,
    regexp_replace(移出日期, '^(\d{4})(\d\d)(\d\d)$', '\1-\2-\3') AS known,
    'list_entry' AS of,
    'ended' AS change
FROM defaulters
WHERE 移出日期 IS NOT NULL
